from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.lr_schedules.cosine_annealing import cosine_annealing
from algorithms.registry import load
from core.errors import InputError


def run_torch(make: object, steps: int) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    scheduler = make(optimizer)  # type: ignore[operator]
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def test_equals_torch() -> None:
    expected = run_torch(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40, 0.1), 41)
    actual = [cosine_annealing(0.4, 0.1, 40, step=t)["at_step"] for t in range(41)]
    np.testing.assert_allclose(actual, expected, rtol=1e-6)


@pytest.mark.parametrize(("cycle", "growth"), [(10, 1), (5, 2)])
def test_restarts_equal_torch(cycle: int, growth: int) -> None:
    expected = run_torch(lambda o: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, cycle, growth, 0.05), 60)
    actual = [
        cosine_annealing(0.4, 0.05, 60, cycle_steps=cycle, cycle_growth=growth, step=t)["at_step"] for t in range(60)
    ]
    np.testing.assert_allclose(actual, expected, rtol=1e-6)


def test_goldens() -> None:
    np.testing.assert_allclose(cosine_annealing(1.0)["quarters"], [1, 0.8536, 0.5, 0.1464, 0], atol=5e-5)
    assert cosine_annealing(total_steps=60, cycle_steps=10)["restarts"] == 6
    assert cosine_annealing(total_steps=60, cycle_steps=5, cycle_growth=2.0)["restarts"] == 3  # at 5, 15, 35
    assert cosine_annealing()["restarts"] == 0


@given(st.floats(0.001, 1), st.floats(0, 0.001), st.integers(1, 10_000))
def test_falls_from_the_highest_to_the_lowest(high: float, low: float, total: int) -> None:
    rates = np.array(cosine_annealing(high, low, total)["learning_rates"])
    assert rates[0] == pytest.approx(high)
    assert rates[-1] == pytest.approx(low, abs=1e-12)
    assert np.all(np.diff(rates) <= 1e-15)


@pytest.mark.parametrize(
    "bad", [{"min_learning_rate": 1.0}, {"total_steps": 0}, {"cycle_growth": 0.5}, {"cycle_growth": 1.01}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cosine-annealing").run(bad)
