from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from algorithms.registry import load
from algorithms.trees.decision_tree import grow, leaves, one_hot
from algorithms.trees.impurity_feature_importance import impurity_decreases, impurity_feature_importance
from core.errors import InputError


@given(st.integers(0, 1000))
def test_equals_sklearn_for_one_tree(seed: int) -> None:
    # one clearly best split a node: a feature with distinct values and a depth at which ties do not occur
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((60, 3))
    y = (X[:, 0] + 0.5 * X[:, 1] + 0.3 * rng.standard_normal(60) > 0).astype(int)
    theirs = DecisionTreeClassifier(max_depth=2, min_samples_leaf=5, random_state=0).fit(X, y)
    tree = grow(X, one_hot(y)[1], max_depth=2, min_leaf=5)
    ours = impurity_decreases(tree, 3)
    np.testing.assert_allclose(ours.sum(), theirs.tree_.compute_feature_importances(normalize=False).sum(), atol=1e-9)
    # what the features are credited with is what the tree explains
    left = sum(leaf.weight * leaf.impurity for leaf in leaves(tree)) / tree.weight
    assert ours.sum() == pytest.approx(tree.impurity - left)
    assert ours.min() >= 0


@pytest.mark.parametrize("model", ["forest", "gbdt"])
def test_strong_beats_weak_beats_noise(model: str) -> None:
    output = impurity_feature_importance(model, n=200)
    strong, weak, _, binary = output["importances"]
    assert output["importances"].sum() == pytest.approx(1)
    assert strong > weak > binary
    assert strong > 0.6


def test_continuous_noise_outranks_binary_noise_and_shallow_trees_ignore_it() -> None:
    deep = impurity_feature_importance(seed=3)
    assert deep["importances"][2] > 2 * deep["importances"][3]
    assert impurity_feature_importance("gbdt", max_depth=1)["noise_share"] < deep["noise_share"]


@pytest.mark.parametrize("bad", [{"model": "svm"}, {"n": 10}, {"n_trees": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("impurity-feature-importance").run(bad)
