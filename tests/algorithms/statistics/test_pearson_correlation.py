from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.registry import load
from algorithms.statistics.mutual_information import mutual_information
from algorithms.statistics.pearson_correlation import pearson_correlation
from algorithms.statistics.spearman_correlation import spearman_correlation
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=30).filter(
    lambda p: len({a for a, _ in p}) > 1 and len({b for _, b in p}) > 1
)


@given(PAIRS)
def test_equals_numpy_and_scipy(pairs: list[tuple[int, int]]) -> None:
    x, y = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    output = pearson_correlation(x, y)
    assert output["r"] == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-12)
    assert output["covariance"] == pytest.approx(np.cov(x, y)[0, 1])
    assert output["slope"] == pytest.approx(stats.linregress(x, y).slope)


@given(PAIRS, st.floats(0.1, 10), st.floats(-10, 10))
def test_shift_and_scale_change_nothing_but_the_sign(pairs: list[tuple[int, int]], a: float, b: float) -> None:
    x, y = [float(u) for u, _ in pairs], [float(v) for _, v in pairs]
    r = pearson_correlation(x, y)["r"]
    assert pearson_correlation([a * u + b for u in x], y)["r"] == pytest.approx(r, abs=1e-9)
    assert pearson_correlation([-a * u + b for u in x], y)["r"] == pytest.approx(-r, abs=1e-9)


def test_lines_have_plus_and_minus_one() -> None:
    assert pearson_correlation([1, 2, 3], [5, 7, 9])["r"] == pytest.approx(1)
    assert pearson_correlation([1, 2, 3], [5, 3, 1])["r"] == pytest.approx(-1)


def test_zero_correlation_with_dependence_is_seen_by_mutual_information_only() -> None:
    x, y = [-2, -1, 0, 1, 2], [4, 1, 0, 1, 4]
    assert pearson_correlation(x, y)["r"] == 0
    assert spearman_correlation(x, y)["rho"] == pytest.approx(0, abs=1e-12)
    # y takes 4, 1, 0 with probabilities 2/5, 2/5, 1/5 and is determined by x
    expected = -(0.8 * np.log2(0.4) + 0.2 * np.log2(0.2))
    assert mutual_information([[1]], x=x, y=y)["mutual_information"] == pytest.approx(expected)


def test_independent_samples_are_only_nearly_uncorrelated() -> None:
    x, y = np.random.default_rng(0).standard_normal((2, 1000))
    assert 0 < abs(pearson_correlation(x.tolist(), y.tolist())["r"]) < 4 / np.sqrt(1000)


@pytest.mark.parametrize("bad", [{"x": [1.0] * 5}, {"x": [1.0, 2.0]}, {"y": [0.1] * 5}, {"x": [1.0], "y": [2.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("pearson-correlation").run(bad)
