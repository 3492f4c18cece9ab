from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from algorithms.graph_networks.graph_convolutional_network import (
    TWO_CLUSTERS,
    adjacency,
    graph_convolutional_network,
    normalised_adjacency,
    train,
    two_layers,
)
from algorithms.registry import load
from core.errors import InputError


@given(st.integers(2, 8), st.integers(0, 99))
def test_propagation_equals_the_sum_over_neighbours(n: int, seed: int) -> None:
    graph = nx.gnp_random_graph(n, 0.5, seed=seed)
    A = adjacency([list(edge) for edge in graph.edges], n)
    np.testing.assert_allclose(A, nx.to_numpy_array(graph))
    S = normalised_adjacency(A)
    for i in range(n):
        for j in range(n):
            weight = 1 / np.sqrt((graph.degree[i] + 1) * (graph.degree[j] + 1)) if i == j or graph.has_edge(i, j) else 0
            assert S[i, j] == pytest.approx(weight)


@given(st.permutations(range(6)), st.integers(0, 20))
def test_renumbering_nodes_renumbers_the_outputs(order: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = adjacency([[0, 1], [1, 2], [3, 4], [2, 5], [0, 5]], 6)
    X, W1, W2 = rng.standard_normal((6, 3)), rng.standard_normal((3, 4)), rng.standard_normal((4, 2))
    _, Z = two_layers(normalised_adjacency(A), X, W1, W2)
    _, moved = two_layers(normalised_adjacency(A[np.ix_(order, order)]), X[order], W1, W2)
    np.testing.assert_allclose(moved, Z[order], atol=1e-12)


def test_training_steps_equal_autograd() -> None:
    S, y = normalised_adjacency(adjacency(TWO_CLUSTERS, 8)), np.array([0] * 4 + [1] * 4)
    _, losses = train(S, np.eye(8), [0, 7], y, 3, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    W1 = torch.tensor(rng.standard_normal((8, 8)) / np.sqrt(8), requires_grad=True)
    W2 = torch.tensor(rng.standard_normal((8, 2)) / np.sqrt(8), requires_grad=True)
    tS, expected = torch.tensor(S), []
    for _ in range(4):
        Z = tS @ torch.relu(tS @ W1) @ W2
        loss = torch.nn.functional.cross_entropy(Z[[0, 7]], torch.tensor([0, 1]))
        expected.append(loss.item())
        g1, g2 = torch.autograd.grad(loss, (W1, W2))
        W1, W2 = (W1 - 0.5 * g1).detach().requires_grad_(), (W2 - 0.5 * g2).detach().requires_grad_()
    np.testing.assert_allclose(losses, expected)


@pytest.mark.parametrize("seed", range(4))
def test_two_labels_spread_over_their_clusters(seed: int) -> None:
    output = graph_convolutional_network(TWO_CLUSTERS, seed=seed)
    assert output["classes"].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert output["loss_after"] < 0.1 < output["loss_before"]


def test_degrees_count_the_self_loop() -> None:
    output = load("graph-convolutional-network").run()
    assert output["degrees"] == [3, 4, 4, 4, 4, 4, 4, 3]
    np.testing.assert_allclose(output["propagation_row_0"][:3], [1 / 3, 1 / 12**0.5, 1 / 12**0.5])


@pytest.mark.parametrize(
    "bad", [{"edges": [[0, 8]]}, {"edges": [[1, 1]]}, {"labelled_0": [7]}, {"labelled_1": [9]}, {"nodes": 1}]
)
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("graph-convolutional-network").run(bad)
