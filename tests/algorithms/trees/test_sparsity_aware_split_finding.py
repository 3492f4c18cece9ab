from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeRegressor

from algorithms.registry import load
from algorithms.trees.sparsity_aware_split_finding import sparsity_aware_split_finding
from core.errors import InputError


def slow(x: np.ndarray, y: np.ndarray, l2: float) -> float:
    g = y.mean() - y
    best = -np.inf
    for t in np.unique(x[~np.isnan(x)])[:-1]:
        for missing_left in (True, False):
            left = (x <= t) | (np.isnan(x) & missing_left)
            terms = [g[s].sum() ** 2 / (s.sum() + l2) for s in (left, ~left)]
            best = max(best, 0.5 * (sum(terms) - g.sum() ** 2 / (len(g) + l2)))
    return best


@given(st.integers(0, 10_000), st.floats(0, 5))
def test_gain_equals_the_slow_search(seed: int, l2: float) -> None:
    rng = np.random.default_rng(seed)
    x = np.where(rng.random(20) < 0.3, np.nan, rng.integers(0, 6, 20).astype(float))
    x[:2] = [0, 5]
    y = rng.standard_normal(20)
    gappy = [None if np.isnan(v) else float(v) for v in x]
    output = sparsity_aware_split_finding(gappy, y.tolist(), reg_lambda=l2)
    assert output["gain"] == pytest.approx(slow(x, y, l2), abs=1e-9)
    assert output["entries_scanned"] == int(np.sum(~np.isnan(x)))


@pytest.mark.parametrize("seed", range(5))
def test_without_penalty_equals_a_sklearn_stump_with_nan(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(30)
    y = np.where(x > 0.3, 2.0, 0.0) + rng.standard_normal(30) * 0.1
    x[:6], y[:6] = np.nan, 2.0
    stump = DecisionTreeRegressor(max_depth=1, random_state=0).fit(x[:, None], y)
    output = sparsity_aware_split_finding([None if np.isnan(v) else v for v in x], y.tolist(), reg_lambda=0)
    assert output["threshold"] == pytest.approx(stump.tree_.threshold[0])
    weight = output[f"{output['default_direction']}_weight"]
    assert y.mean() + weight == pytest.approx(stump.predict([[np.nan]])[0])


def test_missing_rows_join_the_side_they_resemble() -> None:
    x = [1, 2, 3, 4, None, None]
    assert sparsity_aware_split_finding(x, [0, 0, 5, 5, 0, 0])["default_direction"] == "left"
    assert sparsity_aware_split_finding(x, [0, 0, 5, 5, 5, 5])["default_direction"] == "right"


def test_golden_weights() -> None:
    # mean 10 / 3; left {0, 0}: G = 20 / 3, weight -G / (2 + 1) = -20 / 9; right {5, 5, 5, 5}: -G / (4 + 1) = 20 / 15
    output = load("sparsity-aware-split-finding").run()
    assert output["left_weight"] == pytest.approx(-20 / 9)
    assert output["right_weight"] == pytest.approx(4 / 3)


def test_gamma_is_subtracted() -> None:
    x, y = [1, 2, 3, None], [0, 0, 5, 5]
    difference = sparsity_aware_split_finding(x, y)["gain"] - sparsity_aware_split_finding(x, y, gamma=2)["gain"]
    assert difference == pytest.approx(2)


@pytest.mark.parametrize("bad", [[1.0, None, 1.0, None, 1.0, None], [1.0], [None] * 6])
def test_bad_input_is_refused(bad: list[float | None]) -> None:
    with pytest.raises(InputError):
        load("sparsity-aware-split-finding").run({"feature": bad})
