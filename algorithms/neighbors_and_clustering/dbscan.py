r"""DBSCAN grows clusters from dense points: everything within reach of a dense point belongs to its cluster, the rest
is noise.

$$x \text{ is a core point} \iff \big|\{x_i : \lVert x - x_i\rVert \le \varepsilon\}\big| \ge \text{minPts}$$

The point itself counts. Core points within $\varepsilon$ of each other share a cluster; other points within
$\varepsilon$ of a core point are its border; all others are noise, labelled $-1$.

**Intuition.** Walk from dense point to dense point in steps of at most $\varepsilon$. The shape of the region does not
matter, so two interleaved moons come out whole. The number of clusters is a result, not an input.

**When to use it.** For clusters of any shape with noise, in few dimensions, when a length scale is known.

**Cost.** $O(n^2)$ by brute force; about $O(n \log n)$ with a spatial index in low dimension.

**Pitfalls.** It adapts to shapes, not to densities, although both are often claimed: one global $\varepsilon$ cannot
fit a dense and a sparse cluster at once (HDBSCAN or OPTICS can). $\varepsilon$ and minPts still have to be chosen; look
for the knee of the sorted distances to the minPts-th neighbour. A border point between two clusters goes to the one
that is found first. Scale the features. In high dimension $\varepsilon$ loses meaning.

**References.** Ester, Kriegel, Sander and Xu, *A density-based algorithm for discovering clusters*, KDD (1996).
Schubert et al., *DBSCAN revisited, revisited*, ACM TODS (2017).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Positive
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def dbscan_labels(X: Floats, eps: float, min_points: int) -> tuple[Ints, Ints]:
    """Cluster numbers (n,), -1 for noise, and a 0/1 mark (n,) of the core points.

    Examples
    --------
    >>> dbscan_labels(np.array([[0.0], [1.0], [9.0]]), 1.5, 2)[0].tolist()
    [0, 0, -1]
    """
    near = squared_distances(X, X) <= eps**2  # (n, n)
    core = near.sum(axis=1) >= min_points  # (n,)
    labels = np.full(len(X), -1)
    cluster = 0
    for i in range(len(X)):
        if labels[i] != -1 or not core[i]:
            continue
        frontier = [i]
        labels[i] = cluster
        while frontier:
            for j in np.flatnonzero(near[frontier.pop()] & (labels == -1)):
                labels[j] = cluster
                if core[j]:
                    frontier.append(int(j))  # a border point does not spread the cluster
        cluster += 1
    return labels, core.astype(np.int64)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """First two coordinates by cluster; noise as crosses."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X, labels = np.array(inputs["X"]), np.array(output["labels"])
    second = 1 if X.shape[1] > 1 else 0
    inside = labels >= 0
    axes.scatter(X[inside, 0], X[inside, second], c=labels[inside])
    axes.scatter(X[~inside, 0], X[~inside, second], c="black", marker="x")
    axes.set(title=f"{output['n_clusters']} clusters, {output['n_noise']} noise points")
    return figure


@algorithm(
    id="dbscan",
    name="DBSCAN",
    aliases=("density-based clustering", "density based spatial clustering", "eps and minPts"),
    example={
        "X": [[1, 1], [1.2, 1.1], [0.9, 1.2], [5, 5], [5.1, 5.2], [4.9, 5.1], [9, 0]],
        "eps": 0.5,
        "min_points": 3,
    },
    figure=draw,
)
def dbscan(X: Points, eps: Positive = 0.5, min_points: Annotated[int, Field(ge=1, le=256)] = 5) -> Output:
    """Cluster the rows of `X` by density.

    Parameters
    ----------
    X : list of list of float, n points of d coordinates
        Points.
    eps : float
        Radius of a neighbourhood.
    min_points : int
        Points within `eps`, the point itself included, that make a core point.

    Returns
    -------
    dict
        ``labels`` (n,), -1 for noise; ``n_clusters``, ``n_noise``, ``core_points`` (row numbers), ``cluster_sizes``,
        ``neighbour_distances`` (sorted distance to the min_points-th nearest, itself included; at most 50 quantiles).

    Examples
    --------
    >>> dbscan([[0], [0.1], [0.2], [5], [5.1], [5.2], [99]], eps=0.5, min_points=3)["labels"].tolist()
    [0, 0, 0, 1, 1, 1, -1]
    """
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    labels, core = dbscan_labels(A, eps, min_points)
    kth = np.sort(np.sqrt(np.sort(squared_distances(A, A), axis=1)[:, min(min_points, len(A)) - 1]))  # (n,)
    picked = np.unique(np.linspace(0, len(A) - 1, 50).astype(int))
    return {
        "labels": labels,
        "n_clusters": int(labels.max() + 1),
        "n_noise": int(np.sum(labels == -1)),
        "core_points": np.flatnonzero(core),
        "cluster_sizes": np.bincount(labels[labels >= 0], minlength=int(labels.max() + 1)),
        "neighbour_distances": kth[picked],
    }
