r"""A Tomek link is a pair of rows of opposite classes that are each other's nearest neighbour; removing its majority
row cleans the boundary.

$$(i, j) \text{ is a Tomek link} \iff y_i \ne y_j, \quad \mathrm{nn}(i) = j, \quad \mathrm{nn}(j) = i$$

**Intuition.** If two rows of different classes have no closer neighbour than each other, one of them is noise or both
lie on the boundary. Dropping the majority row of every pair widens the gap around the minority without touching the
rest.

**When to use it.** As a light cleaning step, often after SMOTE, which creates rows in majority land.

**Cost.** One nearest-neighbour search for all rows.

**Pitfalls.** The definition is stricter than majority rows that are close to minority rows, as it is sometimes put: the
neighbourhood must be mutual, so a majority row between two minority rows forms at most one link. It does not balance
the classes; few rows go. Removing both rows of a link is another variant, for noise. Duplicated rows have distance zero
and ties: here the row that comes first counts as nearest. Scale the features. Clean the training part only.

**References.** Tomek, *Two modifications of CNN*, IEEE Transactions on Systems, Man, and Cybernetics (1976). Batista,
Prati and Monard, *A study of the behavior of several methods for balancing machine learning training data* (2004).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from algorithms.inputs import Labels, Points, check_lengths
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def find_links(X: Floats, y: Ints) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of mutual nearest neighbours with different labels.

    Examples
    --------
    >>> find_links(np.array([[0.0], [1.0], [5.0]]), np.array([0, 1, 1]))
    [(0, 1)]
    """
    D = squared_distances(X, X)
    np.fill_diagonal(D, np.inf)
    nearest = D.argmin(axis=1)  # (n,)
    return [(i, int(j)) for i, j in enumerate(nearest) if i < j and nearest[j] == i and y[i] != y[j]]


@algorithm(
    id="tomek-links",
    name="Tomek links",
    aliases=("Tomek link removal", "mutual nearest neighbours of opposite class"),
    example={
        "X": [[0, 0], [0, 1], [1, 0], [2, 2], [2.2, 2.1], [5, 5], [5, 6], [6, 5]],
        "y": [0, 0, 0, 0, 1, 1, 1, 0],
    },
)
def tomek_links(X: Points, y: Labels, remove: Literal["majority", "both"] = "majority") -> Output:
    """Find Tomek links and the rows that remain after cleaning.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Rows.
    y : list of int, length n
        Class labels.
    remove : {"majority", "both"}
        Drop the row of the more frequent class of each link (the first row if equally frequent), or both rows.

    Returns
    -------
    dict
        ``links`` (pairs of row numbers, at most 50), ``n_links``, ``removed`` and ``kept`` (row numbers),
        ``counts_before`` and ``counts_after`` (by class).

    Raises
    ------
    ValueError
        If lengths differ or there are fewer than two rows.

    Examples
    --------
    >>> out = tomek_links([[0], [1], [2], [2.1], [9]], [0, 0, 0, 1, 1])
    >>> out["links"], out["removed"]
    ([(2, 3)], [2])
    """
    check_lengths(X, list(y))
    if len(y) < 2:
        raise ValueError("a link needs at least two rows")
    A, t = np.asarray(X, dtype=np.float64), np.asarray(y)  # (n, d), (n,)
    links = find_links(A, t)
    classes, counts = np.unique(t, return_counts=True)
    size = dict(zip(classes.tolist(), counts.tolist(), strict=True))
    if remove == "both":
        removed = sorted(row for link in links for row in link)
    else:
        removed = sorted(max(link, key=lambda row: (size[int(t[row])], -row)) for link in links)
    kept = np.setdiff1d(np.arange(len(t)), removed)
    return {
        "links": links[:50],
        "n_links": len(links),
        "removed": removed,
        "kept": kept,
        "counts_before": {int(c): int(n) for c, n in size.items()},
        "counts_after": {int(c): int(np.sum(t[kept] == c)) for c in classes},
    }
