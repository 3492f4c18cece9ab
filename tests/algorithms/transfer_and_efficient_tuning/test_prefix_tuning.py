from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.prefix_tuning import prefix_gradients, prefix_tuning
from core.errors import InputError


@pytest.mark.parametrize("seed", range(4))
def test_loss_and_gradients_equal_torch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    Q, K, V, target = (rng.standard_normal((n, 4)) for n in (5, 3, 3, 5))
    PK, PV = rng.standard_normal((2, 4)), rng.standard_normal((2, 4))
    loss, grads = prefix_gradients(Q, K, V, PK, PV, target)
    tk, tv = torch.tensor(PK, requires_grad=True), torch.tensor(PV, requires_grad=True)
    out = torch.nn.functional.scaled_dot_product_attention(
        torch.tensor(Q)[None], torch.cat([tk, torch.tensor(K)])[None], torch.cat([tv, torch.tensor(V)])[None]
    )[0]
    expected = ((out - torch.tensor(target)) ** 2).mean()
    expected.backward()
    assert loss == pytest.approx(expected.item())
    assert tk.grad is not None and tv.grad is not None
    np.testing.assert_allclose(grads[0], tk.grad, atol=1e-12)
    np.testing.assert_allclose(grads[1], tv.grad, atol=1e-12)


def test_the_prefix_steers_the_frozen_head() -> None:
    output = prefix_tuning(4)
    assert output["loss_after"] < 0.1 * output["loss_before"]  # reachable exactly with two virtual tokens
    assert output["prefix_attention"] > 0.2


def test_length_and_parameters() -> None:
    output = prefix_tuning(10, d=8, layers=24, max_length=512, steps=1)
    assert output["usable_length"] == 502
    assert output["trainable_parameters"] == 24 * 10 * 8 * 2


@pytest.mark.parametrize("bad", [{"prefix_length": 0}, {"max_length": 3}, {"d": 1000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("prefix-tuning").run(bad)
