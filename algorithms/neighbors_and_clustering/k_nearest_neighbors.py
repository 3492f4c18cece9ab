r"""k-nearest neighbours answers a query with the majority class, or the mean target, of the $k$ closest training
points.

$$\hat y(x) = \operatorname{mode}\{y_i : i \in N_k(x)\} \quad\text{or}\quad \frac1k \sum_{i \in N_k(x)} y_i$$

**Intuition.** Close points should have similar answers. There is no training: the stored rows are the model, and all
work happens at the query (lazy learning). With $k = 1$ the training error is zero, since every distinct row is its own
nearest neighbour; with $k = n$ every query gets the global majority. In between, $k$ trades variance for bias.

**When to use it.** As a baseline, for irregular boundaries, and for search in embeddings.

**Cost.** Brute force: $O(n d)$ for every query and $O(n d)$ memory. That is a drawback of the method, not an advantage:
the missing training time comes back at each prediction. Trees and approximate indexes help.

**Pitfalls.** A small $k$ overfits noise. Features on large scales dominate the distance: standardise. In high dimension
all distances become similar. Use an odd $k$ for two classes; ties need a rule (here the nearest neighbour's class among
those tied). A rare class is outvoted. Choose $k$ on validation data.

**References.** Fix and Hodges (1951). Cover and Hart, *Nearest neighbor pattern classification*, IEEE Transactions on
Information Theory (1967). Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 13.3.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, Targets, check_lengths
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def nearest(Q: Floats, X: Floats, k: int) -> tuple[Ints, Floats]:
    """Row numbers (m, k) and distances (m, k) of the nearest rows of X, nearest first, ties in row order.

    Examples
    --------
    >>> nearest(np.array([[0.9]]), np.array([[0.0], [1.0], [3.0]]), 2)[0].tolist()
    [[1, 0]]
    """
    D = squared_distances(Q, X)  # (m, n)
    order = np.argsort(D, axis=1, kind="stable")[:, :k]
    return order, np.sqrt(np.take_along_axis(D, order, axis=1))


def weighted_vote(labels: Floats, weights: Floats) -> float:
    """Label with the largest summed weight; a tie goes to the label that comes first (the nearest).

    Examples
    --------
    >>> weighted_vote(np.array([2.0, 1.0, 1.0, 2.0]), np.ones(4))
    2.0
    """
    totals: dict[float, float] = {}
    for label, weight in zip(labels.tolist(), weights.tolist(), strict=True):
        totals[label] = totals.get(label, 0.0) + weight
    top = max(totals.values())
    return next(label for label, total in totals.items() if total >= top * (1 - 1e-12))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """First two features, training rows and queries by class."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X, Q = np.array(inputs["X"]), np.array(inputs["X_new"] or inputs["X"])
    second = 1 if X.shape[1] > 1 else 0
    axes.scatter(X[:, 0], X[:, second], c=inputs["y"], label="training")
    shown = len(output["predictions"])
    axes.scatter(Q[:shown, 0], Q[:shown, second], c=output["predictions"], marker="x", s=90, label="query")
    axes.legend()
    axes.set(title=f"{inputs['k']}-nearest neighbours")
    return figure


@algorithm(
    id="k-nearest-neighbors",
    name="k-nearest neighbours",
    aliases=(
        "kNN",
        "k-NN",
        "k nearest neighbors",
        "lazy learning",
        "non-parametric classifier",
        "nearest neighbour classifier",
    ),
    example={
        "X": [[1, 1], [1, 2], [2, 1], [6, 6], [7, 6], [6, 7]],
        "y": [0, 0, 0, 1, 1, 1],
        "X_new": [[2, 2], [5, 5]],
        "k": 3,
    },
    figure=draw,
)
def k_nearest_neighbors(
    X: Table,
    y: Targets,
    X_new: Table | None = None,
    k: Annotated[int, Field(ge=1, le=256)] = 3,
    task: Literal["classification", "regression"] = "classification",
) -> Output:
    """Predict the rows of `X_new` from their k nearest rows of `X`.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Stored rows.
    y : list of float, length n
        Class labels, or numbers for regression.
    X_new : list of list of float or None
        Queries; the stored rows themselves if not given (each is then its own neighbour).
    k : int
        Neighbours.
    task : {"classification", "regression"}
        Majority vote or mean.

    Returns
    -------
    dict
        ``predictions`` (m,), ``neighbours`` (m, k; row numbers) and ``distances`` of the first 20 queries (k cut at
        20), ``training_error`` (each row among its own neighbours), ``stored_numbers`` (n times d),
        ``operations_per_query``.

    Raises
    ------
    ValueError
        If k exceeds n, or the inputs do not fit each other.

    Examples
    --------
    >>> k_nearest_neighbors([[0], [1], [9], [10]], [0, 0, 1, 1], [[2], [8]], k=3)["predictions"]
    [0.0, 1.0]
    """
    check_lengths(X, y)
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    Q = A if X_new is None else np.asarray(X_new, dtype=np.float64)  # (m, d)
    if k > len(A):
        raise ValueError(f"k = {k} exceeds the {len(A)} stored rows")
    if Q.shape[1] != A.shape[1]:
        raise ValueError(f"X has {A.shape[1]} features and X_new has {Q.shape[1]}; they must agree")
    t = np.asarray(y, dtype=np.float64)

    def predict(rows: Ints) -> list[float]:
        if task == "regression":
            return [float(t[r].mean()) for r in rows]
        return [weighted_vote(t[r], np.ones(k)) for r in rows]

    neighbours, distances = nearest(Q, A, k)
    fitted = np.array(predict(nearest(A, A, k)[0]))
    error = np.mean(fitted != t) if task == "classification" else np.mean((fitted - t) ** 2)
    return {
        "predictions": predict(neighbours)[:50],
        "neighbours": neighbours[:20, :20],
        "distances": distances[:20, :20],
        "training_error": float(error),
        "stored_numbers": A.size,
        "operations_per_query": A.size,
    }
