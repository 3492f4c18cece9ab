r"""ADASYN makes synthetic minority rows like SMOTE, but more of them where a minority row is surrounded by the
majority.

$$r_i = \frac{\#\{\text{majority rows among the } k \text{ nearest of } x_i\}}{k}, \qquad
g_i = G\,\frac{r_i}{\sum_j r_j}, \qquad x_{\text{new}} = x_i + u\,(x_{\text{nn}} - x_i)$$

with $G$ the number of rows to make.

**Intuition.** A minority row deep inside its own class is easy; one among majority rows is hard to learn. The share of
majority neighbours measures that, and the synthetic rows are handed out in proportion, so the boundary gets the
attention.

**When to use it.** Instead of SMOTE when the boundary is where errors happen and labels are clean.

**Cost.** $O(n_{\min}\, n\, d)$ for the neighbours.

**Pitfalls.** An outlier or a mislabelled minority row has only majority neighbours, gets the largest share and breeds
more noise around it; remove such rows first. If no minority row has a majority neighbour, all $r_i$ are zero and
nothing has to be made. Rounding the $g_i$ must keep their sum. Neighbours for $r_i$ come from all rows, the partners
for interpolation from the minority only. As with all oversampling: training part only, scaled features, shifted
probabilities.

**References.** He, Bai, Garcia and Li, *ADASYN: adaptive synthetic sampling approach for imbalanced learning*, IJCNN
(2008).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.imbalanced_learning.smote import interpolate
from algorithms.inputs import Points, Seed
from algorithms.model_selection.train_test_split import part_sizes
from algorithms.neighbors_and_clustering.k_nearest_neighbors import nearest
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def majority_share(M: Floats, majority: Floats, k: int) -> Floats:
    """Share (n,) of majority rows among the k nearest other rows of each minority row.

    Examples
    --------
    >>> majority_share(np.array([[0.0], [1.0]]), np.array([[1.5], [9.0]]), 1).tolist()
    [0.0, 1.0]
    """
    everything = np.concatenate([M, majority])
    order = nearest(M, everything, len(everything))[0]  # (n, all)
    others = order[order != np.arange(len(M))[:, None]].reshape(len(M), -1)[:, :k]  # (n, k)
    return np.asarray((others >= len(M)).mean(axis=1))


@algorithm(
    id="adasyn",
    name="ADASYN",
    aliases=("adaptive synthetic sampling", "adaptive SMOTE"),
    example={
        "minority": [[0, 0], [0, 1], [1, 0], [4, 4]],
        "majority": [[5, 4], [4, 5], [5, 5], [6, 5], [5, 6], [6, 6], [2, 0]],
        "k": 3,
        "n_synthetic": 10,
    },
)
def adasyn(
    minority: Points,
    majority: Points,
    k: Annotated[int, Field(ge=1, le=50)] = 5,
    n_synthetic: Annotated[int, Field(ge=0, le=1000)] = 0,
    seed: Seed = 0,
) -> Output:
    """Make synthetic minority rows, most where the majority is near.

    Parameters
    ----------
    minority : list of list of float, n rows of d features
        Rows of the minority class.
    majority : list of list of float, m rows of d features
        Rows of the majority class.
    k : int
        Neighbours.
    n_synthetic : int
        Rows to make; 0 makes as many as balance the classes.
    seed : int
        Seed of partners and positions.

    Returns
    -------
    dict
        ``hardness`` r (n,), ``synthetic_per_row`` g (n,), ``synthetic`` (first 50 rows), ``parents`` (first 50),
        ``total``.

    Raises
    ------
    ValueError
        If dimensions differ or there are fewer than k + 1 minority rows.

    Examples
    --------
    >>> adasyn([[0.0], [1.0]], [[1.5], [9.0], [9.5]], k=1, n_synthetic=4)["synthetic_per_row"]
    [0, 4]
    """
    M, N = np.asarray(minority, dtype=np.float64), np.asarray(majority, dtype=np.float64)  # (n, d), (m, d)
    if M.shape[1] != N.shape[1]:
        raise ValueError(f"minority has {M.shape[1]} features and majority {N.shape[1]}; they must agree")
    if len(M) <= k:
        raise ValueError(f"{len(M)} minority rows have no {k} neighbours; give more rows or lower k")
    r = majority_share(M, N, k)  # (n,)
    wanted = n_synthetic or max(len(N) - len(M), 0)
    if r.sum() == 0:
        wanted = 0  # the classes do not touch, so no row is hard
    g = part_sizes(wanted, (r / r.sum()).tolist()) if wanted else [0] * len(M)
    parents = np.repeat(np.arange(len(M)), g)  # (G,)
    S = interpolate(M, parents, k, np.random.default_rng(seed))[0]
    return {
        "hardness": r,
        "synthetic_per_row": g,
        "synthetic": S[:50],
        "parents": parents[:50],
        "total": len(S),
    }
