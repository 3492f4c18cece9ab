from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.recurrent.backpropagation_through_time import backpropagation_through_time, bptt
from algorithms.recurrent.recurrent_neural_network import Cell
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(1, 6), st.integers(1, 3), st.integers(1, 4))
def test_gradients_equal_autograd(T: int, d: int, h: int) -> None:
    rng = np.random.default_rng(T * 10 + h)
    X, cell, dH = rng.standard_normal((T, d)), Cell.random(d, h, 1, rng), rng.standard_normal((T, h))
    W, U, b = (torch.tensor(w, requires_grad=True) for w in (cell.W, cell.U, cell.b))
    state, states = torch.zeros(h, dtype=torch.float64), []
    for x in torch.tensor(X):
        state = torch.tanh(W @ x + U @ state + b)
        state.retain_grad()
        states.append(state)
    (torch.stack(states) * torch.tensor(dH)).sum().backward()
    gradient, total = bptt(X, cell, dH)
    for mine, tensor in ((gradient.W, W), (gradient.U, U), (gradient.b, b)):
        np.testing.assert_allclose(mine, tensor.grad, atol=1e-10)
    np.testing.assert_allclose(total, torch.stack([s.grad for s in states if s.grad is not None]), atol=1e-10)


@pytest.mark.parametrize("radius", [0.5, 0.8, 0.95])
def test_gradient_scales_like_a_power_of_the_matrix(radius: float) -> None:
    # tanh is nearly linear at small inputs, so each step multiplies the norm by the singular value of U
    output = backpropagation_through_time(40, radius)
    assert output["measured_factor"] == pytest.approx(radius, rel=0.01)
    assert output["gradient_first_state"] == pytest.approx(output["gradient_norms"][0] * radius**39, rel=0.3)


def test_it_vanishes_or_explodes() -> None:
    small, large = (backpropagation_through_time(40, r, input_scale=1e-6)["gradient_first_state"] for r in (0.5, 1.3))
    assert small < 1e-9
    assert large > 1e3


def test_equals_finite_differences() -> None:
    assert load("backpropagation-through-time").run({"steps": 10, "input_scale": 1.0})["numerical_error"] < 1e-7


@pytest.mark.parametrize("bad", [{"steps": 0}, {"steps": 201}, {"spectral_radius": 0}, {"hidden_size": 100}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("backpropagation-through-time").run(bad)
