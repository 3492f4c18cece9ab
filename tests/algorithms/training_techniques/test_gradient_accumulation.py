from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.toy_networks import new_network
from algorithms.training_techniques.gradient_accumulation import gradient_accumulation, mean_gradient
from core.errors import InputError


@given(st.integers(1, 10), st.integers(1, 12), st.integers(0, 100))
def test_equal_micro_batches_give_the_full_gradient(k: int, size: int, seed: int) -> None:
    output = gradient_accumulation(k * size, size, seed)
    assert output["micro_batches"] == k
    assert output["average_gap"] < 1e-14 and output["weighted_gap"] < 1e-14
    assert output["gradient_norm"] > 1e-3
    assert output["activation_memory_share"] == pytest.approx(1 / k)


def test_unequal_micro_batches_need_weights() -> None:
    output = gradient_accumulation(33, 8)
    assert output["sizes"].tolist() == [8, 8, 8, 8, 1]
    assert output["average_gap"] > 1e-3
    assert output["weighted_gap"] < 1e-14


def test_accumulation_in_torch_gives_the_same_gradient() -> None:
    rng = np.random.default_rng(0)
    params = new_network((4, 8, 3), rng)
    x, y = rng.standard_normal((12, 4)), rng.integers(0, 3, 12)
    tensors = [torch.tensor(p, requires_grad=True) for p in params]
    for i in range(0, 12, 4):
        h = torch.tanh(torch.tensor(x[i : i + 4]) @ tensors[0] + tensors[1])
        loss = torch.nn.functional.cross_entropy(h @ tensors[2] + tensors[3], torch.tensor(y[i : i + 4]))
        (loss / 3).backward()
    theirs = np.concatenate([t.grad.numpy().ravel() for t in tensors if t.grad is not None])
    np.testing.assert_allclose(mean_gradient(params, x, y), theirs, atol=1e-12)


@pytest.mark.parametrize("bad", [{"micro_batch_size": 64}, {"batch_size": 0}, {"batch_size": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gradient-accumulation").run(bad)
