from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.optimizers.adam import adam
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(("beta1", "beta2", "eps"), [(0.9, 0.999, 1e-8), (0.5, 0.9, 1e-2)])
def test_equals_torch(beta1: float, beta2: float, eps: float) -> None:
    w = torch.tensor([1.0, -3.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=0.1, betas=(beta1, beta2), eps=eps)
    for _ in range(15):
        optimizer.zero_grad()
        (torch.tensor([1.0, 0.2], dtype=torch.float64) * w**2).sum().backward()
        optimizer.step()
    output = adam([1.0, -3.0], [1.0, 0.2], 0.1, beta1, beta2, eps, steps=15)
    np.testing.assert_allclose(output["theta"], w.detach(), rtol=1e-9)


def test_golden() -> None:
    np.testing.assert_allclose(adam([1.0], steps=3)["path"].ravel(), [1, 0.9, 0.8004, 0.7016], atol=5e-5)


@given(st.floats(1e-3, 1e3), st.booleans())
def test_first_step_has_the_size_of_the_learning_rate(gradient: float, negative: bool) -> None:
    sign = -1 if negative else 1
    assert adam([0.0], learning_rate=0.1, gradients=[sign * gradient])["first_step"][0] == pytest.approx(
        -0.1 * sign, rel=1e-4
    )


@given(st.floats(0.01, 100))
def test_rescaling_the_loss_changes_nothing_without_epsilon(scale: float) -> None:
    gradients = [1.0, -0.5, 2.0, 0.1]
    plain = adam([0.0], epsilon=0.0, gradients=gradients)["theta"]
    np.testing.assert_allclose(adam([0.0], epsilon=0.0, gradients=[scale * g for g in gradients])["theta"], plain)


def test_the_place_of_epsilon_matters_for_tiny_gradients() -> None:
    # g = 1e-10, ε = 1e-8: g / (g + ε) = 0.0099 outside, g / sqrt(g² + ε) = 1e-6 inside
    outside = adam([0.0], learning_rate=1.0, gradients=[1e-10])["first_step"][0]
    inside = adam([0.0], learning_rate=1.0, epsilon_place="inside", gradients=[1e-10])["first_step"][0]
    assert outside == pytest.approx(-0.0099, rel=1e-3)
    assert inside == pytest.approx(-1e-6, rel=1e-3)


@pytest.mark.parametrize("bad", [{"beta1": 1.0}, {"beta2": 1.5}, {"epsilon_place": "both"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adam").run(bad)
