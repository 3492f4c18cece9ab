from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.optimizers.momentum import momentum
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(("rate", "beta"), [(0.1, 0.9), (0.03, 0.5), (0.2, 0.0)])
def test_equals_torch_sgd(rate: float, beta: float) -> None:
    w = torch.tensor([1.0, -3.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=rate, momentum=beta)
    for _ in range(15):
        optimizer.zero_grad()
        (torch.tensor([1.0, 0.3], dtype=torch.float64) * w**2).sum().backward()
        optimizer.step()
    output = momentum([1.0, -3.0], [1.0, 0.3], rate, beta, 15)
    np.testing.assert_allclose(output["theta"], w.detach(), rtol=1e-10)


def test_golden() -> None:
    np.testing.assert_allclose(momentum([1.0], steps=3)["path"].ravel(), [1, 0.8, 0.46, 0.062], atol=1e-12)


def test_constant_gradients_speed_up_to_one_over_one_minus_beta() -> None:
    path = momentum([0.0], learning_rate=1.0, beta=0.9, gradients=[1.0] * 20)["path"].ravel()
    # the 20th step is 1 + 0.9 + ... + 0.9^19 = (1 - 0.9^20) / 0.1 = 8.784
    assert path[19] - path[20] == pytest.approx(8.784, abs=1e-3)


def test_a_shallow_valley_is_crossed_faster_than_without() -> None:
    fast = momentum([1.0, 1.0], [1.0, 0.01], 0.1, 0.9, 100)["objective"]
    slow = momentum([1.0, 1.0], [1.0, 0.01], 0.1, 0.0, 100)["objective"]
    assert fast < slow / 10


@pytest.mark.parametrize("bad", [{"beta": 1.0}, {"beta": -0.1}, {"learning_rate": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("momentum").run(bad)
