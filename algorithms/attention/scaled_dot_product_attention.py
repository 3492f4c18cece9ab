r"""Scaled dot-product attention lets each position mix the values of all positions, weighted by how well its query matches their keys.

$$\mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}}\right) V$$

**Intuition.** Row $i$ of the softmax is a probability distribution over positions; the output is the weighted mean of the
value rows. In self-attention $Q$, $K$ and $V$ come from the same sequence, and a token attends to itself as well. With
equal scores the weights are $1/n$ and the output is the plain mean of $V$.

**When to use it.** As the core of every Transformer layer, and wherever a set of vectors of variable size must be read.

**Cost.** $O(n^2 d)$ time, $n \times n$ scores. It has no parameters of its own; those of the projections depend on the
embedding size, not on $n$.

**Pitfalls.** Leaving out the division by $\sqrt{d_k}$, or the softmax over the wrong axis: each *row* (query) must sum to
one. Describing it as a dot product with "every other" token is a common slip: the token's own key takes part. Reading
weights as importance is contested: they say how values are mixed, and a different set of weights may give the very same
output (`alternative_weights`), so they are no guaranteed explanation.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762. Jain and Wallace, *Attention is not
Explanation*, arXiv:1902.10186.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from algorithms.activations.softmax import softmax_along
from algorithms.figures import heatmap
from algorithms.inputs import TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import WORDS, Floats


def attend(
    Q: Floats, K: Floats, V: Floats, mask: NDArray[np.bool_] | None = None, scale: float | None = None
) -> tuple[Floats, Floats]:
    """Attention outputs (..., n, d_v) and weights (..., n, m); `mask` is True where attending is allowed.

    Examples
    --------
    >>> output, weights = attend(np.zeros((1, 2)), np.ones((2, 2)), np.array([[0.0], [4.0]]))
    >>> output.tolist(), weights.tolist()
    ([[2.0]], [[0.5, 0.5]])
    """
    S = Q @ np.swapaxes(K, -1, -2) * (1 / np.sqrt(Q.shape[-1]) if scale is None else scale)  # (..., n, m)
    if mask is not None:
        S = np.where(mask, S, -np.inf)
    P = softmax_along(S)  # (..., n, m)
    return P @ V, P


def attend_backward(Q: Floats, K: Floats, V: Floats, dO: Floats) -> tuple[Floats, Floats, Floats]:
    """Gradients (dQ, dK, dV) of unmasked scaled attention for an output gradient `dO` (n, d_v).

    Examples
    --------
    >>> dQ, dK, dV = attend_backward(np.ones((1, 1)), np.ones((2, 1)), np.array([[0.0], [4.0]]), np.ones((1, 1)))
    >>> dQ.tolist(), dK.tolist(), dV.tolist()
    ([[0.0]], [[-1.0], [1.0]], [[0.5], [0.5]])
    """
    _, P = attend(Q, K, V)  # (n, m)
    dP = dO @ V.T  # (n, m)
    dS = P * (dP - (dP * P).sum(axis=1, keepdims=True)) / np.sqrt(Q.shape[1])  # (n, m)
    return dS @ K, dS.T @ Q, P.T @ dO


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the attention weights."""
    return heatmap(output["weights"], f"attention weights ({inputs['scores']})")


def other_weights(p: Floats, V: Floats) -> Floats | None:
    """Weights (m,) unlike `p` that mix the rows of `V` into the same output, or None if there are none."""
    constraints = np.column_stack([V, np.ones(len(V))]).T  # (d + 1, m): same output, same sum
    _, s, rows = np.linalg.svd(constraints)
    rank = int((s > 1e-9 * s[0]).sum())
    if rank == len(V):
        return None
    direction = rows[-1]  # (m,) in the null space
    step = 0.9 * np.min(p / np.maximum(np.abs(direction), 1e-12))
    return np.asarray(p + step * direction)


@algorithm(
    id="scaled-dot-product-attention",
    name="Scaled dot-product (self-)attention",
    aliases=(
        "SDPA",
        "self-attention",
        "QKV attention",
        "dot-product attention",
        "intra-attention",
        "softmax(QK^T/sqrt(d_k))V",
        "Mean as attention with uniform weights",
        "average pooling as attention",
        "mean attention",
        "Reading attention weights as token importance",
        "attention map",
        "attention scores",
        "importance per word",
        "attention mechanism",
    ),
    example={"embeddings": WORDS},
    figure=draw,
)
def scaled_dot_product_attention(
    embeddings: TokenVectors,
    keys: TokenVectors | None = None,
    values: TokenVectors | None = None,
    scores: Literal["scaled", "unscaled", "uniform"] = "scaled",
) -> Output:
    """Attention of every row of `embeddings` over the keys.

    Parameters
    ----------
    embeddings : list of list of float, (n, d_k)
        Queries; also the keys and the values where those are not given (self-attention with Q = K = V = X).
    keys : list of list of float, (m, d_k), optional
        Keys.
    values : list of list of float, (m, d_v), optional
        Values; the keys if not given.
    scores : {"scaled", "unscaled", "uniform"}
        Dot products divided by the root of d_k, bare dot products, or equal scores (the output is the mean value).

    Returns
    -------
    dict
        ``scores`` (n, m); ``weights`` (n, m), rows summing to one; ``output`` (n, d_v);
        ``alternative_weights`` (m,) or None: other weights that give row 1 of the output all the same.

    Raises
    ------
    ValueError
        If the dimensions of queries and keys or the numbers of keys and values differ.

    Examples
    --------
    >>> output = scaled_dot_product_attention(WORDS)
    >>> output["weights"][0].round(4).tolist(), output["output"][0].round(4).tolist()
    ([0.2276, 0.2419, 0.2571, 0.2733], [0.2834, 0.4934, 0.7034])
    """
    Q = np.asarray(embeddings, dtype=np.float64)  # (n, d_k)
    K = Q if keys is None else np.asarray(keys, dtype=np.float64)  # (m, d_k)
    V = K if values is None else np.asarray(values, dtype=np.float64)  # (m, d_v)
    if Q.shape[1] != K.shape[1]:
        raise ValueError(f"queries have {Q.shape[1]} numbers a row and keys {K.shape[1]}; make them equal")
    if len(K) != len(V):
        raise ValueError(f"there are {len(K)} keys but {len(V)} values; give one value for each key")
    scale = {"scaled": 1 / np.sqrt(Q.shape[1]), "unscaled": 1.0, "uniform": 0.0}[scores]
    output, P = attend(Q, K, V, scale=scale)
    return {"scores": scale * (Q @ K.T), "weights": P, "output": output, "alternative_weights": other_weights(P[0], V)}
