from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from algorithms.model_selection.acquisition_functions import (
    acquisition_functions,
    expected_improvement,
    probability_of_improvement,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(-3, 3), st.floats(0.1, 3), st.floats(-3, 3))
def test_scores_are_the_integrals_they_stand_for(mu: float, sigma: float, best: float) -> None:
    gain, _ = quad(lambda v: (v - best) * norm.pdf(v, mu, sigma), best, mu + 12 * sigma + 12)
    ours = expected_improvement(np.array([mu]), np.array([sigma]), best)[0]
    assert ours == pytest.approx(gain, abs=1e-6)
    chance = probability_of_improvement(np.array([mu]), np.array([sigma]), best)[0]
    assert chance == pytest.approx(norm.sf(best, mu, sigma), abs=1e-12)


@given(st.floats(-5, 5), st.floats(0, 5), st.floats(-5, 5))
def test_expected_improvement_is_at_least_the_certain_gain(mu: float, sigma: float, best: float) -> None:
    value = expected_improvement(np.array([mu]), np.array([sigma]), best)[0]
    assert value >= max(mu - best, 0) - 1e-9


def test_known_points_are_worth_nothing() -> None:
    for kind in ("expected-improvement", "probability-of-improvement"):
        assert acquisition_functions([0.9, 0.2], [0.0, 0.0], best=0.9, kind=kind)["scores"].tolist() == [0, 0]


def test_upper_confidence_bound_and_constraint() -> None:
    bound = acquisition_functions([1.0, 0.0], [0.1, 1.0], kind="upper-confidence-bound", kappa=2.0)
    np.testing.assert_allclose(bound["scores"], [1.2, 2.0])
    assert bound["chosen"] == 1
    free = acquisition_functions([1.0, 0.9], [1.0, 1.0], best=0.5)
    tied = acquisition_functions([1.0, 0.9], [1.0, 1.0], best=0.5, kind="constrained", feasible=[0.1, 0.9])
    assert (free["chosen"], tied["chosen"]) == (0, 1)
    np.testing.assert_allclose(tied["scores"], free["scores"] * [0.1, 0.9])


def test_greedy_improvement_prefers_the_safe_point_and_expectation_the_risky() -> None:
    arguments = {"mean": [1.01, 0.5], "std": [0.01, 2.0], "best": 1.0}
    assert acquisition_functions(**arguments, kind="probability-of-improvement")["chosen"] == 0
    assert acquisition_functions(**arguments)["chosen"] == 1


@pytest.mark.parametrize("bad", [{"std": [1.0]}, {"std": [-1.0, 1, 1]}, {"feasible": [0.5]}, {"kind": "thompson"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("acquisition-functions").run(bad)
