r"""The Euclidean distance of two series is the length of the straight line between them, the root of the summed squared
differences.

$$d(x, y) = \sqrt{\sum_{i=1}^{d} (x_i - y_i)^2}, \qquad
d_{\text{nan}}(x, y) = \sqrt{\frac{d}{d_{\text{present}}} \sum_{i\ \text{present}} (x_i - y_i)^2}$$

**Intuition.** Pythagoras in $d$ dimensions: from (0, 0) to (3, 4) it is 5. With missing coordinates the sum runs over
the coordinates that both series have and is scaled up as if the missing ones differed by the average amount. This lets
nearest neighbours work on incomplete rows.

**When to use it.** For k-nearest neighbours, k-means, and comparing series of equal length on one scale.

**Cost.** $O(d)$ for a pair. All pairs of two sets are one matrix product through
$\lVert x\rVert^2 - 2 x^\top y + \lVert y\rVert^2$. In numpy one vectorised call beats a loop, and beats pandas Series,
whose index has to be aligned first.

**Pitfalls.** Features with large units dominate: standardise first. The expanded formula loses digits for nearby points
far from the origin and may go slightly negative, so clip at zero before the root. The scaled distance for missing
values is not a metric (the triangle inequality can fail) and is undefined with no common coordinate. In high dimension
distances concentrate. pandas aligns by index label, so two series in different order silently give a different result
from arrays.

**References.** Dixon, *Pattern recognition with partly missing data*, IEEE Transactions on Systems, Man, and
Cybernetics (1979).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Gappy = Annotated[list[Number | None], Field(min_length=1, max_length=4096)]


def squared_distances(A: Floats, B: Floats) -> Floats:
    """Squared Euclidean distances (n, m) between the rows of A (n, d) and B (m, d).

    Examples
    --------
    >>> squared_distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[25.0, 0.0]]
    """
    if len(A) * len(B) * A.shape[1] <= 4_000_000:
        return np.asarray(np.sum((A[:, None, :] - B[None, :, :]) ** 2, axis=2))  # no cancellation
    squares = np.sum(A**2, axis=1)[:, None] - 2 * A @ B.T + np.sum(B**2, axis=1)
    return np.asarray(np.maximum(squares, 0))


@algorithm(
    id="euclidean-distance",
    name="Euclidean distance of two series",
    aliases=(
        "L2 distance",
        "numpy vs pandas",
        "Euclidean distance ignoring missing coordinates",
        "nan_euclidean",
        "kNN with missing values",
        "straight-line distance",
    ),
    example={"x": [0.0, 0.0], "y": [3.0, 4.0]},
)
def euclidean_distance(x: Gappy, y: Gappy) -> Output:
    """Distance between `x` and `y`; null marks a missing coordinate.

    Parameters
    ----------
    x : list of float or null, length d
        First series.
    y : list of float or null, length d
        Second series.

    Returns
    -------
    dict
        ``distance`` (scaled for missing coordinates), ``squared_distance``, ``present`` (coordinates both have).

    Raises
    ------
    ValueError
        If the lengths differ or no coordinate is present in both.

    Examples
    --------
    >>> euclidean_distance([0, 0], [3, 4])["distance"]
    5.0
    """
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} coordinates and y has {len(y)}; they must agree")
    a, b = (np.array([np.nan if v is None else v for v in s], dtype=np.float64) for s in (x, y))  # (d,)
    difference = (a - b)[~np.isnan(a - b)]
    if len(difference) == 0:
        raise ValueError("no coordinate is present in both series")
    squared = float(difference @ difference) * len(a) / len(difference)
    return {"distance": float(np.sqrt(squared)), "squared_distance": squared, "present": len(difference)}
