r"""Least absolute deviations (LAD) regression minimises the sum of absolute residuals and estimates the conditional median.

$$\min_\beta \sum_i |y_i - x_i^\top \beta|, \qquad
\text{LP: } \min \sum_i (u_i + v_i) \ \text{ s.t. } X\beta + u - v = y,\ u, v \ge 0$$

**Intuition.** Each residual pulls with the same force whatever its size, so a wild target cannot drag the line far. Fitting only a constant
gives the median. An optimal line passes through at least as many points as it has coefficients.

**When to use it.** When targets have outliers or heavy tails, and as the middle case of quantile regression.

**Cost.** A linear program, or some tens of weighted least-squares fits of $O(n d^2)$.

**Pitfalls.** It is often said that mean absolute error *requires* linear programming. A linear program solves it exactly, but iteratively
reweighted least squares (IRLS), subgradient and proximal methods reach the same objective. IRLS divides by the residual, so a floor is needed
near zero. The solution may not be unique. LAD is robust to outliers in the target, not to outlying features (leverage points). It is less
efficient than OLS under Gaussian errors (about 64%).

**References.** Boscovich (1757); Edgeworth (1887). Koenker and Bassett, *Regression quantiles* (1978). Bloomfield and Steiger, *Least Absolute
Deviations* (1983).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.linear_models.linear_regression import features_and_target, least_squares, with_intercept
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Features = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=10)]],
    Field(min_length=2, max_length=300),
    AfterValidator(rectangular),
]
Targets = Annotated[list[Number], Field(min_length=2, max_length=300)]


def by_reweighting(A: Floats, y: Floats, iterations: int = 200) -> Floats:
    """IRLS: weighted least squares (d,) with weights 1 / |residual|, the floor shrinking from step to step.

    Examples
    --------
    >>> by_reweighting(np.ones((3, 1)), np.array([1.0, 2.0, 50.0])).round(3).tolist()
    [2.0]
    """
    beta = least_squares(A, y)
    floor = float(np.abs(y - A @ beta).max()) or 1.0
    for _ in range(iterations):
        floor = max(floor * 0.8, 1e-9 * float(np.abs(y).max() + 1))
        root = 1 / np.sqrt(np.maximum(np.abs(y - A @ beta), floor))  # (n,), root of the weights
        beta = least_squares(A * root[:, None], y * root)
    return beta


def by_linear_program(A: Floats, y: Floats) -> Floats:
    """Exact coefficients (d,): residuals are split into their positive and negative parts u and v."""
    from scipy.optimize import linprog

    n, d = A.shape
    cost = np.concatenate([np.zeros(d), np.ones(2 * n)])
    equal = np.concatenate([A, np.eye(n), -np.eye(n)], axis=1)  # (n, d + 2n)
    bounds = [(None, None)] * d + [(0, None)] * (2 * n)
    solved = linprog(cost, A_eq=equal, b_eq=y, bounds=bounds, method="highs")
    if not solved.success:
        raise ValueError(f"the linear program was not solved: {solved.message}; rescale the data")
    return np.asarray(solved.x[:d], dtype=np.float64)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both lines over the points of the first feature."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    X, y = np.asarray(inputs["X"]), np.asarray(inputs["y"])
    order = X[:, 0].argsort()
    axes.plot(X[:, 0], y, "o")
    for name, style in (("", "-"), ("ols_", "--")):
        fitted = output[f"{name}intercept"] + X @ np.asarray(output[f"{name}coefficients"])
        axes.plot(X[order, 0], fitted[order], style, label=name.strip("_") or "lad")
    axes.legend()
    axes.set(xlabel="x₁", ylabel="y", title="least absolute deviations")
    return figure


@algorithm(
    id="least-absolute-deviations",
    name="Least absolute deviations regression",
    aliases=("LAD", "median regression", "L1 regression", "robust regression", "least absolute errors"),
    example={"X": [[1], [2], [3], [4], [5], [6]], "y": [2.1, 3.9, 6.2, 7.9, 10.1, 40.0]},
    cost="seconds",
    figure=draw,
)
def least_absolute_deviations(X: Features, y: Targets, method: Literal["irls", "lp"] = "irls") -> Output:
    """LAD fit with an intercept, next to least squares.

    Parameters
    ----------
    X : list of list of float, shape (n, d)
        Features, one row a sample.
    y : list of float, length n
        Targets.
    method : {"irls", "lp"}
        Iteratively reweighted least squares, or the exact linear program.

    Returns
    -------
    dict
        ``intercept``, ``coefficients`` (d,); ``objective``, the sum of absolute residuals; ``ols_intercept``,
        ``ols_coefficients`` and ``ols_objective`` (the same sum) of least squares; ``median_residual``.

    Raises
    ------
    ValueError
        If rows and targets differ in number, or the columns are linearly dependent.

    Examples
    --------
    >>> fit = least_absolute_deviations([[1], [2], [3], [4]], [1, 2, 3, 100], method="lp")
    >>> fit["coefficients"].round(3).tolist(), round(fit["objective"], 3)
    ([1.0], 96.0)
    """
    features, target = features_and_target(X, y)
    A = with_intercept(features)  # (n, d + 1)
    ols = least_squares(A, target)  # (d + 1,)
    beta = by_reweighting(A, target) if method == "irls" else by_linear_program(A, target)
    residuals = target - A @ beta  # (n,)
    return {
        "intercept": float(beta[0]),
        "coefficients": beta[1:],
        "objective": float(np.abs(residuals).sum()),
        "ols_intercept": float(ols[0]),
        "ols_coefficients": ols[1:],
        "ols_objective": float(np.abs(target - A @ ols).sum()),
        "median_residual": float(np.median(residuals)),
    }
