r"""The silhouette coefficient says how well a point fits its cluster compared with the nearest other cluster.

$$s = \frac{x - y}{\max(x, y)}$$

with $y$ the mean distance to the other points of its own cluster and $x$ the mean distance to the points of the nearest other cluster.

**Intuition.** Near 1 the point is much closer to its own cluster than to any other; near 0 it lies between two; below 0 it is probably in the wrong one. The
mean over all points scores the clustering: points 0, 1 | 10, 11 have 0.8997.

**When to use it.** To choose the number of clusters and to find misplaced points, without true labels.

**Cost.** $O(n^2)$ distances.

**Pitfalls.** It favours compact, round, well-separated clusters, so a correct clustering of two moons scores badly and a wrong one by k-means scores higher.
The mean hides bad clusters: look at the values by cluster. A point alone in its cluster has 0 by definition. It needs at least two clusters. The
metric must be the one used for clustering, and features must be scaled. Letters differ between books: often $a$ is the distance inside
and $b$ the one to the next cluster.

**References.** Rousseeuw, *Silhouettes: a graphical aid to the interpretation and validation of cluster analysis* (1987). Kaufman and Rousseeuw, *Finding
Groups in Data* (1990).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Points = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=50)]],
    Field(min_length=3, max_length=512),
    AfterValidator(rectangular),
]
Clusters = Annotated[list[Annotated[int, Field(ge=-1000, le=1000)]], Field(min_length=3, max_length=512)]


def distances(X: Floats) -> Floats:
    """Euclidean distances (n, n) of points (n, d).

    Examples
    --------
    >>> distances(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist()
    [[0.0, 5.0], [5.0, 0.0]]
    """
    squared = np.zeros((len(X), len(X)))
    for column in X.T:  # one (n, n) array at a time: (n, n, d) would not fit the cache
        squared += (column[:, None] - column[None, :]) ** 2
    return np.asarray(np.sqrt(squared))


def silhouettes(D: Floats, labels: NDArray[np.int64]) -> Floats:
    """Coefficient (n,) of each point from distances (n, n) and cluster numbers 0..k-1 (n,).

    Examples
    --------
    >>> D = distances(np.array([[0.0], [1.0], [10.0], [11.0]]))
    >>> silhouettes(D, np.array([0, 0, 1, 1])).round(4).tolist()
    [0.9048, 0.8947, 0.8947, 0.9048]
    """
    n = len(D)
    one_hot = np.eye(labels.max() + 1)[labels]  # (n, k)
    sums, sizes = D @ one_hot, one_hot.sum(axis=0)  # (n, k), (k,)
    own = sizes[labels]  # (n,)
    inside = sums[np.arange(n), labels] / np.maximum(own - 1, 1)  # a point is no neighbour of itself
    means = sums / sizes
    means[np.arange(n), labels] = np.inf
    nearest = means.min(axis=1)
    largest = np.maximum(inside, nearest)
    s = np.divide(nearest - inside, largest, out=np.zeros(n), where=largest > 0)
    return np.asarray(np.where(own > 1, s, 0.0))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Silhouettes as bars, sorted inside each cluster."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    labels = np.unique(inputs["labels"], return_inverse=True)[1].reshape(-1)
    s = silhouettes(distances(np.asarray(inputs["points"])), labels)
    order = np.lexsort((s, labels))
    axes.barh(range(len(s)), s[order], color=[f"C{labels[i] % 10}" for i in order])
    axes.axvline(output["mean"], ls="--", color="black")
    axes.set(xlabel="silhouette", title=f"mean {output['mean']:.4f}")
    return figure


@algorithm(
    id="silhouette-coefficient",
    name="Silhouette coefficient",
    aliases=("silhouette score", "silhouette", "silhouette analysis", "cluster validity"),
    example={"points": [[0], [1], [10], [11]], "labels": [0, 0, 1, 1]},
    figure=draw,
)
def silhouette_coefficient(points: Points, labels: Clusters) -> Output:
    """Mean silhouette of a clustering, and that of each cluster.

    Parameters
    ----------
    points : list of list of float, shape (n, d)
        Points; distances are Euclidean.
    labels : list of int, length n
        Cluster of each point.

    Returns
    -------
    dict
        ``mean`` in [-1, 1]; ``clusters`` (k,) and ``cluster_means`` (k,); ``values`` of the first 50 points;
        ``misplaced``, the number of points below 0.

    Raises
    ------
    ValueError
        If points and labels differ in number, or there are fewer than 2 or more than 50 clusters.

    Examples
    --------
    >>> round(silhouette_coefficient([[0], [1], [10], [11]], [0, 0, 1, 1])["mean"], 4)
    0.8997
    """
    if len(points) != len(labels):
        raise ValueError(f"there are {len(points)} points and {len(labels)} labels; they must pair up")
    clusters, codes = np.unique(labels, return_inverse=True)
    codes = codes.reshape(-1)
    if not 2 <= len(clusters) <= 50:
        raise ValueError(f"a silhouette needs 2 to 50 clusters, got {len(clusters)}")
    s = silhouettes(distances(np.asarray(points, dtype=np.float64)), codes)  # (n,)
    return {
        "mean": float(s.mean()),
        "clusters": clusters,
        "cluster_means": np.bincount(codes, weights=s) / np.bincount(codes),
        "values": s[:50],
        "misplaced": int((s < 0).sum()),
    }
