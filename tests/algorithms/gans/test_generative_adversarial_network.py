from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.gans.generative_adversarial_network import (
    discriminator_step,
    generative_adversarial_network,
    generator_step,
)
from algorithms.registry import load
from algorithms.toy_data import Floats
from algorithms.toy_networks import new_network
from core.errors import InputError


def apply(params: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    return torch.tanh(x @ params[0] + params[1]) @ params[2] + params[3]


def tensors(params: list[Floats]) -> list[torch.Tensor]:
    return [torch.tensor(p, requires_grad=True) for p in params]


def test_both_steps_equal_torch() -> None:
    rng = np.random.default_rng(0)
    G, D = new_network((2, 4, 1), rng), new_network((1, 5, 1), rng)
    real, fake, z = rng.standard_normal((6, 1)), rng.standard_normal((6, 1)), rng.standard_normal((7, 2))
    tg, td = tensors(G), tensors(D)
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    loss = bce(apply(td, torch.tensor(np.concatenate([real, fake]))), torch.tensor([[1.0]] * 6 + [[0.0]] * 6).double())
    loss.backward()
    ours = discriminator_step(D, real, fake)
    assert ours[0] == pytest.approx(loss.item())
    for a, b in zip(ours[1], td, strict=True):
        assert b.grad is not None
        np.testing.assert_allclose(a, b.grad, atol=1e-12)
    g_loss = -torch.nn.functional.logsigmoid(apply(tensors(D), apply(tg, torch.tensor(z)))).mean()
    g_loss.backward()
    ours = generator_step(G, D, z)
    assert ours[0] == pytest.approx(g_loss.item())
    for a, b in zip(ours[1], tg, strict=True):
        assert b.grad is not None
        np.testing.assert_allclose(a, b.grad, atol=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_reaches_the_data_and_the_equilibrium(seed: int) -> None:
    output = generative_adversarial_network(3.0, 0.5, seed=seed)
    assert abs(output["fake_mean_before"] - 3) > 1.5
    assert output["fake_mean"] == pytest.approx(3, abs=0.25)
    assert output["fake_std"] == pytest.approx(0.5, abs=0.25)
    assert output["mean_d_real"] == pytest.approx(0.5, abs=0.1)
    assert output["mean_d_fake"] == pytest.approx(0.5, abs=0.1)
    assert output["d_loss"] == pytest.approx(np.log(2), abs=0.05)


def test_a_trained_discriminator_is_the_density_ratio() -> None:
    assert generative_adversarial_network(1.0, 0.7, rounds=1)["optimal_d_gap"] < 0.06


@pytest.mark.parametrize("bad", [{"std": 0}, {"rounds": 10**7}, {"mean": 100}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("generative-adversarial-network").run(bad)
