r"""Forward selection and backward elimination build a feature subset greedily, adding the feature that helps most or
dropping the one that matters least.

$$S_{m+1} = S_m \cup \big\{\arg\max_{j \notin S_m} R^2(S_m \cup \{j\})\big\}, \qquad \text{fits} = p + (p - 1) + \dots$$

**Intuition.** Trying all $2^p$ subsets is hopeless beyond some 30 features. Forward selection starts empty and tries
every remaining feature at each step; backward elimination starts full and tries every removal. Each follows one path
through the subsets. On training data $R^2$ never falls when a feature is added, so a stopping rule is needed: a fixed
size, cross-validation, or BIC.

**When to use it.** With tens of features and a cheap model. Backward keeps pairs that only help together, which forward
may never start to build.

**Cost.** $p(p+1)/2$ fits for the whole path of either.

**Pitfalls.** Both are greedy: the two may end with different subsets, neither the best. Backward elimination by least
squares needs more rows than features. Training $R^2$ prefers all features. p-values after selection are too small.
Selection belongs inside cross-validation; doing it first leaks the test folds. Correlated features replace each other
from sample to sample.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 3.3. Guyon and
Elisseeff, *An introduction to variable and feature selection*, JMLR (2003).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def r_squared(X: Floats, y: Floats, columns: list[int]) -> float:
    """Training R² of least squares with intercept on some columns of X (n, p).

    Examples
    --------
    >>> round(r_squared(np.array([[1.0], [2.0], [3.0]]), np.array([2.0, 4.0, 6.0]), [0]), 9)
    1.0
    """
    total = float(np.sum((y - y.mean()) ** 2))
    if not columns or total == 0:
        return 0.0
    A = X[:, columns] - X[:, columns].mean(axis=0)  # centring stands in for the intercept
    b = y - y.mean()
    residual = b - A @ np.linalg.lstsq(A, b, rcond=None)[0]
    return 1 - float(residual @ residual) / total


def greedy_path(X: Floats, y: Floats, direction: str) -> tuple[list[int], list[float], int]:
    """Order in which features are added (or removed), R² after each step, and the number of fits."""
    p = X.shape[1]
    current: list[int] = [] if direction == "forward" else list(range(p))
    order: list[int] = []
    scores: list[float] = []
    fits = 0
    while len(order) < p:
        options = [j for j in range(p) if (j not in current) == (direction == "forward")]
        trials = [[*current, j] if direction == "forward" else [i for i in current if i != j] for j in options]
        values = [r_squared(X, y, trial) for trial in trials]
        fits += len(options)
        best = int(np.argmax(values))
        current = trials[best]
        order.append(options[best])
        scores.append(values[best])
    return order, scores, fits


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """R² along the path."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(range(1, len(output["scores"]) + 1), output["scores"], "o-")
    axes.set(xlabel="step", ylabel="training R²", title=f"{inputs['direction']} selection")
    return figure


@algorithm(
    id="forward-backward-selection",
    name="Forward selection and backward elimination",
    aliases=(
        "forward selection",
        "greedy forward feature selection",
        "backward elimination",
        "backward feature selection",
        "stepwise selection",
    ),
    example={
        "X": [[1, 5, 2], [2, 3, 1], [3, 6, 5], [4, 1, 4], [5, 4, 3], [6, 2, 6]],
        "y": [3.1, 4.9, 7.2, 8.8, 11.1, 13.0],
        "k": 1,
    },
    figure=draw,
)
def forward_backward_selection(
    X: Table,
    y: Targets,
    k: Annotated[int, Field(ge=1, le=16)] = 1,
    direction: Literal["forward", "backward"] = "forward",
) -> Output:
    """Follow the greedy path of least squares and keep `k` features.

    Parameters
    ----------
    X : list of list of float, n rows of p features
        Rows.
    y : list of float, length n
        Targets.
    k : int
        Features to keep.
    direction : {"forward", "backward"}
        Add the best feature, or remove the least useful one.

    Returns
    -------
    dict
        ``selected`` (sorted column numbers), ``order`` (of additions or removals, all p), ``scores`` (training R² after
        each step), ``score`` of the selected subset, ``fits`` (of the whole path), ``all_subsets`` (2^p).

    Raises
    ------
    ValueError
        If lengths differ, k exceeds p, or backward elimination has no more rows than features.

    Examples
    --------
    >>> forward_backward_selection([[1, 9], [2, 4], [3, 7]], [2, 4, 6])["selected"]
    [0]
    """
    check_lengths(X, y)
    A, t = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (n, p), (n,)
    n, p = A.shape
    if k > p:
        raise ValueError(f"k is {k}, but there are {p} features")
    if direction == "backward" and n <= p:
        raise ValueError(f"backward elimination fits all {p} features first and needs more than {p} rows, not {n}")
    order, scores, fits = greedy_path(A, t, direction)
    selected = sorted(order[:k] if direction == "forward" else order[p - k :])
    return {
        "selected": selected,
        "order": order,
        "scores": scores,
        "score": r_squared(A, t, selected),
        "fits": fits,
        "all_subsets": 2**p,
    }
