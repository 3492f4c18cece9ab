r"""Relative positional encoding lets attention scores depend on the offset between two tokens instead of on where each stands.

$$e_{ij} = \frac{q_i^\top (k_j + a_{j-i})}{\sqrt{d}} \quad \text{(Shaw)}, \qquad e_{ij} = \frac{q_i^\top k_j}{\sqrt d} + b_{j-i} \quad \text{(bias)}, \qquad j - i \text{ clipped to } [-k, k]$$

**Intuition.** "The word before" means the same at the start and at the end of a text. One vector or number for each offset, shared
by all positions, says that directly. Clipping treats all far offsets alike, so longer inputs need no new parameters.

**When to use it.** Where distance matters more than place: music, time series, long texts. The bias form is used by T5 (learned, in
buckets) and ALiBi (fixed slopes).

**Cost.** $(2k + 1)\, d$ parameters (Shaw, keys) or $2k + 1$ a head (bias), against $N d$ for a learned absolute table.

**Pitfalls.** Shifting all positions by a constant must leave every score unchanged; that is the test to make. The sign of the offset
matters: $j - i$ and $i - j$ are different entries. A clipped encoding cannot tell two distances beyond $k$ apart. Sinusoidal
encodings are often called relative since offsets can be recovered linearly from them, but they are absolute.

**References.** Shaw, Uszkoreit and Vaswani, *Self-Attention with Relative Position Representations*, arXiv:1803.02155. Raffel et al.,
*T5*, arXiv:1910.10683. Press, Smith and Lewis, *ALiBi*, arXiv:2108.12409.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.figures import heatmap
from algorithms.inputs import Seed, TokenVectors
from algorithms.registry import Output, algorithm
from algorithms.toy_data import WORDS, Floats


def offsets(positions: NDArray[np.int64], clip: int) -> NDArray[np.int64]:
    """Clipped offsets j - i (n, n) of all pairs of positions (n,).

    Examples
    --------
    >>> offsets(np.array([0, 1, 5]), clip=2).tolist()
    [[0, 1, 2], [-1, 0, 2], [-2, -2, 0]]
    """
    return np.asarray(np.clip(positions[None, :] - positions[:, None], -clip, clip))


def relative_scores(X: Floats, positions: NDArray[np.int64], table: Floats, kind: str) -> Floats:
    """Scores (n, n) of rows `X` (n, d); `table` is (2k + 1, d) for ``shaw`` and (2k + 1,) for ``bias``."""
    clip = len(table) // 2
    entry = table[offsets(positions, clip) + clip]  # (n, n, d) or (n, n)
    S = X @ X.T / np.sqrt(X.shape[1])  # (n, n)
    added = np.einsum("id,ijd->ij", X, entry) / np.sqrt(X.shape[1]) if kind == "shaw" else entry  # (n, n)
    return np.asarray(S + added)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the weights."""
    return heatmap(output["weights"], f"relative positions ({inputs['kind']})")


@algorithm(
    id="relative-positional-encoding",
    name="Relative positional encoding",
    aliases=("RPE", "Shaw relative positions", "relative bias", "relative position encoding", "ALiBi"),
    example={"embeddings": WORDS, "kind": "shaw", "max_distance": 2},
    figure=draw,
)
def relative_positional_encoding(
    embeddings: TokenVectors,
    kind: Literal["shaw", "bias", "alibi"] = "shaw",
    max_distance: Annotated[int, Field(ge=1, le=64)] = 2,
    shift: Annotated[int, Field(ge=0, le=1_000_000)] = 100,
    seed: Seed = 0,
) -> Output:
    """Self-attention (Q = K = V = X) with relative positions.

    Parameters
    ----------
    embeddings : list of list of float, (n, d)
        Token vectors.
    kind : {"shaw", "bias", "alibi"}
        A vector an offset added to keys, a number an offset, or the fixed number -|offset|/2.
    max_distance : int
        Offsets are clipped to this distance k (ALiBi: never below the length).
    shift : int
        Constant added to all positions for the comparison.
    seed : int
        Seed of the table.

    Returns
    -------
    dict
        ``weights`` (n, n), rows summing to one; ``output`` (n, d); ``shift_error``, the largest change of a score when all
        positions move by `shift`: 0; ``parameters`` of the table (0 for ALiBi).

    Examples
    --------
    >>> output = relative_positional_encoding(WORDS, "bias", max_distance=2)
    >>> output["parameters"], float(output["shift_error"])
    (5, 0.0)
    """
    rng = np.random.default_rng(seed)
    X = np.asarray(embeddings, dtype=np.float64)  # (n, d)
    clip = max(max_distance, len(X)) if kind == "alibi" else max_distance
    if kind == "shaw":
        table = rng.standard_normal((2 * clip + 1, X.shape[1]))  # (2k + 1, d)
    elif kind == "bias":
        table = rng.standard_normal(2 * clip + 1)  # (2k + 1,)
    else:
        table = -np.abs(np.arange(-clip, clip + 1)) / 2
    positions = np.arange(len(X))  # (n,)
    S = relative_scores(X, positions, table, kind)  # (n, n)
    moved = relative_scores(X, positions + shift, table, kind)
    P = softmax_along(S)  # (n, n)
    return {
        "weights": P,
        "output": P @ X,
        "shift_error": np.abs(moved - S).max(),
        "parameters": 0 if kind == "alibi" else table.size,
    }
