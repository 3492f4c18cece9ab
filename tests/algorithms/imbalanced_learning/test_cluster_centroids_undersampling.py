from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from algorithms.imbalanced_learning.cluster_centroids_undersampling import cluster_centroids_undersampling
from algorithms.registry import load
from algorithms.toy_data import gaussian_blobs
from core.errors import InputError


def test_every_region_keeps_a_centroid() -> None:
    centers = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10]])
    X, _ = gaussian_blobs(centers, 20, 0.5, seed=0)
    output = cluster_centroids_undersampling(X.tolist(), 4)
    theirs = KMeans(4, n_init=5, random_state=0).fit(X).cluster_centers_
    np.testing.assert_allclose(
        sorted(output["centroids"].round(6).tolist()), sorted(theirs.round(6).tolist()), atol=1e-5
    )
    assert output["rows_represented"].tolist() == [20] * 4
    assert output["mean_distance"] < 0.5 * output["mean_distance_random"]


@settings(max_examples=10)
@given(st.integers(0, 1000), st.integers(1, 5))
def test_centroids_are_means_of_the_rows_they_stand_for(seed: int, k: int) -> None:
    X = np.random.default_rng(seed).standard_normal((15, 2))
    output = cluster_centroids_undersampling(X.tolist(), k)
    assert output["rows_represented"].sum() == 15
    np.testing.assert_allclose(output["rows_represented"] @ output["centroids"] / 15, X.mean(axis=0), atol=1e-9)
    for centroid, row in zip(output["centroids"], output["nearest_rows"], strict=True):
        gaps = np.linalg.norm(X - centroid, axis=1)
        assert gaps[row] == pytest.approx(gaps.min())


@pytest.mark.parametrize("bad", [{"n_minority": 9}, {"n_minority": 0}, {"majority": []}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("cluster-centroids-undersampling").run(bad)
