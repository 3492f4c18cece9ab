r"""The Spearman rank correlation is the Pearson correlation of the ranks: it measures how monotone a relation is.

$$\rho = r\bigl(\operatorname{rank}(x), \operatorname{rank}(y)\bigr), \qquad
\rho = 1 - \frac{6 \sum_i d_i^2}{n (n^2 - 1)} \ \text{without ties}$$

**Intuition.** Replacing values by ranks keeps the order and forgets the spacing. Any strictly increasing relation, however
curved, gives 1; any strictly decreasing one gives -1. Applying a monotone function to a variable changes nothing.

**When to use it.** For ordinal data, curved but monotone relations, and data with outliers, which move a rank only a
little.

**Cost.** $O(n \log n)$ for sorting.

**Pitfalls.** Ties get the average of the ranks they span; the short formula with $d_i^2$ is exact only without ties. Spearman
misses relations that rise and fall, such as $y = x^2$. It is not harmless to use it always: for bivariate normal data
it is less efficient than Pearson (asymptotic relative efficiency about 0.912, so it needs roughly 10% more data), and it
answers another question, monotone rather than linear association.

**References.** Spearman, *The proof and measurement of association between two things* (1904). Kendall and Gibbons, *Rank
Correlation Methods* (1990).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import Sample, paired, pearson

Floats = NDArray[np.float64]


def average_ranks(x: Floats) -> Floats:
    """Ranks from 1 to n of an array (n,); ties share the mean of the ranks they span.

    Examples
    --------
    >>> average_ranks(np.array([10.0, 30.0, 20.0, 20.0])).tolist()
    [1.0, 4.0, 2.5, 2.5]
    """
    _, group, sizes = np.unique(x, return_inverse=True, return_counts=True)  # groups of equal values, ascending
    last = np.cumsum(sizes)  # rank of the last of each group
    return np.asarray((last - (sizes - 1) / 2)[group.reshape(-1)], dtype=np.float64)


@algorithm(
    id="spearman-correlation",
    name="Spearman rank correlation",
    aliases=("Spearman's rho", "rank correlation", "Spearman"),
    example={"x": [1, 2, 3, 4, 5], "y": [1, 4, 9, 16, 25]},
)
def spearman_correlation(x: Sample, y: Sample) -> Output:
    """Spearman's rho with average ranks for ties, next to Pearson's r.

    Parameters
    ----------
    x, y : list of float, length n
        Paired observations.

    Returns
    -------
    dict
        ``rho`` in [-1, 1]; ``pearson_r`` of the values themselves; ``sum_squared_rank_differences``;
        ``ties``, whether any value occurs twice.

    Raises
    ------
    ValueError
        If the lists differ in length or one is constant.

    Examples
    --------
    >>> spearman_correlation([1, 2, 3], [1, 10, 1000])["rho"]
    1.0
    """
    a, b = paired(x, y)
    rx, ry = average_ranks(a), average_ranks(b)  # (n,), (n,)
    return {
        "rho": pearson(rx, ry),
        "pearson_r": pearson(a, b),
        "sum_squared_rank_differences": float(((rx - ry) ** 2).sum()),
        "ties": len(set(x)) < len(x) or len(set(y)) < len(y),
    }
