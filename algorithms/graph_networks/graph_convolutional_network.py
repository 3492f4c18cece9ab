r"""A graph convolutional network (GCN) updates each node by averaging the features of its neighbours and itself, with symmetric degree weights, and applying a shared linear map.

$$H' = \mathrm{act}\!\left( \tilde D^{-1/2} (A + I)\, \tilde D^{-1/2} H W \right), \qquad \tilde D_{ii} = 1 + \sum_j A_{ij}$$

**Intuition.** Every layer lets a node hear from its direct neighbours; after $k$ layers it knows its surroundings up to $k$ steps. The self-loop $I$ keeps its own features, the factors $1/\sqrt{\tilde d_i \tilde d_j}$ stop well-connected nodes from drowning the rest. The example learns node classes from two labelled nodes, since labels spread along edges.

**When to use it.** For node classification on citation, social and molecular graphs where neighbours tend to be alike.

**Cost.** $O(|E|\, d + n\, d\, d')$ a layer with sparse matrices.

**Pitfalls.** Without self-loops a node forgets itself. Normalising by the degrees of $A$ instead of $A + I$ divides by zero at isolated nodes. Many layers make all nodes alike (over-smoothing); two or three are usual. It assumes that neighbours resemble each other. Plain sums instead of means blow up with degree. Renumbering nodes must renumber the outputs and change nothing else.

**References.** Kipf and Welling, *Semi-Supervised Classification with Graph Convolutional Networks*, arXiv:1609.02907. Gilmer et al., *Neural Message
Passing for Quantum Chemistry*, arXiv:1704.01212.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Node = Annotated[int, Field(ge=0, le=39)]
Edges = Annotated[list[Annotated[list[Node], Field(min_length=2, max_length=2)]], Field(max_length=200)]
TWO_CLUSTERS = [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3], [3, 4], [4, 5], [4, 6], [5, 6], [5, 7], [6, 7]]
"""Two clusters of four nodes, joined by the edge 3-4."""


def adjacency(edges: list[list[int]], n: int) -> Floats:
    """Symmetric 0-1 matrix (n, n) without self-loops.

    Raises
    ------
    ValueError
        If an edge names a node that is not there or joins a node to itself.

    Examples
    --------
    >>> adjacency([[0, 1]], 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    A = np.zeros((n, n))
    for i, j in edges:
        if max(i, j) >= n or i == j:
            raise ValueError(f"the edge [{i}, {j}] must join two different nodes below {n}")
        A[i, j] = A[j, i] = 1
    return A


def normalised_adjacency(A: Floats) -> Floats:
    """D^-1/2 (A + I) D^-1/2 with the degrees of A + I.

    Examples
    --------
    >>> normalised_adjacency(np.array([[0.0, 1.0], [1.0, 0.0]])).round(4).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    loops = A + np.eye(len(A))
    d = 1 / np.sqrt(loops.sum(axis=1))  # (n,)
    return np.asarray(d[:, None] * loops * d)


def two_layers(S: Floats, X: Floats, W1: Floats, W2: Floats) -> tuple[Floats, Floats]:
    """Hidden states (n, h) and logits (n, c) of a GCN with ReLU; `S` is the normalised adjacency."""
    H = np.maximum(S @ X @ W1, 0)  # (n, h)
    return H, S @ H @ W2


def train(
    S: Floats, X: Floats, labelled: list[int], y: NDArray[np.int64], steps: int, rng: np.random.Generator
) -> tuple[Floats, list[float]]:
    """Class probabilities (n, 2) after gradient descent on the labelled nodes, and the losses."""
    W1 = rng.standard_normal((X.shape[1], 8)) / np.sqrt(X.shape[1])
    W2 = rng.standard_normal((8, 2)) / np.sqrt(8)
    mask = np.zeros(len(X))
    mask[labelled] = 1 / len(labelled)
    losses = []
    for _ in range(steps + 1):
        H, Z = two_layers(S, X, W1, W2)
        P = softmax_along(Z)  # (n, 2)
        losses.append(float(-(mask * np.log(P[np.arange(len(X)), y])).sum()))
        dZ = mask[:, None] * (P - np.eye(2)[y])  # (n, 2)
        dH = (S.T @ dZ @ W2.T) * (H > 0)  # (n, h)
        W1, W2 = W1 - 0.5 * (S @ X).T @ dH, W2 - 0.5 * (S @ H).T @ dZ
    return P, losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The graph on a circle, coloured by the predicted class."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    angle = 2 * np.pi * np.arange(inputs["nodes"]) / inputs["nodes"]
    x, y = np.cos(angle), np.sin(angle)
    for i, j in inputs["edges"]:
        axes.plot([x[i], x[j]], [y[i], y[j]], color="grey", linewidth=0.8, zorder=1)
    axes.scatter(x, y, c=output["probabilities_of_1"], cmap="coolwarm", vmin=0, vmax=1, s=200, zorder=2)
    for i in range(inputs["nodes"]):
        axes.annotate(str(i), (x[i], y[i]), ha="center", va="center")
    axes.set(title="class probability by GCN", aspect="equal")
    axes.axis("off")
    return figure


@algorithm(
    id="graph-convolutional-network",
    name="Graph convolutional network",
    aliases=("GCN", "message passing", "graph convolution", "graph neural network"),
    example={"edges": TWO_CLUSTERS, "nodes": 8, "labelled_0": [0], "labelled_1": [7]},
    cost="trains",
    figure=draw,
)
def graph_convolutional_network(
    edges: Edges,
    nodes: Annotated[int, Field(ge=2, le=40)] = 8,
    labelled_0: Annotated[list[Node], Field(min_length=1, max_length=20)] | None = None,
    labelled_1: Annotated[list[Node], Field(min_length=1, max_length=20)] | None = None,
    steps: Annotated[int, Field(ge=1, le=500)] = 200,
    seed: Seed = 0,
) -> Output:
    """Train a two-layer GCN with one-hot node features on a few labelled nodes.

    Parameters
    ----------
    edges : list of [int, int]
        Undirected edges.
    nodes : int
        Number of nodes, numbered from 0.
    labelled_0 : list of int, optional
        Nodes known to be of class 0; node 0 if not given.
    labelled_1 : list of int, optional
        Nodes known to be of class 1; the last node if not given.
    steps : int
        Steps of gradient descent.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``classes`` of all nodes and ``probabilities_of_1``; ``loss_before`` and ``loss_after`` on the labelled nodes; ``degrees`` with
        the self-loop; ``propagation_row_0``, how node 0 weighs all nodes in one layer.

    Raises
    ------
    ValueError
        If an edge or label names a node that is not there, or a node has both labels.

    Examples
    --------
    >>> graph_convolutional_network(TWO_CLUSTERS)["classes"].tolist()
    [0, 0, 0, 0, 1, 1, 1, 1]
    """
    A = adjacency(edges, nodes)
    zeros, ones = labelled_0 or [0], labelled_1 or [nodes - 1]
    if max(zeros + ones) >= nodes or set(zeros) & set(ones):
        raise ValueError(f"labelled nodes must be below {nodes} and have one label each")
    S = normalised_adjacency(A)  # (n, n)
    y = np.zeros(nodes, dtype=np.int64)
    y[ones] = 1
    P, losses = train(S, np.eye(nodes), zeros + ones, y, steps, np.random.default_rng(seed))
    return {
        "classes": P.argmax(axis=1),
        "probabilities_of_1": P[:, 1],
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "degrees": A.sum(axis=1) + 1,
        "propagation_row_0": S[0],
    }
