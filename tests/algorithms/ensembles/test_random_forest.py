from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier

from algorithms.ensembles.random_forest import fit_forest, out_of_bag, random_forest
from algorithms.registry import load
from algorithms.toy_data import two_moons
from algorithms.trees.decision_tree import grow, one_hot, predict_tree
from core.errors import InputError

X, Y = two_moons(160, 0.25, seed=0)
T, TRUTH = two_moons(200, 0.25, seed=1)


def test_learns_moons_as_well_as_sklearn_and_better_than_one_tree() -> None:
    output = random_forest(X.tolist(), Y.tolist(), n_trees=40)
    assert output["training_error"] < 0.02 < output["majority_or_mean_error"] == 0.5
    theirs = RandomForestClassifier(40, oob_score=True, random_state=0).fit(X, Y)
    assert output["oob_error"] == pytest.approx(1 - theirs.oob_score_, abs=0.04)
    forest = fit_forest(X, one_hot(Y)[1], 40, np.random.default_rng(0), max_features=1)
    accuracy = np.mean(forest.votes(T).argmax(axis=1) == TRUTH)
    single = np.mean(predict_tree(grow(X, one_hot(Y)[1]), T).argmax(axis=1) == TRUTH)
    assert accuracy > max(single, 0.9)


def test_a_bootstrap_holds_about_63_percent_of_the_rows() -> None:
    unique = random_forest(X.tolist(), Y.tolist(), n_trees=30)["unique_fraction"]
    assert unique == pytest.approx(1 - (1 - 1 / 160) ** 160, abs=0.01)


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_votes_are_the_mode_and_regression_the_mean_of_the_trees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A, y = rng.standard_normal((20, 2)), rng.integers(0, 3, 20)
    y[:3] = [0, 1, 2]
    forest = fit_forest(A, one_hot(y)[1], 7, rng)
    one_by_one = [predict_tree(tree, A).argmax(axis=1) for tree in forest.trees]
    counts = np.stack([np.bincount([v[i] for v in one_by_one], minlength=3) for i in range(20)])
    np.testing.assert_allclose(forest.votes(A), counts / 7)
    numbers = fit_forest(A, y[:, None].astype(float), 7, rng, criterion="variance")
    mean = sum(predict_tree(tree, A) for tree in numbers.trees) / 7
    np.testing.assert_allclose(numbers.predict(A), mean)


def test_out_of_bag_uses_only_trees_that_did_not_see_the_row() -> None:
    A, y = np.arange(4.0)[:, None], np.eye(2)[[0, 0, 1, 1]]
    rows = np.array([[0, 1, 2, 2], [3, 3, 3, 3]])  # tree 0 misses row 3, tree 1 misses rows 0 to 2
    values, seen = out_of_bag(fit_forest(A, y, 2, np.random.default_rng(0), rows=rows), A)
    assert seen.tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(values, [[0, 1], [0, 1], [0, 1], [0, 1]])


def test_regression_reduces_the_error_of_the_mean() -> None:
    x = np.linspace(0, 6, 60)
    output = random_forest(x[:, None].tolist(), np.sin(x).tolist(), task="regression")
    assert output["oob_error"] < 0.02 < 0.4 < output["majority_or_mean_error"]


@pytest.mark.parametrize("bad", [{"n_trees": 0}, {"y": [1, 2]}, {"max_features": 9}, {"X_new": [[1.0], [2.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("random-forest").run(bad)
