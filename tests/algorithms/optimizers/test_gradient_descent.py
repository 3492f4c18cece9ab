from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.gradient_descent import gradient_descent
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=4), st.floats(0.01, 0.4), st.floats(0.1, 1), st.integers(1, 20))
def test_equals_the_closed_form_on_a_quadratic(start: list[float], rate: float, curvature: float, steps: int) -> None:
    # each step multiplies by 1 - 2 η c
    output = gradient_descent(start, [curvature], rate, steps)
    np.testing.assert_allclose(output["theta"], np.array(start) * (1 - 2 * rate * curvature) ** steps, atol=1e-12)


def test_golden() -> None:
    np.testing.assert_allclose(gradient_descent([1.0], steps=3)["path"].ravel(), [1, 0.8, 0.64, 0.512])


def test_diverges_above_the_stable_rate_only() -> None:
    assert gradient_descent([1.0], learning_rate=1.05, steps=200)["diverged"]
    output = gradient_descent([1.0], learning_rate=0.95, steps=200)
    assert not output["diverged"]
    assert output["objective"] < 1e-12
    assert output["largest_stable_rate"] == 1


def test_equal_parameters_receive_equal_updates() -> None:
    theta = gradient_descent([2.0, 2.0], [0.7], steps=7)["theta"]
    assert theta[0] == theta[1]


def test_extreme_settings_end_without_overflow() -> None:
    output = gradient_descent([1e12], [1e6], 1e6, 5000)
    assert output["diverged"]
    assert np.isfinite(output["theta"]).all()


def test_given_gradients_are_used_in_turn() -> None:
    assert gradient_descent([1.0], learning_rate=0.5, gradients=[1.0, -4.0])["path"].ravel().tolist() == [1, 0.5, 2.5]


@pytest.mark.parametrize(
    "bad",
    [
        {"learning_rate": 0},
        {"steps": 10**6},
        {"start": []},
        {"start": [1.0, 2.0], "curvatures": [1.0, 1.0, 1.0]},
        {"start": [1.0, 2.0], "gradients": [1.0]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gradient-descent").run(bad)
