r"""k-means initialization decides which local optimum is found; restarts and k-means++ make a good one likely.

$$P(\text{next centroid} = x_i) = \frac{D(x_i)^2}{\sum_j D(x_j)^2}, \qquad
D(x) = \text{distance to the nearest centroid chosen so far}$$

**Intuition.** Lloyd's algorithm only goes downhill from where it starts. If two centroids begin in one cluster, they
usually stay there and split it, while two other clusters share one centroid. k-means++ spreads the seeds: a far point
is more likely to be the next one. Running several times and keeping the lowest inertia can only improve on each single
run.

**When to use it.** Always: k-means++ with several restarts is the default of most libraries.

**Cost.** k-means++ takes $O(n K d)$, as much as one iteration. Restarts multiply the whole run.

**Pitfalls.** Convergence of a run is no sign that the clusters are right; the guarantee covers only a local optimum
that depends on the start, and unchanged centroids are merely a fixed point. Outliers attract k-means++ seeds because
they are far away. Comparing restarts by anything but the inertia on the same data and $K$ misleads. k-means++ is within
a factor $8(\ln K + 2)$ of the optimum in expectation, before any Lloyd step.

**References.** Arthur and Vassilvitskii, *k-means++: the advantages of careful seeding*, SODA (2007).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neighbors_and_clustering.k_means import kmeans_plus_plus, lloyd
from algorithms.registry import Output, algorithm
from algorithms.toy_data import gaussian_blobs


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Final inertia of each run."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(range(1, len(output["inertias"]) + 1), output["inertias"])
    axes.axhline(output["best_inertia"], linestyle="--")
    axes.set(xlabel="run", ylabel="final inertia", title=f"{inputs['method']} seeds")
    return figure


@algorithm(
    id="k-means-initialization",
    name="k-means initialization and restarts",
    aliases=("random restarts", "k-means++", "kmeans++", "initial centroids", "n_init"),
    example={"method": "random", "restarts": 10, "seed": 0},
    cost="seconds",
    figure=draw,
)
def k_means_initialization(
    method: Literal["random", "k-means++"] = "random",
    restarts: Annotated[int, Field(ge=1, le=50)] = 10,
    clusters: Annotated[int, Field(ge=2, le=16)] = 9,
    per_cluster: Annotated[int, Field(ge=2, le=40)] = 20,
    seed: Seed = 0,
) -> Output:
    """Run k-means several times on well separated clusters on a grid.

    Parameters
    ----------
    method : {"random", "k-means++"}
        Random distinct points, or D²-weighted seeds.
    restarts : int
        Runs.
    clusters : int
        Clusters of the data, and K.
    per_cluster : int
        Points of a cluster.
    seed : int
        Seed of data and starts.

    Returns
    -------
    dict
        ``inertias`` (final, one a run), ``best_inertia``, ``worst_inertia``, ``mean_inertia``, ``optimal_inertia``
        (true clusters), ``share_optimal`` (runs within 1% of it), ``mean_starting_inertia``.

    Examples
    --------
    >>> out = k_means_initialization("k-means++", restarts=20)
    >>> out["best_inertia"] < out["worst_inertia"]
    True
    """
    side = int(np.ceil(np.sqrt(clusters)))
    centers = 10.0 * np.array([[i // side, i % side] for i in range(clusters)], dtype=np.float64)  # (K, 2)
    X, truth = gaussian_blobs(centers, per_cluster, 1.0, seed)
    rng = np.random.default_rng(seed)
    final, first = [], []
    for _ in range(restarts):
        if method == "random":
            start = X[rng.choice(len(X), clusters, replace=False)]
        else:
            start = kmeans_plus_plus(X, clusters, rng)
        inertias = lloyd(X, start)[2]
        first.append(float(inertias[0]))
        final.append(float(inertias[-1]))
    optimal = sum(float(np.sum((X[truth == k] - X[truth == k].mean(axis=0)) ** 2)) for k in range(clusters))
    return {
        "inertias": final,
        "best_inertia": min(final),
        "worst_inertia": max(final),
        "mean_inertia": float(np.mean(final)),
        "optimal_inertia": optimal,
        "share_optimal": float(np.mean(np.array(final) <= 1.01 * optimal)),
        "mean_starting_inertia": float(np.mean(first)),
    }
