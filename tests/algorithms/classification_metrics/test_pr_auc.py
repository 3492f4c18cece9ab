from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.pr_auc import pr_auc
from algorithms.registry import load
from core.errors import InputError

SCORED = st.lists(st.tuples(st.integers(0, 1), st.integers(-6, 6)), min_size=2, max_size=40).filter(
    lambda rows: len({y for y, _ in rows}) == 2
)


@given(SCORED)
def test_equals_sklearn(rows: list[tuple[int, int]]) -> None:
    y, s = [a for a, _ in rows], [float(b) for _, b in rows]
    output = pr_auc(y, s)
    assert output["average_precision"] == pytest.approx(metrics.average_precision_score(y, s))
    p, r, _ = metrics.precision_recall_curve(y, s)
    assert output["trapezoid"] == pytest.approx(metrics.auc(r, p))


def test_golden() -> None:
    # descending: positive (P 1), negative, positive (P 2/3), negative: (1 + 2/3) / 2
    output = pr_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    assert output["average_precision"] == pytest.approx(5 / 6)
    assert output["prevalence"] == 0.5


def test_perfect_ranking_has_one_and_ties_have_the_prevalence() -> None:
    assert pr_auc([0, 0, 0, 1], [1, 2, 3, 4])["average_precision"] == 1
    assert pr_auc([0, 0, 0, 1], [5, 5, 5, 5])["average_precision"] == 0.25


def test_random_ranking_is_near_the_prevalence() -> None:
    rng = np.random.default_rng(3)
    y = (rng.random(4000) < 0.1).astype(int).tolist()
    output = pr_auc(y, rng.random(4000).tolist())
    assert output["average_precision"] == pytest.approx(output["prevalence"], abs=0.03)
    assert len(output["recall"]) == len(output["precision"]) == 50


@pytest.mark.parametrize("bad", [{"y_true": [0, 0, 0, 0]}, {"scores": [1.0]}, {"scores": [0.0] * 5000}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("pr-auc").run(bad)
