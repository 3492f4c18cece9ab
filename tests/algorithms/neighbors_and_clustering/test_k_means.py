from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from algorithms.neighbors_and_clustering.k_means import k_means, kmeans_plus_plus, lloyd
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError


@given(st.integers(0, 1000))
def test_equals_sklearn_from_the_same_start(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((30, 2))
    start = X[:3]
    theirs = KMeans(3, init=start, n_init=1, algorithm="lloyd", tol=0).fit(X)
    ours = k_means(X.tolist(), centroids=start.tolist())
    np.testing.assert_allclose(ours["centroids"], theirs.cluster_centers_)
    assert ours["inertia"] == pytest.approx(theirs.inertia_)
    np.testing.assert_array_equal(ours["labels"], theirs.labels_)


@given(st.integers(0, 1000), st.integers(1, 5))
def test_inertia_never_rises_and_ends_at_a_fixed_point(seed: int, K: int) -> None:
    X = np.random.default_rng(seed).standard_normal((25, 2))
    mu, c, inertias = lloyd(X, X[:K], 1000)
    assert np.all(np.diff(inertias) <= 1e-9)
    assert inertias[-1] == pytest.approx(inertias[-2])  # it stays there: not a strict decrease
    for k in range(K):
        np.testing.assert_allclose(mu[k], X[c == k].mean(axis=0))


def test_golden_by_hand() -> None:
    # from 0 and 10: {0, 1} and {9, 10}, centroids 0.5 and 9.5, inertia 4 * 0.25
    output = k_means([[0], [1], [9], [10]], centroids=[[0], [10]])
    assert output["centroids"].tolist() == [[0.5], [9.5]]
    assert output["inertia"] == 1
    assert output["sizes"].tolist() == [2, 2]
    assert output["inertias"].tolist() == [2, 1, 1]


def test_convergence_does_not_mean_correct_clusters() -> None:
    X = [[0, 0], [0, 1], [10, 0], [10, 1]]
    bad = k_means(X, centroids=[[5, 0], [5, 1]])  # a fixed point: the groups are the rows y = 0 and y = 1
    good = k_means(X, centroids=[[0, 0], [10, 0]])
    assert bad["inertia"] == 100
    assert good["inertia"] == 1


def test_parameters_do_not_depend_on_the_number_of_points() -> None:
    X, _ = gaussian_blobs(np.array([[0.0, 0], [9, 9], [0, 9]]), 20, 0.5, seed=0)
    assert k_means(X.tolist(), 3)["parameters"] == k_means(X[::2].tolist(), 3)["parameters"] == 6


def test_tolerance_stops_earlier() -> None:
    X = np.random.default_rng(3).standard_normal((100, 2)).tolist()
    exact = k_means(X, 5)
    early = k_means(X, 5, stop="tolerance", tolerance=0.5)
    assert early["iterations"] < exact["iterations"]
    assert early["inertia"] >= exact["inertia"]


def test_plus_plus_never_repeats_a_point_while_others_are_left() -> None:
    X = np.array([[0.0], [0.0], [0.0], [5.0], [9.0]])
    for seed in range(10):
        seeds = kmeans_plus_plus(X, 3, np.random.default_rng(seed))
        assert sorted(seeds[:, 0]) == [0, 5, 9]


@pytest.mark.parametrize("bad", [{"k": 8}, {"centroids": [[1.0]]}, {"k": 0}, {"X": [[1, 2], [3]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("k-means").run(bad)
