r"""A graph Transformer is a Transformer encoder over the nodes of a graph, with attention restricted to edges or open to all nodes and positions taken from the graph's Laplacian.

$$L = I - D^{-1/2} A D^{-1/2} = U \Lambda U^\top, \qquad p_i = (U_{i,2}, \dots, U_{i,k+1}), \qquad H' = \mathrm{Block}(H + p\,W_p;\ \text{mask } A + I)$$

**Intuition.** A message-passing network and a Transformer differ in who may talk to whom: on the *complete* graph masked attention is full self-attention, so a text is a complete graph of its words. Nodes have no order, so sines of an index make no sense; the slow eigenvectors of the Laplacian play their part, smooth waves over the graph that give near nodes like values. The rest of the recipe is
the Transformer's: several heads, layer norm, feed-forward network, residual sums, and a learning rate that warms up and decays.

**When to use it.** For molecules and graphs where distant nodes interact, when a few message-passing layers do not reach far enough.

**Cost.** $O(|E| d)$ masked or $O(n^2 d)$ open attention; $O(n^3)$ once for the eigenvectors.

**Pitfalls.** Eigenvectors are defined up to *sign* (and rotation when eigenvalues repeat): flip signs at random in training. The first eigenvector, for the eigenvalue 0, is no position; there is one for each connected part. Without positions open attention does not see the edges at all.

**References.** Dwivedi and Bresson, *A Generalization of Transformer Networks to Graphs*, arXiv:2012.09699. Vaswani et al., arXiv:1706.03762. Kreuzer et al., arXiv:2106.03893.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.figures import heatmap
from algorithms.graph_networks.graph_convolutional_network import TWO_CLUSTERS, Edges, adjacency
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.transformers.transformer_encoder_layer import LayerWeights, encoder_layer

D = 8


def laplacian_positions(A: Floats, k: int) -> tuple[Floats, Floats]:
    """Eigenvalues (n,) of the normalised Laplacian, ascending, and positions (n, k): eigenvectors 2 to k + 1.

    The largest entry of each eigenvector is made positive, which fixes its sign.

    Examples
    --------
    >>> values, positions = laplacian_positions(np.array([[0.0, 1.0], [1.0, 0.0]]), 1)
    >>> values.round(6).tolist(), np.abs(positions).round(4).tolist()
    ([0.0, 2.0], [[0.7071], [0.7071]])
    """
    degree = A.sum(axis=1)
    d = np.divide(1, np.sqrt(degree), out=np.zeros(len(A)), where=degree > 0)  # (n,)
    L = np.diag((degree > 0).astype(np.float64)) - d[:, None] * A * d  # (n, n)
    values, U = np.linalg.eigh(L)
    chosen = U[:, 1 : k + 1]  # (n, k)
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(chosen.shape[1])])
    return np.maximum(values, 0.0), chosen * signs


def warmup_decay(step: int, d_model: int, warmup: int) -> float:
    """Learning rate of the original Transformer schedule.

    Examples
    --------
    >>> rates = [warmup_decay(step, 512, 4000) for step in (2000, 4000, 16000)]
    >>> [round(rate / rates[1], 3) for rate in rates]
    [0.5, 1.0, 0.5]
    """
    return float(d_model**-0.5 * min(step**-0.5, step * warmup**-1.5))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Attention of the last layer, mean of the heads."""
    return heatmap(output["attention"], "graph Transformer attention", xlabel="node", ylabel="node")


@algorithm(
    id="graph-transformer",
    name="Graph Transformer (GCN simulating a Transformer)",
    aliases=("Laplacian positional encoding", "Laplacian eigenvectors", "graph transformer network"),
    example={"edges": TWO_CLUSTERS, "nodes": 8},
    figure=draw,
)
def graph_transformer(
    edges: Edges,
    nodes: Annotated[int, Field(ge=2, le=16)] = 8,
    positions: Annotated[int, Field(ge=0, le=8)] = 2,
    layers: Annotated[int, Field(ge=1, le=4)] = 2,
    heads: Annotated[int, Field(ge=1, le=8)] = 2,
    full_attention: bool = False,
    seed: Seed = 0,
) -> Output:
    """Run a random graph Transformer over random node features.

    Parameters
    ----------
    edges : list of [int, int]
        Undirected edges.
    nodes : int
        Number of nodes, numbered from 0.
    positions : int
        Laplacian eigenvectors used as positions; below `nodes`.
    layers : int
        Encoder layers.
    heads : int
        Attention heads; must divide 8.
    full_attention : bool
        Let every node attend to all, instead of its neighbours and itself.
    seed : int
        Seed of features and weights.

    Returns
    -------
    dict
        ``output`` (n, 8); ``attention`` (n, n) of the last layer, mean of the heads; ``laplacian_eigenvalues`` (n,) in [0, 2];
        ``positions`` (n, k); ``components``, how many eigenvalues are 0; ``complete_graph_error``, largest difference between
        attention masked by a complete graph and full attention: 0; ``learning_rates`` of the warm-up and decay schedule at
        steps 100, 400 (the peak) and 1600.

    Raises
    ------
    ValueError
        If `heads` does not divide 8, there are too many positions, or an edge names a node that is not there.

    Examples
    --------
    >>> output = graph_transformer(TWO_CLUSTERS)
    >>> float(output["complete_graph_error"]), output["components"], len(set(np.sign(output["positions"][:4, 0])))
    (0.0, 1, 1)
    """
    if D % heads or positions >= nodes:
        raise ValueError(f"heads must divide {D} and positions must be below the number of nodes, {nodes}")
    A = adjacency(edges, nodes)
    rng = np.random.default_rng(seed)
    values, P = laplacian_positions(A, positions)
    X = rng.standard_normal((nodes, D)) + P @ rng.standard_normal((positions, D))  # (n, d)
    weights = [LayerWeights.random(D, rng) for _ in range(layers)]
    mask = (A + np.eye(nodes)) > 0  # (n, n)
    H = X
    for W in weights:
        H, attention = encoder_layer(H, W, heads, None if full_attention else mask)
    complete = encoder_layer(X, weights[0], heads, np.ones((nodes, nodes), dtype=bool))[0]
    return {
        "output": H,
        "attention": attention.mean(axis=0),
        "laplacian_eigenvalues": values,
        "positions": P,
        "components": int((values < 1e-9).sum()),
        "complete_graph_error": np.abs(complete - encoder_layer(X, weights[0], heads)[0]).max(),
        "learning_rates": [warmup_decay(step, D, 400) for step in (100, 400, 1600)],
    }
