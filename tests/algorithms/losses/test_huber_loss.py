from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from algorithms.losses.huber_loss import huber, huber_location, huber_loss
from algorithms.registry import load
from core.errors import InputError

ERRORS = st.lists(st.floats(-20, 20), min_size=1, max_size=12)


@given(ERRORS, st.floats(0.1, 5))
def test_loss_and_gradient_equal_torch(errors: list[float], delta: float) -> None:
    e = torch.tensor(errors, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.huber_loss(e, torch.zeros_like(e), delta=delta)
    (gradient,) = torch.autograd.grad(loss, e)
    output = huber_loss(errors, delta)
    assert output["loss"] == pytest.approx(loss.item(), abs=1e-10)
    np.testing.assert_allclose(output["gradients"], gradient * len(errors), atol=1e-9)


@given(ERRORS)
def test_smooth_l1_is_huber_over_delta(errors: list[float]) -> None:
    e = torch.tensor(errors, dtype=torch.float64)
    expected = torch.nn.functional.smooth_l1_loss(e, torch.zeros_like(e), beta=3.0)
    assert huber(np.array(errors), 3.0).mean() / 3 == pytest.approx(expected.item(), abs=1e-10)


def test_goldens() -> None:
    assert huber_loss([0.5, 2.0], 1.0)["losses"].tolist() == [0.125, 1.5]


def test_location_minimises_the_loss() -> None:
    sample = np.array([0.9, 1.0, 1.1, 0.95, 1.05, 20.0])
    solved = minimize_scalar(lambda m: huber(sample - m, 0.5).sum(), bounds=(0, 20), method="bounded")
    assert huber_location(sample, 0.5) == pytest.approx(solved.x, abs=1e-3)


def test_a_weight_penalty_leaves_the_pull_of_the_outlier_and_huber_bounds_it() -> None:
    output = load("huber-loss").run()
    assert output["mean"] == pytest.approx(25 / 6)
    assert output["penalised_mean"] == pytest.approx(25 / 7)
    assert output["outlier_pull_penalised"] > output["outlier_pull_squared"] > 15
    assert output["outlier_pull_huber"] == 1.0
    assert abs(output["huber_location"] - 1) < 0.3
    assert output["penalised_mean"] > 3


@pytest.mark.parametrize("bad", [{"errors": []}, {"delta": 0}, {"penalty": -1}, {"sample": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("huber-loss").run(bad)
