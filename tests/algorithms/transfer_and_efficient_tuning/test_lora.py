from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.lora import adapter_gradients, fit_adapter, lora
from core.errors import InputError


def test_gradients_equal_torch_autograd() -> None:
    rng = np.random.default_rng(5)
    W0, B, A = rng.standard_normal((4, 3)), rng.standard_normal((4, 2)), rng.standard_normal((2, 3))
    x, y = rng.standard_normal((8, 3)), rng.standard_normal((8, 4))
    tb, ta = torch.tensor(B, requires_grad=True), torch.tensor(A, requires_grad=True)
    expected = ((torch.tensor(x) @ (torch.tensor(W0) + 1.5 * tb @ ta).T - torch.tensor(y)) ** 2).mean()
    expected.backward()
    loss, (g_b, g_a) = adapter_gradients(W0, B, A, x, y, 1.5)
    assert loss == pytest.approx(expected.item())
    assert tb.grad is not None and ta.grad is not None
    np.testing.assert_allclose(g_b, tb.grad, atol=1e-12)
    np.testing.assert_allclose(g_a, ta.grad, atol=1e-12)


def test_one_training_equals_torch_autograd() -> None:
    rng = np.random.default_rng(3)
    W0, x, y = rng.standard_normal((4, 3)), rng.standard_normal((8, 3)), rng.standard_normal((8, 4))
    B, A, losses = fit_adapter(W0, x, y, 2, 1.5, 10, 0.05, np.random.default_rng(0))
    a0 = np.random.default_rng(0).standard_normal((2, 3)) / np.sqrt(3)
    tb = torch.zeros((4, 2), dtype=torch.float64, requires_grad=True)
    ta = torch.tensor(a0, requires_grad=True)
    optimizer = torch.optim.Adam([tb, ta], lr=0.05)
    w, tx, ty = torch.tensor(W0), torch.tensor(x), torch.tensor(y)
    for step in range(10):
        optimizer.zero_grad()
        loss = ((tx @ (w + 1.5 * tb @ ta).T - ty) ** 2).mean()
        assert losses[step] == pytest.approx(loss.item())
        loss.backward()
        optimizer.step()
    np.testing.assert_allclose(B, tb.detach(), atol=1e-6)
    np.testing.assert_allclose(A, ta.detach(), atol=1e-6)


def test_learns_a_change_of_its_rank_and_merges_without_a_trace() -> None:
    output = lora(rank=2, task_rank=2)
    assert output["change_at_start"] == 0
    assert output["loss_after"] < 1e-3 * output["loss_before"]  # the needed change is reachable exactly
    assert output["merge_gap"] < 1e-12 and output["switch_gap"] < 1e-12
    assert output["rank_of_update"] == 2


def test_too_small_a_rank_cannot_reach_the_change() -> None:
    small, enough = lora(rank=1, task_rank=4), lora(rank=4, task_rank=4)
    assert small["loss_after"] > 0.3 * small["loss_before"]
    assert enough["loss_after"] < 0.01 * enough["loss_before"]


def test_trains_r_times_d_plus_k_numbers() -> None:
    output = lora(rank=3, alpha=6, d=20, k=10, steps=1)
    assert output["scale"] == 2
    assert (output["trainable_parameters"], output["full_parameters"]) == (90, 200)


@pytest.mark.parametrize("bad", [{"rank": 0}, {"rank": 13}, {"task_rank": 20}, {"alpha": 0}, {"d": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("lora").run(bad)
