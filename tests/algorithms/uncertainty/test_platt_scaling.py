from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import _sigmoid_calibration
from statsmodels.api import Logit, add_constant

from algorithms.registry import load
from algorithms.uncertainty.platt_scaling import platt_scaling
from core.errors import InputError


def overlapping(seed: int) -> tuple[list[float], list[bool]]:
    rng = np.random.default_rng(seed)
    y = np.arange(60) % 2 == 0
    return (rng.standard_normal(60) + 0.7 * y).tolist(), y.tolist()


@given(st.integers(0, 1000))
def test_equals_sklearn_with_and_statsmodels_without_smoothed_targets(seed: int) -> None:
    s, y = overlapping(seed)
    a, b = _sigmoid_calibration(np.array(s), np.array(y, dtype=float))  # 1 / (1 + exp(a s + b))
    r = platt_scaling(s, y)
    assert (r["slope"], r["offset"]) == pytest.approx((-a, -b), abs=1e-4)
    fitted = Logit(np.array(y, dtype=float), add_constant(np.array(s))).fit(disp=0).params
    r = platt_scaling(s, y, smooth_targets=False)
    assert (r["offset"], r["slope"]) == pytest.approx(tuple(fitted), abs=1e-6)
    assert r["log_loss"] <= r["log_loss_uncalibrated"]


@given(st.integers(0, 1000))
def test_order_is_kept_for_a_positive_slope(seed: int) -> None:
    s, y = overlapping(seed)
    r = platt_scaling(s, y)
    if r["keeps_order"]:
        assert np.argsort(r["probabilities"]).tolist() == np.argsort(s[:50]).tolist()


def test_reversed_scores_and_separated_classes() -> None:
    assert platt_scaling([2, 1, -1, -2], [False, True, False, True])["keeps_order"] is False
    r = platt_scaling([-1, 1], [False, True])  # targets 1/3 and 2/3: σ(a) = 2/3
    assert r["slope"] == pytest.approx(np.log(2)) and r["probabilities"] == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize(
    "bad",
    [
        {"labels": [True, False]},
        {"scores": [1, 2], "labels": [True, True]},
        {"scores": [1, 2], "labels": [False, True], "smooth_targets": False},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("platt-scaling").run(bad)
