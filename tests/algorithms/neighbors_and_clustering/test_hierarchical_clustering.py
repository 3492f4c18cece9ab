from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster
from scipy.cluster.hierarchy import linkage as their_linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import adjusted_rand_score

from algorithms.neighbors_and_clustering.hierarchical_clustering import hierarchical_clustering, merge_history
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize("linkage", ["single", "complete", "average"])
@given(seed=st.integers(0, 1000))
def test_equals_scipy(linkage: str, seed: int) -> None:
    X = np.random.default_rng(seed).standard_normal((15, 2))
    theirs = their_linkage(X, linkage)
    ours = hierarchical_clustering(X.tolist(), 4, linkage)
    np.testing.assert_allclose(ours["merges"], theirs, atol=1e-9)
    assert adjusted_rand_score(ours["labels"], fcluster(theirs, 4, "maxclust")) == pytest.approx(1)
    assert ours["n_merges"] == 14
    assert np.all(np.diff(ours["heights"]) >= -1e-12)


def test_single_link_heights_are_the_spanning_tree() -> None:
    D = squareform(pdist(np.random.default_rng(0).standard_normal((12, 2))))
    tree = nx.minimum_spanning_tree(nx.from_numpy_array(D))
    edges = sorted(data["weight"] for _, _, data in tree.edges(data=True))
    np.testing.assert_allclose(merge_history(D, "single")[:, 2], edges)


def test_golden_on_a_line() -> None:
    # 0, 1, 3, 7, 8: merge 0-1 (1), 7-8 (1), then 3 to {0, 1}: nearest 2, farthest 3, mean 2.5
    for linkage, third in (("single", 2), ("complete", 3), ("average", 2.5)):
        output = hierarchical_clustering([[0], [1], [3], [7], [8]], 2, linkage)
        assert output["heights"][:3].tolist() == [1, 1, third]
        assert output["labels"] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("bad", [{"k": 6}, {"linkage": "ward"}, {"X": [[1.0]]}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("hierarchical-clustering").run(bad)
