from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.precision_recall_threshold_tradeoff import (
    precision_recall_threshold_tradeoff as sweep,
)
from algorithms.registry import load
from core.errors import InputError

SCORED = st.lists(st.tuples(st.integers(0, 1), st.integers(-6, 6)), min_size=2, max_size=30).filter(
    lambda rows: len({y for y, _ in rows}) == 2
)


def test_worked_example_where_precision_is_not_monotone() -> None:
    output = sweep([0, 1, 1, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5], [0.85, 0.75, 0.65, 0.55, 0.45])
    np.testing.assert_allclose(output["precision"], [0, 0.5, 2 / 3, 0.5, 0.6])
    np.testing.assert_allclose(output["recall"], [0, 1 / 3, 2 / 3, 2 / 3, 1])
    assert output["predicted_positives"].tolist() == [1, 2, 3, 4, 5]
    assert not output["precision_is_monotone"]
    # F1: 0, .4, .667, .571, .75
    assert output["best_f1_threshold"] == 0.45


@given(SCORED, st.lists(st.floats(-7, 7), min_size=1, max_size=10))
def test_equals_sklearn_and_recall_never_rises(rows: list[tuple[int, int]], thresholds: list[float]) -> None:
    y, s = [a for a, _ in rows], [float(b) for _, b in rows]
    output = sweep(y, s, sorted(thresholds))
    assert (np.diff(output["recall"]) <= 0).all()
    assert (np.diff(output["predicted_positives"]) <= 0).all()
    for i, t in enumerate(sorted(thresholds)):
        called = [int(v >= t) for v in s]
        assert output["precision"][i] == pytest.approx(metrics.precision_score(y, called, zero_division=0))
        assert output["recall"][i] == pytest.approx(metrics.recall_score(y, called))
        assert output["f1"][i] == pytest.approx(metrics.f1_score(y, called, zero_division=0))


def test_without_thresholds_the_scores_are_taken() -> None:
    output = load("precision-recall-threshold-tradeoff").run()
    assert output["thresholds"] == [0.9, 0.8, 0.7, 0.6, 0.5]
    np.testing.assert_allclose(output["precision"], [0, 0.5, 2 / 3, 0.5, 0.6])
    many = sweep([0, 1] * 100, [float(v) for v in range(200)])
    assert len(many["thresholds"]) == 50
    assert (many["thresholds"][0], many["thresholds"][-1]) == (199, 0)


def test_monotone_precision_is_recognised() -> None:
    assert sweep([1, 1, 0, 0], [4, 3, 2, 1], [3.5, 2.5, 1.5])["precision_is_monotone"]


@pytest.mark.parametrize("bad", [{"thresholds": []}, {"thresholds": [0.5] * 51}, {"scores": [1.0, 2.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("precision-recall-threshold-tradeoff").run(bad)
