from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.diffusion.ddpm_forward_process import noise_schedule
from algorithms.diffusion.ddpm_noise_prediction_loss import ddpm_noise_prediction_loss, optimal_noise
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("alpha_bar", [0.05, 0.5, 0.95])
def test_optimal_noise_is_the_score_by_autograd(alpha_bar: float) -> None:
    centres, spread = np.array([[-1.0, 0.0], [2.0, 1.0], [0.0, -2.0]]), 0.4
    x = np.random.default_rng(0).standard_normal((6, 2))
    t = torch.tensor(x, requires_grad=True)
    variance = alpha_bar * spread**2 + 1 - alpha_bar
    parts = torch.distributions.MultivariateNormal(
        torch.tensor(np.sqrt(alpha_bar) * centres), covariance_matrix=variance * torch.eye(2, dtype=torch.float64)
    )
    torch.logsumexp(parts.log_prob(t[:, None, :]), dim=1).sum().backward()
    assert t.grad is not None
    np.testing.assert_allclose(
        optimal_noise(x, alpha_bar, centres, spread), -np.sqrt(1 - alpha_bar) * t.grad.numpy(), atol=1e-10
    )


def test_the_network_comes_near_the_floor_and_never_below() -> None:
    output = ddpm_noise_prediction_loss([-2.0, 2.0])
    assert output["zero_predictor_loss"] == pytest.approx(1, abs=0.1)
    assert output["loss_before"] > 0.8
    assert 0.05 < output["optimal_loss"] < output["loss_after"] < 1.3 * output["optimal_loss"]


def test_the_target_is_not_the_last_increment() -> None:
    rng, (beta, alpha_bar) = np.random.default_rng(0), noise_schedule("cosine", 100)
    x = np.zeros(20_000)
    for b in beta[:50]:
        z = rng.standard_normal(20_000)
        x = np.sqrt(1 - b) * x + np.sqrt(b) * z
    measured = np.corrcoef(x / np.sqrt(1 - alpha_bar[50]), z)[0, 1]
    claimed = ddpm_noise_prediction_loss([0.0], training_steps=1)["increment_correlation"]
    assert claimed == pytest.approx(measured, abs=0.02)
    assert claimed < 0.3


@pytest.mark.parametrize("bad", [{"modes": []}, {"spread": 0}, {"training_steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ddpm-noise-prediction-loss").run(bad)
