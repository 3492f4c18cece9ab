r"""Linear regression predicts a number as a weighted sum of features, fitted by ordinary least squares (OLS).

$$\hat y = X\beta, \qquad \hat\beta = (X^\top X)^{-1} X^\top y, \qquad X^\top (y - X\hat\beta) = 0$$

**Intuition.** The fitted values are the projection of $y$ onto the columns of $X$, so the residuals are orthogonal to each feature. With
Gaussian errors this is maximum likelihood.

**When to use it.** When the relation is about linear in the (possibly transformed) features, data are few, coefficients must be read, or the
model must extrapolate a trend.

**Cost.** $O(n d^2 + d^3)$. A QR decomposition is more accurate than inverting $X^\top X$.

**Pitfalls.** It works well when the *relation is linear*; "linearly separable" is about classification. What is assumed independent are the
*errors*, not the features or the data, and for tests and intervals also constant variance and normality of the errors. Neither features nor
target need be Gaussian, and standardising is not needed: OLS predictions do not change under affine scaling of features. It underfits
curved relations; look at the residuals. One outlier can turn the line. Perfectly collinear features have no unique solution. Extrapolation is
one reason to prefer it to tree ensembles; few smooth data are another.

**References.** Legendre (1805); Gauss (1809). Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapter 3.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=50)]],
    Field(min_length=1, max_length=1000),
    AfterValidator(rectangular),
]
Targets = Annotated[list[Number], Field(min_length=1, max_length=1000)]


def features_and_target(X: list[list[float]], y: list[float]) -> tuple[Floats, Floats]:
    """Arrays (n, d) and (n,).

    Raises
    ------
    ValueError
        If the number of rows and targets differ.

    Examples
    --------
    >>> features_and_target([[1], [2]], [3, 4])[0].shape
    (2, 1)
    """
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows and y {len(y)} values; they must pair up")
    return np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)


def with_intercept(X: Floats) -> Floats:
    """X (n, d) with a leading column of ones (n, d + 1).

    Examples
    --------
    >>> with_intercept(np.array([[5.0]])).tolist()
    [[1.0, 5.0]]
    """
    return np.concatenate([np.ones((len(X), 1)), X], axis=1)


def least_squares(A: Floats, y: Floats) -> Floats:
    """Coefficients (d,) that minimise |A b - y|, by QR with unit columns.

    Raises
    ------
    ValueError
        If the columns of A (n, d) are linearly dependent.

    Examples
    --------
    >>> least_squares(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 5.0])).round(6).tolist()
    [1.0, 2.0]
    """
    scale = np.linalg.norm(A, axis=0)  # (d,)
    if len(A) < A.shape[1] or scale.min() == 0:
        raise ValueError(f"{len(A)} rows cannot determine {A.shape[1]} coefficients, or a column is 0")
    Q, R = np.linalg.qr(A / scale)  # (n, d), (d, d)
    if np.abs(np.diag(R)).min() < 1e-10:
        raise ValueError("columns are linearly dependent (with the intercept); remove one or regularise")
    return np.asarray(np.linalg.solve(R, Q.T @ y) / scale)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The points and the line of a single feature, or predictions against targets."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    X, y = np.asarray(inputs["X"]), np.asarray(inputs["y"])
    predicted = output["intercept"] + X @ np.asarray(output["coefficients"])
    if X.shape[1] == 1:
        order = X[:, 0].argsort()
        axes.plot(X[:, 0], y, "o")
        axes.plot(X[order, 0], predicted[order])
        axes.set(xlabel="x", ylabel="y")
    else:
        axes.plot(predicted, y, "o")
        axes.set(xlabel="predicted", ylabel="actual")
    axes.set_title(f"R² = {output['r2']:.3f}")
    return figure


@algorithm(
    id="linear-regression",
    name="Linear regression (ordinary least squares)",
    aliases=("OLS", "least squares", "normal equation", "ordinary least squares", "multiple linear regression"),
    example={"X": [[1], [2], [3], [4], [5]], "y": [2.2, 4.1, 6.2, 7.8, 10.1]},
    figure=draw,
)
def linear_regression(X: Rows, y: Targets) -> Output:
    """Least-squares fit with an intercept.

    Parameters
    ----------
    X : list of list of float, shape (n, d)
        Features, one row a sample.
    y : list of float, length n
        Targets.

    Returns
    -------
    dict
        ``intercept``; ``coefficients`` (d,); ``standard_errors`` (d + 1,) intercept first (None if n = d + 1); ``r2`` (1 if
        the target is constant); ``residual_sd`` (None if n = d + 1); ``largest_residual_feature_product``, the largest
        |X^T residual|, 0 up to rounding.

    Raises
    ------
    ValueError
        If rows and targets differ in number, or the columns are linearly dependent.

    Examples
    --------
    >>> fit = linear_regression([[0], [1], [2]], [1, 3, 5])
    >>> round(fit["intercept"], 6), fit["coefficients"].round(6).tolist()
    (1.0, [2.0])
    """
    features, target = features_and_target(X, y)
    A = with_intercept(features)  # (n, d + 1)
    beta = least_squares(A, target)  # (d + 1,)
    residuals = target - A @ beta  # (n,)
    freedom = len(target) - A.shape[1]
    ss_res, ss_tot = float(residuals @ residuals), float(((target - target.mean()) ** 2).sum())
    errors = None
    if freedom > 0:
        R = np.linalg.qr(A, mode="r")  # (d + 1, d + 1), RᵀR = AᵀA
        inverse = np.linalg.solve(R, np.eye(len(R)))
        errors = np.sqrt((inverse**2).sum(axis=1) * ss_res / freedom)  # root of the diagonal of s²(AᵀA)⁻¹
    return {
        "intercept": float(beta[0]),
        "coefficients": beta[1:],
        "standard_errors": errors,
        "r2": 1 - ss_res / ss_tot if ss_tot > 0 else 1.0,
        "residual_sd": math.sqrt(ss_res / freedom) if freedom > 0 else None,
        "largest_residual_feature_product": float(np.abs(A.T @ residuals).max()),
    }
