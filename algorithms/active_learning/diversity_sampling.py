r"""Diversity sampling (core-set selection) picks a batch that covers the pool, by greedily adding the point farthest
from all points chosen so far.

$$x_{t+1} = \arg\max_{x \in U}\; \min_{c \in S_t} \lVert x - c\rVert, \qquad
\max_{x} \min_{c \in S} \lVert x - c \rVert \le 2\,\mathrm{OPT}$$

**Intuition.** Uncertainty picks look alike, so half of a batch is wasted. The k-center problem asks for $k$ points such
that every pool item is near one of them. Greedy farthest-first traversal solves it within a factor of two of the best
possible radius, and no efficient algorithm can guarantee better unless P = NP.

**When to use it.** For batches of labels on embeddings, for a first batch without any model, and mixed with
uncertainty.

**Cost.** $O(k\, n\, d)$: each new center updates the distances once.

**Pitfalls.** Farthest-first loves outliers: the most remote item is always next; trim them or use a robust variant. The
distance must be meaningful, so use good embeddings and scale them. Include the points already labelled as centers.
Coverage ignores the model's uncertainty altogether. In high dimension all points are about equally far.

**References.** Gonzalez, *Clustering to minimize the maximum intercluster distance* (1985). Sener and Savarese, *Active
learning for convolutional neural networks: a core-set approach*, ICLR (2018), arXiv:1708.00489.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def farthest_first(X: Floats, start: list[int], k: int) -> tuple[list[int], Floats]:
    """Add k centers to `start`; returns all center numbers and the distance (n,) of each point to its nearest one.

    Examples
    --------
    >>> farthest_first(np.array([[0.0], [1.0], [9.0], [4.0]]), [0], 2)[0]
    [0, 2, 3]
    """
    centers = list(start)
    D = squared_distances(X, X[centers]).min(axis=1)  # (n,)
    for _ in range(k):
        new = int(D.argmax())
        centers.append(new)
        D = np.minimum(D, squared_distances(X, X[[new]])[:, 0])
    return centers, np.sqrt(D)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Pool and picks, first two coordinates."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X = np.array(inputs["X"])
    y = X[:, 1] if X.shape[1] > 1 else np.zeros(len(X))
    axes.scatter(X[:, 0], y, s=12)
    axes.scatter(X[output["selected"], 0], y[output["selected"]], s=90, facecolors="none", edgecolors="black")
    axes.set(xlabel="feature 1", ylabel="feature 2", title=f"covering radius {output['radius']:.3g}")
    return figure


@algorithm(
    id="diversity-sampling",
    name="Diversity (core-set) sampling",
    aliases=("core-set", "coreset selection", "k-center greedy", "farthest-first traversal", "diverse batch selection"),
    example={"X": [[0, 0], [0, 1], [1, 0], [5, 5], [5, 6], [10, 0]], "k": 3},
    figure=draw,
)
def diversity_sampling(
    X: Points,
    k: Annotated[int, Field(ge=1, le=256)] = 3,
    labelled: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(max_length=256)] | None = None,
    seed: Seed = 0,
) -> Output:
    """Pick k points that cover the pool.

    Parameters
    ----------
    X : list of list of float, n points of d coordinates
        Pool, including points already labelled.
    k : int
        Points to pick.
    labelled : list of int or None
        Rows that are labelled already; without any, the first row is the first pick.
    seed : int
        Seed of the random batch for comparison.

    Returns
    -------
    dict
        ``selected`` (rows in order of picking), ``radius`` (largest distance of a point to the nearest labelled or
        picked one), ``mean_distance``, ``random_radius`` (mean over 20 random batches), ``lower_bound`` (half the
        radius: no batch of this size from scratch can do better).

    Raises
    ------
    ValueError
        If a labelled row does not exist, or too few rows are left to pick.

    Examples
    --------
    >>> diversity_sampling([[0, 0], [0, 1], [5, 5], [10, 0]], 3)["selected"]
    [0, 3, 2]
    """
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    known = sorted(set(labelled or []))
    if known and known[-1] >= len(A):
        raise ValueError(f"row {known[-1]} does not exist; the pool has {len(A)} rows")
    if k > len(A) - len(known):
        raise ValueError(f"k is {k}, but only {len(A) - len(known)} rows are unlabelled")
    start = known or [0]
    centers, D = farthest_first(A, start, k if known else k - 1)
    rng = np.random.default_rng(seed)
    free = np.setdiff1d(np.arange(len(A)), known)
    radii = []
    for _ in range(20):
        batch = [*known, *rng.choice(free, k, replace=False).tolist()]
        radii.append(float(np.sqrt(squared_distances(A, A[batch]).min(axis=1).max())))
    return {
        "selected": centers[len(known) :],
        "radius": float(D.max()),
        "mean_distance": float(D.mean()),
        "random_radius": float(np.mean(radii)),
        "lower_bound": float(D.max()) / 2,
    }
