from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neural_network_basics.backpropagation import (
    Hidden,
    backpropagation,
    initial_layers,
    loss_and_gradients,
)
from algorithms.registry import load
from core.errors import InputError

FUNCTIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda z: z}


@given(
    st.lists(st.integers(1, 5), min_size=2, max_size=5),
    st.sampled_from(sorted(FUNCTIONS)),
    st.booleans(),
    st.integers(0, 99),
)
def test_all_gradients_equal_autograd(sizes: list[int], kind: Hidden, classify: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    layers = [(W, rng.normal(size=len(b))) for W, b in initial_layers(sizes, rng)]
    X = rng.normal(size=(4, sizes[0]))
    y = rng.integers(sizes[-1], size=4) if classify else rng.normal(size=(4, sizes[-1]))
    parameters = [(torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)) for W, b in layers]
    h = torch.tensor(X)
    for i, (W, b) in enumerate(parameters):
        h = h @ W.T + b
        if i < len(parameters) - 1:
            h = FUNCTIONS[kind](h)
    if classify:
        expected = torch.nn.functional.cross_entropy(h, torch.tensor(y))
    else:
        expected = 0.5 * ((h - torch.tensor(y)) ** 2).sum(dim=1).mean()
    expected.backward()
    loss, gradients = loss_and_gradients(X, y, layers, kind)
    assert loss == pytest.approx(expected.item(), abs=1e-10)
    for (dW, db), (W, b) in zip(gradients, parameters, strict=True):
        np.testing.assert_allclose(dW, W.grad, atol=1e-10)
        np.testing.assert_allclose(db, b.grad, atol=1e-10)


@pytest.mark.parametrize("kind", ["tanh", "sigmoid", "identity"])
def test_agrees_with_finite_differences_and_moves_no_weight(kind: Hidden) -> None:
    output = backpropagation(activation=kind, steps=0)
    assert output["largest_relative_error"] < 1e-6
    assert output["weights_unchanged_by_backpropagation"]
    assert output["loss_after"] == output["loss_before"]


def test_descent_on_these_gradients_fits_the_random_labels() -> None:
    output = load("backpropagation").run()
    assert output["loss_before"] > 0.5
    assert output["loss_after"] < 0.1
    assert output["parameters"] == 4 * 5 + 6 * 4 + 5 * 2


@pytest.mark.parametrize("bad", [{"layer_sizes": [3]}, {"layer_sizes": [500, 2]}, {"activation": "gelu"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("backpropagation").run(bad)
