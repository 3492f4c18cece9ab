from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.training_techniques.cpu_transformer_training import (
    cpu_transformer_training,
    loss_and_gradients,
    new_transformer,
)
from core.errors import InputError


def test_loss_and_gradients_equal_torch() -> None:
    rng = np.random.default_rng(0)
    params = new_transformer(5, 4, 6, rng)
    x = rng.integers(0, 5, (3, 4))
    y = np.where(rng.random((3, 4)) < 0.3, -1, rng.integers(0, 5, (3, 4)))
    loss, grads, attention, _ = loss_and_gradients(params, x, y)
    E, P, WQ, WK, WV, WO, W1, W2, U = tensors = [torch.tensor(p, requires_grad=True) for p in params]
    H = E[torch.tensor(x)] + P
    C = torch.nn.functional.scaled_dot_product_attention(H @ WQ, H @ WK, H @ WV, is_causal=True)
    Z = H + C @ WO
    logits = (Z + torch.tanh(Z @ W1) @ W2) @ U
    expected = torch.nn.functional.cross_entropy(logits.reshape(-1, 5), torch.tensor(y).reshape(-1), ignore_index=-1)
    expected.backward()
    assert loss == pytest.approx(expected.item())
    for ours, theirs in zip(grads, tensors, strict=True):
        assert theirs.grad is not None
        np.testing.assert_allclose(ours, theirs.grad, atol=1e-12)
    assert (np.triu(attention, 1) == 0).all()  # nothing later is seen


def test_learns_on_a_cpu_by_looking_one_step_back() -> None:
    output = cpu_transformer_training()
    assert output["loss_before"] > 0.9 * output["chance_loss"] == pytest.approx(0.9 * np.log(8))
    assert output["loss_after"] < 0.2
    assert output["accuracy"] > 0.97
    assert output["attention_to_previous"] > 0.6
    assert output["flops"] < 1e11  # far below a second of one core's peak


def test_parameter_count() -> None:
    # V d + T d + 4 d^2 + 4 d^2 + d V at V = 8, T = 8, d = 24
    assert cpu_transformer_training(steps=1)["parameters"] == 8 * 24 + 8 * 24 + 8 * 24**2 + 24 * 8


@pytest.mark.parametrize("bad", [{"vocabulary": 1}, {"d": 512}, {"steps": 10**6}, {"length": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cpu-transformer-training").run(bad)
