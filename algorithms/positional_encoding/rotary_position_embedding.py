r"""Rotary position embedding (RoPE) rotates each pair of components of queries and keys by an angle proportional to the position.

$$\begin{pmatrix} x'_{2i} \\ x'_{2i+1} \end{pmatrix} = \begin{pmatrix} \cos m\theta_i & -\sin m\theta_i \\ \sin m\theta_i & \cos m\theta_i \end{pmatrix} \begin{pmatrix} x_{2i} \\ x_{2i+1} \end{pmatrix}, \qquad \theta_i = 10000^{-2i/d}$$

**Intuition.** The dot product of two rotated vectors depends on the difference of the angles only. So $q_m^\top k_n$ is a function of
$q$, $k$ and $m - n$: absolute rotations, relative effect. Norms stay as they are.

**When to use it.** In most current decoder-only language models. It adds no parameters and works with key-value caches.

**Cost.** $O(n d)$ multiplications a layer, 0 parameters.

**Pitfalls.** What is rotated are the query and key *vectors themselves*; saying that a positional encoding is computed and then
rotated is wrong. Values are not rotated, and nothing is added to the embeddings. RoPE (sometimes misspelt "rotatory") does not by itself extend to
lengths beyond training: unseen angles degrade the model. Position interpolation divides positions by $L'/L$, which maps them into
the trained range; NTK scaling and YaRN stretch frequencies unevenly; ALiBi is an alternative. Two layouts exist, interleaved pairs and
two halves; mixing them breaks loaded weights.

**References.** Su et al., *RoFormer*, arXiv:2104.09864. Chen et al., *Extending Context Window of Large Language Models via
Positional Interpolation*, arXiv:2306.15595. Peng et al., *YaRN*, arXiv:2309.00071.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

EvenVector = Annotated[list[Number], Field(min_length=2, max_length=64)]
Place = Annotated[int, Field(ge=0, le=1_000_000)]


def rotate(x: Floats, position: float, base: float = 10000.0, layout: str = "interleaved") -> Floats:
    """Rotated copy of `x` (d,), d even, at a position.

    Examples
    --------
    >>> rotate(np.array([1.0, 0.0]), np.pi / 2).round(6).tolist()
    [0.0, 1.0]
    """
    d = len(x)
    angle = position * base ** (-2 * np.arange(d // 2) / d)  # (d / 2,)
    c, s = np.cos(angle), np.sin(angle)
    first, second = (
        (slice(0, None, 2), slice(1, None, 2)) if layout == "interleaved" else (slice(d // 2), slice(d // 2, d))
    )
    rotated = np.empty(d)
    rotated[first], rotated[second] = x[first] * c - x[second] * s, x[first] * s + x[second] * c
    return rotated


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Score of the two vectors by offset."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["scores_by_offset"])
    axes.set(xlabel="offset m − n", ylabel="q·k", title="RoPE scores depend on the offset only")
    return figure


@algorithm(
    id="rotary-position-embedding",
    name="Rotary position embedding (RoPE)",
    aliases=(
        "RoPE",
        "rotary",
        "Rotatory",
        "RoPE context-length extension",
        "position interpolation",
        "NTK scaling",
        "YaRN",
        "long context",
        "rotary positional embeddings",
    ),
    example={"query": [1.0, 0.5, -0.3, 2.0], "key": [0.2, -1.0, 0.7, 0.4], "query_position": 5, "key_position": 3},
    figure=draw,
)
def rotary_position_embedding(
    query: EvenVector,
    key: EvenVector,
    query_position: Place = 5,
    key_position: Place = 3,
    base: Annotated[float, Field(ge=1, le=1e9)] = 10000.0,
    layout: Literal["interleaved", "halves"] = "interleaved",
    trained_length: Annotated[int, Field(ge=1, le=10_000_000)] = 2048,
    target_length: Annotated[int, Field(ge=1, le=10_000_000)] = 2048,
) -> Output:
    """Rotate a query and a key and compare their score with that of shifted positions.

    Parameters
    ----------
    query : list of float, (d,)
        Query; even length.
    key : list of float, (d,)
        Key of the same length.
    query_position : int
        Position m of the query.
    key_position : int
        Position n of the key.
    base : float
        Base of the frequencies.
    layout : {"interleaved", "halves"}
        Which components form a pair: neighbours, or i and i + d/2.
    trained_length : int
        Length L the model was trained at.
    target_length : int
        Length L' wanted; if above L, positions are divided by L'/L (position interpolation).

    Returns
    -------
    dict
        ``query_rotated`` and ``key_rotated`` (d,); ``score``; ``score_shifted`` with both positions 7 further; ``norms``
        of the query before and after; ``scores_by_offset`` for offsets 0 to 31; ``position_scale`` L/L' or 1;
        ``effective_positions`` of query and key; ``parameters``: 0.

    Raises
    ------
    ValueError
        If the length is odd or differs.

    Examples
    --------
    >>> output = rotary_position_embedding([1.0, 0.5], [0.2, -1.0], 5, 3)
    >>> bool(np.isclose(output["score"], output["score_shifted"]))
    True
    """
    q, k = np.asarray(query, dtype=np.float64), np.asarray(key, dtype=np.float64)  # (d,)
    if len(q) != len(k) or len(q) % 2:
        raise ValueError(f"query and key need the same even length, got {len(q)} and {len(k)}")
    scale = min(1.0, trained_length / target_length)

    def at(x: Floats, position: int) -> Floats:
        return rotate(x, position * scale, base, layout)

    q_m, k_n = at(q, query_position), at(k, key_position)
    return {
        "query_rotated": q_m,
        "key_rotated": k_n,
        "score": q_m @ k_n,
        "score_shifted": at(q, query_position + 7) @ at(k, key_position + 7),
        "norms": [np.linalg.norm(q), np.linalg.norm(q_m)],
        "scores_by_offset": [at(q, offset) @ k for offset in range(32)],
        "position_scale": scale,
        "effective_positions": [query_position * scale, key_position * scale],
        "parameters": 0,
    }
