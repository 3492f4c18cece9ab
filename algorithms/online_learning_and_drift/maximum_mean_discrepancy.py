r"""The maximum mean discrepancy (MMD) measures how far apart two distributions are by the distance of their means in a kernel's feature space.

$$\text{MMD}^2 = \mathbb{E}\,k(x, x') + \mathbb{E}\,k(y, y') - 2\,\mathbb{E}\,k(x, y), \qquad
k(x, y) = e^{-\lVert x - y \rVert^2 / (2 \sigma^2)}$$

**Intuition.** If points of a sample are as near to the other sample as to each other, the three means cancel. The features of a
characteristic kernel, such as the Gaussian, contain all moments, so MMD is zero only for equal distributions.

**When to use it.** Two-sample tests, drift monitoring, and as a loss that aligns features of a source and a target domain.

**Cost.** $O((n + m)^2)$ kernel values; random features make it linear.

**Pitfalls.** The biased estimate is never negative and positive even for equal distributions; the unbiased one leaves out the
diagonal and can be negative. The width $\sigma$ matters: the median distance is the usual start, and sums of several
widths are safer. Significance comes from permuting the labels, not from a fixed threshold. In high dimensions power
fades. Aligning features globally can align the wrong classes. A linear kernel sees means only.

**References.** Gretton et al., *A Kernel Two-Sample Test* (2012). Long et al., *Deep Adaptation Networks*, arXiv:1502.02791. Sun and
Saenko, *Deep CORAL*, arXiv:1607.01719.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import NonNegative, Number, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Sample = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=16)]],
    Field(min_length=3, max_length=150),
    AfterValidator(rectangular),
]


def squared_distances(Z: Floats) -> Floats:
    """Squared distances (n, n) of the rows, the diagonal exactly zero."""
    gaps = Z[:, None] - Z  # (n, n, d)
    return np.asarray((gaps**2).sum(axis=-1))


def estimates(K: Floats, n: int) -> tuple[float, float]:
    """Biased and unbiased MMD² from the kernel of the pooled sample, whose first n rows are x."""
    m = len(K) - n
    xx, yy, xy = K[:n, :n], K[n:, n:], K[:n, n:]
    biased = xx.mean() + yy.mean() - 2 * xy.mean()
    unbiased = (xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1)) - 2 * xy.mean()
    return float(biased), float(unbiased)


def align(X: Floats, Y: Floats) -> Floats:
    """X with the mean and the covariance of Y (CORAL), up to a small ridge.

    Examples
    --------
    >>> X, Y = np.array([[0.0], [2.0]]), np.array([[10.0], [14.0]])
    >>> align(X, Y).round(3).ravel().tolist()
    [10.0, 14.0]
    """
    ridge = 1e-9 * np.eye(X.shape[1])

    def root(Z: Floats, power: float) -> Floats:
        values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(Z.T)) + ridge)
        return np.asarray(vectors * np.maximum(values, 1e-12) ** power @ vectors.T)

    return np.asarray((X - X.mean(axis=0)) @ root(X, -0.5) @ root(Y, 0.5) + Y.mean(axis=0))


@algorithm(
    id="maximum-mean-discrepancy",
    name="Maximum mean discrepancy alignment",
    aliases=("MMD", "domain adaptation", "kernel two-sample test", "CORAL", "feature alignment"),
    example={
        "x": [[0.1, 0.2], [-0.3, 0.5], [0.4, -0.6], [0.0, 0.9], [-0.8, -0.1], [0.7, 0.3]],
        "y": [[2.1, 1.2], [1.7, 1.5], [2.4, 0.4], [2.0, 1.9], [1.2, 0.9], [2.7, 1.3]],
    },
    cost="seconds",
)
def maximum_mean_discrepancy(
    x: Sample,
    y: Sample,
    bandwidth: NonNegative = 0,
    permutations: Annotated[int, Field(ge=1, le=500)] = 200,
    seed: Seed = 0,
) -> Output:
    """MMD of two samples, its significance, and what is left after aligning mean and covariance.

    Parameters
    ----------
    x : matrix (n, d)
        First sample (source).
    y : matrix (m, d)
        Second sample (target).
    bandwidth : float
        Kernel width σ; 0 takes the median distance.
    permutations : int
        Random relabellings for the p-value.
    seed : int
        Seed of the permutations.

    Returns
    -------
    dict
        ``mmd_squared`` (biased, never negative) and ``mmd_squared_unbiased``; ``bandwidth`` used; ``p_value``;
        ``mmd_squared_aligned``, biased, after x is given the mean and covariance of y.

    Raises
    ------
    ValueError
        If the samples differ in dimension or all points are equal.

    Examples
    --------
    >>> r = maximum_mean_discrepancy([[0.0], [1.0], [2.0]], [[9.0], [10.0], [11.0]])
    >>> r["mmd_squared"] > 0.9, r["mmd_squared_aligned"] < 1e-6
    (True, True)
    """
    X, Y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)  # (n, d), (m, d)
    if X.shape[1] != Y.shape[1]:
        raise ValueError(f"x has {X.shape[1]} and y {Y.shape[1]} columns; make them equal")
    pooled = np.vstack([X, Y])  # (n + m, d)
    D = squared_distances(pooled)  # (n + m, n + m)
    distances = D[np.triu_indices(len(D), 1)]
    width = bandwidth or float(np.sqrt(np.median(distances[distances > 0]))) if (distances > 0).any() else 0.0
    if width == 0:
        raise ValueError("all points are equal, so there is no kernel width; give different points")
    K = np.exp(-D / (2 * width**2))
    biased, unbiased = estimates(K, len(X))
    rng = np.random.default_rng(seed)
    orders = (rng.permutation(len(K)) for _ in range(permutations))
    larger = sum(estimates(K[np.ix_(order, order)], len(X))[0] >= biased - 1e-12 for order in orders)
    moved = np.exp(-squared_distances(np.vstack([align(X, Y), Y])) / (2 * width**2))
    return {
        "mmd_squared": biased,
        "mmd_squared_unbiased": unbiased,
        "bandwidth": width,
        "p_value": (larger + 1) / (permutations + 1),
        "mmd_squared_aligned": estimates(moved, len(X))[0],
    }
