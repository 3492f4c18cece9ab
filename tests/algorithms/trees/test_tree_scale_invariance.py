from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from algorithms.registry import load
from algorithms.trees.decision_tree import grow, predict_tree
from algorithms.trees.tree_scale_invariance import least_squares_fit, tree_scale_invariance
from core.errors import InputError


@pytest.mark.parametrize("transform", ["exp", "cube", "standardize", "rank"])
@pytest.mark.parametrize("seed", [0, 1])
def test_monotone_transforms_leave_the_tree_alone(transform: str, seed: int) -> None:
    output = tree_scale_invariance(transform, seed=seed)
    assert output["tree_change"] == 0
    affine = transform == "standardize"
    assert (output["linear_change"] < 1e-9) == affine


@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(-100, 100))
def test_affine_transforms_leave_training_predictions(seed: int, scale: float, shift: float) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 2)), rng.standard_normal((20, 1))
    first, second = (predict_tree(grow(A, y, criterion="variance"), A) for A in (X, scale * X + shift))
    np.testing.assert_array_equal(first, second)


def test_outliers_hurt_in_the_target_only() -> None:
    output = tree_scale_invariance(outlier=500.0)
    assert output["tree_change_feature_outlier"] == 0
    assert output["linear_change_feature_outlier"] > 0.1
    # the row becomes a leaf of its own or shares one, so its fitted value moves by at least 500 over the rows
    assert output["tree_change_target_outlier"] > 500 / 80


def test_line_equals_sklearn() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 3)), rng.standard_normal(30)
    np.testing.assert_allclose(least_squares_fit(X, y), LinearRegression().fit(X, y).predict(X))


@pytest.mark.parametrize("bad", [{"transform": "sin"}, {"n": 5}, {"outlier": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("tree-scale-invariance").run(bad)
