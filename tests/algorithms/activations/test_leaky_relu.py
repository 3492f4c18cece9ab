from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.activations.leaky_relu import leaky_relu
from algorithms.registry import load
from core.errors import InputError

POINTS = st.lists(st.floats(-50, 50), min_size=1, max_size=20)


@given(POINTS, st.floats(0, 1))
def test_values_and_both_derivatives_equal_torch_prelu(x: list[float], alpha: float) -> None:
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    a = torch.tensor([alpha], dtype=torch.float64, requires_grad=True)
    y = torch.nn.functional.prelu(t, a)
    by_x, by_a = torch.autograd.grad(y.sum(), (t, a))
    output = leaky_relu(x, alpha)
    np.testing.assert_allclose(output["values"], y.detach(), rtol=1e-12)
    np.testing.assert_allclose(output["derivatives"], by_x, rtol=1e-12)
    np.testing.assert_allclose(output["slope_derivatives"].sum(), by_a.item(), atol=1e-9)


def test_known_value() -> None:
    assert leaky_relu([-5.0])["values"][0] == pytest.approx(-0.05)


def test_learned_slope_is_the_least_squares_slope_of_the_negative_side() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal(50)
    y = np.where(x > 0, x, 0.3 * x) + 0.05 * rng.standard_normal(50)
    negative = x < 0
    expected = (x * y)[negative].sum() / (x**2)[negative].sum()
    assert leaky_relu(x.tolist(), 0.01, y.tolist())["learned_alpha"] == pytest.approx(expected, abs=1e-9)
    assert abs(expected - 0.3) < 0.05


def test_without_negative_inputs_the_slope_stays() -> None:
    assert leaky_relu([1.0, 2.0], 0.1, [5.0, 5.0])["learned_alpha"] == 0.1
    assert leaky_relu([1.0])["learned_alpha"] is None


@pytest.mark.parametrize("bad", [{"x": []}, {"alpha": -0.1}, {"alpha": 1.5}, {"targets": [1.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("leaky-relu").run(bad)
