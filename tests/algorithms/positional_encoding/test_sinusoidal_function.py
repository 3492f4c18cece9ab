from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.positional_encoding.sinusoidal_function import sinusoidal_function
from algorithms.registry import load
from core.errors import InputError

COEFFICIENT = st.floats(-5, 5)
SPEED = st.one_of(st.floats(0.1, 5), st.floats(-5, -0.1))


@given(COEFFICIENT, SPEED, COEFFICIENT, COEFFICIENT, COEFFICIENT, st.sampled_from(["sin", "cos"]))
def test_period_range_and_derivative(A: float, B: float, C: float, D: float, x: float, function: str) -> None:
    h = 1e-6
    output = sinusoidal_function(A, B, C, D, [x, x + h, x - h], function)  # type: ignore[arg-type]
    assert output["derivatives"][0] == pytest.approx((output["values"][1] - output["values"][2]) / (2 * h), abs=1e-6)
    again = sinusoidal_function(A, B, C, D, [x + output["period"]], function)  # type: ignore[arg-type]
    assert again["values"][0] == pytest.approx(output["values"][0], abs=1e-9)
    assert output["minimum"] - 1e-9 <= output["values"][0] <= output["maximum"] + 1e-9
    assert output["frequency"] * output["period"] == pytest.approx(1)
    moved = sinusoidal_function(A, B, 0.0, D, [x - output["horizontal_shift"]], function)  # type: ignore[arg-type]
    assert moved["values"][0] == pytest.approx(output["values"][0], abs=1e-9)


def test_plain_sine_and_cosine() -> None:
    output = load("sinusoidal-function").run({"A": 1, "B": 1, "C": 0, "D": 0, "x": [0, np.pi / 2]})
    np.testing.assert_allclose(output["values"], [0, 1], atol=1e-12)
    assert (output["amplitude"], output["period"], output["horizontal_shift"]) == (1, 2 * np.pi, 0)
    assert sinusoidal_function(function="cos")["values"].tolist() == [1.0]


def test_signs_of_the_characteristics() -> None:
    output = sinusoidal_function(A=-3, B=-4, C=2, D=1)
    assert (output["amplitude"], output["minimum"], output["maximum"]) == (3, -2, 4)
    assert output["period"] == pytest.approx(np.pi / 2)
    assert output["angular_frequency"] == 4
    assert output["horizontal_shift"] == 0.5


@pytest.mark.parametrize("bad", [{"B": 0}, {"x": []}, {"function": "tan"}, {"A": "big"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("sinusoidal-function").run(bad)
