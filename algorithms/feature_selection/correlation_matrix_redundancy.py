r"""A correlation-matrix redundancy filter drops one feature of every pair whose Pearson correlation exceeds a
threshold.

$$r_{ij} = \frac{\sum_n (x_{ni} - \bar x_i)(x_{nj} - \bar x_j)}{\sqrt{\sum_n (x_{ni} - \bar x_i)^2\, \sum_n (x_{nj} - \bar x_j)^2}}$$

**Intuition.** Two features that move together carry nearly the same information. Keeping both makes the weights of a
linear model unstable and splits importance between them. The matrix of all correlations is symmetric with ones on the
diagonal; scan it and, for each pair above the threshold, keep the first.

**When to use it.** Before linear models and before reading importances, when features are many and measured in several
ways (centimetres and inches).

**Cost.** $O(n p^2)$.

**Pitfalls.** Pearson sees linear relations only: $y = 2x + 1$ has $r = 1$, and $y = x^2$ on values symmetric about zero
has $r = 0$ although it is a function of $x$. Compare the absolute value; $r = -1$ is just as redundant. Pairs miss
redundancy among three features (a sum of two others); variance inflation factors find it. A feature correlated at 0.95
may still hold the part that matters. The result depends on the order of the columns. One outlier can make or hide a
correlation.

**References.** Guyon and Elisseeff, JMLR (2003). Belsley, Kuh and Welsch, *Regression Diagnostics* (1980).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.figures import whole_ticks
from algorithms.inputs import Table
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def correlations(X: Floats) -> Floats:
    """Pearson matrix (p, p) of the columns; a constant column correlates 0 with the others.

    Examples
    --------
    >>> correlations(np.array([[1.0, 3.0], [2.0, 5.0], [4.0, 9.0]])).round(9).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    centred = X - X.mean(axis=0)  # (n, p)
    norm = np.sqrt(np.sum(centred**2, axis=0))
    unit = centred / np.where(norm > 0, norm, 1)
    R = np.clip(unit.T @ unit, -1, 1)
    np.fill_diagonal(R, 1)
    return np.asarray(R)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Heat map of the matrix."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3.5), layout="constrained")
    axes = figure.subplots()
    figure.colorbar(axes.imshow(output["matrix"], cmap="RdBu", vmin=-1, vmax=1))
    whole_ticks(axes.xaxis, axes.yaxis)
    axes.set(title=f"kept {output['kept']}")
    return figure


@algorithm(
    id="correlation-matrix-redundancy",
    name="Correlation-matrix redundancy filter",
    aliases=("correlation analysis", "redundant features", "correlation matrix", "drop correlated features"),
    example={"X": [[-2, -3, 4], [-1, -1, 1], [0, 1, 0], [1, 3, 1], [2, 5, 4]], "threshold": 0.95},
    figure=draw,
)
def correlation_matrix_redundancy(X: Table, threshold: Annotated[float, Field(gt=0, le=1)] = 0.95) -> Output:
    """Correlate all columns and drop the later one of each redundant pair.

    Parameters
    ----------
    X : list of list of float, n rows of p features
        Rows.
    threshold : float
        Largest absolute correlation allowed between kept features.

    Returns
    -------
    dict
        ``matrix`` (p, p), ``kept`` and ``dropped`` (column numbers), ``pairs`` (kept column, dropped column,
        correlation; at most 50).

    Examples
    --------
    >>> out = correlation_matrix_redundancy([[-2, -3, 4], [-1, -1, 1], [0, 1, 0], [1, 3, 1], [2, 5, 4]])
    >>> out["kept"], out["dropped"], out["matrix"][0, :2].round(9).tolist()
    ([0, 2], [1], [1.0, 1.0])
    """
    R = correlations(np.asarray(X, dtype=np.float64))  # (p, p)
    kept: list[int] = []
    dropped: list[int] = []
    pairs: list[tuple[int, int, float]] = []
    for j in range(len(R)):
        rivals = [i for i in kept if abs(R[i, j]) >= threshold - 1e-12]
        if rivals:
            dropped.append(j)
            pairs.append((rivals[0], j, float(R[rivals[0], j])))
        else:
            kept.append(j)
    return {"matrix": R, "kept": kept, "dropped": dropped, "pairs": pairs[:50]}
