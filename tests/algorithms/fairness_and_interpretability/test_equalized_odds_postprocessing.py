from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from sklearn.metrics import roc_curve

from algorithms.fairness_and_interpretability.equalized_odds_postprocessing import (
    equalized_odds_postprocessing,
    height,
    roc_hull,
)
from algorithms.registry import load
from core.errors import InputError


def people(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y, a = np.tile([0, 1, 0, 1, 1], 8), np.repeat(["a", "b"], 20)
    s = np.clip((y * np.where(a == "a", 0.3, 0.15) + rng.random(40) * 0.7).round(2), 0, 1)
    return s, y, a


def best_by_linear_program(s: np.ndarray, y: np.ndarray, a: np.ndarray) -> float:
    """Least error over all mixtures of thresholds of each group with equal rates."""
    thresholds = [*np.unique(s), 9.0, -9.0]
    cost, fpr, tpr = [], [], []
    for g, sign in (("a", 1), ("b", -1)):
        for t in thresholds:
            chosen = s[a == g] >= t
            cost.append((chosen != (y[a == g] == 1)).sum() / len(y))
            fpr.append(sign * chosen[y[a == g] == 0].mean())
            tpr.append(sign * chosen[y[a == g] == 1].mean())
    k = len(thresholds)
    sums = [[1] * k + [0] * k, [0] * k + [1] * k]
    return linprog(cost, A_eq=[fpr, tpr, *sums], b_eq=[0, 0, 1, 1]).fun


@given(st.integers(0, 500))
@settings(max_examples=25)
def test_rates_are_equal_and_the_error_is_the_least_possible(seed: int) -> None:
    s, y, a = people(seed)
    r = equalized_odds_postprocessing(s.tolist(), y.tolist(), a.tolist())
    for g in "ab":
        assert r["achieved"][g] == pytest.approx([r["true_positive_rate"], r["false_positive_rate"]], abs=1e-9)
        assert sum(p for p, _ in r["thresholds"][g]) == pytest.approx(1)
    assert r["error"] == pytest.approx(best_by_linear_program(s, y, a), abs=1e-9)
    assert r["error"] >= r["error_with_one_threshold"] - 1e-9 or r["odds_gap_with_one_threshold"] > 0


@given(st.integers(0, 500))
def test_hull_is_concave_and_above_the_curve_of_sklearn(seed: int) -> None:
    s, y, _ = people(seed)
    hull = roc_hull(s, y)
    assert hull[0][:2] == (0, 0) and hull[-1][:2] == (1, 1)
    for f, t, _ in zip(*roc_curve(y, s), strict=True):
        assert height(hull, f) >= t - 1e-12
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(hull) if b[0] > a[0]]
    assert all(left > right - 1e-12 for left, right in pairwise(slopes))


def test_one_threshold_is_unfair_to_the_worse_scored_group() -> None:
    r = load("equalized-odds-postprocessing").run()
    assert r["odds_gap_with_one_threshold"] > 0.1
    assert r["achieved"]["a"] == pytest.approx(r["achieved"]["b"])
    assert r["error_with_one_threshold"] < r["error"] < 0.5
    assert len(r["thresholds"]["a"]) > len(r["thresholds"]["b"])  # the better curve is randomised down


def test_the_best_point_can_be_where_the_hulls_cross() -> None:
    # a: (0, 0.5) to (1, 1), height 0.5 + 0.5 f; b: (0, 0) to (0.4, 1), height 2.5 f; equal at f = 0.25 with 0.625
    scores = [0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1] + [0.8] * 7 + [0.2] * 3
    labels = [1, 1, 1, 1, 0, 0, 0, 0] + [1] * 5 + [0] * 5
    r = equalized_odds_postprocessing(scores, labels, ["a"] * 8 + ["b"] * 10)
    assert (r["false_positive_rate"], r["true_positive_rate"]) == pytest.approx((0.25, 0.625))
    assert r["error"] == pytest.approx(0.3125) and r["achieved"]["a"] == pytest.approx(r["achieved"]["b"])


@pytest.mark.parametrize(
    "bad",
    [
        {"scores": [0.1, 0.2], "labels": [0, 1], "groups": ["a"]},
        {"scores": [0.1, 0.2], "labels": [0, 1], "groups": ["a", "b"]},
        {"groups": ["c"]},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("equalized-odds-postprocessing").run(bad)
