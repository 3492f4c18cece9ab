from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss as sklearn_log_loss

from algorithms.online_learning_and_drift.gbdt_online_hybrid import best_split, boost, leaves, log_loss, stream
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000))
@settings(max_examples=15)
def test_split_is_the_best_of_its_candidates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, residual = rng.standard_normal((30, 2)), rng.standard_normal(30)

    def drop(feature: int, threshold: float) -> float:
        left = X[:, feature] <= threshold
        parts = [residual[left], residual[~left]]
        return sum((residual - 0) ** 2) - sum(((p - p.mean()) ** 2).sum() for p in parts if len(p))

    options = [(f, t) for f in (0, 1) for t in np.quantile(X[:, f], np.linspace(0.1, 0.9, 9))]
    assert drop(*best_split(X, residual)) == pytest.approx(max(drop(*o) for o in options))


def test_leaves_and_loss() -> None:
    tree = ((0, 0.0), (1, -1.0), (1, 1.0), np.zeros(4))
    assert leaves(np.array([[-1.0, -2.0], [-1.0, 0.0], [1.0, 0.0], [1.0, 2.0]]), tree).tolist() == [0, 1, 2, 3]
    z, y = np.array([0.3, -2.0, 1.5]), np.array([1.0, 0.0, 0.0])
    assert log_loss(z, y).mean() == pytest.approx(sklearn_log_loss(y, 1 / (1 + np.exp(-z))))


def test_more_trees_fit_better() -> None:
    X, y = stream(1000, False, np.random.default_rng(0))
    losses = []
    for trees in (1, 5, 20):
        forest, base = boost(X, y, trees, 0.3)
        losses.append(log_loss(base + sum(t[3][leaves(X, t)] for t in forest), y).mean())
    assert losses[0] > losses[1] > losses[2]


def test_the_hybrid_follows_the_drift_that_frozen_trees_miss() -> None:
    r = load("gbdt-online-hybrid").run()
    # the best possible log loss is the entropy of 0.9: 0.325
    assert 0.325 < r["offline_log_loss"] < 0.5 < r["base_rate_log_loss"]
    assert r["frozen_after"] > 1 and r["hybrid_after"] < 0.5
    assert r["hybrid_before"] < r["frozen_before"] + 0.02
    assert r["raw_online_after"] > 0.65  # the sign of a product is no linear function


@pytest.mark.parametrize("bad", [{"trees": 0}, {"learning_rate": 0}, {"n": 10}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("gbdt-online-hybrid").run(bad)
