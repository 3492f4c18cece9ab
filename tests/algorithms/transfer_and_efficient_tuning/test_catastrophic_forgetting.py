from __future__ import annotations

import pytest

from algorithms.registry import load
from algorithms.transfer_and_efficient_tuning.catastrophic_forgetting import catastrophic_forgetting, task_data
from core.errors import InputError


@pytest.mark.parametrize("seed", [0, 1])
def test_accuracy_on_a_collapses_and_rehearsal_or_freezing_saves_it(seed: int) -> None:
    full = catastrophic_forgetting("full fine-tuning", seed=seed)
    rehearsed = catastrophic_forgetting("rehearsal", seed=seed)
    frozen = catastrophic_forgetting("frozen base", seed=seed)
    assert full["accuracy_a_before"] > 0.97
    assert full["accuracy_a_after"] < 0.6  # chance is 0.5
    assert rehearsed["accuracy_a_after"] > 0.93
    assert frozen["forgetting"] == 0
    assert min(run["accuracy_b_after"] for run in (full, rehearsed, frozen)) > 0.95
    assert full["forgetting"] == full["accuracy_a_before"] - full["accuracy_a_after"]


def test_a_larger_buffer_forgets_less() -> None:
    small, large = (catastrophic_forgetting("rehearsal", buffer=b) for b in (4, 200))
    assert large["forgetting"] < small["forgetting"] - 0.05


def test_data_are_balanced_and_differ_by_the_coordinate_that_matters() -> None:
    xa, ya = task_data("A", 2000, 0)
    xb, yb = task_data("B", 2000, 0)
    assert ((xa[:, 0] > 0) == ya).all() and ((xb[:, 1] > 0) == yb).all()
    assert abs(ya.mean() - 0.5) < 0.05 and abs(yb.mean() - 0.5) < 0.05
    assert xa[:, 1].std() < 0.1 < xb[:, 1].std()


@pytest.mark.parametrize("bad", [{"method": "prayer"}, {"buffer": 0}, {"steps": 10**6}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("catastrophic-forgetting").run(bad)
