r"""Integer position encoding adds the bare position number 1, 2, 3, … to each token vector, the simplest scheme and an instructive failure.

$$z_{pos} = E[x_{pos}] + pos \cdot \mathbf{1}, \qquad pos = 1, 2, 3, \dots$$

**Intuition.** A count does say where a token stands, but its size grows without bound. Word embeddings have entries around one, so
after a few dozen positions the sum is almost only position: the direction of the input no longer depends on the word. The
network also meets magnitudes at long inputs that it never saw in training.

**When to use it.** Not in practice; as the starting point that explains bounded encodings.

**Cost.** None.

**Pitfalls.** Dividing by the length (positions in $[0, 1]$) bounds the size but makes one step mean something different in each
sentence, so that "next word" has no fixed offset. Counts carry no relative position: dot products of encodings at
$p$ and $p + k$ depend on $p$, not only on $k$. It is not the addition that fails but the unbounded scale; a sinusoidal vector
has the constant norm $\sqrt{d/2}$ at every position and its dot products depend on the offset alone.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.5, for the bounded alternative.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.positional_encoding.sinusoidal_positional_encoding import sinusoidal_table
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Lengths = Annotated[list[Annotated[int, Field(ge=1, le=100_000)]], Field(min_length=1, max_length=16)]


def word_distance(E: Floats, position: Floats) -> float:
    """Mean of 1 - cosine over all pairs of different words of `E` (v, d) once `position` (d,) was added to each."""
    Z = E + position  # (v, d)
    unit = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    cosine = unit @ unit.T  # (v, v)
    return float(1 - cosine[np.triu_indices(len(E), 1)].mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """How different words look at each position."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogx(inputs["positions"], output["word_distance_integer"], "o-", label="integer")
    axes.semilogx(inputs["positions"], output["word_distance_sinusoidal"], "s--", label="sinusoidal")
    axes.set(xlabel="position", ylabel="1 − cosine between words", title="what is left of the word")
    axes.legend()
    return figure


@algorithm(
    id="integer-position-encoding",
    name="Incremental (1,2,3,...) position encoding and why it fails",
    aliases=("incremental positional encoding", "counting positions", "integer positional encoding"),
    example={"positions": [1, 10, 100, 1000]},
    figure=draw,
)
def integer_position_encoding(
    positions: Lengths,
    d_model: Annotated[int, Field(ge=2, le=128, multiple_of=2)] = 32,
    offset: Annotated[int, Field(ge=0, le=1000)] = 3,
    seed: Seed = 0,
) -> Output:
    """Compare integer with sinusoidal positions at each of `positions`.

    Parameters
    ----------
    positions : list of int
        Positions, counted from 1.
    d_model : int
        Length of a vector; even.
    offset : int
        Distance k of the dot products.
    seed : int
        Seed of eight random word vectors.

    Returns
    -------
    dict
        One number a position, for both schemes: ``norm_...`` of the encoding; ``word_distance_...``, mean of one minus the
        cosine between different words after adding it; ``dot_...`` of the encodings at p and p + k.

    Examples
    --------
    >>> output = integer_position_encoding([1, 1000])
    >>> output["word_distance_integer"][1] < 1e-4 < 0.1 < output["word_distance_sinusoidal"][1]
    True
    """
    E = np.random.default_rng(seed).standard_normal((8, d_model))  # (v, d)
    pos = np.asarray(positions, dtype=np.float64)  # (n,)
    rows: dict[str, Any] = {}
    for name in ("integer", "sinusoidal"):
        here, there = (
            np.tile(p[:, None], d_model) if name == "integer" else sinusoidal_table(p, d_model)
            for p in (pos, pos + offset)
        )  # (n, d) each
        rows[f"norm_{name}"] = np.linalg.norm(here, axis=1)
        rows[f"word_distance_{name}"] = [word_distance(E, p) for p in here]
        rows[f"dot_{name}"] = (here * there).sum(axis=1)
    return rows
