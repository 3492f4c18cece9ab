r"""Reformer LSH attention lets tokens attend only within hash buckets of similar vectors, and its reversible layers recompute activations instead of storing them.

$$b(x) = \arg\max\,[xR;\, -xR], \qquad y_1 = x_1 + F(x_2),\ y_2 = x_2 + G(y_1) \;\Rightarrow\; x_2 = y_2 - G(y_1),\ x_1 = y_1 - F(x_2)$$

**Intuition.** After the softmax only the keys nearest to the query matter. A random rotation $R$ followed by argmax puts vectors
with a small angle into the same bucket with high probability, so comparing inside buckets finds most of the weight. Several
rounds of hashing catch neighbours that one round separates. A reversible block gets its inputs back from its outputs exactly,
up to rounding.

**When to use it.** For very long sequences on small memory; today exact fused kernels are usually preferred.

**Cost.** $O(n \log n)$ with buckets of constant size (sorting dominates); activations of reversible layers need memory
independent of depth.

**Pitfalls.** Queries and keys must be the same normalised vectors, or similar pairs land in different buckets. Buckets are
uneven; real implementations sort and cut into chunks. It is an approximation: weight outside the bucket is lost. The number of
buckets must be even. Reversibility trades memory for a second computation of $F$ and $G$.

**References.** Kitaev, Kaiser and Levskaya, *Reformer: The Efficient Transformer*, arXiv:2001.04451. Gomez et al., *The
Reversible Residual Network*, arXiv:1707.04585.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def lsh_buckets(X: Floats, buckets: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Bucket (n,) of each row of `X` (n, d) under one random rotation; `buckets` is even.

    Examples
    --------
    >>> b = lsh_buckets(np.array([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0]]), 4, np.random.default_rng(0))
    >>> bool(b[0] == b[1]), int(abs(b[0] - b[2]))
    (True, 2)
    """
    projected = X @ rng.standard_normal((X.shape[1], buckets // 2))  # (n, b / 2)
    return np.asarray(np.argmax(np.concatenate([projected, -projected], axis=1), axis=1))


def reversible_error(X: Floats, rng: np.random.Generator) -> float:
    """Largest difference between an input and its reconstruction from the output of a reversible block."""
    F, G = (rng.standard_normal((X.shape[1], X.shape[1])) for _ in range(2))
    x1, x2 = X, rng.standard_normal(X.shape)
    y1 = x1 + np.tanh(x2 @ F)  # (n, d)
    y2 = x2 + np.tanh(y1 @ G)  # (n, d)
    back2 = y2 - np.tanh(y1 @ G)
    back1 = y1 - np.tanh(back2 @ F)
    return float(max(np.abs(back1 - x1).max(), np.abs(back2 - x2).max()))


@algorithm(
    id="reformer-lsh-attention",
    name="Reformer LSH attention and reversible layers",
    aliases=("Reformer", "locality-sensitive hashing attention", "LSH attention", "reversible residual"),
    example={"n": 64, "buckets": 8, "rounds": 4},
)
def reformer_lsh_attention(
    n: Annotated[int, Field(ge=2, le=256)] = 64,
    buckets: Annotated[int, Field(ge=2, le=64, multiple_of=2)] = 8,
    rounds: Annotated[int, Field(ge=1, le=16)] = 4,
    d: Annotated[int, Field(ge=1, le=64)] = 16,
    seed: Seed = 0,
) -> Output:
    """LSH attention over random clustered tokens, compared with full attention.

    Parameters
    ----------
    n : int
        Tokens.
    buckets : int
        Hash buckets a round; even.
    rounds : int
        Independent hashes; a pair attends if any puts it into one bucket.
    d : int
        Length of a token vector.
    seed : int
        Seed of tokens and hashes.

    Returns
    -------
    dict
        ``pairs`` that attend and ``pairs_full`` (n²); ``attention_mass_kept``, the mean share of the full attention weight
        inside the buckets; ``relative_error`` of the output; ``reversible_error`` of a reversible block.

    Examples
    --------
    >>> output = reformer_lsh_attention()
    >>> output["pairs"] < output["pairs_full"], bool(output["attention_mass_kept"] > 0.5)
    (True, True)
    """
    rng = np.random.default_rng(seed)
    centers = rng.standard_normal((8, d))
    X = centers[rng.integers(8, size=n)] + 0.3 * rng.standard_normal((n, d))  # (n, d)
    K = X / np.linalg.norm(X, axis=1, keepdims=True)  # shared, normalised queries and keys
    mask = np.zeros((n, n), dtype=bool)
    for _ in range(rounds):
        b = lsh_buckets(K, buckets, rng)  # (n,)
        mask |= b[:, None] == b[None, :]
    full, P = attend(K, K, X, scale=8.0)
    hashed, _ = attend(K, K, X, mask, scale=8.0)
    return {
        "pairs": int(mask.sum()),
        "pairs_full": n * n,
        "attention_mass_kept": (P * mask).sum(axis=1).mean(),
        "relative_error": np.linalg.norm(hashed - full) / np.linalg.norm(full),
        "reversible_error": reversible_error(X, rng),
    }
