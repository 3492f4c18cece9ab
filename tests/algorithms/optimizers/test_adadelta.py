from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.optimizers.adadelta import adadelta
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(("rate", "rho", "eps"), [(1.0, 0.9, 1e-6), (0.5, 0.5, 1e-4)])
def test_equals_torch(rate: float, rho: float, eps: float) -> None:
    w = torch.tensor([1.0, -3.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adadelta([w], lr=rate, rho=rho, eps=eps)
    for _ in range(20):
        optimizer.zero_grad()
        (torch.tensor([1.0, 0.2], dtype=torch.float64) * w**2).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(adadelta([1.0, -3.0], [1.0, 0.2], rate, rho, eps, 20)["theta"], w.detach(), rtol=1e-9)


def test_first_step_depends_on_epsilon_not_on_the_gradient() -> None:
    # sqrt(ε) / sqrt(0.1 g² + ε) · g ≈ sqrt(10 ε) = 0.003162
    for gradient in (1.0, 100.0):
        step = adadelta([0.0], gradients=[gradient])["theta"][0]
        assert step == pytest.approx(-0.0031623, rel=1e-4)


def test_it_descends_without_a_learning_rate() -> None:
    output = load("adadelta").run({"steps": 1000})
    assert output["objective"] < 1e-3


@pytest.mark.parametrize("bad", [{"epsilon": 0}, {"rho": 1.0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adadelta").run(bad)
