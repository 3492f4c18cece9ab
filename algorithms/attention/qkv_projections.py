r"""Query, key and value projections are three learned linear maps that turn each token vector into what it asks, what it is matched by and what it passes on.

$$Q = X W_Q, \qquad K = X W_K, \qquad V = X W_V, \qquad X \in \mathbb{R}^{n \times d_{model}}$$

**Intuition.** Without projections the scores $X X^\top$ are symmetric: "dog" looks at "barks" exactly as strongly as
"barks" at "dog". With $W_Q \ne W_K$ the match is directed. Keeping $W_V$ apart from $W_K$ separates how a token is found
from what it contributes. All three start random and are learned by gradient descent along with the rest of the network;
the example makes one such step and shows that all three change and the loss falls.

**When to use it.** In every attention layer. Self-attention feeds one sequence to all three; cross-attention takes $K$
and $V$ from the other sequence.

**Cost.** $3 d_{model} d_k$ parameters and $O(n\, d_{model} d_k)$ time. For $d_{model} = d_k = 512$ without biases that
is 786,432 parameters.

**Pitfalls.** The matrices are shared across positions, not across heads: each head of multi-head attention has its own
(multi-query and grouped-query attention share only $W_K$ and $W_V$). The parameter count does not grow with the sequence.
Queries and keys need the same dimension; values may have another.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.2.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend, attend_backward
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def loss_and_gradients(X: Floats, W: dict[str, Floats], Y: Floats) -> tuple[float, dict[str, Floats]]:
    """Mean squared error of self-attention against `Y` (n, d_k), and its gradient for each projection.

    Examples
    --------
    >>> W = {name: np.eye(2) for name in "QKV"}
    >>> loss, gradients = loss_and_gradients(np.eye(2), W, np.eye(2))
    >>> round(loss, 4), sorted(gradients)
    (0.1091, ['K', 'Q', 'V'])
    """
    Q, K, V = (X @ W[name] for name in "QKV")  # (n, d_k) each
    O, _ = attend(Q, K, V)  # (n, d_k)
    gradients = attend_backward(Q, K, V, 2 * (O - Y) / Y.size)
    return float(((O - Y) ** 2).mean()), {name: X.T @ g for name, g in zip("QKV", gradients, strict=True)}


@algorithm(
    id="qkv-projections",
    name="Learned query/key/value projections",
    aliases=(
        "Q, K, V",
        "W_Q W_K W_V",
        "linear projections",
        "key-value decoupling",
        "query key value",
        "QKV parameters",
    ),
    example={"d_model": 512, "d_k": 512},
)
def qkv_projections(
    d_model: Annotated[int, Field(ge=1, le=512)] = 512,
    d_k: Annotated[int, Field(ge=1, le=512)] = 512,
    tokens: Annotated[int, Field(ge=1, le=64)] = 6,
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.05,
    seed: Seed = 0,
) -> Output:
    """Project random tokens, compare the scores with unprojected ones, and make one gradient step.

    Parameters
    ----------
    d_model : int
        Length of a token vector.
    d_k : int
        Length of a query, key and value.
    tokens : int
        Tokens in the sequence.
    learning_rate : float
        Step size of the one step of gradient descent.
    seed : int
        Seed of tokens, weights and targets.

    Returns
    -------
    dict
        ``parameters`` of the three matrices without bias; ``asymmetry_raw`` and ``asymmetry_projected``, the largest
        difference between a score matrix and its transpose; ``loss_before`` and ``loss_after`` the step;
        ``change`` of each matrix (Frobenius norm).

    Examples
    --------
    >>> output = qkv_projections(512, 512)
    >>> output["parameters"], output["loss_after"] < output["loss_before"]
    (786432, True)
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((tokens, d_model))  # (n, d_model)
    W = {name: rng.standard_normal((d_model, d_k)) / np.sqrt(d_model) for name in "QKV"}
    Y = rng.standard_normal((tokens, d_k))  # (n, d_k)
    raw, projected = X @ X.T, X @ W["Q"] @ (X @ W["K"]).T  # (n, n) each
    before, gradients = loss_and_gradients(X, W, Y)
    updated = {name: W[name] - learning_rate * gradients[name] for name in W}
    after, _ = loss_and_gradients(X, updated, Y)
    return {
        "parameters": 3 * d_model * d_k,
        "asymmetry_raw": np.abs(raw - raw.T).max(),
        "asymmetry_projected": np.abs(projected - projected.T).max(),
        "loss_before": before,
        "loss_after": after,
        "change": {f"W_{name}": np.linalg.norm(updated[name] - W[name]) for name in W},
    }
