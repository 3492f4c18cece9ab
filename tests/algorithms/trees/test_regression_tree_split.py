from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.registry import load
from algorithms.trees.regression_tree_split import regression_tree_split, sse_reductions
from core.errors import InputError

ROWS = st.lists(st.tuples(st.integers(0, 8), st.integers(-9, 9)), min_size=2, max_size=15).filter(
    lambda rows: len({x for x, _ in rows}) > 1
)


def sse(v: np.ndarray) -> float:
    return float(np.sum((v - v.mean()) ** 2)) if len(v) else 0.0


@given(ROWS)
def test_exact_equals_the_slow_search(rows: list[tuple[int, int]]) -> None:
    x, y = np.array(rows, dtype=float).T
    output = regression_tree_split(x.tolist(), y.tolist())
    best = max(sse(y) - sse(y[x <= t]) - sse(y[x > t]) for t in np.unique(x)[:-1])
    assert output["best_reduction"] == pytest.approx(best, abs=1e-9)
    assert output["candidates"] == len(np.unique(x)) - 1 <= len(x) - 1
    left = x <= output["best_threshold"]
    assert output["sse_after"] == pytest.approx(sse(y[left]) + sse(y[~left]), abs=1e-9)
    assert output["left_mean"] == pytest.approx(y[left].mean())


@given(ROWS, st.integers(2, 12))
def test_histogram_never_beats_exact(rows: list[tuple[int, int]], bins: int) -> None:
    x, y = (list(map(float, column)) for column in zip(*rows, strict=True))
    exact = regression_tree_split(x, y)["best_reduction"]
    coarse = regression_tree_split(x, y, "histogram", bins)
    assert coarse["candidates"] == bins - 1
    assert coarse["best_reduction"] <= exact + 1e-9


def test_many_bins_reach_the_exact_gain() -> None:
    x, y = [0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 7.0, 8.0]
    exact, fine = regression_tree_split(x, y), regression_tree_split(x, y, "histogram", 64)
    assert fine["best_reduction"] == exact["best_reduction"]


def test_one_hot_isolates_one_category_where_a_threshold_takes_two() -> None:
    # category 1 has the high target and lies between 0 and 2: no threshold isolates it
    x, y = [0, 0, 1, 1, 2, 2], [0, 0, 6, 6, 0, 0]
    one = regression_tree_split(x, y, "one-hot")
    assert one["best_threshold"] == 1
    assert one["sse_after"] == pytest.approx(0)
    assert (one["left_mean"], one["right_mean"]) == (6, 0)
    assert regression_tree_split(x, y)["sse_after"] == pytest.approx(36)  # 4 rows (0, 0, 6, 6): 4 * 3^2


def test_a_side_without_rows_gains_nothing() -> None:
    assert sse_reductions(np.array([1.0, 2.0]), np.array([0.0, 4.0]), np.array([0.0, 5.0])).tolist() == [0, 0]


@pytest.mark.parametrize("bad", [{"x": [1.0]}, {"x": [2.0] * 6}, {"bins": 1}, {"method": "random"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("regression-tree-split").run(bad)
