from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score

from algorithms.registry import load
from algorithms.uncertainty.ood_detection import auroc, mahalanobis, ood_detection
from core.errors import InputError

SCORES = st.lists(st.integers(0, 6), min_size=1, max_size=15)


@given(SCORES, SCORES)
def test_auroc_equals_sklearn(inside: list[int], outside: list[int]) -> None:
    labels = [0] * len(inside) + [1] * len(outside)
    assert auroc(np.array(inside), np.array(outside)) == pytest.approx(roc_auc_score(labels, inside + outside))


def test_mahalanobis_equals_scipy() -> None:
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    X = rng.standard_normal((60, 2)) @ np.array([[2.0, 0.5], [0.0, 0.3]]) + 5 * y[:, None]
    means = np.stack([X[y == c].mean(axis=0) for c in range(3)])
    pooled = sum((X[y == c] - means[c]).T @ (X[y == c] - means[c]) for c in range(3)) / 60
    points = rng.standard_normal((7, 2)) * 5
    expected = cdist(points, means, "mahalanobis", VI=np.linalg.inv(pooled)).min(axis=1) ** 2
    np.testing.assert_allclose(mahalanobis(X, y, points), expected)


def test_softmax_is_most_certain_far_away() -> None:
    r = ood_detection("far")
    assert r["accuracy"] > 0.95 and r["confidence_outside"] > r["confidence_inside"]
    assert r["auroc_msp"] < 0.1 and r["fpr_at_95_msp"] > 0.9
    assert r["auroc_mahalanobis"] > 0.99 and r["fpr_at_95_mahalanobis"] < 0.05


def test_softmax_is_unsure_between_the_classes() -> None:
    r = ood_detection("between")
    assert r["auroc_msp"] > 0.9 and r["confidence_outside"] < r["confidence_inside"] - 0.2


@pytest.mark.parametrize("bad", [{"where": "mars"}, {"n": 5}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ood-detection").run(bad)
