from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.imbalanced_learning.undersampling_prior_correction import (
    correct_prior,
    undersampling_prior_correction,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(0.001, 0.999), st.floats(0.01, 1))
def test_it_multiplies_the_odds_by_beta_and_inverts_the_sampling(p: float, beta: float) -> None:
    corrected = correct_prior(np.array([p]), beta)[0]
    assert corrected / (1 - corrected) == pytest.approx(beta * p / (1 - p))
    sampled = corrected / (corrected + beta * (1 - corrected))  # Bayes: positives all kept, negatives with share beta
    assert sampled == pytest.approx(p)
    assert corrected <= p + 1e-12


def test_golden_and_limits() -> None:
    # 0.1 * 0.5 / (0.05 - 0.5 + 1) = 0.05 / 0.55; 0.09 / 0.19
    output = undersampling_prior_correction([0.0, 0.5, 0.9, 1.0], beta=0.1)
    np.testing.assert_allclose(output["corrected"], [0, 1 / 11, 9 / 19, 1])
    threshold = output["equivalent_threshold"]
    assert correct_prior(np.array([threshold]), 0.1)[0] == pytest.approx(0.5)
    assert output["log_odds_shift"] == pytest.approx(np.log(0.1))


@settings(max_examples=3)
@given(st.integers(0, 50))
def test_corrected_probabilities_are_calibrated_again(seed: int) -> None:
    output = undersampling_prior_correction([0.5], 0.1, seed)
    assert output["mean_sampled"] > 2.5 * output["prevalence"]
    assert output["mean_corrected"] == pytest.approx(output["prevalence"], rel=0.25)
    assert output["mean_corrected"] == pytest.approx(output["mean_full_data"], rel=0.15)


@pytest.mark.parametrize("bad", [{"beta": 0}, {"probabilities": [1.2]}, {"beta": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("undersampling-prior-correction").run(bad)
