from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.lr_schedules.learning_rate_warmup import learning_rate_warmup, warmup_factor
from algorithms.registry import load
from core.errors import InputError


def test_equals_the_transformers_schedule() -> None:
    from transformers import get_constant_schedule_with_warmup

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = get_constant_schedule_with_warmup(optimizer, 7)
    expected = []
    for _ in range(15):
        expected.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(0.3 * warmup_factor(np.arange(15.0), 7), expected)


@given(st.integers(1, 500), st.floats(0, 1))
def test_rises_and_never_exceeds_the_full_rate(total: int, ratio: float) -> None:
    output = learning_rate_warmup(0.01, total, ratio)
    rates = np.array(output["learning_rates"])
    assert np.all(np.diff(rates) >= 0)
    assert rates[-1] == pytest.approx(0.01)
    assert ratio * total <= output["warmup_steps"] <= ratio * total + 1


def test_five_percent_of_a_run() -> None:
    output = learning_rate_warmup(1e-3, 2000, 0.05, step=25)
    assert output["warmup_steps"] == 100
    assert output["at_step"] == pytest.approx(2.5e-4)
    assert learning_rate_warmup(1e-3, warmup_steps=0, step=0)["at_step"] == 1e-3


@pytest.mark.parametrize("bad", [{"warmup_ratio": 1.2}, {"learning_rate": 0}, {"total_steps": 10**9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("learning-rate-warmup").run(bad)
