from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from algorithms.feature_selection.single_feature_testing import single_feature_testing
from algorithms.registry import load
from core.errors import InputError


def test_xor_hides_from_single_features() -> None:
    output = single_feature_testing([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    assert output["scores"] == [0.5, 0.5]
    assert output["joint_score"] == 1


@given(st.integers(0, 1000), st.integers(1, 3))
def test_training_scores_equal_sklearn(seed: int, depth: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((25, 3)), rng.integers(0, 2, 25)
    output = single_feature_testing(X.tolist(), y.tolist(), depth)
    for j in range(3):
        tree = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X[:, [j]], y)
        assert output["scores"][j] == pytest.approx(tree.score(X[:, [j]], y), abs=0.041)  # a tied split may differ


def test_ranking_finds_the_useful_feature_and_held_out_scores_unmask_noise() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 60)
    X = np.column_stack([rng.standard_normal(120), y + 0.4 * rng.standard_normal(120)])
    fitted = single_feature_testing(X.tolist(), y.tolist(), 6)
    held = single_feature_testing(X.tolist(), y.tolist(), 6, cross_validate=True)
    assert fitted["ranking"] == held["ranking"] == [1, 0]
    assert fitted["scores"][0] > 0.6
    assert held["scores"][0] < 0.6 < 0.75 < held["scores"][1]
    assert fitted["majority_share"] == 0.5


@pytest.mark.parametrize("bad", [{"y": [1]}, {"max_depth": 0}, {"cross_validate": True}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("single-feature-testing").run(bad)
