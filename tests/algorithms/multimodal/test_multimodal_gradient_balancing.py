from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from algorithms.multimodal.multimodal_gradient_balancing import (
    balance,
    multimodal_gradient_balancing,
    train,
    two_modalities,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=4), st.integers(0, 100))
def test_balanced_norms_are_equal_and_directions_stay(scales: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    gradients = [s * rng.standard_normal(3) for s in scales]
    mean = np.mean([np.linalg.norm(g) for g in gradients])
    for before, after in zip(gradients, balance(gradients), strict=True):
        assert np.linalg.norm(after) == pytest.approx(mean)
        assert after @ before == pytest.approx(np.linalg.norm(after) * np.linalg.norm(before))
    assert balance([np.zeros(2), np.ones(2)])[0].tolist() == [0, 0]


def test_plain_training_equals_torch() -> None:
    loud, quiet, y = two_modalities(50, 0.1, 0)
    a, b, _ = train(loud, quiet, y, 5, 0.7, balanced=False)
    weights = torch.zeros(204, dtype=torch.float64, requires_grad=True)
    x = torch.tensor(np.concatenate([loud, quiet], axis=1))
    for _ in range(5):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weights, torch.tensor(y))
        (gradient,) = torch.autograd.grad(loss, weights)
        weights = (weights - 0.7 * gradient).detach().requires_grad_(True)
    np.testing.assert_allclose(np.concatenate([a, b]), weights.detach(), atol=1e-10)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_balancing_wakes_the_quiet_modality(seed: int) -> None:
    output = multimodal_gradient_balancing(seed=seed)
    assert output["norm_ratio"] > 1.5
    assert output["quiet_share_balanced"] > output["quiet_share_plain"] + 0.1
    assert output["accuracy_plain"] + 0.05 < output["accuracy_balanced"] <= output["best_possible"] + 0.01
    # Phi(0.8 * sqrt 4) and Phi(sqrt(4 * 0.8^2 + 200 * 0.05^2))
    assert output["quiet_only"] == pytest.approx(norm.cdf(1.6), abs=0.015)
    assert output["best_possible"] == pytest.approx(norm.cdf(np.sqrt(2.56 + 0.5)), abs=0.015)


def test_equal_scales_hardly_need_balancing() -> None:
    output = multimodal_gradient_balancing(quiet_scale=1.0)
    assert abs(output["accuracy_plain"] - output["accuracy_balanced"]) < 0.04


@pytest.mark.parametrize("bad", [{"quiet_scale": 0}, {"steps": 10**6}, {"learning_rate": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("multimodal-gradient-balancing").run(bad)
