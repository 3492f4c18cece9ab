from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.model_selection.overfitting_diagnosis import diagnose, overfitting_diagnosis
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("seed", range(3))
def test_the_three_cases(seed: int) -> None:
    wiggly = overfitting_diagnosis("sine", 15, 20, seed=seed)
    line = overfitting_diagnosis("parabola", 1, 100, seed=seed)
    right = overfitting_diagnosis("sine", 5, 100, seed=seed)
    assert (wiggly["diagnosis"], line["diagnosis"], right["diagnosis"]) == ("overfitting", "underfitting", "good fit")
    assert wiggly["train_error"] < wiggly["noise_level"] < wiggly["validation_error"]
    assert line["gap"] < 0.3 * line["train_error"]  # both large


def test_learning_curve_of_an_underfit_meets_high_and_of_an_overfit_closes() -> None:
    under, over = overfitting_diagnosis("parabola", 1), overfitting_diagnosis("sine", 9)
    assert min(under["curve_train"][-1], under["curve_validation"][-1]) > 10 * under["noise_level"]
    gaps = np.subtract(over["curve_validation"], over["curve_train"])
    assert gaps[-1] < 0.01 < gaps[0]
    assert over["curve_validation"][-1] < 1.3 * over["noise_level"]


def test_validation_error_is_lowest_between_the_extremes() -> None:
    by_degree = overfitting_diagnosis(n=30)["validation_by_degree"]
    assert 2 <= int(np.argmin(by_degree)) <= 9


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0.01, 10))
def test_verdict(train: float, validation: float, acceptable: float) -> None:
    verdict = diagnose(train, validation, acceptable)
    assert (verdict == "underfitting") == (train > acceptable)
    assert (verdict == "good fit") == (max(train, validation) <= acceptable)


@pytest.mark.parametrize("bad", [{"degree": 16}, {"n": 10}, {"noise": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("overfitting-diagnosis").run(bad)
