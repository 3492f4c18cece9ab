from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.imbalanced_learning.imbalance_regularization_term import (
    imbalance_regularization_term,
    loss_and_gradient,
)
from algorithms.registry import load
from core.errors import InputError


def test_the_gap_shrinks_as_the_weight_grows() -> None:
    output = imbalance_regularization_term(penalty=10.0)
    assert np.all(np.diff(output["gaps"]) < 0)
    assert output["gaps"][0] > 0.2
    assert output["gaps"][-1] < 0.02
    assert output["gap"] == output["gaps"][3]
    assert output["log_loss"] > output["log_loss_without"]  # fairness has its price in loss


@given(st.integers(0, 1000), st.floats(0, 20))
def test_gradient_equals_torch(seed: int, penalty: float) -> None:
    rng = np.random.default_rng(seed)
    A, y = rng.standard_normal((12, 3)), rng.integers(0, 2, 12).astype(float)
    group, w = np.arange(12) % 3 % 2, rng.standard_normal(3)
    t = torch.tensor(w, requires_grad=True)
    z = torch.tensor(A) @ t
    p = torch.sigmoid(z)
    gap = p[torch.tensor(group == 1)].mean() - p[torch.tensor(group == 0)].mean()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y)) + penalty * gap**2
    (expected,) = torch.autograd.grad(loss, t)
    value, gradient, found = loss_and_gradient(w, A, y, group, penalty)
    assert value == pytest.approx(loss.item())
    assert found == pytest.approx(gap.item())
    np.testing.assert_allclose(gradient, expected, atol=1e-9)


def test_equal_groups_have_no_gap_to_close() -> None:
    output = imbalance_regularization_term(group_shift=0.0, n=2000)
    assert output["gap_without"] < 0.06
    assert output["accuracy"] == pytest.approx(output["accuracy_without"], abs=0.02)


@pytest.mark.parametrize("bad", [{"penalty": -1}, {"n": 5}, {"steps": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("imbalance-regularization-term").run(bad)
