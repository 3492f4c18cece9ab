from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.imbalanced_learning.class_weighting import imbalanced_pair
from algorithms.imbalanced_learning.rusboost import fit_rusboost, rusboost
from algorithms.registry import load
from algorithms.trees.decision_tree import predict_tree
from core.errors import InputError


def test_recall_rises_over_adaboost() -> None:
    runs = [rusboost(seed=s) for s in range(6)]
    mean = {key: np.mean([run[key] for run in runs]) for key in ("recall", "adaboost_recall", "auc", "adaboost_auc")}
    assert mean["recall"] > mean["adaboost_recall"] + 0.2
    assert mean["auc"] > 0.85


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(5, 30))
def test_every_round_trains_on_a_balanced_sample(seed: int, n_positive: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = imbalanced_pair(60, n_positive, rng)
    trees, alphas, samples = fit_rusboost(X, y.astype(int), 6, 1, rng)
    assert all(counts.tolist() == [n_positive, n_positive] for counts in samples)
    assert len(samples) == 6
    assert len(trees) == len(alphas) <= 6
    assert min(alphas, default=1) > 0


def test_the_first_vote_uses_the_error_on_all_rows() -> None:
    X, y = imbalanced_pair(100, 10, np.random.default_rng(0))
    trees, alphas, _ = fit_rusboost(X, y.astype(int), 1, 1, np.random.default_rng(1))
    e = np.mean(predict_tree(trees[0], X).argmax(axis=1) != y)
    assert alphas[0] == pytest.approx(0.5 * np.log((1 - e) / e))


@pytest.mark.parametrize("bad", [{"rounds": 1}, {"n_positive": 0}, {"max_depth": 9}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("rusboost").run(bad)
