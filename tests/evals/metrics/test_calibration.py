"""Abstention and confidence against scikit-learn, brute force and hand-computed values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, precision_score, recall_score, roc_auc_score

from core.errors import InputError
from evals.metrics.calibration import auroc, precision_recall, reliability, risk_coverage

PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 0.95, 1.0]), st.booleans()), min_size=1, max_size=30
)


@given(PAIRS)
def test_auroc_equals_scikit_learn(pairs):
    scores, labels = [s for s, _ in pairs], [y for _, y in pairs]
    if len(set(labels)) < 2:
        assert auroc(scores, labels) is None
    else:
        assert auroc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_precision_and_recall_equal_scikit_learn(pairs):
    gold, predicted = [g for g, _ in pairs], [p for _, p in pairs]
    precision, recall = precision_recall(gold, predicted)
    if any(predicted):
        assert precision == pytest.approx(precision_score(gold, predicted))
    else:
        assert precision is None
    if any(gold):
        assert recall == pytest.approx(recall_score(gold, predicted))
    else:
        assert recall is None


def test_risk_coverage_by_hand():
    # most confident first: right, wrong, right, wrong -> running risk 0, 1/2, 1/3, 1/2
    curve = risk_coverage([0.9, 0.8, 0.7, 0.6], [0, 1, 0, 1])
    assert curve.coverage == (0.25, 0.5, 0.75, 1.0)
    assert curve.risk == pytest.approx((0, 1 / 2, 1 / 3, 1 / 2))
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert curve.optimal == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_ties_count_in_expectation():
    losses = [0.0, 1.0, 1.0]
    curve = risk_coverage([0.5, 0.5, 0.5], losses)
    orders = [np.cumsum(order) / [1, 2, 3] for order in itertools.permutations(losses)]
    assert curve.area == pytest.approx(np.mean(orders))
    assert curve.coverage == (1.0,)


@given(PAIRS)
def test_area_lies_between_the_best_and_the_worst(pairs):
    losses = [float(not y) for _, y in pairs]
    curve = risk_coverage([s for s, _ in pairs], losses)
    worst = sorted(losses, reverse=True)
    highest = np.mean(np.cumsum(worst) / np.arange(1, len(worst) + 1))
    assert curve.optimal - 1e-9 <= curve.area <= highest + 1e-9
    assert curve.risk[-1] == pytest.approx(np.mean(losses))


@given(PAIRS)
def test_reliability_equals_scikit_learn(pairs):
    scores, labels = np.array([s for s, _ in pairs]), np.array([y for _, y in pairs])
    found = reliability(scores.tolist(), labels.tolist())
    assert found.brier == pytest.approx(brier_score_loss(labels, scores, pos_label=True))
    if ((scores * 10) % 1 == 0).any():
        return  # scikit-learn puts a value on an edge into the bin below, we into the one above
    observed, mean = calibration_curve(labels, scores, n_bins=10)
    assert [b[1] for b in found.bins] == pytest.approx(observed.tolist())
    assert [b[0] for b in found.bins] == pytest.approx(mean.tolist())


def test_calibration_error_by_hand():
    # bin .2: mean .2, half right, weight 2/3; bin .9: mean .9, all right, weight 1/3
    found = reliability([0.2, 0.2, 0.9], [True, False, True])
    assert found.error == pytest.approx(2 / 3 * 0.3 + 1 / 3 * 0.1)


@pytest.mark.parametrize("scores", [[1.1], [-0.1], [float("nan")], []])
def test_reliability_refuses_what_is_no_probability(scores):
    with pytest.raises(InputError):
        reliability(scores, [True] * len(scores))


def test_a_curve_of_nothing_is_refused():
    with pytest.raises(InputError):
        risk_coverage([], [])
