"""Small seeded data sets that many algorithms learn from, so that none of them brings its own copy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WORDS = [[0.11, 0.32, 0.53], [0.22, 0.43, 0.64], [0.33, 0.54, 0.75], [0.44, 0.65, 0.86]]
"""Four small token vectors, the example of several algorithms."""


def gaussian_blobs(centers: Floats, per_center: int, spread: float, seed: int) -> tuple[Floats, Ints]:
    """Isotropic Gaussian clusters.

    Parameters
    ----------
    centers : (k, d) array
        Cluster means.
    per_center : int
        Points a cluster.
    spread : float
        Standard deviation in each direction.
    seed : int
        Seed of the generator.

    Returns
    -------
    tuple
        Points (k * per_center, d) and cluster numbers (k * per_center,), clusters in order.

    Examples
    --------
    >>> X, y = gaussian_blobs(np.array([[0.0, 0.0], [9.0, 9.0]]), 3, 0.1, seed=0)
    >>> X.shape, y.tolist()
    ((6, 2), [0, 0, 0, 1, 1, 1])
    """
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(centers)), per_center)  # (n,)
    return centers[y] + spread * rng.standard_normal((len(y), centers.shape[1])), y


def two_moons(n: int, noise: float, seed: int) -> tuple[Floats, Ints]:
    """Two interleaving half circles in the plane: not linearly separable.

    Returns
    -------
    tuple
        Points (n, 2) and classes (n,), the first n // 2 of class 0.

    Examples
    --------
    >>> X, y = two_moons(4, 0.0, seed=0)
    >>> X.round(3).tolist(), y.tolist()
    ([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.5], [2.0, 0.5]], [0, 0, 1, 1])
    """
    rng = np.random.default_rng(seed)
    first = n // 2
    t0, t1 = np.linspace(0, np.pi, first), np.linspace(0, np.pi, n - first)
    upper = np.stack([np.cos(t0), np.sin(t0)], axis=1)  # (n // 2, 2)
    lower = np.stack([1 - np.cos(t1), 0.5 - np.sin(t1)], axis=1)  # (n - n // 2, 2)
    points = np.concatenate([upper, lower])
    return points + noise * rng.standard_normal(points.shape), np.repeat([0, 1], [first, n - first])


def linear_data(weights: Floats, bias: float, n: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Standard normal features with a linear target and Gaussian noise: y = X w + b + noise * e.

    Returns
    -------
    tuple
        X (n, d) and y (n,).

    Examples
    --------
    >>> X, y = linear_data(np.array([2.0]), 1.0, 3, 0.0, seed=0)
    >>> bool(np.allclose(y, 2 * X[:, 0] + 1))
    True
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, len(weights)))  # (n, d)
    return X, X @ weights + bias + noise * rng.standard_normal(n)
