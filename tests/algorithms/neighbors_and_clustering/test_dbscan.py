from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN
from sklearn.neighbors import NearestNeighbors

from algorithms.neighbors_and_clustering.dbscan import dbscan
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs, two_moons
from core.errors import InputError


@given(st.integers(0, 1000), st.floats(0.1, 1.0), st.integers(1, 6))
def test_equals_sklearn(seed: int, eps: float, min_points: int) -> None:
    X = np.random.default_rng(seed).standard_normal((40, 2))
    theirs = DBSCAN(eps=eps, min_samples=min_points).fit(X)
    ours = dbscan(X.tolist(), eps, min_points)
    np.testing.assert_array_equal(ours["labels"], theirs.labels_)
    np.testing.assert_array_equal(ours["core_points"], theirs.core_sample_indices_)


def test_finds_two_moons() -> None:
    X, y = two_moons(200, 0.05, seed=0)
    output = dbscan(X.tolist(), 0.25, 5)
    assert output["n_clusters"] == 2
    assert np.mean(output["labels"] == y) == 1


def test_one_eps_cannot_serve_two_densities() -> None:
    dense, _ = gaussian_blobs(np.array([[0.0, 0], [1.2, 0]]), 60, 0.1, seed=0)
    sparse, _ = gaussian_blobs(np.array([[20.0, 0]]), 40, 3.0, seed=1)
    X = np.concatenate([dense, sparse])
    truth = np.repeat([0, 1, 2], [60, 60, 40])
    for eps in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2):
        labels = dbscan(X.tolist(), eps, 5)["labels"]
        both_dense = labels[truth == 0].max() >= 0 and np.median(labels[truth == 0]) != np.median(labels[truth == 1])
        whole_sparse = (
            np.mean(labels[truth == 2] == np.median(labels[truth == 2])) > 0.9 and np.median(labels[120:]) >= 0
        )
        assert not (both_dense and whole_sparse)


def test_border_points_do_not_spread_the_cluster() -> None:
    # with radius 1 and 3 points only 1 is a core point; 2 is its border and 3.5 is out of reach
    output = dbscan([[0], [1], [2], [3.5]], 1.0, 3)
    assert output["labels"].tolist() == [0, 0, 0, -1]
    assert output["core_points"].tolist() == [1]


def test_distances_to_the_kth_neighbour() -> None:
    X = np.random.default_rng(0).standard_normal((30, 2))
    expected = np.sort(NearestNeighbors(n_neighbors=4).fit(X).kneighbors(X)[0][:, -1])
    np.testing.assert_allclose(dbscan(X.tolist(), 0.5, 4)["neighbour_distances"], expected)


@pytest.mark.parametrize("bad", [{"eps": 0}, {"min_points": 0}, {"X": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("dbscan").run(bad)
