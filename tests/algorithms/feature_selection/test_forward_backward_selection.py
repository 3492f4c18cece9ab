from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.linear_model import LinearRegression

from algorithms.feature_selection.forward_backward_selection import forward_backward_selection, r_squared
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("seed", range(4))
def test_selection_equals_sklearn(direction: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((40, 5))
    y = X @ [2.0, 0, 1, 0, 0.5] + rng.standard_normal(40)
    # one fold that trains and scores on all rows turns sklearn's cross-validated score into the training score
    everything = [(np.arange(40), np.arange(40))]
    theirs = SequentialFeatureSelector(
        LinearRegression(), n_features_to_select=3, direction=direction, cv=everything, scoring="r2"
    ).fit(X, y)
    ours = forward_backward_selection(X.tolist(), y.tolist(), 3, direction)
    assert ours["selected"] == np.flatnonzero(theirs.get_support()).tolist()


@given(st.integers(0, 1000))
def test_path_makes_p_plus_p_minus_one_fits_and_training_scores_are_monotone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((12, 4)), rng.standard_normal(12)
    forward = forward_backward_selection(X.tolist(), y.tolist(), 2)
    backward = forward_backward_selection(X.tolist(), y.tolist(), 2, "backward")
    assert forward["fits"] == backward["fits"] == 4 + 3 + 2 + 1
    assert np.all(np.diff(forward["scores"]) >= -1e-9)
    assert np.all(np.diff(backward["scores"]) <= 1e-9)
    assert forward["scores"][-1] == pytest.approx(LinearRegression().fit(X, y).score(X, y))
    assert forward["score"] == pytest.approx(forward["scores"][1])
    assert backward["score"] == pytest.approx(backward["scores"][1])


def test_backward_keeps_a_pair_that_forward_does_not_start_with() -> None:
    # y = x0 - x1 with x0 and x1 nearly equal: each alone explains little, x2 alone more
    rng = np.random.default_rng(0)
    a = rng.standard_normal(60)
    difference = 0.1 * rng.standard_normal(60)
    X = np.column_stack([a, a + difference, difference + 0.1 * rng.standard_normal(60)])
    y = difference
    assert forward_backward_selection(X.tolist(), y.tolist(), 1)["selected"] == [2]
    assert forward_backward_selection(X.tolist(), y.tolist(), 2, "backward")["selected"] == [0, 1]
    assert r_squared(X, y, [0, 1]) == pytest.approx(1)


@pytest.mark.parametrize(
    "bad", [{"k": 4}, {"y": [1.0, 2.0]}, {"X": [[1, 2], [3, 4]], "y": [1, 2], "direction": "backward"}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("forward-backward-selection").run(bad)
