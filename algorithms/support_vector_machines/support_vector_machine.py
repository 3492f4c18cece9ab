r"""A support vector machine (maximum margin) separates two classes by the hyperplane that is farthest from the nearest
points of both.

$$\min_{w, b}\; \tfrac12 \lVert w\rVert^2 + C \sum_i \max\big(0,\, 1 - y_i (w^\top x_i + b)\big), \qquad
\text{margin width} = \frac{2}{\lVert w\rVert}$$

with labels $y_i \in \{-1, +1\}$. The sum is the hinge loss.

**Intuition.** Of all separating lines, take the one in the middle of the widest empty street. Only the points on the
kerb or inside the street (the support vectors) hold it in place; moving any other point changes nothing. $C$ sets how
much a point inside the street costs, so the street may be wide with a few trespassers.

**When to use it.** For medium data sets with many features, such as bags of words.

**Cost.** About $O(n^2 d)$ for the exact dual; linear versions scale to millions of rows.

**Pitfalls.** The margin is the distance to the nearest points, $2/\lVert w\rVert$ across; it is not the largest
distance between points of the two classes. It depends on scale: standardise. Scores are not probabilities. With more
features than rows an SVM is not immune to overfitting: the kernel and $C$ decide. Labels are $\pm 1$ in the formulas,
not 0 and 1.

**References.** Cortes and Vapnik, *Support-vector networks*, Machine Learning (1995). Platt, *Sequential minimal
optimization* (1998).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def solve_dual(K: Floats, y: Floats, C: float, tolerance: float = 1e-6, steps: int = 20_000) -> tuple[Floats, float]:
    """Sequential minimal optimisation with the maximal violating pair.

    Maximises sum(alpha) - alpha' (yy' * K) alpha / 2 under 0 <= alpha <= C and alpha'y = 0.

    Returns
    -------
    tuple
        Multipliers alpha (n,) and the intercept.
    """
    n = len(y)
    alpha = np.zeros(n)
    score = np.zeros(n)  # K (alpha * y), kept up to date
    for _ in range(steps):
        error = y - score  # (n,)
        up = ((y > 0) & (alpha < C)) | ((y < 0) & (alpha > 0))
        down = ((y < 0) & (alpha < C)) | ((y > 0) & (alpha > 0))
        i = int(np.argmax(np.where(up, error, -np.inf)))
        j = int(np.argmin(np.where(down, error, np.inf)))
        if error[i] - error[j] < tolerance:
            break
        curvature = max(float(K[i, i] + K[j, j] - 2 * K[i, j]), 1e-12)
        room_i = C - alpha[i] if y[i] > 0 else alpha[i]
        room_j = alpha[j] if y[j] > 0 else C - alpha[j]
        step = min(float(error[i] - error[j]) / curvature, room_i, room_j)
        alpha[i] = np.clip(alpha[i] + y[i] * step, 0, C)
        alpha[j] = np.clip(alpha[j] - y[j] * step, 0, C)
        score += step * (K[i] - K[j])
    return alpha, float((error[i] + error[j]) / 2)


def signs(y: list[float]) -> tuple[Floats, Floats]:
    """Labels as -1 and +1 (n,), and the two classes in ascending order.

    Raises
    ------
    ValueError
        If there are not exactly two classes.
    """
    classes = np.unique(y)
    if len(classes) != 2:
        raise ValueError(f"y holds {len(classes)} classes; a support vector machine separates exactly two")
    return np.where(np.asarray(y) == classes[1], 1.0, -1.0), classes


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Points, hyperplane and margins for two features."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X, w, b = np.array(inputs["X"]), np.array(output["w"]), output["b"]
    if X.shape[1] == 2:
        axes.scatter(X[:, 0], X[:, 1], c=inputs["y"])
        s = X[output["support_vectors"]]
        axes.scatter(s[:, 0], s[:, 1], s=120, facecolors="none", edgecolors="black")
        x = np.linspace(X[:, 0].min() - 1, X[:, 0].max() + 1, 50)
        for level, style in ((0, "-"), (1, ":"), (-1, ":")):
            if abs(w[1]) > 1e-9:
                axes.plot(x, (level - b - w[0] * x) / w[1], style, color="black")
        axes.set(ylim=(X[:, 1].min() - 1, X[:, 1].max() + 1))
    axes.set(title=f"margin width {output['margin_width']:.3g}")
    return figure


@algorithm(
    id="support-vector-machine",
    name="Support vector machine (maximum margin)",
    aliases=("SVM", "SVC", "hinge loss", "max-margin", "maximum margin classifier", "margin of an SVM"),
    example={"X": [[1, 1], [2, 2], [2, 0], [0, 0], [-1, 0], [0, -1]], "y": [1, 1, 1, -1, -1, -1], "C": 1000.0},
    cost="seconds",
    figure=draw,
)
def support_vector_machine(X: Table, y: Targets, C: Annotated[float, Field(ge=1e-4, le=1e4)] = 1.0) -> Output:
    """Fit a linear support vector machine.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of float, length n
        Labels of two classes; the larger one is +1.
    C : float
        Cost of a unit of hinge loss; large values forbid trespassing.

    Returns
    -------
    dict
        ``w`` (d,), ``b``, ``margin_width`` 2 / |w|, ``support_vectors`` (row numbers, at most 50), ``alphas`` of those,
        ``hinge_loss`` (sum), ``objective``, ``objective_at_zero`` (of w = 0, b = 0), ``training_accuracy``.

    Raises
    ------
    ValueError
        If lengths differ or there are not exactly two classes.

    Examples
    --------
    >>> out = support_vector_machine([[0], [2], [5]], [-1, 1, 1], C=100)
    >>> out["w"].round(4).tolist(), round(out["margin_width"], 4), out["support_vectors"]
    ([1.0], 2.0, [0, 1])
    """
    check_lengths(X, y)
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    t, classes = signs(y)
    alpha, b = solve_dual(A @ A.T, t, C)
    w = (alpha * t) @ A  # (d,)
    score = A @ w + b  # (n,)
    hinge = float(np.maximum(0, 1 - t * score).sum())
    support = np.flatnonzero(alpha > 1e-6 * C)[:50]
    norm = float(np.linalg.norm(w))
    return {
        "w": w,
        "b": b,
        "margin_width": 2 / norm if norm > 0 else float("inf"),
        "support_vectors": support.tolist(),
        "alphas": alpha[support],
        "hinge_loss": hinge,
        "objective": norm**2 / 2 + C * hinge,
        "objective_at_zero": C * len(t),
        "training_accuracy": float(np.mean(np.where(score > 0, classes[1], classes[0]) == np.asarray(y))),
    }
