from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import shortest_path
from sklearn.manifold import Isomap

from algorithms.dimensionality_reduction.isomap import isomap, neighbour_graph, shortest_paths, spiral
from algorithms.dimensionality_reduction.multidimensional_scaling import classical_scaling
from algorithms.registry import load
from core.errors import InputError


def test_unrolls_the_spiral() -> None:
    output = isomap()
    assert output["correlation"] > 0.999
    assert output["mds_correlation"] < 0.9
    assert output["geodesic_length"] == pytest.approx(output["true_length"], rel=0.01)
    assert output["euclidean_length"] < 0.3 * output["true_length"]


def test_one_short_circuit_breaks_it() -> None:
    broken = isomap(short_circuit=True)
    assert broken["correlation"] < 0.95
    assert broken["edges"] == isomap()["edges"] + 1
    assert broken["geodesic_length"] < 0.8 * broken["true_length"]


def test_noise_and_too_many_neighbours_break_it_too() -> None:
    assert isomap(noise=1.5, neighbours=6)["correlation"] < 0.95
    assert isomap(neighbours=30)["correlation"] < 0.95


def test_coordinates_equal_sklearn() -> None:
    X, _ = spiral(80, 0.0, np.random.default_rng(0))
    theirs = Isomap(n_neighbors=4, n_components=1).fit_transform(X)[:, 0]
    ours = classical_scaling(shortest_paths(neighbour_graph(X, 4)), 1)[0][:, 0]
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), rtol=1e-6, atol=1e-6)


@given(st.integers(0, 1000))
def test_shortest_paths_equal_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    D = np.where(rng.random((9, 9)) < 0.2, rng.random((9, 9)) + 0.1, np.inf)
    D = np.minimum(D, D.T)
    np.fill_diagonal(D, 0)
    np.testing.assert_allclose(shortest_paths(D), shortest_path(D, method="D", directed=False))


@pytest.mark.parametrize("bad", [{"n": 5}, {"neighbours": 1}, {"noise": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("isomap").run(bad)
