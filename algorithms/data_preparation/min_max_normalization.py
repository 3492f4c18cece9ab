r"""Min-max normalization rescales a feature linearly so that its smallest value becomes 0 and its largest 1.

$$x' = \frac{x - x_\min}{x_\max - x_\min} \in [0, 1], \qquad 2x' - 1 \in [-1, 1]$$

**Intuition.** Shift the minimum to zero, then stretch the range to one. For a general interval use $a + (b - a)\,x'$.

**When to use it.** For bounded quantities such as pixel values, for methods that expect a fixed range, and for combining scores of several systems.

**Cost.** $O(n)$.

**Pitfalls.** The quotient alone yields only [0, 1]; texts that offer one formula for "a range like [0, 1] or [-1, 1]" leave out the second step, $2x' - 1$. Two values set the scale, so one outlier squeezes all others into a corner: clip first or standardise. Take
minimum and maximum from the training data; new values can then fall outside the interval, which may break what relies on it. A constant feature is 0/0. The shape of the distribution does not change. It is not the same as normalising each *row* to unit
length.

**References.** Han, Kamber and Pei, *Data Mining: Concepts and Techniques* (2011), section 3.5. Jain, Nandakumar and Ross, *Score normalization in multimodal biometric systems* (2005).
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import Number, Vector
from algorithms.registry import Output, algorithm


@algorithm(
    id="min-max-normalization",
    name="Min-max normalization",
    aliases=("MinMaxScaler", "rescaling to [0,1]", "min-max scaling", "feature rescaling", "normalization to a range"),
    example={"x": [10, 20, 25, 50]},
)
def min_max_normalization(x: Vector, x_new: Vector | None = None, low: Number = 0.0, high: Number = 1.0) -> Output:
    """Rescale the training values to an interval, and new ones by the same minimum and maximum.

    Parameters
    ----------
    x : list of float, length n
        Training values.
    x_new : list of float, length m
        Later values, scaled with the minimum and maximum of `x`.
    low, high : float
        Ends of the interval, e.g. -1 and 1.

    Returns
    -------
    dict
        ``scaled``, the first 50, in [low, high]; ``minimum``, ``maximum`` of the training values; ``scaled_new``, the first
        50, and ``outside``, how many new values fall outside the interval (None without `x_new`).

    Raises
    ------
    ValueError
        If the training values are constant or `low` is not below `high`.

    Examples
    --------
    >>> min_max_normalization([10, 20, 30], low=-1, high=1)["scaled"].tolist()
    [-1.0, 0.0, 1.0]
    """
    values = np.asarray(x, dtype=np.float64)  # (n,)
    smallest, largest = float(values.min()), float(values.max())
    if smallest == largest or low >= high:
        raise ValueError("the training values must differ, and low must be below high")
    unit = (values - smallest) / (largest - smallest)  # (n,) in [0, 1]
    new = None if x_new is None else (np.asarray(x_new, dtype=np.float64) - smallest) / (largest - smallest)
    return {
        "scaled": low + (high - low) * unit[:50],
        "minimum": smallest,
        "maximum": largest,
        "scaled_new": None if new is None else low + (high - low) * new[:50],
        "outside": None if new is None else int(((new < 0) | (new > 1)).sum()),
    }
