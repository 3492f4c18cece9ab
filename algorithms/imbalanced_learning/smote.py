r"""SMOTE makes synthetic minority rows by moving from a minority row part of the way towards one of its nearest
minority neighbours.

$$x_{\text{new}} = x_i + u\,(x_{\text{nn}} - x_i), \qquad u \sim \mathcal U(0, 1)$$

with $x_{\text{nn}}$ one of the $k$ nearest minority rows of $x_i$, drawn at random.

**Intuition.** Duplicates add weight at single points, so a tree draws a tiny box around each. Points in between fill
the region that minority rows span and make the learner generalise over it.

**When to use it.** For numeric features, moderate imbalance, and learners that are sensitive to duplicates.

**Cost.** $O(n_{\min}^2 d)$ for neighbours.

**Pitfalls.** Apply it to the training part only, after splitting. Interpolated rows lie inside the minority's convex
hull, so nothing truly new appears, and between two minority islands they fall into majority land. In high dimension the
synthetic rows are strongly correlated and shrink the variance. It is wrong for categories (SMOTE-NC takes the mode) and
for integers without rounding. Scale the features first. Probabilities shift as with any oversampling. Often class
weights or a threshold do as well.

**References.** Chawla, Bowyer, Hall and Kegelmeyer, *SMOTE: synthetic minority over-sampling technique*, JAIR (2002),
arXiv:1106.1813. Blagus and Lusa, *SMOTE for high-dimensional class-imbalanced data* (2013).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Seed
from algorithms.neighbors_and_clustering.k_nearest_neighbors import nearest
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def interpolate(M: Floats, parents: Ints, k: int, rng: np.random.Generator) -> tuple[Floats, Ints, Floats]:
    """Synthetic rows (m, d) from minority rows M (n, d) and parent numbers (m,), with partner numbers and u (m,).

    Examples
    --------
    >>> rows, partner, u = interpolate(np.array([[0.0], [1.0]]), np.array([0]), 1, np.random.default_rng(0))
    >>> partner.tolist(), bool(rows[0, 0] == u[0])
    ([1], True)
    """
    order = nearest(M, M, len(M))[0]  # (n, n)
    own = np.arange(len(M))[:, None]
    neighbours = order[order != own].reshape(len(M), len(M) - 1)[:, :k]  # (n, k) without the row itself
    partner = neighbours[parents, rng.integers(0, neighbours.shape[1], len(parents))]  # (m,)
    u = rng.random(len(parents))
    return M[parents] + u[:, None] * (M[partner] - M[parents]), partner, u


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Minority rows and synthetic rows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    M, S = np.array(inputs["minority"]), np.array(output["synthetic"])
    second = 1 if M.shape[1] > 1 else 0
    axes.scatter(M[:, 0], M[:, second], label="minority")
    axes.scatter(S[:, 0], S[:, second], marker="x", label="synthetic")
    axes.set(xlabel="feature 1", ylabel="feature 2")
    axes.legend()
    return figure


@algorithm(
    id="smote",
    name="SMOTE",
    aliases=("synthetic minority oversampling", "synthetic minority over-sampling technique"),
    example={"minority": [[1, 1], [2, 1], [1, 2], [2, 2], [4, 4]], "n_synthetic": 8, "k": 2, "seed": 0},
    figure=draw,
)
def smote(
    minority: Points,
    n_synthetic: Annotated[int, Field(ge=1, le=2000)] = 10,
    k: Annotated[int, Field(ge=1, le=50)] = 5,
    seed: Seed = 0,
) -> Output:
    """Make synthetic rows from the minority class.

    Parameters
    ----------
    minority : list of list of float, n rows of d features
        Rows of the minority class.
    n_synthetic : int
        Rows to make.
    k : int
        Nearest minority neighbours to choose from.
    seed : int
        Seed of parents, partners and positions.

    Returns
    -------
    dict
        ``synthetic`` (first 50 rows), ``parents``, ``partners`` and ``u`` (first 50), ``mean_minority``,
        ``mean_synthetic``, ``variance_ratio`` (total variance of the synthetic rows over that of the minority; below 1
        on average).

    Raises
    ------
    ValueError
        If there are fewer than k + 1 rows.

    Examples
    --------
    >>> out = smote([[0, 0], [1, 1]], 3, k=1)
    >>> bool(np.all(out["synthetic"][:, 0] == out["synthetic"][:, 1]))
    True
    """
    M = np.asarray(minority, dtype=np.float64)  # (n, d)
    if len(M) <= k:
        raise ValueError(f"{len(M)} minority rows have no {k} neighbours; give more rows or lower k")
    rng = np.random.default_rng(seed)
    parents = rng.integers(0, len(M), n_synthetic)
    S, partner, u = interpolate(M, parents, k, rng)
    total = float(M.var(axis=0).sum())
    return {
        "synthetic": S[:50],
        "parents": parents[:50],
        "partners": partner[:50],
        "u": u[:50],
        "mean_minority": M.mean(axis=0),
        "mean_synthetic": S.mean(axis=0),
        "variance_ratio": float(S.var(axis=0).sum()) / total if total > 0 else 1.0,
    }
