from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.optimizers.momentum import momentum
from algorithms.optimizers.nesterov_accelerated_gradient import nesterov_accelerated_gradient
from algorithms.registry import load
from core.errors import InputError


def test_equals_torch_after_changing_to_the_look_ahead_point() -> None:
    rate, beta, steps = 0.05, 0.8, 12
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=rate, momentum=beta, nesterov=True)
    for _ in range(steps):
        optimizer.zero_grad()
        (w**2).sum().backward()
        optimizer.step()
    path = nesterov_accelerated_gradient([1.0, -2.0], [1.0], rate, beta, steps)["path"]
    velocity = path[-2] - path[-1]
    # torch stores θ - β v, the point at which the next gradient is taken
    np.testing.assert_allclose(path[-1] - beta * velocity, w.detach(), rtol=1e-10)


def test_golden() -> None:
    path = nesterov_accelerated_gradient([1.0], steps=3)["path"].ravel()
    np.testing.assert_allclose(path, [1, 0.8, 0.496, 0.17792], atol=1e-12)


def test_without_memory_it_is_gradient_descent_and_with_it_overshoots_less_than_momentum() -> None:
    np.testing.assert_allclose(nesterov_accelerated_gradient([1.0], beta=0.0, steps=3)["path"][-1], [0.512])
    nag = nesterov_accelerated_gradient([1.0], steps=20)["path"].min()
    assert momentum([1.0], steps=20)["path"].min() < nag < 0


@pytest.mark.parametrize("bad", [{"beta": 1.0}, {"steps": 0}, {"gradients": [1.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("nesterov-accelerated-gradient").run(bad)
