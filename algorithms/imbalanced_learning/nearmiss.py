r"""NearMiss undersampling keeps the majority rows that lie close to the minority and drops the rest; its three versions
differ in what close means.

$$\text{1: smallest } \frac1k \sum_{m \in \text{nearest } k} d(x, m), \qquad
\text{2: smallest } \frac1k \sum_{m \in \text{farthest } k} d(x, m)$$

NearMiss-3 first keeps, for every minority row, its $k$ nearest majority rows, and then takes those whose mean distance
to their nearest $k$ minority rows is largest.

**Intuition.** Majority rows far from the minority are easy and teach little. Version 1 keeps rows close to some
minority rows, version 2 rows close to all of them, version 3 makes sure that every minority row stays surrounded by
some majority rows.

**When to use it.** When the boundary matters and the classes hardly overlap.

**Cost.** All distances between the two classes.

**Pitfalls.** Version 1 is sensitive to noise: one minority outlier inside the majority attracts all the kept rows. What
is kept no longer follows the majority's distribution, so probabilities are badly off. Version 3 may find fewer rows
than wanted. In overlapping classes it keeps exactly the mislabelled rows. Scale the features. Random undersampling with
averaging is often as good.

**References.** Mani and Zhang, *kNN approach to unbalanced data distributions: a case study involving information
extraction*, ICML workshop (2003).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Points
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def near_miss(majority: Floats, minority: Floats, keep: int, version: int, k: int) -> tuple[Ints, Floats]:
    """Kept majority rows and the mean distance (n,) that decides; ties in row order.

    Examples
    --------
    >>> near_miss(np.array([[1.0], [5.0], [2.0]]), np.array([[0.0], [1.5]]), 1, 1, 1)[0].tolist()
    [0]
    """
    D = np.sqrt(squared_distances(majority, minority))  # (n, m)
    ordered = np.sort(D, axis=1)
    if version == 2:
        score = ordered[:, -k:].mean(axis=1)
        return np.argsort(score, kind="stable")[:keep], score
    score = ordered[:, :k].mean(axis=1)
    if version == 1:
        return np.argsort(score, kind="stable")[:keep], score
    short_list = np.unique(np.argsort(D, axis=0, kind="stable")[:k])  # nearest majority rows of any minority row
    return short_list[np.argsort(-score[short_list], kind="stable")[:keep]], score


@algorithm(
    id="nearmiss",
    name="NearMiss undersampling",
    aliases=("NearMiss-1", "NearMiss-2", "NearMiss-3", "near miss"),
    example={
        "majority": [[2, 0], [3, 0], [8, 0], [0, 3], [9, 9], [5, 1]],
        "minority": [[0, 0], [1, 1], [0, 1]],
        "version": 1,
    },
)
def nearmiss(
    majority: Points,
    minority: Points,
    version: Literal[1, 2, 3] = 1,
    keep: Annotated[int, Field(ge=0, le=256)] = 0,
    k: Annotated[int, Field(ge=1, le=50)] = 3,
) -> Output:
    """Choose majority rows by their distance to the minority.

    Parameters
    ----------
    majority : list of list of float, n rows of d features
        Rows of the majority class.
    minority : list of list of float, m rows of d features
        Rows of the minority class.
    version : {1, 2, 3}
        NearMiss version.
    keep : int
        Rows to keep; 0 keeps as many as there are minority rows.
    k : int
        Neighbours averaged.

    Returns
    -------
    dict
        ``kept`` (majority row numbers, best first), ``mean_distances`` (first 50), ``n_kept`` (version 3 may keep fewer
        than wanted).

    Raises
    ------
    ValueError
        If dimensions differ, k exceeds the number of minority rows, or more rows are to be kept than there are.

    Examples
    --------
    >>> nearmiss([[1.0], [5.0], [2.0]], [[0.0], [1.5]], k=1, keep=2)["kept"].tolist()
    [0, 2]
    """
    X, M = np.asarray(majority, dtype=np.float64), np.asarray(minority, dtype=np.float64)  # (n, d), (m, d)
    wanted = keep or len(M)
    if X.shape[1] != M.shape[1] or k > len(M) or wanted > len(X):
        raise ValueError(
            f"{len(X)} majority rows of {X.shape[1]} features and {len(M)} minority rows of {M.shape[1]} do not allow to "
            f"keep {wanted} with k = {k}; features must agree, k is at most {len(M)}, keep at most {len(X)}"
        )
    kept, score = near_miss(X, M, wanted, version, k)
    return {"kept": kept, "mean_distances": score[:50], "n_kept": len(kept)}
