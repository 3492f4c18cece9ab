from __future__ import annotations

import numpy as np
import pytest
import torch

from algorithms.optimizers.adagrad import adagrad
from algorithms.registry import load
from core.errors import InputError


def test_equals_torch() -> None:
    w = torch.tensor([1.0, -3.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adagrad([w], lr=0.3, eps=1e-6)
    for _ in range(15):
        optimizer.zero_grad()
        (torch.tensor([1.0, 0.2], dtype=torch.float64) * w**2).sum().backward()
        optimizer.step()
    output = adagrad([1.0, -3.0], [1.0, 0.2], 0.3, 1e-6, 15)
    np.testing.assert_allclose(output["theta"], w.detach(), rtol=1e-10)


def test_golden() -> None:
    np.testing.assert_allclose(adagrad([1.0], steps=3)["path"].ravel(), [1, 0.9, 0.8331, 0.7805], atol=5e-5)


def test_steps_of_a_constant_gradient_fall_like_one_over_root_t() -> None:
    path = adagrad([0.0], learning_rate=1.0, epsilon=0.0, gradients=[5.0] * 16)["path"].ravel()
    np.testing.assert_allclose(-np.diff(path), 1 / np.sqrt(np.arange(1, 17)))


def test_a_parameter_that_was_never_updated_stays_even_without_epsilon() -> None:
    assert adagrad([0.0, 1.0], epsilon=0.0, steps=2)["theta"][0] == 0


@pytest.mark.parametrize("bad", [{"epsilon": -1}, {"learning_rate": 0}, {"gradients": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("adagrad").run(bad)
