from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from algorithms.gans.wasserstein_loss import (
    critic,
    critic_gradients,
    earth_movers_distance,
    gradient_penalty,
    wasserstein_loss,
)
from algorithms.registry import load
from algorithms.toy_networks import new_network
from core.errors import InputError

SAMPLE = st.lists(st.floats(-10, 10), min_size=2, max_size=10)


@given(SAMPLE, SAMPLE)
def test_distance_equals_scipy(a: list[float], b: list[float]) -> None:
    assert earth_movers_distance(np.array(a), np.array(b)) == pytest.approx(wasserstein_distance(a, b), abs=1e-12)


def test_gradients_equal_double_backpropagation_in_torch() -> None:
    rng = np.random.default_rng(0)
    params, x, d = new_network((1, 4, 1), rng), rng.standard_normal(6), rng.standard_normal(6)
    params[1] = rng.standard_normal(4)
    tensors = [torch.tensor(p, requires_grad=True) for p in params]
    t = torch.tensor(x[:, None], requires_grad=True)
    scores = torch.tanh(t @ tensors[0] + tensors[1]) @ tensors[2] + tensors[3]
    np.testing.assert_allclose(critic(params, x), scores.detach()[:, 0])
    expected = torch.autograd.grad((torch.tensor(d) * scores[:, 0]).sum(), tensors, retain_graph=True)
    for ours, theirs in zip(critic_gradients(params, x, d), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    (slope,) = torch.autograd.grad(scores.sum(), t, create_graph=True)
    penalty = ((slope.norm(dim=1) - 1) ** 2).mean()
    value, gradients = gradient_penalty(params, x)
    assert value == pytest.approx(penalty.item())
    expected = torch.autograd.grad(penalty, tensors, allow_unused=True)
    for ours, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(ours, 0 if theirs is None else theirs, atol=1e-12)


def test_the_trained_critic_estimates_the_distance() -> None:
    real, fake = [2.0, 2.5, 3.0, 3.5], [-1.0, 0.0, 0.5, 1.0]
    output = wasserstein_loss(real, fake, penalty_weight=50.0)
    assert output["earth_movers_distance"] == pytest.approx(2.625)
    assert abs(output["critic_estimate_before"] - 2.625) > 0.3
    assert output["critic_estimate"] == pytest.approx(2.625, rel=0.08)
    assert output["final_penalty"] < 0.01
    clipped = wasserstein_loss(real, fake, "weight clipping")
    # |v| |w| summed over 32 units bounds the slope by 32 * 0.01
    assert clipped["largest_slope"] <= 0.32 + 1e-12
    assert 0 < clipped["critic_estimate"] < output["critic_estimate"]


@given(SAMPLE, SAMPLE, st.floats(-3, 3))
def test_linear_critic(a: list[float], b: list[float], w: float) -> None:
    output = wasserstein_loss(a, b, linear_weight=w, steps=1)
    assert output["linear_penalty"] == pytest.approx(10 * (abs(w) - 1) ** 2)
    assert output["linear_loss"] == pytest.approx(w * (np.mean(b) - np.mean(a)) + output["linear_penalty"])
    unit = wasserstein_loss(a, b, linear_weight=1.0, steps=1)
    assert unit["linear_penalty"] == 0
    assert -unit["linear_loss"] <= unit["earth_movers_distance"] + 1e-9  # one 1-Lipschitz function of many


@pytest.mark.parametrize("bad", [{"real": [1.0]}, {"method": "spectral"}, {"steps": 10**6}, {"clip": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("wasserstein-loss").run(bad)
