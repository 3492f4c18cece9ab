from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.neighbors_and_clustering.k_means_empty_cluster import k_means_empty_cluster, repair
from algorithms.registry import load
from core.errors import InputError

EXAMPLE = load("k-means-empty-cluster").example


def test_a_centroid_inside_a_ring_of_others_is_empty() -> None:
    output = k_means_empty_cluster(EXAMPLE["X"], EXAMPLE["centroids"], "keep")
    assert output["empty_at_start"] == 1
    assert output["sizes"].tolist() == [0, 2, 2, 2, 2]
    assert output["inertia"] == output["inertia_keep"] == pytest.approx(8 * 0.1**2)


def test_policies() -> None:
    dropped = k_means_empty_cluster(EXAMPLE["X"], EXAMPLE["centroids"], "drop")
    assert len(dropped["centroids"]) == 4
    assert dropped["inertia"] == pytest.approx(0.08)
    moved = k_means_empty_cluster(EXAMPLE["X"], EXAMPLE["centroids"], "farthest")
    assert len(moved["centroids"]) == 5
    assert min(moved["sizes"]) > 0
    assert moved["inertia"] == pytest.approx(0.06)  # two points with a centroid each
    somewhere = k_means_empty_cluster(EXAMPLE["X"], EXAMPLE["centroids"], "random")
    assert len(somewhere["centroids"]) == 5
    assert somewhere["inertia"] <= 0.08 + 1e-12


@given(st.integers(0, 1000))
def test_moving_to_the_farthest_point_never_raises_the_inertia(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, mu = rng.standard_normal((12, 2)), 4 * rng.standard_normal((5, 2))
    new, _ = repair(X, mu, "farthest", rng)
    before, after = (squared_distances(X, m).min(axis=1).sum() for m in (mu, new))
    assert after <= before + 1e-12
    kept, count = repair(X, mu, "drop", rng)
    assert len(kept) == 5 - count


@pytest.mark.parametrize("bad", [{"policy": "ignore"}, {"centroids": [[1.0]]}, {"max_iterations": 0}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("k-means-empty-cluster").run(bad)
