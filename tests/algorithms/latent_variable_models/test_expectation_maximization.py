from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from algorithms.latent_variable_models.expectation_maximization import coin_posterior, expectation_maximization
from algorithms.registry import load
from core.errors import InputError

HEADS = st.lists(st.integers(0, 10), min_size=1, max_size=12)


def test_do_and_batzoglou_golden() -> None:
    # Nature Biotechnology 2008: first posteriors 0.45 0.80 0.73 0.35 0.65, first theta 0.71 0.58, at the end 0.80 0.52
    output = expectation_maximization([5, 9, 8, 4, 7])
    np.testing.assert_allclose(output["first_posterior_a"], [0.45, 0.80, 0.73, 0.35, 0.65], atol=0.006)
    np.testing.assert_allclose(output["first_theta"], [0.71, 0.58], atol=0.005)
    assert output["theta_a"] == pytest.approx(0.80, abs=0.005)
    assert output["theta_b"] == pytest.approx(0.52, abs=0.005)


@given(HEADS, st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.booleans())
def test_the_likelihood_never_falls(heads: list[int], a: float, b: float, learn: bool) -> None:
    history = expectation_maximization(heads, 10, a, b, learn)["log_likelihoods"]
    assert np.all(np.diff(history) >= -1e-8)


@given(HEADS, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_posterior_is_bayes_rule(heads: list[int], a: float, b: float) -> None:
    h = np.array(heads, dtype=float)
    R, value = coin_posterior(h, 10, np.array([a, b]), np.array([0.3, 0.7]))
    joint = np.stack([0.3 * binom.pmf(h, 10, a), 0.7 * binom.pmf(h, 10, b)], axis=1)
    np.testing.assert_allclose(R, joint / joint.sum(axis=1, keepdims=True), atol=1e-9)
    coefficient = np.sum(binom.logpmf(h, 10, 0.5) - 10 * np.log(0.5))
    assert value == pytest.approx(np.log(joint.sum(axis=1)).sum() - coefficient)


def test_equal_starts_never_separate() -> None:
    output = expectation_maximization([9, 9, 1, 1], theta_a=0.5, theta_b=0.5, iterations=50)
    assert output["theta_a"] == output["theta_b"] == 0.5


def test_separated_coins_are_found_with_their_mixing() -> None:
    output = expectation_maximization([9, 9, 9, 1], theta_a=0.7, theta_b=0.4, learn_mixing=True, iterations=200)
    assert output["theta_a"] == pytest.approx(0.9, abs=0.01)
    assert output["theta_b"] == pytest.approx(0.1, abs=0.01)
    assert output["mixing_a"] == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("bad", [{"heads": [11]}, {"heads": []}, {"theta_a": 1.5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("expectation-maximization").run(bad)
