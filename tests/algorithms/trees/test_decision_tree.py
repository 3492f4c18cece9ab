from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from algorithms.registry import load
from algorithms.toy_data import two_moons
from algorithms.trees.decision_tree import best_split, decision_tree
from core.errors import InputError

MOONS, MOON_CLASSES = two_moons(80, 0.3, seed=1)


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
@pytest.mark.parametrize("max_depth", [1, 2, 3])
def test_equals_sklearn_on_moons(criterion: str, max_depth: int) -> None:
    theirs = DecisionTreeClassifier(criterion=criterion, max_depth=max_depth, random_state=0).fit(MOONS, MOON_CLASSES)
    Q, _ = two_moons(40, 0.3, seed=2)
    ours = decision_tree(MOONS.tolist(), MOON_CLASSES.tolist(), Q.tolist(), criterion=criterion, max_depth=max_depth)
    assert ours["leaves"] == theirs.get_n_leaves()
    assert ours["depth"] == theirs.get_depth()
    assert ours["root"]["threshold"] == pytest.approx(theirs.tree_.threshold[0])
    np.testing.assert_allclose(ours["leaf_values"], theirs.predict_proba(Q))


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_regression_equals_sklearn(seed: int, min_leaf: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((25, 3)), rng.standard_normal(25)
    theirs = DecisionTreeRegressor(max_depth=3, min_samples_leaf=min_leaf, random_state=0).fit(X, y)
    ours = decision_tree(X.tolist(), y.tolist(), task="regression", max_depth=3, min_samples_leaf=min_leaf)
    np.testing.assert_allclose(ours["predictions"], theirs.predict(X), atol=1e-9)
    shifted = decision_tree(X.tolist(), (y + 1e6).tolist(), task="regression", max_depth=3, min_samples_leaf=min_leaf)
    np.testing.assert_allclose(shifted["predictions"] - 1e6, ours["predictions"], atol=1e-6)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=2, max_size=12))
def test_split_equals_the_slow_search(rows: list[tuple[int, int]]) -> None:
    x, y = np.array(rows, dtype=float).T

    def gini_mass(part: np.ndarray) -> float:
        p = part.mean() if len(part) else 0.0
        return len(part) * 2 * p * (1 - p)

    gains = {t: gini_mass(y) - gini_mass(y[x <= t]) - gini_mass(y[x > t]) for t in np.unique(x)[:-1]}
    found = best_split(x[:, None], np.stack([1 - y, y], axis=1), np.ones(len(y)), "gini")
    if not gains:
        assert found is None
    else:
        assert found is not None
        assert found[2] == pytest.approx(max(gains.values()), abs=1e-9)


def test_full_tree_has_no_training_error_and_a_stump_has() -> None:
    assert decision_tree(MOONS.tolist(), MOON_CLASSES.tolist())["training_error"] == 0
    stump = decision_tree(MOONS.tolist(), MOON_CLASSES.tolist(), max_depth=1)
    assert stump["leaves"] == 2
    assert 0 < stump["training_error"] < 0.5


def test_depth_two_fits_xor_which_no_stump_can() -> None:
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    assert decision_tree(X, y, max_depth=1)["training_error"] == 0.5
    two = decision_tree(X, y, max_depth=2)
    assert two["training_error"] == 0
    assert two["depth"] == 2


def test_leaf_returns_majority_or_mean() -> None:
    assert decision_tree([[0], [1], [2]], [5, 5, 9], max_depth=0)["predictions"].tolist() == [5, 5, 5]
    mean = decision_tree([[0], [1], [2]], [5, 5, 8], max_depth=0, task="regression")
    assert mean["predictions"].tolist() == [6, 6, 6]


def test_dropping_one_row_can_change_the_root() -> None:
    # x0 errs on row 2 and x1 on row 4, a tie that x0 wins; without row 4 x1 is perfect
    X = [[0, 0], [0, 0], [1, 0], [1, 1], [1, 0], [1, 1]]
    y = [0, 0, 0, 1, 1, 1]
    assert decision_tree(X, y, refits=6)["root_changes"] > 0
    assert decision_tree([[0], [0], [9], [9]], [0, 0, 1, 1], refits=4)["root_changes"] == 0


@pytest.mark.parametrize(
    "bad",
    [{"X": [[1]]}, {"X": [[1], [2]], "y": [1, 2, 3]}, {"X_new": [[1], [2]]}, {"max_depth": 99}, {"X": [[1, 2], [3]]}],
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("decision-tree").run(bad)
