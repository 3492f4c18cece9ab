from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.optimizers.rmsprop import rmsprop
from algorithms.registry import load
from core.errors import InputError


def test_with_epsilon_outside_equals_torch() -> None:
    w = torch.tensor([1.0, -3.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.RMSprop([w], lr=0.05, alpha=0.9, eps=1e-3)
    for _ in range(15):
        optimizer.zero_grad()
        (torch.tensor([1.0, 0.2], dtype=torch.float64) * w**2).sum().backward()
        optimizer.step()
    output = rmsprop([1.0, -3.0], [1.0, 0.2], 0.05, 0.9, 1e-3, "outside", 15)
    np.testing.assert_allclose(output["theta"], w.detach(), rtol=1e-10)


def test_golden() -> None:
    np.testing.assert_allclose(rmsprop([1.0], steps=3)["path"].ravel(), [1, 0.6838, 0.4989, 0.3692], atol=5e-5)


def test_epsilon_inside_the_root_damps_tiny_gradients() -> None:
    # η g / sqrt(0.1 g² + ε) with g = 1e-10, ε = 1e-8: 1e-10 / 1e-4
    assert rmsprop([0.0], learning_rate=1.0, gradients=[1e-10])["theta"][0] == pytest.approx(-1e-6, rel=1e-4)


def test_first_step_is_the_rate_over_the_root_of_one_minus_gamma() -> None:
    step = rmsprop([0.0], learning_rate=1.0, gamma=0.9, epsilon=0.0, gradients=[42.0])["theta"][0]
    assert step == pytest.approx(-1 / np.sqrt(0.1))


@pytest.mark.parametrize("bad", [{"gamma": 1.0}, {"epsilon_place": "above"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rmsprop").run(bad)
