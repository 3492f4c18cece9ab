r"""Agglomerative hierarchical clustering starts with every point on its own and merges the two closest clusters until
one is left.

$$d_{\text{single}}(A, B) = \min_{a, b} d(a, b), \quad d_{\text{complete}} = \max_{a, b} d(a, b), \quad
d_{\text{average}} = \frac{1}{|A||B|} \sum_{a, b} d(a, b)$$

**Intuition.** The $n - 1$ merges form a tree, the dendrogram; the height of a merge is the distance at which the two
parts met. Cutting the tree at a height gives a clustering, so no number of clusters has to be fixed beforehand. Single
linkage follows chains (its heights are the edge lengths of the minimum spanning tree), complete linkage makes compact
groups, average linkage lies between.

**When to use it.** For a few thousand points when the nesting itself is of interest (taxonomies, gene expression).

**Cost.** $O(n^2)$ memory; $O(n^3)$ in the plain form here, $O(n^2)$ with nearest-neighbour chains.

**Pitfalls.** A merge is never undone. Single linkage joins clusters through a thin bridge of noise. Ties make the tree
depend on the order of the rows. The left-right order of leaves in a plot means nothing. Heights of single, complete and
average linkage never decrease; centroid linkage can invert.

**References.** Sneath and Sokal, *Numerical Taxonomy* (1973). Lance and Williams, *A general theory of classificatory
sorting strategies* (1967). Gower and Ross, *Minimum spanning trees and single linkage cluster analysis* (1969).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Linkage = Literal["single", "complete", "average"]
Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=32)]],
    Field(min_length=2, max_length=150),
    AfterValidator(rectangular),
]


def merge_history(D: Floats, linkage: Linkage) -> Floats:
    """Merges (n - 1, 4): the two cluster numbers, the height and the new size; merge m creates cluster n + m.

    Examples
    --------
    >>> merge_history(np.array([[0.0, 1, 5], [1, 0, 3], [5, 3, 0]]), "single").tolist()
    [[0.0, 1.0, 1.0, 2.0], [2.0, 3.0, 3.0, 3.0]]
    """
    n = len(D)
    D = D.copy()
    np.fill_diagonal(D, np.inf)
    number, size = list(range(n)), np.ones(n)  # of the cluster in each slot
    merges = np.empty((n - 1, 4))
    for m in range(n - 1):
        i, j = sorted(divmod(int(D.argmin()), n))
        merges[m] = [*sorted((number[i], number[j])), D[i, j], size[i] + size[j]]
        if linkage == "average":
            joined = (size[i] * D[i] + size[j] * D[j]) / (size[i] + size[j])  # (n,)
        else:
            joined = np.minimum(D[i], D[j]) if linkage == "single" else np.maximum(D[i], D[j])
        D[i], D[:, i] = joined, joined
        D[i, i] = np.inf
        D[j], D[:, j] = np.inf, np.inf
        number[i], size[i] = n + m, size[i] + size[j]
    return merges


def cut(merges: Floats, n: int, k: int) -> list[int]:
    """Labels of the k clusters that are left after n - k merges, numbered by their first point."""
    parent = list(range(2 * n - 1))
    for m in range(n - k):
        for child in merges[m, :2].astype(int):
            parent[child] = n + m

    def top(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    roots = [top(i) for i in range(n)]
    names = {root: index for index, root in enumerate(dict.fromkeys(roots))}
    return [names[root] for root in roots]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The dendrogram."""
    from matplotlib.figure import Figure
    from scipy.cluster.hierarchy import dendrogram

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    if len(output["merges"]) == len(inputs["X"]) - 1:
        dendrogram(np.array(output["merges"]), ax=axes)
    axes.set(ylabel="height", title=f"{inputs['linkage']} linkage")
    return figure


@algorithm(
    id="hierarchical-clustering",
    name="Agglomerative hierarchical clustering",
    aliases=(
        "agglomerative",
        "dendrogram",
        "single/complete/average linkage",
        "single linkage",
        "agglomerative clustering",
    ),
    example={"X": [[0], [1], [3], [7], [8]], "k": 2, "linkage": "single"},
    cost="seconds",
    figure=draw,
)
def hierarchical_clustering(
    X: Rows, k: Annotated[int, Field(ge=1, le=150)] = 2, linkage: Linkage = "average"
) -> Output:
    """Build the tree of merges and cut it into `k` clusters.

    Parameters
    ----------
    X : list of list of float, n points of d coordinates
        Points.
    k : int
        Clusters to cut the tree into.
    linkage : {"single", "complete", "average"}
        Distance between clusters.

    Returns
    -------
    dict
        ``labels`` (n,), ``merges`` (cluster, cluster, height, size; last 50), ``heights`` (last 50), ``n_merges`` = n -
        1.

    Raises
    ------
    ValueError
        If k exceeds n.

    Examples
    --------
    >>> hierarchical_clustering([[0], [1], [3], [7], [8]], 2, "single")["labels"]
    [0, 0, 0, 1, 1]
    """
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    if k > len(A):
        raise ValueError(f"k = {k} exceeds the {len(A)} points")
    merges = merge_history(np.sqrt(squared_distances(A, A)), linkage)
    return {
        "labels": cut(merges, len(A), k),
        "merges": merges[-50:],
        "heights": merges[-50:, 2],
        "n_merges": len(merges),
    }
