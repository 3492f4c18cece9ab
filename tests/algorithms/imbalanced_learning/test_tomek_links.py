from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from algorithms.imbalanced_learning.tomek_links import tomek_links
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(0, 1000))
def test_links_are_mutual_nearest_neighbours_of_opposite_class(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((25, 2)), (rng.random(25) < 0.3).astype(int)
    nn = NearestNeighbors(n_neighbors=1).fit(X).kneighbors(return_distance=False)[:, 0]
    expected = [(i, j) for i in range(25) for j in range(i + 1, 25) if nn[i] == j and nn[j] == i and y[i] != y[j]]
    output = tomek_links(X.tolist(), y.tolist())
    assert output["links"] == expected
    majority = int(np.bincount(y).argmax())
    assert all(y[row] == majority for row in output["removed"])
    assert sorted([*output["removed"], *output["kept"]]) == list(range(25))


def test_being_close_is_not_enough() -> None:
    # the majority row at 1.0 is near the minority row at 1.3, whose nearest neighbour is the minority row at 1.4
    output = tomek_links([[0.0], [1.0], [1.3], [1.4], [5.0]], [0, 0, 1, 1, 0])
    assert output["links"] == []


def test_one_or_both_rows_go() -> None:
    X, y = [[0], [1], [2], [2.1], [9]], [0, 0, 0, 1, 1]
    assert tomek_links(X, y)["counts_after"] == {0: 2, 1: 2}
    assert tomek_links(X, y, "both")["counts_after"] == {0: 2, 1: 1}


@pytest.mark.parametrize("bad", [{"y": [0, 1]}, {"X": [[1.0]], "y": [0]}, {"remove": "minority"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("tomek-links").run(bad)
