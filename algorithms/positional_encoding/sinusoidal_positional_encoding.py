r"""Sinusoidal positional encoding gives each position a fixed vector of sines and cosines whose wavelengths form a geometric series.

$$PE(pos, 2i) = \sin\!\left(\frac{pos}{10000^{2i/d}}\right), \qquad PE(pos, 2i+1) = \cos\!\left(\frac{pos}{10000^{2i/d}}\right), \qquad 0 \le i < d/2$$

**Intuition.** Like the hands of a clock, each pair of dimensions turns at its own speed, from a wavelength of $2\pi$ to nearly
$10000 \cdot 2\pi$. Moving by $k$ positions rotates every pair by a fixed angle, so $PE(pos + k) = R_k\, PE(pos)$ for a matrix $R_k$
that does not depend on $pos$.

**When to use it.** When no parameters should be spent on positions; the vector is added to the token embedding. For images,
encode row and column with half of the dimensions each.

**Cost.** $O(n d)$, no parameters, defined for any position.

**Pitfalls.** $i$ numbers sine-cosine *pairs*, not dimensions. Multiplying by the power of 10000, or dividing by the exponent $2i/d$
(zero for the first pair), are wrong versions in circulation. The encoding is absolute: relative offsets are linearly recoverable,
but the difference vector $PE(p+k) - PE(p)$ is *not* constant; only its norm, the dot product and the linear map are. Being defined for
every position does not mean that a model extrapolates to lengths beyond training: the paper only hypothesised it, and in
practice it does poorly. For $d = 3$, position 1 is $[0.841, 0.540, 0.002]$; hand-made toy vectors are not the formula's values.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.5. Press, Smith and Lewis, *ALiBi*,
arXiv:2108.12409, on extrapolation.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Positions = Annotated[list[Annotated[int, Field(ge=0, le=1_000_000)]], Field(min_length=1, max_length=16)]


def sinusoidal_table(positions: Floats, d: int) -> Floats:
    """Encodings (n, d) of positions (n,); an odd last dimension holds a sine.

    Examples
    --------
    >>> sinusoidal_table(np.array([0.0, 1.0]), 4).round(4).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.8415, 0.5403, 0.01, 1.0]]
    """
    j = np.arange(d)  # (d,)
    angles = positions[:, None] / 10000 ** (2 * (j // 2) / d)  # (n, d)
    return np.asarray(np.where(j % 2 == 0, np.sin(angles), np.cos(angles)))


def shift_matrix(k: int, d: int) -> Floats:
    """Block rotation R_k (d, d) with PE(pos + k) = R_k PE(pos); `d` is even.

    Examples
    --------
    >>> bool(np.allclose(shift_matrix(3, 4) @ sinusoidal_table(np.array([2.0]), 4)[0], sinusoidal_table(np.array([5.0]), 4)[0]))
    True
    """
    R = np.zeros((d, d))
    for i in range(d // 2):
        w = k / 10000 ** (2 * i / d)
        R[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[np.cos(w), np.sin(w)], [-np.sin(w), np.cos(w)]]
    return R


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the first 64 positions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3.4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(
        sinusoidal_table(np.arange(64.0), inputs["d_model"]), aspect="auto", cmap="RdBu", vmin=-1, vmax=1
    )
    axes.set(xlabel="dimension", ylabel="position", title=f"sinusoidal encoding, d = {inputs['d_model']}")
    figure.colorbar(image, ax=axes)
    return figure


@algorithm(
    id="sinusoidal-positional-encoding",
    name="Sinusoidal positional encoding",
    aliases=(
        "PE",
        "fixed positional encoding",
        "sin/cos encoding",
        "Vaswani positional encoding",
        "2-D positional encoding for images vs 1-D for text",
        "modality-specific positional encoding",
        "row/column encoding",
        "positional encoding",
    ),
    example={"positions": [0, 1, 2], "d_model": 4},
    figure=draw,
)
def sinusoidal_positional_encoding(
    positions: Positions,
    d_model: Annotated[int, Field(ge=1, le=64)] = 4,
    offset: Annotated[int, Field(ge=0, le=100_000)] = 5,
    columns: Positions | None = None,
) -> Output:
    """Encodings of `positions`, and what shifting them by `offset` does.

    Parameters
    ----------
    positions : list of int
        Positions, or rows of an image if columns are given.
    d_model : int
        Length d of an encoding.
    offset : int
        Shift k of the comparison.
    columns : list of int, optional
        Column of each position: rows fill the first half of the dimensions and columns the second.

    Returns
    -------
    dict
        ``encodings`` (n, d); ``wavelengths`` of the pairs; ``shift_norms`` of PE(p + k) - PE(p) and ``shift_dots``,
        PE(p + k)·PE(p), for each position: constant; ``shift_matrix_error`` of R_k PE(p) for even d.

    Raises
    ------
    ValueError
        If there are not as many columns as positions, or columns are given and d_model is odd.

    Examples
    --------
    >>> sinusoidal_positional_encoding([2], 4)["encodings"].round(4).tolist()
    [[0.9093, -0.4161, 0.02, 0.9998]]
    """
    pos = np.asarray(positions, dtype=np.float64)  # (n,)
    base, moved = sinusoidal_table(pos, d_model), sinusoidal_table(pos + offset, d_model)  # (n, d)
    encodings = base
    if columns is not None:
        if len(columns) != len(positions) or d_model % 2:
            raise ValueError("give one column for each position and an even d_model")
        halves = [sinusoidal_table(np.asarray(p, dtype=np.float64), d_model // 2) for p in (positions, columns)]
        encodings = np.concatenate(halves, axis=1)  # (n, d)
    error = None if d_model % 2 else np.abs(base @ shift_matrix(offset, d_model).T - moved).max()
    return {
        "encodings": encodings,
        "wavelengths": 2 * np.pi * 10000 ** (2 * np.arange((d_model + 1) // 2) / d_model),
        "shift_norms": np.linalg.norm(moved - base, axis=1),
        "shift_dots": (moved * base).sum(axis=1),
        "shift_matrix_error": error,
    }
