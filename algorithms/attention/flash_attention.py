r"""FlashAttention computes exact softmax attention block by block in fast on-chip memory, so that the $N \times N$ score matrix is never stored.

$$\text{HBM accesses: standard } \Theta(N d + N^2), \qquad \text{FlashAttention } \Theta\!\left(\frac{N^2 d^2}{M}\right)$$

**Intuition.** A GPU moves data more slowly than it multiplies. One fused kernel loads a tile of $Q$, $K$ and $V$ into SRAM (of $M$ numbers),
computes the scores of the tile, and folds them into a running maximum, sum and output (online softmax). The backward pass gets
the weights back from $Q$, $K$ and the saved log-sum-exp of each row instead of reading a stored matrix.

**When to use it.** Always, where a kernel exists; it is a drop-in replacement in training and inference.

**Cost.** $O(N^2 d)$ operations as before, slightly more with recomputation; $O(N)$ extra memory. At $N = 4096$, $d = 64$,
$M = 51200$: about $1.3 \cdot 10^6$ accesses in place of $1.7 \cdot 10^7$.

**Pitfalls.** It does *not* reduce the computation: what falls is memory and traffic, so time falls where attention is
bound by memory. It is exact; versions 1 to 3 use no low-rank or other approximation (low rank is Linformer; the paper's own
approximate variant is block-sparse). Only tiles live in SRAM; $Q$, $K$, $V$ and $O$ stay in HBM, and query blocks, heads and
sequences run in parallel rather than one after another. Sums in another order differ in the last bits.

**References.** Dao et al., *FlashAttention*, arXiv:2205.14135. Dao, *FlashAttention-2*, arXiv:2307.08691.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.attention.online_softmax import merge_block
from algorithms.attention.scaled_dot_product_attention import attend, attend_backward
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def flash_forward(Q: Floats, K: Floats, V: Floats, Br: int, Bc: int) -> tuple[Floats, Floats]:
    """Outputs (N, d) and log-sum-exp (N,) from tiles of `Br` queries and `Bc` keys.

    Examples
    --------
    >>> O, L = flash_forward(np.zeros((2, 1)), np.zeros((2, 1)), np.array([[1.0], [3.0]]), Br=1, Bc=1)
    >>> O.tolist(), L.round(4).tolist()
    ([[2.0], [2.0]], [0.6931, 0.6931])
    """
    N, scale = len(Q), 1 / np.sqrt(Q.shape[1])
    O, L = np.zeros((N, V.shape[1])), np.zeros(N)
    for i in range(0, N, Br):
        q = Q[i : i + Br]  # (br, d)
        m, l, o = np.full(len(q), -np.inf), np.zeros(len(q)), np.zeros((len(q), V.shape[1]))
        for j in range(0, len(K), Bc):
            m, l, o = merge_block(m, l, o, scale * q @ K[j : j + Bc].T, V[j : j + Bc])
        O[i : i + Br], L[i : i + Br] = o / l[:, None], m + np.log(l)
    return O, L


def flash_backward(
    Q: Floats, K: Floats, V: Floats, O: Floats, L: Floats, dO: Floats, Br: int, Bc: int
) -> tuple[Floats, Floats, Floats]:
    """Gradients (dQ, dK, dV), recomputing each tile of weights from the log-sum-exp `L` (N,)."""
    scale = 1 / np.sqrt(Q.shape[1])
    D = (dO * O).sum(axis=1)  # (N,): row sums of dP * P without P
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for j in range(0, len(K), Bc):
        k, v = K[j : j + Bc], V[j : j + Bc]
        for i in range(0, len(Q), Br):
            q, do = Q[i : i + Br], dO[i : i + Br]
            P = np.exp(scale * q @ k.T - L[i : i + Br, None])  # (br, bc)
            dS = P * (do @ v.T - D[i : i + Br, None]) * scale  # (br, bc)
            dV[j : j + Bc] += P.T @ do
            dQ[i : i + Br] += dS @ k
            dK[j : j + Bc] += dS.T @ q
    return dQ, dK, dV


@algorithm(
    id="flash-attention",
    name="FlashAttention: exact tiled attention",
    aliases=(
        "FlashAttention",
        "tiling",
        "IO-aware attention",
        "recomputation in the backward pass",
        "HBM traffic of standard vs fused attention",
        "kernel fusion",
        "memory bandwidth",
        "IO complexity",
        "SRAM",
        "HBM accesses",
    ),
    example={"sequence_length": 4096, "head_dim": 64, "sram_elements": 51200},
)
def flash_attention(
    sequence_length: Annotated[int, Field(ge=1, le=100_000_000)] = 4096,
    head_dim: Annotated[int, Field(ge=1, le=4096)] = 64,
    sram_elements: Annotated[int, Field(ge=1, le=100_000_000)] = 51200,
    n: Annotated[int, Field(ge=1, le=96)] = 37,
    d: Annotated[int, Field(ge=1, le=64)] = 8,
    block_rows: Annotated[int, Field(ge=1, le=96)] = 5,
    block_columns: Annotated[int, Field(ge=1, le=96)] = 7,
    seed: Seed = 0,
) -> Output:
    """Memory traffic at one size, and the tiled forward and backward pass checked at a small one.

    Parameters
    ----------
    sequence_length : int
        Length N of the traffic model.
    head_dim : int
        Head dimension of the traffic model.
    sram_elements : int
        Numbers M that fit into on-chip memory.
    n : int
        Tokens of the small run.
    d : int
        Head dimension of the small run.
    block_rows : int
        Queries a tile, Br.
    block_columns : int
        Keys a tile, Bc.
    seed : int
        Seed of the small run.

    Returns
    -------
    dict
        ``hbm_standard`` N d + N² and ``hbm_flash`` N² d² / M accesses; ``hbm_ratio``; ``peak_scores``, the largest score
        buffer of the tiled run, and ``peak_scores_standard``; ``forward_error`` and ``backward_error``, largest absolute
        differences from standard attention.

    Examples
    --------
    >>> output = flash_attention(4096, 64, 51200)
    >>> output["hbm_standard"], round(output["hbm_flash"]), bool(output["forward_error"] < 1e-14)
    (17039360, 1342177, True)
    """
    rng = np.random.default_rng(seed)
    Q, K, V, dO = rng.standard_normal((4, n, d))
    O, L = flash_forward(Q, K, V, block_rows, block_columns)
    gradients = flash_backward(Q, K, V, O, L, dO, block_rows, block_columns)
    expected = attend_backward(Q, K, V, dO)
    standard = sequence_length * head_dim + sequence_length**2
    flash = sequence_length**2 * head_dim**2 / sram_elements
    return {
        "hbm_standard": standard,
        "hbm_flash": flash,
        "hbm_ratio": standard / flash,
        "peak_scores": min(block_rows, n) * min(block_columns, n),
        "peak_scores_standard": n * n,
        "forward_error": np.abs(O - attend(Q, K, V)[0]).max(),
        "backward_error": max(np.abs(a - b).max() for a, b in zip(gradients, expected, strict=True)),
    }
