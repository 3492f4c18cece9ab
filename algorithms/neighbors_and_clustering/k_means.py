r"""k-means clustering (Lloyd's algorithm) splits points into $K$ groups by alternating two steps: assign to the nearest
centroid, recompute the means.

$$\min_{c, \mu} \sum_{i=1}^{n} \lVert x_i - \mu_{c_i} \rVert^2, \qquad c_i = \arg\min_k \lVert x_i - \mu_k \rVert^2,
\qquad \mu_k = \operatorname{mean}\{x_i : c_i = k\}$$

**Intuition.** Each step can only lower the within-cluster sum of squares (the inertia) or leave it, and there are
finitely many assignments, so the centroids stop moving. It is unsupervised: it uses no labels and is not a classifier.

**When to use it.** For compact, roughly round clusters of similar size on standardised features, and for quantising
vectors.

**Cost.** $O(n K d)$ an iteration, usually few iterations; the worst case is superpolynomial.

**Pitfalls.** Convergence is guaranteed only to a local optimum that depends on the start: unchanged centroids are a
fixed point and no proof of correct clusters. Restart, or seed with k-means++. The inertia does not strictly fall: at
the fixed point it stays. It minimises the variation within clusters, not between them. With $K$ fixed the model is
parametric: $K d$ numbers whatever $n$ is. Outliers pull means. Clusters may become empty.

**References.** Lloyd, *Least squares quantization in PCM*, IEEE Transactions on Information Theory (1982). Arthur and
Vassilvitskii, *How slow is the k-means method?* (2006).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Points, Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def lloyd(X: Floats, centroids: Floats, iterations: int = 100, tolerance: float = 0.0) -> tuple[Floats, Ints, Floats]:
    """Run Lloyd's algorithm from `centroids` (K, d) until no centroid moves by more than `tolerance`.

    A cluster that becomes empty keeps its centroid.

    Returns
    -------
    tuple
        Centroids (K, d), assignment (n,) and the inertia after each assignment.
    """
    mu = centroids.copy()
    inertias = []
    for _ in range(iterations):
        D = squared_distances(X, mu)  # (n, K)
        c = D.argmin(axis=1)  # (n,)
        inertias.append(float(D[np.arange(len(X)), c].sum()))
        new = np.array([X[c == k].mean(axis=0) if np.any(c == k) else mu[k] for k in range(len(mu))])
        shift = float(np.sqrt(np.sum((new - mu) ** 2, axis=1)).max())
        mu = new
        if shift <= tolerance:
            break
    D = squared_distances(X, mu)
    inertias.append(float(D.min(axis=1).sum()))
    return mu, D.argmin(axis=1), np.array(inertias)


def kmeans_plus_plus(X: Floats, K: int, rng: np.random.Generator) -> Floats:
    """Starting centroids (K, d), each drawn with probability proportional to its squared distance from those before."""
    chosen = [int(rng.integers(len(X)))]
    while len(chosen) < K:
        D = squared_distances(X, X[chosen]).min(axis=1)  # (n,)
        weights = D if D.sum() > 0 else np.ones(len(X))
        chosen.append(int(rng.choice(len(X), p=weights / weights.sum())))
    return X[chosen]


def best_kmeans(X: Floats, K: int, rng: np.random.Generator, restarts: int = 5) -> tuple[Floats, Ints, Floats]:
    """Best of several k-means++ runs by final inertia."""
    runs = [lloyd(X, kmeans_plus_plus(X, K, rng)) for _ in range(restarts)]
    return min(runs, key=lambda run: run[2][-1])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """First two coordinates with clusters and centroids."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X, mu = np.array(inputs["X"]), np.array(output["centroids"])
    y = X[:, 1] if X.shape[1] > 1 else np.zeros(len(X))
    axes.scatter(X[: len(output["labels"]), 0], y[: len(output["labels"])], c=output["labels"])
    axes.scatter(mu[:, 0], mu[:, 1] if mu.shape[1] > 1 else np.zeros(len(mu)), marker="x", s=80, c="black")
    axes.set(title=f"k-means, inertia {output['inertia']:.4g}")
    return figure


@algorithm(
    id="k-means",
    name="k-means clustering (Lloyd's algorithm)",
    aliases=(
        "Lloyd",
        "kmeans",
        "k means",
        "convergence of k-means",
        "convergence",
        "Lloyd's algorithm",
        "inertia of k-means",
    ),
    example={"X": [[1, 1], [1.5, 2], [3, 4], [5, 7], [3.5, 5], [4.5, 5], [3.5, 4.5]], "k": 2, "seed": 0},
    figure=draw,
)
def k_means(
    X: Points,
    k: Annotated[int, Field(ge=1, le=32)] = 2,
    centroids: Points | None = None,
    stop: Literal["unchanged", "tolerance"] = "unchanged",
    tolerance: NonNegative = 1e-4,
    max_iterations: Annotated[int, Field(ge=1, le=300)] = 100,
    seed: Seed = 0,
) -> Output:
    """Cluster the rows of `X`.

    Parameters
    ----------
    X : list of list of float, n points of d coordinates
        Points.
    k : int
        Clusters; ignored if `centroids` are given.
    centroids : list of list of float or None
        Starting centroids; k-means++ seeding if not given.
    stop : {"unchanged", "tolerance"}
        Stop when the centroids are the same in two iterations, or when none moves by more than `tolerance`.
    tolerance : float
        Largest movement that counts as none.
    max_iterations : int
        Iterations at most.
    seed : int
        Seed of k-means++.

    Returns
    -------
    dict
        ``centroids`` (k, d), ``labels`` (first 256), ``sizes`` (k,), ``inertia``, ``inertias`` by iteration (at most
        50), ``iterations``, ``parameters`` (k times d).

    Raises
    ------
    ValueError
        If there are fewer points than clusters, or the dimensions differ.

    Examples
    --------
    >>> k_means([[0], [1], [9], [10]], 2)["inertia"]
    1.0
    """
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    start = None if centroids is None else np.asarray(centroids, dtype=np.float64)
    K = k if start is None else len(start)
    if len(A) < K:
        raise ValueError(f"{len(A)} points cannot fill {K} clusters; give more points or a smaller k")
    if start is None:
        start = kmeans_plus_plus(A, K, np.random.default_rng(seed))
    elif start.shape[1] != A.shape[1]:
        raise ValueError(f"points have {A.shape[1]} coordinates and centroids {start.shape[1]}; they must agree")
    mu, c, inertias = lloyd(A, start, max_iterations, 0.0 if stop == "unchanged" else tolerance)
    return {
        "centroids": mu,
        "labels": c,
        "sizes": np.bincount(c, minlength=K),
        "inertia": float(inertias[-1]),
        "inertias": inertias[:50],
        "iterations": len(inertias) - 1,
        "parameters": mu.size,
    }
