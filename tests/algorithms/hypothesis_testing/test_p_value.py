from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from algorithms.hypothesis_testing.p_value import normal_p_value, p_value
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(-6, 6))
def test_z_equals_scipy(z: float) -> None:
    assert p_value([0, 1], [0, 1], z=z)["p_value"] == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert normal_p_value(z, "greater") == pytest.approx(stats.norm.sf(z))
    assert normal_p_value(z, "less") == pytest.approx(stats.norm.cdf(z))


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_permutation_equals_the_exact_test(alternative: str) -> None:
    a, b = [5.1, 6.2, 5.8, 6.9, 6.4, 7.0], [4.2, 5.0, 4.8, 5.5, 4.1, 6.5]
    exact = stats.permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis), alternative=alternative, n_resamples=np.inf
    )
    output = p_value(a, b, alternative, shuffles=5000)  # type: ignore[arg-type]
    assert output["difference"] == pytest.approx(exact.statistic)
    assert output["p_value"] == pytest.approx(exact.pvalue, abs=0.02)
    assert output["p_value"] == (output["at_least_as_extreme"] + 1) / 5001


@given(st.lists(st.integers(0, 20), min_size=2, max_size=6), st.lists(st.integers(0, 20), min_size=2, max_size=6))
@settings(max_examples=20, deadline=None)
def test_bounds_and_opposite_alternatives(a: list[int], b: list[int]) -> None:
    x, y = [float(v) for v in a], [float(v) for v in b]
    greater = p_value(x, y, "greater", shuffles=200)["p_value"]
    less = p_value(x, y, "less", shuffles=200)["p_value"]
    assert 0 < greater <= 1
    assert greater + less >= 1 - 1e-9


def test_uniform_under_the_null_hypothesis() -> None:
    rng = np.random.default_rng(0)
    found = [p_value(*rng.standard_normal((2, 15)).tolist(), shuffles=200, seed=s)["p_value"] for s in range(300)]
    assert stats.kstest(found, "uniform").pvalue > 0.001
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.04)


def test_reject_compares_with_alpha() -> None:
    assert p_value([0, 1], [0, 1], z=2.0)["reject"]
    assert not p_value([0, 1], [0, 1], z=2.0, alpha=0.01)["reject"]


@pytest.mark.parametrize("bad", [{"a": [1.0]}, {"alpha": 0}, {"shuffles": 10**6}, {"alternative": "bigger"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("p-value").run(bad)
