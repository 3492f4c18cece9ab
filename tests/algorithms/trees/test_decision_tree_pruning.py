from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from algorithms.registry import load
from algorithms.toy_data import two_moons
from algorithms.trees.decision_tree_pruning import decision_tree_pruning
from core.errors import InputError

X, Y = two_moons(60, 0.3, seed=4)
X = X[:, :1]  # with one feature no two splits tie, so both libraries grow the same tree


def test_path_equals_sklearn() -> None:
    path = DecisionTreeClassifier(random_state=0).cost_complexity_pruning_path(X, Y)
    output = decision_tree_pruning(X.tolist(), Y.tolist())
    # sklearn lists a tie of two links twice; the last entry of an alpha is the tree after all its links are cut
    last = {round(a, 9): risk for a, risk in zip(path.ccp_alphas, path.impurities, strict=True)}
    np.testing.assert_allclose(output["alphas"], list(last), atol=1e-9)
    np.testing.assert_allclose(output["impurities"], list(last.values()), atol=1e-9)


@pytest.mark.parametrize("alpha", [0.0, 0.008, 0.015, 0.03, 0.2, 1.0])
def test_pruned_size_equals_sklearn(alpha: float) -> None:
    theirs = DecisionTreeClassifier(ccp_alpha=alpha, random_state=0).fit(X, Y)
    output = decision_tree_pruning(X.tolist(), Y.tolist(), alpha=alpha)
    assert output["leaves_after"] == theirs.get_n_leaves()
    assert output["training_error_after"] == pytest.approx(1 - theirs.score(X, Y))


@pytest.mark.parametrize("method", ["cost-complexity", "minimum-gain"])
def test_leaves_never_rise_with_alpha(method: str) -> None:
    sizes = [decision_tree_pruning(X.tolist(), Y.tolist(), a, method)["leaves_after"] for a in np.linspace(0, 0.3, 12)]
    assert sizes[0] == decision_tree_pruning(X.tolist(), Y.tolist())["leaves_before"]
    assert all(a >= b for a, b in pairwise(sizes))
    assert sizes[-1] < sizes[0]


def test_bottom_up_keeps_the_gainless_root_of_xor() -> None:
    grid = [[0, 0], [0, 1], [1, 0], [1, 1]]
    output = decision_tree_pruning(grid, [0, 1, 1, 0], alpha=0.1, method="minimum-gain")
    assert output["leaves_after"] == 4  # each child gains 0.25, so the root's gain of 0 is never looked at


@pytest.mark.parametrize("bad", [{"alpha": -1}, {"y": [0, 1]}, {"method": "x"}, {"max_depth": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("decision-tree-pruning").run(bad)
