r"""Linformer attention projects keys and values along the sequence to $k$ rows, so that the score matrix has $n \times k$ entries instead of $n \times n$.

$$\mathrm{softmax}\!\left(\frac{Q (E K)^\top}{\sqrt{d_k}}\right) F V, \qquad E, F \in \mathbb{R}^{k \times n}$$

**Intuition.** The attention matrix is often close to low rank: many keys can be summarised by a few mixtures of them. $E$ and
$F$ are learned $k \times n$ matrices that make these mixtures; here $E = F$ averages consecutive blocks of tokens or is random.

**When to use it.** For encoders on long inputs of fixed maximal length where memory is short. Exact fused kernels have made it
rare.

**Cost.** $O(n k d)$ time and $n k$ scores: linear in $n$ for fixed $k$. $E$ and $F$ add $2 k n$ parameters.

**Pitfalls.** It is an *approximation*: the error against exact attention is above zero for $k < n$. It is often confused with
FlashAttention, which is exact and uses no low-rank matrix. The projections tie the model to a maximal length. Mixing all
positions makes causal masking impossible without leaking the future, so it does not serve language models that generate. Random
projections do not preserve the softmax itself, only its inputs; the trained $E$ matters.

**References.** Wang et al., *Linformer: Self-Attention with Linear Complexity*, arXiv:2006.04768.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def pooling(n: int, k: int) -> Floats:
    """Matrix (k, n) that averages k consecutive blocks of n positions; the identity for k = n.

    Examples
    --------
    >>> pooling(4, 2).tolist()
    [[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]]
    """
    block = np.arange(n) * k // n  # (n,) block of each position
    E = (np.arange(k)[:, None] == block).astype(np.float64)  # (k, n)
    return np.asarray(E / E.sum(axis=1, keepdims=True))


@algorithm(
    id="linformer-attention",
    name="Linformer low-rank attention",
    aliases=("Linformer", "low-rank attention", "linear attention by projecting K and V"),
    example={"n": 64, "k": 16},
)
def linformer_attention(
    n: Annotated[int, Field(ge=1, le=512)] = 64,
    k: Annotated[int, Field(ge=1, le=512)] = 16,
    d: Annotated[int, Field(ge=1, le=64)] = 8,
    projection: Literal["pooling", "random"] = "pooling",
    seed: Seed = 0,
) -> Output:
    """Compare Linformer attention with exact attention on smooth random tokens.

    Parameters
    ----------
    n : int
        Tokens.
    k : int
        Rows that remain of keys and values; at most n.
    d : int
        Length of a token vector.
    projection : {"pooling", "random"}
        Average blocks of neighbours, or mix all tokens with random weights of mean 1/n.
    seed : int
        Seed of tokens and projection.

    Returns
    -------
    dict
        ``relative_error`` against exact attention (Frobenius norm); ``scores`` and ``scores_exact``, numbers of
        scores; ``projection_parameters``, those of E and F.

    Raises
    ------
    ValueError
        If `k` is above `n`.

    Examples
    --------
    >>> output = linformer_attention(64, 16)
    >>> output["scores"], output["scores_exact"], bool(0 < output["relative_error"] < 1)
    (1024, 4096, True)
    """
    if k > n:
        raise ValueError(f"k is {k} but there are only {n} tokens; choose k <= n")
    rng = np.random.default_rng(seed)
    Q, K, V = (
        3 * np.cumsum(rng.standard_normal((n, d)), axis=0) / np.sqrt(n) for _ in range(3)
    )  # (n, d), neighbours alike
    E = pooling(n, k) if projection == "pooling" else (1 + rng.standard_normal((k, n))) / n  # (k, n)
    exact, _ = attend(Q, K, V)
    approximate, P = attend(Q, E @ K, E @ V)  # (n, d), (n, k)
    return {
        "relative_error": np.linalg.norm(approximate - exact) / np.linalg.norm(exact),
        "scores": P.size,
        "scores_exact": n * n,
        "projection_parameters": 2 * k * n,
    }
