from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.training_techniques.gradient_checkpointing import chain_gradients, gradient_checkpointing
from core.errors import InputError


@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_gradients_equal_torch(every: int) -> None:
    rng = np.random.default_rng(0)
    weights, x = rng.standard_normal((7, 4, 4)) / 2, rng.standard_normal(4)
    t = torch.tensor(weights, requires_grad=True)
    h = torch.tensor(x)
    for layer in range(7):
        h = torch.tanh(t[layer] @ h)
    ((h**2).sum() / 2).backward()
    assert t.grad is not None
    np.testing.assert_allclose(chain_gradients(weights, x, every)[0], t.grad, atol=1e-12)


@given(st.integers(1, 60), st.integers(1, 20))
def test_same_bits_less_memory(layers: int, every: int) -> None:
    output = gradient_checkpointing(layers, every, 3)
    checkpoints = -(-layers // every)
    assert output["gradient_gap"] == 0
    assert output["stored_without"] == layers
    assert output["recomputed_layers"] == layers - checkpoints
    last = layers - (checkpoints - 1) * every
    inner = max([checkpoints + last - 1] + ([checkpoints - 1 + every - 1] if checkpoints > 1 else []))
    assert output["stored_activations"] == inner


def test_memory_grows_like_the_square_root() -> None:
    for layers in (64, 256, 400):
        output = gradient_checkpointing(layers, width=2)
        assert output["stored_activations"] <= 2 * layers**0.5


@pytest.mark.parametrize("bad", [{"layers": 0}, {"every": 0}, {"width": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gradient-checkpointing").run(bad)
