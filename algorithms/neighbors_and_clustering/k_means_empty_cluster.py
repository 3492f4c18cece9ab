r"""Empty clusters in k-means appear when no point is nearest to a centroid, which then has no mean to move to.

$$\{x_i : \arg\min_j \lVert x_i - \mu_j\rVert = k\} = \emptyset \quad\Rightarrow\quad \mu_k = \tfrac{0}{0}$$

**Intuition.** A centroid in the middle of a ring of other centroids may be farther from every point than one of the
ring. After the assignment it owns nothing. The algorithm has no rule for this case, so an implementation must choose:
drop the centroid, leave it where it is, or move it to a useful place such as a random point or the point with the
largest error.

**When to use it.** As a guard in every implementation of k-means, above all with random centroids that are not data
points and with large $K$.

**Cost.** None to speak of; moving to the farthest point reuses the distances already computed.

**Pitfalls.** Dividing by zero gives NaN centroids that silently spread. Dropping the centroid returns fewer clusters
than asked. Leaving it in place wastes it. Moving it to the point with the largest error never raises the inertia: that
point's error becomes zero and no other point gets worse. A move to a random point may not help at once but keeps $K$.
Seeds drawn from distinct data points cannot be empty at the first assignment.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 14.3.6. Pelleg
and Moore, *Accelerating exact k-means algorithms with geometric reasoning*, KDD (1999).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Policy = Literal["keep", "drop", "random", "farthest"]


def repair(X: Floats, mu: Floats, policy: Policy, rng: np.random.Generator) -> tuple[Floats, int]:
    """Treat the centroids that own no point; returns the centroids and how many were empty.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [9.0]])
    >>> repair(X, np.array([[0.0], [50.0]]), "farthest", np.random.default_rng(0))
    (array([[0.],
           [9.]]), 1)
    """
    mu = mu.copy()
    owner = squared_distances(X, mu).argmin(axis=1)
    empty = [k for k in range(len(mu)) if not np.any(owner == k)]
    if policy == "drop":
        return np.delete(mu, empty, axis=0), len(empty)
    for k in empty:
        if policy == "random":
            mu[k] = X[rng.integers(len(X))]
        elif policy == "farthest":
            mu[k] = X[squared_distances(X, mu).min(axis=1).argmax()]
    return mu, len(empty)


@algorithm(
    id="k-means-empty-cluster",
    name="Empty clusters in k-means",
    aliases=("centroid without points", "dead centroid", "empty cluster"),
    example={
        "X": [[3, 0], [-3, 0], [0, 3], [0, -3], [3.2, 0], [-3.2, 0], [0, 3.2], [0, -3.2]],
        "centroids": [[0, 0], [2.5, 0], [-2.5, 0], [0, 2.5], [0, -2.5]],
        "policy": "farthest",
    },
)
def k_means_empty_cluster(
    X: Points,
    centroids: Points,
    policy: Policy = "farthest",
    max_iterations: Annotated[int, Field(ge=1, le=100)] = 50,
    seed: Seed = 0,
) -> Output:
    """Run k-means from given centroids with a rule for empty clusters.

    Parameters
    ----------
    X : list of list of float, n points of d coordinates
        Points.
    centroids : list of list of float, k centroids of d coordinates
        Starting centroids; the example has one inside a ring of the others.
    policy : {"keep", "drop", "random", "farthest"}
        Leave an empty centroid, remove it, or move it to a random point or to the point with the largest error.
    max_iterations : int
        Iterations at most.
    seed : int
        Seed of the random moves.

    Returns
    -------
    dict
        ``empty_at_start``, ``empty_events`` (over all iterations), ``centroids``, ``sizes``, ``inertia``,
        ``inertia_keep`` (same run without repair).

    Raises
    ------
    ValueError
        If points and centroids differ in dimension.

    Examples
    --------
    >>> out = k_means_empty_cluster([[0], [1], [9]], [[0], [50]], "keep")
    >>> out["empty_at_start"], out["sizes"].tolist()
    (1, [3, 0])
    """
    A, start = np.asarray(X, dtype=np.float64), np.asarray(centroids, dtype=np.float64)  # (n, d), (k, d)
    if A.shape[1] != start.shape[1]:
        raise ValueError(f"points have {A.shape[1]} coordinates and centroids {start.shape[1]}; they must agree")

    def run(rule: Policy) -> tuple[Floats, list[int]]:
        rng = np.random.default_rng(seed)
        mu, events = start, []
        for _ in range(max_iterations):
            mu, empty = repair(A, mu, rule, rng)
            events.append(empty)
            c = squared_distances(A, mu).argmin(axis=1)  # (n,)
            new = np.array([A[c == k].mean(axis=0) if np.any(c == k) else mu[k] for k in range(len(mu))])
            if np.array_equal(new, mu):
                break
            mu = new
        return mu, events

    mu, events = run(policy)
    D = squared_distances(A, mu)
    return {
        "empty_at_start": events[0],
        "empty_events": sum(events),
        "centroids": mu[:50],
        "sizes": np.bincount(D.argmin(axis=1), minlength=len(mu)),
        "inertia": float(D.min(axis=1).sum()),
        "inertia_keep": float(squared_distances(A, run("keep")[0]).min(axis=1).sum()),
    }
