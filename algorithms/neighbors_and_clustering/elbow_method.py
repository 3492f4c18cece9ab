r"""The elbow method chooses the number of clusters at the bend of the curve of the within-cluster sum of squares
against $K$.

$$\mathrm{WCSS}(K) = \sum_{k=1}^{K} \sum_{i \in C_k} \lVert x_i - \mu_k \rVert^2, \qquad
\text{explained} = \mathrm{TSS} - \mathrm{WCSS}$$

**Intuition.** Every added cluster lowers the optimal WCSS: with $K = n$ it is zero. As long as $K$ is below the true
number, a new centroid takes over a whole group and the curve drops steeply; beyond it, a new centroid only halves a
group and the curve flattens. With three well separated groups the drop-off ends at $K = 3$. Here the bend is the point
farthest below the line from the first to the last point.

**When to use it.** As a quick look before k-means; confirm with silhouettes, the gap statistic or the use that the
clusters are for.

**Cost.** One k-means with restarts for every $K$.

**Pitfalls.** The within-cluster sum is the unexplained variation; the explained part is the total minus it (confusing
the two is common). k-means minimises the variation within clusters, not between them. The found curve may rise at some
$K$ if a run ends in a poor local optimum: use restarts. Real data often have no clear bend, and a bend says nothing if
there are no clusters. The location depends on the range of $K$ that is drawn.

**References.** Thorndike, *Who belongs in the family?*, Psychometrika (1953). Tibshirani, Walther and Hastie,
*Estimating the number of clusters in a data set via the gap statistic* (2001).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Seed
from algorithms.neighbors_and_clustering.k_means import best_kmeans
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, gaussian_blobs


def farthest_below_chord(values: Floats) -> int:
    """Index of the point farthest below the line from the first to the last value.

    Examples
    --------
    >>> farthest_below_chord(np.array([10.0, 2.0, 1.0, 0.0]))
    1
    """
    chord = np.linspace(values[0], values[-1], len(values))
    return int(np.argmax(chord - values))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The curve with the elbow marked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["k"], output["wcss"], "o-")
    axes.axvline(output["elbow"], linestyle="--")
    axes.set(xlabel="K", ylabel="within-cluster sum of squares", title=f"elbow at K = {output['elbow']}")
    return figure


@algorithm(
    id="elbow-method",
    name="Elbow method",
    aliases=(
        "choose K",
        "within-cluster sum of squares",
        "inertia",
        "WCSS",
        "distortion",
        "number of clusters",
        "elbow plot",
    ),
    example={"k_max": 8, "clusters": 3, "seed": 0},
    cost="seconds",
    figure=draw,
)
def elbow_method(
    X: Points | None = None,
    k_max: Annotated[int, Field(ge=3, le=15)] = 8,
    clusters: Annotated[int, Field(ge=1, le=6)] = 3,
    spread: Annotated[float, Field(gt=0, le=10)] = 1.0,
    restarts: Annotated[int, Field(ge=1, le=10)] = 5,
    seed: Seed = 0,
) -> Output:
    """WCSS for K = 1 to `k_max`, on the given points or on clusters on a circle.

    Parameters
    ----------
    X : list of list of float or None
        Points; None draws clusters on a circle of radius 8.
    k_max : int
        Largest K.
    clusters : int
        Clusters drawn.
    spread : float
        Standard deviation of a drawn cluster.
    restarts : int
        k-means++ runs for each K.
    seed : int
        Seed of data and runs.

    Returns
    -------
    dict
        ``k`` and ``wcss`` (k_max,), ``explained_share`` (1 - WCSS / TSS), ``total_sum_of_squares``, ``elbow``.

    Raises
    ------
    ValueError
        If there are fewer points than `k_max`.

    Examples
    --------
    >>> elbow_method()["elbow"]
    3
    """
    rng = np.random.default_rng(seed)
    if X is not None:
        A = np.asarray(X, dtype=np.float64)  # (n, d)
    else:
        angle = 2 * np.pi * np.arange(clusters) / clusters
        A = gaussian_blobs(8 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 30, spread, seed)[0]
    if len(A) < k_max:
        raise ValueError(f"{len(A)} points cannot fill {k_max} clusters; lower k_max")
    wcss = np.array([best_kmeans(A, K, rng, restarts)[2][-1] for K in range(1, k_max + 1)])  # (k_max,)
    total = float(np.sum((A - A.mean(axis=0)) ** 2))
    return {
        "k": list(range(1, k_max + 1)),
        "wcss": wcss,
        "explained_share": np.clip(1 - wcss / total, 0, 1) if total > 0 else np.zeros(k_max),
        "total_sum_of_squares": total,
        "elbow": farthest_below_chord(wcss) + 1,
    }
