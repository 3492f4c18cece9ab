from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.bayesian.bayesian_credible_interval import bayesian_credible_interval
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.5, 5), st.floats(0.5, 5), st.floats(0.5, 0.99))
def test_equals_scipy(successes: int, failures: int, a: float, b: float, level: float) -> None:
    output = bayesian_credible_interval(successes, successes + failures, a, b, level)
    posterior = stats.beta(a + successes, b + failures)
    assert output["equal_tailed"].tolist() == pytest.approx(posterior.interval(level), abs=1e-9)
    assert (output["mean"], output["sd"]) == pytest.approx((posterior.mean(), posterior.std()))
    low, high = output["highest_density"]
    assert posterior.cdf(high) - posterior.cdf(low) == pytest.approx(level, abs=1e-6)
    assert high - low <= np.ptp(output["equal_tailed"]) + 1e-6


def test_highest_density_has_equal_density_at_both_ends() -> None:
    output = bayesian_credible_interval(7, 20)
    low, high = output["highest_density"]
    assert stats.beta(8, 14).pdf(low) == pytest.approx(stats.beta(8, 14).pdf(high), rel=1e-3)
    assert low < output["equal_tailed"][0]  # the posterior leans to the left


def test_no_success_still_has_an_upper_limit() -> None:
    output = bayesian_credible_interval(0, 20)
    # uniform prior: Beta(1, 21), upper end 1 - 0.05^(1/21)
    assert output["highest_density"].tolist() == pytest.approx([0, 1 - 0.05 ** (1 / 21)], abs=1e-6)


def test_coverage_under_the_prior_is_exact() -> None:
    rng = np.random.default_rng(0)
    theta = rng.beta(2, 3, 1000)
    x = rng.binomial(15, theta)
    intervals = {s: bayesian_credible_interval(s, 15, 2, 3, 0.8)["equal_tailed"] for s in range(16)}
    covered = [intervals[int(s)][0] <= t <= intervals[int(s)][1] for s, t in zip(x, theta, strict=True)]
    assert np.mean(covered) == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize("bad", [{"successes": 21}, {"level": 1.0}, {"prior_a": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("bayesian-credible-interval").run(bad)
