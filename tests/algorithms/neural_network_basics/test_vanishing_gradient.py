from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.neural_network_basics.vanishing_gradient import layer_gradients, vanishing_gradient
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("residual", [False, True])
def test_gradients_equal_autograd(residual: bool) -> None:
    depth, width = 4, 6
    rng = np.random.default_rng(3)
    Ws = torch.tensor(rng.standard_normal((depth, width, width)) * np.sqrt(1.5 / width))
    inputs = [torch.tensor(rng.standard_normal((8, width)), requires_grad=True)]
    upstream = torch.tensor(rng.standard_normal((8, width)))
    h = inputs[0]
    for W in Ws:
        value = torch.tanh(h @ W.T)
        h = h + value if residual else value
        h.retain_grad()
        inputs.append(h)
    h.backward(upstream)
    expected = [t.grad.norm().item() / upstream.norm().item() for t in inputs[:-1] if t.grad is not None]
    np.testing.assert_allclose(layer_gradients(depth, width, "tanh", 1.5, residual, 3), expected, rtol=1e-9)


def test_ten_sigmoid_layers() -> None:
    output = load("vanishing-gradient").run()
    assert output["derivative_bound"] == pytest.approx(9.5e-7, rel=0.01)
    assert output["first_layer"] < 2e-6
    assert output["saturated_derivative"] == pytest.approx(4.54e-5, rel=1e-3)
    assert np.all(np.diff(output["gradient_norms"]) > 0)


@pytest.mark.parametrize(("activation", "peak"), [("sigmoid", 0.25), ("tanh", 1.0), ("relu", 1.0)])
def test_peak_derivatives(activation: str, peak: float) -> None:
    x = torch.linspace(-5, 5, 1001, dtype=torch.float64, requires_grad=True)
    getattr(torch, activation)(x).sum().backward()
    assert x.grad is not None
    output = load("vanishing-gradient").run({"activation": activation})
    assert output["peak_derivative"] == peak == pytest.approx(x.grad.max().item(), abs=1e-9)


def test_residuals_keep_the_gradient_alive() -> None:
    output = vanishing_gradient(depth=50, activation="sigmoid")
    assert output["first_layer"] < 1e-25
    assert output["residual_first_layer"] > 0.5


def test_absorption_in_single_precision() -> None:
    assert vanishing_gradient(update=1e-8)["absorbed"]
    assert not vanishing_gradient(update=2e-7)["absorbed"]
    assert torch.tensor(1.0) + 1e-8 == vanishing_gradient(update=1e-8)["float32_sum"]
    assert vanishing_gradient()["float32_epsilon"] == pytest.approx(1.19e-7, rel=0.01)


@pytest.mark.parametrize("bad", [{"depth": 0}, {"depth": 10**5}, {"activation": "gelu"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("vanishing-gradient").run(bad)
