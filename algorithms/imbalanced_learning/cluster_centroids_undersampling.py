r"""Cluster-centroid undersampling replaces the majority class by the centroids of a k-means clustering with as many
clusters as there are minority rows.

$$\{\mu_1, \dots, \mu_{n_{\min}}\} = \arg\min_{\mu} \sum_{i \in \text{maj}} \min_k \lVert x_i - \mu_k \rVert^2$$

**Intuition.** Random undersampling may by chance drop a whole region of the majority. Clustering summarises instead:
every region keeps centroids, so the shape of the class survives with few rows.

**When to use it.** When the majority is large and redundant and its rows are numeric.

**Cost.** k-means on the majority, $O(n_{\text{maj}}\, n_{\min}\, d)$ an iteration.

**Pitfalls.** Centroids are averages, not real rows: they can fall between two groups, make no sense for categories, and
shrink the spread of the class. Keep the nearest real row instead if rows must be valid. A dense region and a sparse one
get centroids by variance, not by count, so the distribution changes. Outliers attract centroids. Predicted
probabilities shift, as with all undersampling. Scale the features and cluster the training part only.

**References.** Yen and Lee, *Cluster-based under-sampling approaches for imbalanced data distributions*, Expert Systems
with Applications (2009). Lin, Tsai, Hu and Jhang, *Clustering-based undersampling in class-imbalanced data*,
Information Sciences (2017).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.neighbors_and_clustering.k_means import best_kmeans
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Majority rows and their centroids."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X, C = np.array(inputs["majority"]), np.array(output["centroids"])
    second = 1 if X.shape[1] > 1 else 0
    axes.scatter(X[:, 0], X[:, second], s=12, label="majority")
    axes.scatter(C[:, 0], C[:, second], marker="x", s=80, label="centroids")
    axes.set(xlabel="feature 1", ylabel="feature 2")
    axes.legend()
    return figure


@algorithm(
    id="cluster-centroids-undersampling",
    name="Cluster-centroid undersampling",
    aliases=("ClusterCentroids", "cluster centroids", "k-means undersampling"),
    example={
        "majority": [[0, 0], [0, 1], [1, 0], [1, 1], [8, 8], [8, 9], [9, 8], [9, 9]],
        "n_minority": 2,
    },
    cost="seconds",
    figure=draw,
)
def cluster_centroids_undersampling(
    majority: Points,
    n_minority: Annotated[int, Field(ge=1, le=64)] = 2,
    restarts: Annotated[int, Field(ge=1, le=5)] = 3,
    seed: Seed = 0,
) -> Output:
    """Replace the majority rows by centroids.

    Parameters
    ----------
    majority : list of list of float, n rows of d features
        Rows of the majority class.
    n_minority : int
        Rows of the minority class, and so centroids to keep.
    restarts : int
        k-means++ runs.
    seed : int
        Seed of the runs and of the random undersample for comparison.

    Returns
    -------
    dict
        ``centroids`` (first 50), ``rows_represented`` (cluster sizes), ``nearest_rows`` (the real row closest to each
        centroid), ``mean_distance`` of a majority row to its centroid, ``mean_distance_random`` (to the nearest row of
        random undersamples, mean of 20).

    Raises
    ------
    ValueError
        If there are fewer majority rows than centroids.

    Examples
    --------
    >>> out = cluster_centroids_undersampling([[0.0], [2.0], [10.0], [12.0]], 2)
    >>> sorted(out["centroids"][:, 0].tolist())
    [1.0, 11.0]
    """
    X = np.asarray(majority, dtype=np.float64)  # (n, d)
    if len(X) < n_minority:
        raise ValueError(f"{len(X)} majority rows cannot give {n_minority} centroids; lower n_minority")
    rng = np.random.default_rng(seed)
    mu, c, _ = best_kmeans(X, n_minority, rng, restarts)
    D = squared_distances(X, mu)  # (n, k)
    random = [
        np.sqrt(squared_distances(X, X[rng.choice(len(X), n_minority, replace=False)]).min(axis=1)).mean()
        for _ in range(20)
    ]
    return {
        "centroids": mu[:50],
        "rows_represented": np.bincount(c, minlength=n_minority),
        "nearest_rows": D.argmin(axis=0)[:50],
        "mean_distance": float(np.sqrt(D.min(axis=1)).mean()),
        "mean_distance_random": float(np.mean(random)),
    }
