from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from algorithms.neural_network_basics.backpropagation import forward, initial_layers
from algorithms.neural_network_basics.multilayer_perceptron import multilayer_perceptron, train_with_adam
from algorithms.registry import load
from core.errors import InputError


def test_shapes_and_parameters_equal_torch() -> None:
    sizes = [4, 8, 8, 3]
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    output = multilayer_perceptron(sizes, [1], steps=1)
    assert output["weight_shapes"] == [list(layer.weight.shape) for layer in layers]
    assert output["parameters"] == sum(p.numel() for layer in layers for p in layer.parameters())
    assert output["weight_layers"] == 3


def test_forward_is_the_written_composition() -> None:
    rng = np.random.default_rng(0)
    (W1, b1), (W2, b2), (W3, b3) = layers = initial_layers([3, 5, 4, 2], rng)
    X = rng.normal(size=(6, 3))
    expected = np.tanh(np.tanh(X @ W1.T + b1) @ W2.T + b2) @ W3.T + b3
    np.testing.assert_allclose(forward(X, layers, "tanh")[0], expected)


def test_training_equals_torch_adam() -> None:
    rng = np.random.default_rng(1)
    layers = initial_layers([2, 3, 1], rng)
    X, y = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    parameters = [torch.tensor(p, requires_grad=True) for layer in layers for p in layer]
    optimizer = torch.optim.Adam(parameters, lr=0.1)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 - t / 20)
    for _ in range(20):
        optimizer.zero_grad()
        out = torch.tanh(torch.tensor(X) @ parameters[0].T + parameters[1]) @ parameters[2].T + parameters[3]
        (0.5 * ((out - torch.tensor(y)) ** 2).mean()).backward()
        optimizer.step()
        scheduler.step()
    trained, losses = train_with_adam(X, y, layers, "tanh", 0.1, 20)
    np.testing.assert_allclose(trained[0][0], parameters[0].detach(), rtol=1e-6)
    assert losses[-1] < losses[0]


def test_the_error_falls_with_the_width() -> None:
    output = load("multilayer-perceptron").run()
    errors = output["mse_after"]
    assert errors[0] > 1.5 * errors[1] > 100 * errors[2]
    assert errors[0] > 0.03  # one bend cannot follow a whole period
    assert max(errors[2:]) < 1e-4
    np.testing.assert_allclose(output["fit"], np.sin(output["x"]), atol=0.03)


@pytest.mark.parametrize("bad", [{"widths": [1000]}, {"layer_sizes": [4]}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("multilayer-perceptron").run(bad)
