from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.regularization.early_stopping import early_stopping
from core.errors import InputError


def test_golden() -> None:
    output = load("early-stopping").run()
    # best 0.55 at epoch 4, then 0.57, 0.58, 0.60 without improvement
    assert output["stopped_epoch"] == 7
    assert output["stopped_early"]
    assert output["best_epoch"] == output["returned_epoch"] == 4
    assert output["missed_loss"] == 0.45


def test_without_restoring_the_last_weights_are_returned() -> None:
    output = early_stopping([1.0, 0.5, 0.9, 0.8], patience=2, restore_best_weights=False)
    assert (output["stopped_epoch"], output["returned_epoch"], output["returned_loss"]) == (4, 4, 0.8)


def test_small_improvements_do_not_count_but_the_best_weights_do() -> None:
    output = early_stopping([1.0, 0.99, 0.98, 0.97, 0.1], patience=3, min_delta=0.05)
    assert output["stopped_epoch"] == 4
    assert output["returned_epoch"] == 4
    assert output["returned_loss"] == 0.97


@given(st.lists(st.floats(0, 10), min_size=1, max_size=40), st.integers(1, 10))
def test_equals_a_slow_restatement(losses: list[float], patience: int) -> None:
    output = early_stopping(losses, patience)
    stop = len(losses)
    for t in range(1, len(losses) + 1):
        if t > patience and min(losses[: t - patience]) <= min(losses[t - patience : t]):
            stop = t
            break
    assert output["stopped_epoch"] == stop
    assert output["best_epoch"] == int(np.argmin(losses[:stop])) + 1
    assert output["returned_loss"] == min(losses[:stop])


def test_a_falling_curve_is_never_stopped() -> None:
    output = early_stopping([1 / t for t in range(1, 50)], patience=1)
    assert output["stopped_epoch"] == 49
    assert not output["stopped_early"]


@pytest.mark.parametrize("bad", [{"patience": 0}, {"validation_losses": []}, {"min_delta": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("early-stopping").run(bad)
