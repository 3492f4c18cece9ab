from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.lr_schedules.learning_rate_schedule import learning_rate_schedule
from algorithms.registry import load
from core.errors import InputError


def run_scheduler(make: object, steps: int) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    scheduler = make(optimizer)  # type: ignore[operator]
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_warmup_and_decay_equal_transformers(kind: str) -> None:
    from transformers import get_scheduler

    expected = run_scheduler(lambda o: get_scheduler(kind, o, num_warmup_steps=6, num_training_steps=30), 31)
    entry = load("learning-rate-schedule")
    inputs = {"kind": kind, "learning_rate": 0.4, "total_steps": 30, "warmup_steps": 6}
    actual = [entry.run({**inputs, "step": t})["at_step"] for t in range(31)]
    np.testing.assert_allclose(actual, expected, atol=1e-12)


def test_exponential_and_step_decay_equal_torch() -> None:
    exponential = run_scheduler(lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9), 20)
    stepped = run_scheduler(lambda o: torch.optim.lr_scheduler.StepLR(o, 4, 0.5), 20)
    for t in range(20):
        assert learning_rate_schedule("exponential", 0.4, 20, gamma=0.9, step=t)["at_step"] == pytest.approx(
            exponential[t]
        )
        assert learning_rate_schedule("step", 0.4, 20, gamma=0.5, step_size=4, step=t)["at_step"] == pytest.approx(
            stepped[t]
        )


def test_golden_of_linear_decay() -> None:
    output = load("learning-rate-schedule").run()
    assert output["at_step"] == output["half"] == pytest.approx(2.5e-5)
    assert output["start"] == pytest.approx(5e-5)
    assert output["end"] == 0


def test_warmup_hold_decay_has_its_three_phases_in_order() -> None:
    rates = [
        learning_rate_schedule("warmup_hold_decay", 1.0, 100, 10, hold_share=0.8, step=t)["at_step"]
        for t in (0, 5, 10, 50, 80, 90, 100)
    ]
    np.testing.assert_allclose(rates, [0, 0.5, 1, 1, 1, 0.5, 0])


@given(
    st.sampled_from(["constant", "linear", "cosine", "exponential", "step", "warmup_hold_decay"]), st.integers(0, 40)
)
def test_never_exceeds_the_full_rate_and_rises_only_in_the_warmup(kind: str, warmup: int) -> None:
    output = load("learning-rate-schedule").run(
        {"kind": kind, "learning_rate": 1.0, "total_steps": 49, "warmup_steps": min(warmup, 39)}
    )
    rates, steps = np.array(output["learning_rates"]), np.array(output["steps"])
    assert rates.max() <= 1
    assert rates.min() >= 0
    late = steps >= warmup
    assert np.all(np.diff(rates[late]) <= 1e-12)


@pytest.mark.parametrize(
    "bad",
    [
        {"warmup_steps": 2000},
        {"kind": "polynomial"},
        {"kind": "warmup_hold_decay", "warmup_steps": 500, "hold_share": 0.1},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("learning-rate-schedule").run(bad)
