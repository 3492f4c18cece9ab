r"""The greedy regression-tree split search finds the threshold on a feature that lowers the squared error the most.

$$\Delta\mathrm{SSE}(t) = \frac{n_L n_R}{n}\,(\bar y_L - \bar y_R)^2$$

**Intuition.** Splitting into two groups, each predicted by its own mean, explains the variation between the means. The
exact search sorts the rows once and scans the at most $n - 1$ thresholds between different values, keeping running
sums. The histogram search puts the values into a few bins first and tries only the bin edges.

**When to use it.** At each node of a regression tree, and of every boosted tree (there the targets are gradients).
Histogram bins are the default of modern boosting libraries for large $n$.

**Cost.** Exact: $O(n \log n)$ for sorting, $O(n)$ for the scan. Histogram with $B$ bins: $O(n + B)$, no sorting.

**Pitfalls.** Boosting libraries do not evaluate all possible splits: they use bins, and skip the empty entries of
sparse data. A one-hot column offers only one-vs-rest splits, so isolating a group of $k$ out of $K$ categories takes up
to $k$ splits and the trees get lopsided; on one-hot data of high cardinality a linear model or a factorization machine
often wins. Skipping one-hot encoding needs native support for categories (LightGBM, CatBoost, newer XGBoost): a classic
boosted tree wants numbers. Sorting categories by their mean target finds the best two-group split directly.

**References.** Breiman et al., *Classification and Regression Trees* (1984). Fisher, *On grouping for maximum
homogeneity* (1958). Ke et al., *LightGBM*, NeurIPS (2017).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def sse_reductions(x: Floats, y: Floats, thresholds: Floats) -> Floats:
    """Reduction of the summed squared error by each threshold (x <= threshold goes left); 0 if a side is empty.

    Examples
    --------
    >>> sse_reductions(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 3.0]), np.array([1.5, 2.5])).tolist()
    [1.5, 6.0]
    """
    order = np.argsort(x, kind="stable")
    running = np.concatenate([[0.0], np.cumsum((y - y.mean())[order])])  # (n + 1,)
    n_left = np.searchsorted(x[order], thresholds, side="right")  # (c,)
    n_right = len(x) - n_left
    both = (n_left > 0) & (n_right > 0)
    # the centred sums of the two sides are opposite, so S_L^2 / n_L + S_R^2 / n_R = S_L^2 n / (n_L n_R)
    return np.asarray(np.where(both, running[n_left] ** 2 * len(x) / np.where(both, n_left * n_right, 1), 0.0))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Reduction of the error against the threshold."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["thresholds"], output["reductions"], "o-")
    axes.axvline(output["best_threshold"], linestyle="--")
    axes.set(xlabel="threshold", ylabel="SSE reduction", title=f"{inputs['method']} split search")
    return figure


@algorithm(
    id="regression-tree-split",
    name="Greedy regression-tree split search",
    aliases=(
        "exact greedy split",
        "SSE reduction",
        "histogram split",
        "tree splits on sparse one-hot features",
        "one-vs-rest split",
        "categorical split",
    ),
    example={"x": [1.0, 2.0, 3.0, 10.0, 11.0, 12.0], "y": [5.0, 6.0, 7.0, 20.0, 21.0, 22.0]},
    figure=draw,
)
def regression_tree_split(
    x: Vector,
    y: Vector,
    method: Literal["exact", "histogram", "one-hot"] = "exact",
    bins: Annotated[int, Field(ge=2, le=256)] = 8,
) -> Output:
    """Search the best split of one feature.

    Parameters
    ----------
    x : list of float, length n
        The feature; with "one-hot" the category of each row.
    y : list of float, length n
        Targets.
    method : {"exact", "histogram", "one-hot"}
        All thresholds; edges of equally wide bins; or one category against the rest.
    bins : int
        Bins of the histogram search.

    Returns
    -------
    dict
        ``best_threshold`` (the category for "one-hot"), ``best_reduction``, ``left_mean``, ``right_mean`` ("left" is
        the category for "one-hot"), ``sse_before``, ``sse_after``, ``candidates`` (how many were tried), ``thresholds``
        and ``reductions`` (at most 50 of them).

    Raises
    ------
    ValueError
        If the lengths differ or `x` is constant.

    Examples
    --------
    >>> regression_tree_split([1, 2, 3, 10, 11, 12], [5, 6, 7, 20, 21, 22])["best_threshold"]
    6.5
    """
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} entries and y has {len(y)}; give one target a row")
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (n,)
    values = np.unique(a)
    if len(values) == 1:
        raise ValueError("x is constant, so there is nothing to split")
    if method == "one-hot":
        thresholds = values  # a split asks: is it this category?
        reductions = np.array([sse_reductions((a != v).astype(np.float64), b, np.array([0.5]))[0] for v in values])
    else:
        exact = values[:-1] + np.diff(values) / 2
        thresholds = exact if method == "exact" else np.linspace(values[0], values[-1], bins + 1)[1:-1]
        reductions = sse_reductions(a, b, thresholds)  # (c,)
    best = float(thresholds[int(np.argmax(reductions))])
    left = a == best if method == "one-hot" else a <= best
    before = float(np.sum((b - b.mean()) ** 2))
    return {
        "best_threshold": best,
        "best_reduction": float(reductions.max()),
        "left_mean": float(b[left].mean()),
        "right_mean": float(b[~left].mean()),
        "sse_before": before,
        "sse_after": before - float(reductions.max()),
        "candidates": len(thresholds),
        "thresholds": thresholds[:50],
        "reductions": reductions[:50],
    }
