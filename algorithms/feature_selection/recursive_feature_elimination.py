r"""Recursive feature elimination (RFE) fits a model, removes the feature with the smallest weight, and repeats until
few are left.

$$j^* = \arg\min_{j \in S} |w_j(S)|, \qquad S \leftarrow S \setminus \{j^*\}$$

**Intuition.** The model itself says which feature it needs least. After each removal it is refitted, because the
weights of the rest change: of two correlated features the first removal makes the other one strong. Every feature gets
a rank: the order of removal, backwards.

**When to use it.** With linear models or any model that reports importances, and hundreds of features (the original use
was gene selection with SVMs).

**Cost.** $p - k$ refits when one feature is removed at a time; larger steps save fits.

**Pitfalls.** Weights can be compared only if features are on one scale: standardise first, or the unit of measurement
decides. It is greedy. Choose $k$ by cross-validation around the whole procedure (RFECV), not after it. With strongly
correlated features the weights share and both may be removed early. Impurity importances carry their bias into the
ranking. Removing several at once skips the correction that refitting brings.

**References.** Guyon, Weston, Barnhill and Vapnik, *Gene selection for cancer classification using support vector
machines*, Machine Learning (2002).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def standardized(X: Floats) -> Floats:
    """Columns with mean 0 and standard deviation 1; constant columns become 0.

    Examples
    --------
    >>> standardized(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    sd = X.std(axis=0)
    return np.asarray((X - X.mean(axis=0)) / np.where(sd > 0, sd, 1))


def ridge_weights(X: Floats, y: Floats, penalty: float) -> Floats:
    """Ridge weights (p,) on centred data."""
    A, b = X - X.mean(axis=0), y - y.mean()
    return np.asarray(np.linalg.solve(A.T @ A + penalty * np.eye(X.shape[1]), A.T @ b))


@algorithm(
    id="recursive-feature-elimination",
    name="Recursive feature elimination",
    aliases=("RFE", "recursive elimination", "RFECV"),
    example={
        "X": [[1, 5, 2], [2, 3, 1], [3, 6, 5], [4, 1, 4], [5, 4, 3], [6, 2, 6]],
        "y": [3.1, 4.9, 7.2, 8.8, 11.1, 13.0],
        "k": 1,
    },
)
def recursive_feature_elimination(
    X: Table,
    y: Targets,
    k: Annotated[int, Field(ge=1, le=16)] = 1,
    step: Annotated[int, Field(ge=1, le=16)] = 1,
    penalty: Annotated[float, Field(ge=1e-9, le=1e6)] = 1e-3,
    standardize: bool = True,
) -> Output:
    """Eliminate features by the weights of a ridge regression.

    Parameters
    ----------
    X : list of list of float, n rows of p features
        Rows.
    y : list of float, length n
        Targets.
    k : int
        Features to keep.
    step : int
        Features removed after each fit.
    penalty : float
        Ridge penalty.
    standardize : bool
        Put the features on one scale first.

    Returns
    -------
    dict
        ``selected`` (sorted), ``ranking`` (p,): 1 for the selected, then upwards in reverse order of removal (ties
        within one step share a rank), ``eliminated`` (in order), ``refits`` (fits done to eliminate), ``weights`` of
        the final fit.

    Raises
    ------
    ValueError
        If lengths differ or k exceeds p.

    Examples
    --------
    >>> out = recursive_feature_elimination([[1, 9], [2, 4], [3, 7]], [2, 4, 6])
    >>> out["selected"], out["ranking"]
    ([0], [1, 2])
    """
    check_lengths(X, y)
    A, t = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (n, p), (n,)
    p = A.shape[1]
    if k > p:
        raise ValueError(f"k is {k}, but there are {p} features")
    A = standardized(A) if standardize else A
    left, batches = list(range(p)), []
    while len(left) > k:
        w = np.abs(ridge_weights(A[:, left], t, penalty))  # (|S|,)
        weakest = np.argsort(w, kind="stable")[: min(step, len(left) - k)]
        batches.append([left[i] for i in weakest])
        left = [j for i, j in enumerate(left) if i not in set(weakest.tolist())]
    rank = [1] * p
    for place, batch in enumerate(reversed(batches), start=2):
        for j in batch:
            rank[j] = place
    return {
        "selected": left,
        "ranking": rank,
        "eliminated": [j for batch in batches for j in batch],
        "refits": len(batches),
        "weights": ridge_weights(A[:, left], t, penalty),
    }
