r"""The curse of dimensionality is the collection of ways in which high-dimensional space defeats methods that work in
few dimensions.

$$\frac{d_{\max} - d_{\min}}{d_{\min}} \to 0, \qquad \text{cells} = b^{\,d}, \qquad \text{edge} = r^{1/d}$$

for the distances from a query to random points, a grid of $b$ bins an axis, and a cube that holds the share $r$ of a
uniform cloud.

**Intuition.** A squared distance is a sum over coordinates; with many independent ones the sum is nearly the same for
every point, so the nearest neighbour is hardly nearer than the farthest. And the number of cells to fill grows
exponentially: ten bins in ten dimensions are ten billion. To catch 1% of the points in ten dimensions a cube needs an
edge of 63% of the range, which is no longer local.

**When to use it.** To judge whether nearest neighbours, kernels, density estimates or grids can work, and why features
should be selected or projected first.

**Cost.** The data needed for a fixed resolution grow exponentially with $d$.

**Pitfalls.** What counts is the intrinsic dimension: data near a low-dimensional surface do not suffer although they
have many coordinates. Distance concentration assumes many independent features; clusters stay separable. Adding
irrelevant features hurts distance-based methods even with infinite care in tuning. Not all is lost: linear separability
becomes easier.

**References.** Bellman, *Adaptive Control Processes* (1961). Beyer, Goldstein, Ramakrishnan and Shaft, *When is nearest
neighbor meaningful?*, ICDT (1999). Hastie, Tibshirani and Friedman (2009), section 2.5.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neighbors_and_clustering.k_nearest_neighbors import nearest
from algorithms.registry import Output, algorithm

DIMENSIONS = (1, 2, 5, 10, 30, 100, 300, 1000)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Relative contrast of distances against the dimension."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.loglog(output["dimensions"], output["contrast_by_dimension"], "o-")
    axes.set(xlabel="dimension", ylabel="(max - min) / min distance")
    return figure


@algorithm(
    id="curse-of-dimensionality",
    name="Curse of dimensionality",
    aliases=("distance concentration", "sparsity", "sparsity of high-dimensional space", "high-dimensional distances"),
    example={"d": 10, "bins": 10, "share": 0.01},
    cost="seconds",
    figure=draw,
)
def curse_of_dimensionality(
    d: Annotated[int, Field(ge=1, le=1000)] = 10,
    n: Annotated[int, Field(ge=10, le=500)] = 200,
    bins: Annotated[int, Field(ge=2, le=100)] = 10,
    share: Annotated[float, Field(gt=0, le=1)] = 0.01,
    noise_features: Annotated[int, Field(ge=0, le=500)] = 50,
    seed: Seed = 0,
) -> Output:
    """Distances, cells and neighbourhoods in d dimensions, and kNN with irrelevant features.

    Parameters
    ----------
    d : int
        Dimension.
    n : int
        Uniform points in the unit cube, and training rows of the classifier.
    bins : int
        Bins an axis of a grid.
    share : float
        Share of the points that a neighbourhood should hold.
    noise_features : int
        Irrelevant standard normal features added to two useful ones.
    seed : int
        Seed of the points.

    Returns
    -------
    dict
        ``contrast`` (max - min) / min of the distances from a random query (median of 20 queries), ``dimensions`` and
        ``contrast_by_dimension``, ``log10_cells``, ``edge`` of the neighbourhood cube, ``accuracy_two_features`` and
        ``accuracy_with_noise`` of 5-nearest neighbours.

    Examples
    --------
    >>> out = curse_of_dimensionality(10)
    >>> out["log10_cells"], round(out["edge"], 2)
    (10.0, 0.63)
    """
    rng = np.random.default_rng(seed)

    def contrast(dimension: int) -> float:
        X, Q = rng.random((n, dimension)), rng.random((20, dimension))
        D = nearest(Q, X, n)[1]  # (20, n), sorted
        return float(np.median((D[:, -1] - D[:, 0]) / np.maximum(D[:, 0], 1e-300)))

    y = rng.integers(0, 2, 2 * n)
    useful = rng.standard_normal((2 * n, 2)) + 2.0 * y[:, None]  # (2n, 2)
    padded = np.column_stack([useful, rng.standard_normal((2 * n, noise_features))])

    def accuracy(F: Any) -> float:
        votes = y[:n][nearest(F[n:], F[:n], 5)[0]].mean(axis=1)
        return float(np.mean((votes > 0.5) == y[n:]))

    return {
        "contrast": contrast(d),
        "dimensions": list(DIMENSIONS),
        "contrast_by_dimension": [contrast(dimension) for dimension in DIMENSIONS],
        "log10_cells": float(d * np.log10(bins)),
        "edge": float(share ** (1 / d)),
        "accuracy_two_features": accuracy(useful),
        "accuracy_with_noise": accuracy(padded),
    }
