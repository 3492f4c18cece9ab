from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from algorithms.classification_metrics.roc_auc import roc_auc
from algorithms.registry import load
from core.errors import InputError

SCORED = st.lists(st.tuples(st.integers(0, 1), st.integers(-6, 6)), min_size=2, max_size=40).filter(
    lambda rows: len({y for y, _ in rows}) == 2
)


@given(SCORED)
def test_equals_sklearn_and_the_slow_loop(rows: list[tuple[int, int]]) -> None:
    y, s = [a for a, _ in rows], [float(b) for _, b in rows]
    output = roc_auc(y, s)
    pairs = [(p > n) + 0.5 * (p == n) for a, p in rows if a for b, n in rows if not b]
    assert output["auc"] == pytest.approx(np.mean(pairs))
    assert output["auc"] == pytest.approx(metrics.roc_auc_score(y, s))
    assert output["trapezoid"] == pytest.approx(output["auc"])
    fpr, tpr, _ = metrics.roc_curve(y, s, drop_intermediate=False)
    np.testing.assert_allclose(output["fpr"], fpr)
    np.testing.assert_allclose(output["tpr"], tpr)


@given(SCORED)
def test_only_the_order_of_scores_counts(rows: list[tuple[int, int]]) -> None:
    y, s = [a for a, _ in rows], np.array([float(b) for _, b in rows])
    auc = roc_auc(y, s.tolist())["auc"]
    assert roc_auc(y, (s**3 + s).tolist())["auc"] == pytest.approx(auc)
    assert roc_auc(y, (-s).tolist())["auc"] == pytest.approx(1 - auc)


def test_goldens() -> None:
    assert roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])["auc"] == 0.75
    assert roc_auc([0, 1, 1], [0, 1, 2])["auc"] == 1
    assert roc_auc([0, 1, 1], [5, 5, 5])["auc"] == 0.5


def test_curve_is_monotone_and_thinned() -> None:
    rng = np.random.default_rng(0)
    output = roc_auc([0, 1] * 300, rng.standard_normal(600).tolist())
    assert len(output["fpr"]) == len(output["tpr"]) == 50
    for curve in (output["fpr"], output["tpr"]):
        assert curve[0] == 0
        assert curve[-1] == 1
        assert (np.diff(curve) >= 0).all()


def test_does_not_change_with_prevalence_while_precision_does() -> None:
    y, s = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
    rare = roc_auc(y + [0, 0] * 20, s + [0.1, 0.4] * 20)
    assert rare["auc"] == pytest.approx(0.75)


@pytest.mark.parametrize("bad", [{"y_true": [1, 1, 1, 1]}, {"y_true": [0, 2, 1, 0]}, {"scores": [1.0, 2.0]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("roc-auc").run(bad)
