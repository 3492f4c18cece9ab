from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import nan_euclidean_distances
from sklearn.tree import DecisionTreeClassifier

from algorithms.data_preparation.missing_value_masking import (
    best_stump,
    masked_inputs,
    missing_value_masking,
    shared_distances,
)
from algorithms.registry import load
from core.errors import InputError


def holey(seed: int, n: int = 20, d: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    X = rng.integers(-9, 9, size=(n, d)).astype(float)
    X[rng.random((n, d)) < 0.3] = np.nan
    return X


@given(st.integers(0, 1000))
def test_distances_equal_sklearn(seed: int) -> None:
    X = holey(seed)
    expected = nan_euclidean_distances(X[:1], X)[0]
    ours = shared_distances(X, X[0])
    np.testing.assert_allclose(np.where(np.isinf(ours), np.nan, ours), expected)


@given(st.integers(0, 1000))
def test_stump_is_as_good_as_sklearns_tree_that_takes_nan(seed: int) -> None:
    X, rng = holey(seed), np.random.default_rng(seed + 1)
    y = rng.permutation(np.arange(20) % 2).astype(float)
    tree = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y)
    feature, threshold, gaps_left, p_left, p_right, errors = best_stump(X, y)
    assert 1 - errors / 20 >= tree.score(X, y) - 1e-12  # the tree minimises impurity, not errors
    left = np.where(np.isnan(X[:, feature]), gaps_left, X[:, feature] <= threshold)
    assert (p_left, p_right) == (y[left].mean(), y[~left].mean())
    assert sum(min(s.sum(), len(s) - s.sum()) for s in (y[left], y[~left])) == errors


def test_mask_keeps_a_zero_apart_from_a_gap() -> None:
    assert masked_inputs(np.array([[0.0], [np.nan]])).tolist() == [[0, 0], [0, 1]]


@pytest.mark.parametrize("method", ["mask", "stump"])
def test_absence_itself_can_be_the_signal(method: str) -> None:
    rows = [[1.0], [2.0], [1.5], [1.2], [None], [None], [None], [None]]
    y = [0, 0, 0, 0, 1, 1, 1, 1]
    output = missing_value_masking(rows, y, [None], method)  # type: ignore[arg-type]
    assert output["probability"] > 0.9
    assert output["training_accuracy"] == 1
    assert missing_value_masking(rows, y, [1.4], method)["probability"] < 0.1  # type: ignore[arg-type]


def test_default_direction_and_neighbours() -> None:
    stump = missing_value_masking([[1], [2], [8], [9], [None]], [0, 0, 1, 1, 1], [None], "stump")
    assert (stump["feature"], stump["threshold"], stump["missing_goes_left"]) == (0, 5.0, False)
    knn = missing_value_masking([[0, 0], [1, None], [9, 9], [8, None]], [0, 0, 1, 1], [7, None], "knn", k=2)
    assert knn["probability"] == 1
    # only feature 1 is shared: sqrt(2) times its difference
    assert knn["distances"].tolist() == pytest.approx([np.sqrt(2), 2 * np.sqrt(2)])


@pytest.mark.parametrize(
    "bad",
    [
        {"query": [1]},
        {"y": [0, 1]},
        {"method": "knn", "query": [None, None]},
        {"method": "svm"},
        {"method": "stump", "rows": [[1, 1]] * 8},
    ],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("missing-value-masking").run(bad)
