r"""The adjusted Rand index (ARI) measures how much two clusterings agree on pairs of points, corrected for chance.

$$\text{ARI} = \frac{\sum_{ij} \binom{n_{ij}}{2} - E}{\frac12 \left(\sum_i \binom{a_i}{2} + \sum_j \binom{b_j}{2}\right) - E}, \qquad
E = \frac{\sum_i \binom{a_i}{2} \sum_j \binom{b_j}{2}}{\binom n2}$$

with $n_{ij}$ the points in cluster $i$ of one and $j$ of the other clustering, and $a_i, b_j$ the cluster sizes.

**Intuition.** Take any two points: are they together in both clusterings, apart in both, or not? The Rand index is the share of pairs on which both
agree. Random clusterings already agree on many, so the expected value is subtracted: 1 is identity, 0 is chance, below 0 is worse than chance.

**When to use it.** To compare a clustering with known classes, or two runs with each other. Names of clusters do not matter.

**Cost.** $O(n + k l)$ from the cross table.

**Pitfalls.** The plain Rand index is near 1 for many small clusters whatever their quality: use the adjusted one. It is not accuracy: cluster numbers are
arbitrary, so comparing labels directly means nothing. Large clusters dominate the pairs. It needs a reference; without one take the silhouette. If both
are trivial (all together, or all apart) the quotient is 0/0 and counts as 1.

**References.** Rand, *Objective criteria for the evaluation of clustering methods* (1971). Hubert and Arabie, *Comparing partitions* (1985).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algorithms.inputs import Labels
from algorithms.registry import Output, algorithm
from algorithms.statistics.mutual_information import cross_table


def pairs(counts: NDArray[np.float64]) -> float:
    """Number of pairs inside groups of the given sizes.

    Examples
    --------
    >>> pairs(np.array([3.0, 1.0, 2.0]))
    4.0
    """
    return float((counts * (counts - 1) / 2).sum())


@algorithm(
    id="adjusted-rand-index",
    name="Adjusted Rand index",
    aliases=("ARI", "Rand index", "cluster agreement", "clustering comparison"),
    example={"labels_true": [0, 0, 1, 1], "labels_pred": [0, 0, 1, 2]},
)
def adjusted_rand_index(labels_true: Labels, labels_pred: Labels) -> Output:
    """ARI of two clusterings of the same points.

    Parameters
    ----------
    labels_true, labels_pred : list of int, length n
        Cluster of each point in both clusterings; the numbers are only names.

    Returns
    -------
    dict
        ``ari`` in [-0.5, 1]; ``rand_index`` in [0, 1], not corrected; ``expected_rand_index`` of random clusterings with
        the same cluster sizes; ``pairs_together_in_both``.

    Raises
    ------
    ValueError
        If the lists differ in length, or there are fewer than 2 points.

    Examples
    --------
    >>> round(adjusted_rand_index([0, 0, 1, 1], [0, 0, 1, 2])["ari"], 4)
    0.5714
    """
    counts = cross_table(labels_true, labels_pred)  # (k, l)
    total = pairs(np.array([counts.sum()]))
    if total == 0:
        raise ValueError("a single point forms no pair; give at least two")
    both, a, b = pairs(counts), pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0))
    expected = a * b / total
    largest = (a + b) / 2
    return {
        "ari": (both - expected) / (largest - expected) if largest != expected else 1.0,
        "rand_index": (total + 2 * both - a - b) / total,
        "expected_rand_index": (total + 2 * expected - a - b) / total,
        "pairs_together_in_both": int(both),
    }
