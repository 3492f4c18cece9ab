from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.swish import swish
from algorithms.registry import load
from core.errors import InputError

POINTS = st.lists(st.floats(-30, 30), min_size=1, max_size=20)


@given(POINTS)
def test_value_and_derivative_equal_torch_silu(x: list[float]) -> None:
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = torch.nn.functional.silu(t)
    (gradient,) = torch.autograd.grad(y.sum(), t)
    output = swish(x)
    np.testing.assert_allclose(output["values"], y.detach(), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(output["derivatives"], gradient, rtol=1e-9, atol=1e-12)


@given(POINTS, st.floats(0.1, 4))
def test_derivative_with_beta_equals_differences(x: list[float], beta: float) -> None:
    h = 1e-5
    up, down = swish([v + h for v in x], beta)["values"], swish([v - h for v in x], beta)["values"]
    np.testing.assert_allclose(swish(x, beta)["derivatives"], (up - down) / (2 * h), atol=1e-6)


def test_known_values_and_limits() -> None:
    np.testing.assert_allclose(swish([0.0, 1.0])["values"], [0, 0.7311], atol=5e-5)
    np.testing.assert_allclose(swish([-2.0, 3.0], 0.0)["values"], [-1, 1.5])
    np.testing.assert_allclose(swish([-2.0, 3.0], 1e3)["values"], [0, 3], atol=1e-12)
    grid = np.linspace(-3, 0, 3001)
    values = swish(grid.tolist())["values"]
    assert values.min() == pytest.approx(-0.278, abs=0.001)
    assert grid[values.argmin()] == pytest.approx(-1.278, abs=0.002)


@pytest.mark.parametrize("bad", [{"x": []}, {"beta": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("swish").run(bad)
