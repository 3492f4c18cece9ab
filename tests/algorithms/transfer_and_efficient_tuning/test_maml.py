from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.maml import maml
from core.errors import InputError

TASKS = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.3, 1.2)), min_size=2, max_size=5)


@settings(max_examples=25, deadline=None)
@given(TASKS)
def test_reaches_the_closed_form_and_beats_the_joint_start(tasks: list[tuple[float, float]]) -> None:
    w, s = np.array(tasks).T
    output = maml(w.tolist(), s.tolist(), 0.2, meta_rate=1.0, steps=5000)
    h = s**2 * (1 - 0.2 * 2 * s**2) ** 2  # weight of each task after one step
    assert output["maml_start"] == pytest.approx((h * w).sum() / h.sum(), abs=1e-6)
    assert output["joint_start"] == pytest.approx((s**2 * w).sum() / (s**2).sum())
    assert output["maml_loss_after_step"] <= output["joint_loss_after_step"] + 1e-9
    assert output["maml_loss_before"] >= output["joint_loss_before"] - 1e-9


@pytest.mark.parametrize("first_order", [False, True])
def test_one_meta_step_equals_autograd_through_the_inner_step(first_order: bool) -> None:
    w, s, alpha = torch.tensor([-1.0, 2.0]).double(), torch.tensor([0.5, 1.2]).double(), 0.3
    theta = torch.zeros((), dtype=torch.float64, requires_grad=True)
    inner = torch.stack([(s[i] * (theta - w[i])) ** 2 for i in range(2)])
    grads = torch.stack(
        [torch.autograd.grad(inner[i], theta, create_graph=not first_order, retain_graph=True)[0] for i in range(2)]
    )
    meta = (s**2 * (theta - alpha * grads - w) ** 2).mean()
    (gradient,) = torch.autograd.grad(meta, theta)
    keep = 1 - alpha * 2 * s.numpy() ** 2
    rate = 0.05 / np.abs(2 * s.numpy() ** 2 * keep * (1 if first_order else keep)).max()
    output = maml(w.tolist(), s.tolist(), alpha, 0.05, steps=1, first_order=first_order)
    assert output["maml_start"] == pytest.approx(-rate * gradient.item())


def test_moves_towards_the_flat_task() -> None:
    output = maml([-1.0, 2.0], [0.5, 1.2], 0.3)
    assert output["maml_start"] < output["joint_start"]
    assert output["maml_loss_after_step"] < 0.9 * output["joint_loss_after_step"]


@pytest.mark.parametrize("bad", [{"slopes": [1.0]}, {"scales": [0, 1]}, {"inner_rate": 2}, {"steps": 10**7}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("maml").run(bad)
