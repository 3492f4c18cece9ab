from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import nan_euclidean_distances

from algorithms.neighbors_and_clustering.euclidean_distance import euclidean_distance, squared_distances
from algorithms.registry import load
from core.errors import InputError

PAIRS = st.lists(st.tuples(st.floats(-99, 99), st.floats(-99, 99)), min_size=1, max_size=10)


@given(PAIRS)
def test_equals_the_norm_and_is_symmetric(pairs: list[tuple[float, float]]) -> None:
    x, y = (list(side) for side in zip(*pairs, strict=True))
    distance = euclidean_distance(x, y)["distance"]
    assert distance == pytest.approx(np.linalg.norm(np.subtract(x, y)))
    assert distance == euclidean_distance(y, x)["distance"]


def test_three_four_five() -> None:
    assert euclidean_distance([0, 0], [3, 4]) == {"distance": 5.0, "squared_distance": 25.0, "present": 2}


@given(st.integers(0, 1000))
def test_missing_coordinates_equal_sklearn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((2, 6))
    A[rng.random((2, 6)) < 0.3] = np.nan
    A[:, 0] = [1, 2]
    x, y = ([None if np.isnan(v) else float(v) for v in row] for row in A)
    expected = nan_euclidean_distances(A[:1], A[1:])[0, 0]
    assert euclidean_distance(x, y)["distance"] == pytest.approx(expected)


def test_both_ways_to_compute_all_pairs_agree() -> None:
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((1500, 3)), rng.standard_normal((1500, 3))
    big = squared_distances(A, B)  # 6.75 million terms: the matrix-product form
    np.testing.assert_allclose(big[:50, :50], squared_distances(A[:50], B[:50]), atol=1e-9)
    assert squared_distances(A, A).min() >= 0


@pytest.mark.parametrize("bad", [{"x": [1.0]}, {"x": [None, None]}, {"x": ["a", "b"]}, {"x": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("euclidean-distance").run(bad)
