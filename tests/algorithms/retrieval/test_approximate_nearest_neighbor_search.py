from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from algorithms.registry import load
from algorithms.retrieval.approximate_nearest_neighbor_search import (
    approximate_nearest_neighbor_search,
    cells,
    lsh_candidates,
    squared_distances,
)
from core.errors import InputError

search = approximate_nearest_neighbor_search


def test_distances_equal_scipy() -> None:
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((5, 3)), rng.standard_normal((4, 3))
    np.testing.assert_allclose(squared_distances(A, B), cdist(A, B, "sqeuclidean"), atol=1e-12)


@given(st.integers(0, 100), st.integers(1, 20))
@settings(max_examples=8)
def test_ivf_with_all_cells_is_brute_force(seed: int, nlist: int) -> None:
    r = search("ivf", n=200, nlist=nlist, nprobe=nlist, seed=seed)
    assert r["recall_at_k"] == 1 and r["fraction_scanned"] == 1
    assert r["first_query_found"].tolist() == r["first_query_exact"].tolist()


def test_recall_grows_with_the_cells_probed() -> None:
    runs = [search("ivf", nlist=32, nprobe=p) for p in (1, 4, 16)]
    recalls = [r["recall_at_k"] for r in runs]
    assert recalls == sorted(recalls) and recalls[0] < 0.95 and recalls[2] > 0.98
    assert runs[1]["fraction_scanned"] < 0.5


def test_lsh_trades_bits_for_tables() -> None:
    few, many = search("lsh", bits=10, tables=1), search("lsh", bits=10, tables=8)
    assert many["recall_at_k"] > few["recall_at_k"] + 0.1
    assert many["fraction_scanned"] > few["fraction_scanned"]
    assert search("lsh", bits=2, tables=1)["fraction_scanned"] > few["fraction_scanned"]


def test_cells_assign_to_the_nearest_centroid_and_a_vector_is_its_own_candidate() -> None:
    X = np.random.default_rng(1).standard_normal((100, 4))
    centroids, owner = cells(X, 7, seed=0)
    np.testing.assert_array_equal(owner, cdist(X, centroids).argmin(axis=1))
    assert all(i in found for i, found in enumerate(lsh_candidates(X, X, 6, 1, seed=0)))


def test_flat_is_exact() -> None:
    assert search("flat", n=100)["recall_at_k"] == 1


@pytest.mark.parametrize("bad", [{"nprobe": 9, "nlist": 8}, {"n": 10}, {"method": "hnsw"}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("approximate-nearest-neighbor-search").run(bad)
