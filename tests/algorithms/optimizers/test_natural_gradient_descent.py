from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bernoulli

from algorithms.optimizers.natural_gradient_descent import natural_gradient_descent, one_step
from algorithms.registry import load
from core.errors import InputError


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9))
def test_natural_steps_agree_to_first_order_and_plain_ones_do_not(p: float, frequency: float) -> None:
    rate = 1e-4
    in_p, in_logit = (one_step(p, frequency, rate, flag, natural=True) - p for flag in (False, True))
    assert in_p == pytest.approx(rate * (frequency - p), abs=1e-9)
    assert in_logit == pytest.approx(in_p, abs=1e-6)
    plain_p, plain_logit = (one_step(p, frequency, rate, flag, natural=False) - p for flag in (False, True))
    # dp/dlogit = p (1 - p), so the plain steps differ by its square
    assert plain_logit == pytest.approx(plain_p * (p * (1 - p)) ** 2, abs=1e-6)


def test_plain_gradient_is_the_derivative_of_the_likelihood() -> None:
    p, frequency, h = 0.3, 0.7, 1e-6

    def nll(q: float) -> float:
        return -(frequency * bernoulli.logpmf(1, q) + (1 - frequency) * bernoulli.logpmf(0, q))

    expected = p - 1e-3 * (nll(p + h) - nll(p - h)) / (2 * h)
    assert one_step(p, frequency, 1e-3, in_logits=False, natural=False) == pytest.approx(expected, abs=1e-9)


def test_all_paths_lead_to_the_frequency() -> None:
    output = natural_gradient_descent(7, 10, 0.4, learning_rate=0.2, steps=50)
    assert output["optimum"] == 0.7
    for name in ("natural_in_p", "natural_in_logit", "plain_in_p"):
        assert output["paths"][name][-1] == pytest.approx(0.7, abs=0.01)
    assert 0.4 < output["paths"]["plain_in_logit"][-1] < 0.7


def test_example_shows_the_invariance() -> None:
    output = load("natural-gradient-descent").run()
    assert output["natural_first_step_gap"] < 0.02 * output["plain_first_step_gap"]
    assert np.all(np.diff(output["paths"]["natural_in_p"]) > 0)


@pytest.mark.parametrize("bad", [{"successes": 10, "trials": 10}, {"p": 0}, {"steps": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("natural-gradient-descent").run(bad)
