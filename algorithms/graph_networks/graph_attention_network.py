r"""A graph attention network (GAT) lets each node weigh its neighbours by learned attention instead of fixed degree weights.

$$e_{ij} = \mathrm{LeakyReLU}\!\left( a^\top [W h_i \,\Vert\, W h_j] \right), \qquad \alpha_{ij} = \frac{e^{e_{ij}}}{\sum_{k \in N(i)} e^{e_{ik}}}, \qquad h'_i = \mathrm{act}\!\left( \sum_{j \in N(i)} \alpha_{ij} W h_j \right)$$

**Intuition.** It is self-attention masked by the edges: a node attends to its neighbours and itself, and nobody else. The weights of a node sum to one. Since $a^\top [Wh_i \Vert Wh_j]$ splits into a part for each end, all scores come from two vectors. Several heads run side by side.

**When to use it.** Where some neighbours matter more than others, and on graphs unseen in training, since no graph-wide matrix is learned.

**Cost.** $O(n d d' + |E| d')$ a head.

**Pitfalls.** Include the self-loop, or an isolated node has an empty softmax. Mask *before* the softmax. The plain form is "static": every node ranks its neighbours in the same order, since the query part is a constant in the softmax up to the LeakyReLU; GATv2 applies the nonlinearity before $a$ and mends that. Weights are relevance for mixing, not proven
importance. Heads are concatenated in hidden layers and averaged in the last.

**References.** Veličković et al., *Graph Attention Networks*, arXiv:1710.10903. Brody, Alon and Yahav, *How Attentive are Graph Attention Networks?*, arXiv:2105.14491.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import heatmap
from algorithms.graph_networks.graph_convolutional_network import Edges, adjacency
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def leaky_relu(x: Floats) -> Floats:
    """x where positive, a fifth of it elsewhere.

    Examples
    --------
    >>> leaky_relu(np.array([-1.0, 2.0])).tolist()
    [-0.2, 2.0]
    """
    return np.asarray(np.where(x > 0, x, 0.2 * x))


def gat_weights(H: Floats, A: Floats, W: Floats, a: Floats, version: str) -> Floats:
    """Attention (n, n) of each node over itself and its neighbours; W (d, h), and a (2 h,) for v1 or (h,) for v2."""
    if version == "v1":
        left, right = np.split(a, 2)
        scores = leaky_relu((H @ W @ left)[:, None] + (H @ W @ right)[None, :])  # (n, n)
    else:
        half = len(W) // 2
        pair = (H @ W[:half])[:, None] + (H @ W[half:])[None]  # (n, n, h)
        scores = leaky_relu(pair) @ a  # (n, n)
    return softmax_along(np.where(A + np.eye(len(A)) > 0, scores, -np.inf))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the attention of the first head."""
    return heatmap(np.asarray(output["weights"])[0], "graph attention, head 1", xlabel="neighbour", ylabel="node")


@algorithm(
    id="graph-attention-network",
    name="Graph attention network",
    aliases=("GAT", "GATv2", "graph attention"),
    example={
        "features": [[1.0, 0.0], [0.8, 0.3], [0.0, 1.0], [0.2, 0.9]],
        "edges": [[0, 1], [1, 2], [2, 3]],
        "heads": 2,
    },
    figure=draw,
)
def graph_attention_network(
    features: TokenVectors,
    edges: Edges,
    heads: Annotated[int, Field(ge=1, le=4)] = 1,
    hidden: Annotated[int, Field(ge=1, le=16)] = 4,
    version: Literal["v1", "v2"] = "v1",
    seed: Seed = 0,
) -> Output:
    """One layer with random weights.

    Parameters
    ----------
    features : list of list of float, (n, d)
        Node features.
    edges : list of [int, int]
        Undirected edges; self-loops are added.
    heads : int
        Attention heads.
    hidden : int
        Output numbers a head.
    version : {"v1", "v2"}
        The original scores, or those of GATv2.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``weights`` (heads, n, n), rows summing to one and 0 where there is no edge; ``output`` (n, heads · hidden), with ELU;
        ``neighbours`` a node, itself included; ``parameters``.

    Raises
    ------
    ValueError
        If an edge names a node that is not there.

    Examples
    --------
    >>> output = graph_attention_network([[1.0], [2.0], [3.0]], [[0, 1]])
    >>> output["weights"][0, 2].tolist(), output["neighbours"].tolist()
    ([0.0, 0.0, 1.0], [2, 2, 1])
    """
    H = np.asarray(features, dtype=np.float64)  # (n, d)
    A = adjacency(edges, len(H))
    rng = np.random.default_rng(seed)
    d = H.shape[1]
    weights, outputs, parameters = [], [], 0
    for _ in range(heads):
        W = rng.standard_normal((d if version == "v1" else 2 * d, hidden)) / np.sqrt(d)
        a = rng.standard_normal(2 * hidden if version == "v1" else hidden)
        alpha = gat_weights(H, A, W, a, version)  # (n, n)
        mixed = alpha @ (H @ W[-d:])  # (n, hidden)
        weights.append(alpha)
        outputs.append(np.where(mixed > 0, mixed, np.expm1(np.minimum(mixed, 0))))
        parameters += W.size + a.size
    return {
        "weights": np.stack(weights),
        "output": np.concatenate(outputs, axis=1),
        "neighbours": A.sum(axis=1).astype(int) + 1,
        "parameters": parameters,
    }
