from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression

from algorithms.feature_selection.permutation_feature_importance import (
    permutation_drops,
    permutation_feature_importance,
)
from algorithms.registry import load
from core.errors import InputError


def test_a_copy_shares_the_importance() -> None:
    # alone, R2 falls from about 1 to 1 - 2 = -1: a drop of 2; with half the weight the error is a quarter: 0.5 each
    alone = permutation_feature_importance([1.0], n=1000, noise=0.15, repeats=20)
    shared = permutation_feature_importance([1.0], n=1000, noise=0.15, repeats=20, duplicate=True)
    assert alone["importances"][0] == pytest.approx(1.96, abs=0.08)
    assert shared["importances"] == pytest.approx([0.49, 0.49], abs=0.03)
    assert shared["group_importance"] == pytest.approx(alone["importances"][0], abs=0.1)
    assert shared["fitted_weights"] == pytest.approx([0.5, 0.5], abs=0.02)


def test_matches_sklearn_on_average() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 3))
    y = X @ [2.0, 1.0, 0.0] + 0.5 * rng.standard_normal(300)
    model = LinearRegression().fit(X, y)
    theirs = permutation_importance(model, X, y, n_repeats=50, random_state=0).importances_mean
    ours = [permutation_drops(model.predict, X, y, [j], 50, rng) for j in range(3)]
    np.testing.assert_allclose(ours, theirs, atol=0.03)


@given(st.integers(0, 1000))
def test_a_feature_the_model_ignores_has_exactly_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((20, 2)), rng.standard_normal(20)
    assert permutation_drops(lambda A: A[:, 0], X, y, [1], 3, rng) == 0
    assert permutation_drops(lambda A: A[:, 0], X, X[:, 0], [0], 5, rng) > 0


def test_order_follows_the_weights() -> None:
    importances = permutation_feature_importance([1.0, 0.5, 0.0])["importances"]
    assert importances[0] > importances[1] > 0.1 > abs(importances[2])


@pytest.mark.parametrize("bad", [{"weights": [0.0]}, {"weights": []}, {"repeats": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("permutation-feature-importance").run(bad)
