from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.graph_networks.graph_convolutional_network import TWO_CLUSTERS, adjacency
from algorithms.graph_networks.graph_transformer import graph_transformer, laplacian_positions, warmup_decay
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(2, 10), st.integers(0, 99))
def test_laplacian_equals_networkx(n: int, seed: int) -> None:
    graph = nx.gnp_random_graph(n, 0.4, seed=seed)
    A = nx.to_numpy_array(graph)
    values, positions = laplacian_positions(A, n - 1)
    L = nx.normalized_laplacian_matrix(graph).toarray()
    np.testing.assert_allclose(values, np.linalg.eigvalsh(L), atol=1e-9)
    assert (values < 1e-9).sum() == nx.number_connected_components(graph)
    np.testing.assert_allclose(L @ positions, positions * values[1:], atol=1e-9)
    np.testing.assert_allclose(positions.T @ positions, np.eye(n - 1), atol=1e-9)


def test_complete_graph_is_full_self_attention() -> None:
    complete = [[i, j] for i in range(6) for j in range(i)]
    masked, full = (graph_transformer(complete, 6, full_attention=f) for f in (False, True))
    np.testing.assert_allclose(masked["output"], full["output"])
    assert masked["complete_graph_error"] == 0
    sparse = graph_transformer(complete[:3], 6)
    assert np.abs(sparse["output"] - full["output"]).max() > 0.01


def test_attention_follows_the_edges() -> None:
    output = graph_transformer(TWO_CLUSTERS)
    allowed = adjacency(TWO_CLUSTERS, 8) + np.eye(8) > 0
    assert ((output["attention"] > 0) == allowed).all()
    np.testing.assert_allclose(output["attention"].sum(axis=1), 1)


def test_the_first_position_tells_the_clusters_apart() -> None:
    first = np.array(load("graph-transformer").run()["positions"])[:, 0]
    assert (np.sign(first[:4]) == np.sign(first[0])).all()
    assert (np.sign(first[4:]) == -np.sign(first[0])).all()


def test_positions_are_what_lets_open_attention_see_the_edges() -> None:
    path, ring = [[0, 1], [1, 2], [2, 3]], [[0, 1], [1, 2], [2, 3], [0, 3]]
    blind = [graph_transformer(e, 4, positions=0, full_attention=True)["output"] for e in (path, ring)]
    placed = [graph_transformer(e, 4, positions=2, full_attention=True)["output"] for e in (path, ring)]
    assert np.array_equal(*blind)
    assert not np.allclose(*placed)


def test_learning_rate_warms_up_and_decays() -> None:
    rates = [warmup_decay(s, 512, 4000) for s in range(1, 12_000)]
    assert int(np.argmax(rates)) == 3999
    assert rates[3999] == pytest.approx(512**-0.5 * 4000**-0.5)
    low, peak, late = graph_transformer(TWO_CLUSTERS)["learning_rates"]
    assert (low / peak, late / peak) == (pytest.approx(0.25), pytest.approx(0.5))


@pytest.mark.parametrize("bad", [{"heads": 3}, {"positions": 8}, {"edges": [[0, 8]]}, {"nodes": 17}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("graph-transformer").run(bad)
