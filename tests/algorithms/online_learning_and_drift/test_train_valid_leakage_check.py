from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from algorithms.online_learning_and_drift.train_valid_leakage_check import (
    rank_auc,
    ridge_logistic,
    train_valid_leakage_check,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=20))
def test_auc_equals_sklearn(pairs: list[tuple[int, bool]]) -> None:
    scores, labels = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs], dtype=float)
    if 0 < labels.sum() < len(labels):
        assert rank_auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_classifier_equals_sklearn() -> None:
    rng = np.random.default_rng(0)
    X, t = rng.standard_normal((80, 3)), (rng.random(80) < 0.5).astype(float)
    model = LogisticRegression(C=1.0, tol=1e-10).fit(X, t)
    np.testing.assert_allclose(ridge_logistic(X, t), [*model.coef_[0], model.intercept_[0]], atol=1e-4)


@given(st.integers(0, 5), st.integers(0, 100))
def test_every_planted_duplicate_is_found(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    train = rng.standard_normal((12, 2))
    valid = np.vstack([train[:count] + 1e-9, rng.standard_normal((6, 2))])
    r = train_valid_leakage_check(train.tolist(), valid.tolist())
    assert r["duplicates"] == list(range(count)) and r["overlap"] == pytest.approx(count / len(valid))
    assert train_valid_leakage_check(train.tolist(), valid.tolist(), decimals=12)["overlap"] == 0


def test_matched_sets_look_alike_and_shifted_ones_do_not() -> None:
    rng = np.random.default_rng(1)
    train = rng.standard_normal((400, 3))
    matched = train_valid_leakage_check(train.tolist(), rng.standard_normal((200, 3)).tolist())
    assert matched["adversarial_auc"] == pytest.approx(0.5, abs=0.07) and matched["verdict"] == "no problem found"
    moved = train_valid_leakage_check(train.tolist(), (rng.standard_normal((200, 3)) + np.array([0, 1.5, 0])).tolist())
    assert moved["adversarial_auc"] > 0.8 and moved["shifted_feature"] == 1 and "different" in moved["verdict"]
    wider = train_valid_leakage_check(train.tolist(), (3 * rng.standard_normal((200, 3))).tolist())
    assert wider["adversarial_auc"] > 0.8 > 0.3 > wider["largest_mean_shift"]


def test_duplicates_within_train_are_counted_apart() -> None:
    r = train_valid_leakage_check([[1.0]] * 3 + [[2.0], [3.0]], [[9.0], [8.0], [7.0], [6.0], [5.0]])
    assert r["duplicates_within_train"] == 2 and r["overlap"] == 0


@pytest.mark.parametrize("bad", [{"train": [[1.0]] * 5}, {"valid": []}, {"folds": 1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("train-valid-leakage-check").run(bad)
