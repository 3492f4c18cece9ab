from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.bootstrap_sampling import bootstrap_sampling, evaluate, resample_indices
from core.errors import InputError

DATA = [4.1, 5.0, 5.2, 5.9, 6.3, 6.8, 7.4, 8.0, 9.5, 12.1]


def test_standard_error_of_the_mean() -> None:
    output = bootstrap_sampling(DATA, repeats=5000)
    assert output["estimate"] == pytest.approx(np.mean(DATA))
    assert output["standard_error"] == pytest.approx(np.std(DATA) / math.sqrt(10), rel=0.05)
    assert abs(output["bias"]) < 4 * output["standard_error"] / math.sqrt(5000)


@pytest.mark.parametrize("statistic", ["mean", "median", "sd"])
def test_interval_agrees_with_scipy(statistic: str) -> None:
    functions = {"mean": np.mean, "median": np.median, "sd": lambda v, axis: np.std(v, axis=axis, ddof=1)}
    oracle = stats.bootstrap(
        (DATA,), functions[statistic], n_resamples=5000, method="percentile", vectorized=True, rng=1
    )
    output = bootstrap_sampling(DATA, statistic, repeats=5000)  # type: ignore[arg-type]
    interval = oracle.confidence_interval
    assert output["interval"].tolist() == pytest.approx([interval.low, interval.high], rel=0.06)
    assert output["standard_error"] == pytest.approx(oracle.standard_error, rel=0.06)


@given(st.integers(1, 300))
def test_resamples_come_from_the_sample(n: int) -> None:
    indices = resample_indices(n, 5, seed=0)
    assert indices.shape == (5, n)
    assert 0 <= indices.min() <= indices.max() < n


def test_share_of_unique_points() -> None:
    output = bootstrap_sampling([float(v) for v in range(500)], repeats=500)
    assert output["expected_unique_share"] == pytest.approx(1 - 1 / math.e, abs=1e-3)
    assert output["unique_share"] == pytest.approx(output["expected_unique_share"], abs=0.005)
    assert bootstrap_sampling([1.0, 2.0])["expected_unique_share"] == 0.75
    three = bootstrap_sampling([1.0, 2.0, 3.0], repeats=5000)
    assert three["unique_share"] == pytest.approx(1 - (2 / 3) ** 3, abs=0.02)


def test_statistics_are_taken_over_rows() -> None:
    rows = np.array([[1.0, 2.0, 9.0], [0.0, 0.0, 3.0]])
    assert evaluate("mean", rows).tolist() == [4, 1]
    assert evaluate("sd", rows)[1] == pytest.approx(math.sqrt(3))


@pytest.mark.parametrize("bad", [{"data": [1.0]}, {"repeats": 10**6}, {"statistic": "max"}, {"data": [0.0] * 501}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bootstrap-sampling").run(bad)
