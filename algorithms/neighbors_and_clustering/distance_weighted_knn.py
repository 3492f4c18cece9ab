r"""Distance-weighted kNN lets each of the $k$ neighbours vote with a weight that falls with its distance, usually the
inverse.

$$\hat y(x) = \arg\max_c \sum_{i \in N_k(x)} w_i\,[y_i = c], \qquad w_i = \frac{1}{d(x, x_i)}$$

For regression it is the weighted mean of the targets.

**Intuition.** In a plain vote the seventh neighbour counts as much as the first. If a class has only three points, it
can never win the majority among $k = 7$ neighbours of two classes, not even at its own location: four of the other
class always outvote it. With inverse distances three near points outweigh four far ones, so the small class keeps its
region.

**When to use it.** When density or class sizes differ, and when a large $k$ is wanted without blurring borders.

**Cost.** That of kNN; the weights are free.

**Pitfalls.** A query that coincides with a stored row has distance zero: then only the rows at distance zero vote. So
the training error is zero for distinct rows whatever $k$ is, and says nothing. Libraries default to uniform weights
(`weights="uniform"` in scikit-learn). Inverse distances make single noisy points strong nearby; a Gaussian kernel is
gentler. Scale the features.

**References.** Dudani, *The distance-weighted k-nearest-neighbor rule*, IEEE Transactions on Systems, Man, and
Cybernetics (1976).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, Targets, check_lengths
from algorithms.neighbors_and_clustering.k_nearest_neighbors import nearest, weighted_vote
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def inverse_distances(distances: Floats) -> Floats:
    """Weights (k,) summing to one; rows at distance zero share everything.

    Examples
    --------
    >>> inverse_distances(np.array([1.0, 3.0])).tolist(), inverse_distances(np.array([0.0, 3.0])).tolist()
    ([0.75, 0.25], [1.0, 0.0])
    """
    zero = distances == 0
    if zero.any():
        return np.asarray(zero / zero.sum(), dtype=np.float64)
    w = distances.min() / distances  # the ratio cannot overflow
    return np.asarray(w / w.sum())


@algorithm(
    id="distance-weighted-knn",
    name="Distance-weighted kNN",
    aliases=(
        "weighted kNN",
        'weights="distance"',
        "inverse distance weighting",
        "distance weighted k-nearest neighbours",
    ),
    example={
        "X": [[0], [0.2], [0.4], [3], [3.5], [4], [4.5], [5], [5.5]],
        "y": [1, 1, 1, 0, 0, 0, 0, 0, 0],
        "X_new": [[0.1], [4.1]],
        "k": 7,
    },
)
def distance_weighted_knn(
    X: Table,
    y: Targets,
    X_new: Table | None = None,
    k: Annotated[int, Field(ge=1, le=256)] = 7,
    task: Literal["classification", "regression"] = "classification",
) -> Output:
    """Predict with inverse-distance weights and, for comparison, with equal ones.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Stored rows.
    y : list of float, length n
        Class labels, or numbers for regression.
    X_new : list of list of float or None
        Queries; the stored rows if not given.
    k : int
        Neighbours.
    task : {"classification", "regression"}
        Weighted vote or weighted mean.

    Returns
    -------
    dict
        ``predictions`` and ``uniform_predictions`` (m,), at most 50; ``weights`` of the neighbours, nearest first, for
        the first 20 queries (k cut at 20).

    Raises
    ------
    ValueError
        If k exceeds n, or the inputs do not fit each other.

    Examples
    --------
    >>> out = distance_weighted_knn([[0], [1], [2], [9], [9], [9], [9]], [1, 1, 1, 0, 0, 0, 0], [[0.5]], k=7)
    >>> out["predictions"], out["uniform_predictions"]
    ([1.0], [0.0])
    """
    check_lengths(X, y)
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    Q = A if X_new is None else np.asarray(X_new, dtype=np.float64)  # (m, d)
    if k > len(A):
        raise ValueError(f"k = {k} exceeds the {len(A)} stored rows")
    if Q.shape[1] != A.shape[1]:
        raise ValueError(f"X has {A.shape[1]} features and X_new has {Q.shape[1]}; they must agree")
    t = np.asarray(y, dtype=np.float64)
    rows, distances = nearest(Q, A, k)
    weights = np.array([inverse_distances(d) for d in distances])  # (m, k)
    equal = np.full(k, 1 / k)

    def answer(labels: Floats, w: Floats) -> float:
        return float(w @ labels) if task == "regression" else weighted_vote(labels, w)

    return {
        "predictions": [answer(t[r], w) for r, w in zip(rows, weights, strict=True)][:50],
        "uniform_predictions": [answer(t[r], equal) for r in rows][:50],
        "weights": weights[:20, :20],
    }
