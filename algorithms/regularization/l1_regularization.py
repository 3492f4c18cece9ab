r"""L1 regularization, or lasso, adds the sum of the absolute weights to the loss, which sets some weights to exactly
zero.

$$\min_w \tfrac12 \lVert Xw - y \rVert^2 + \lambda \sum_j |w_j|, \qquad
\text{orthonormal } X:\; w_j = \mathrm{sign}(b_j)\,\max(|b_j| - \lambda, 0)$$

Here $b$ is the least-squares solution.

**Intuition.** The penalty pulls each weight towards zero with constant force $\lambda$, however small the weight. If
the data pull with less than that, the weight ends at zero and stays. So 3, 0.5, -2 become 2, 0, -1 at $\lambda = 1$:
soft thresholding.

**When to use it.** When few of many features matter, and for models that must be small or readable.

**Cost.** Coordinate descent: $O(nd)$ a sweep.

**Pitfalls.** What is added is the absolute value of the *weights*, $\lambda \sum_j |w_j|$, not of the loss. Lasso is
L1, ridge is L2; the labels are often swapped. Exact zeros come from soft thresholding (proximal steps, coordinate
descent); plain (sub)gradient steps hop around zero and never stay there. Of two strongly correlated features lasso
keeps one, almost at random. The weights that survive are biased towards zero. Standardise the inputs.

**References.** Tibshirani, *Regression shrinkage and selection via the lasso* (1996). Friedman, Hastie and Tibshirani,
*Regularization paths for generalized linear models via coordinate descent* (2010).
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import NonNegative
from algorithms.registry import Output, algorithm
from algorithms.regularization.l2_regularization import EXAMPLE_X, Design, Target, regression_arrays, ridge
from algorithms.toy_data import Floats


def soft_threshold(b: Floats, threshold: float) -> Floats:
    """Values moved towards zero by the threshold, and set to zero within it.

    Examples
    --------
    >>> soft_threshold(np.array([3.0, 0.5, -2.0]), 1.0).tolist()
    [2.0, 0.0, -1.0]
    """
    return np.sign(b) * np.maximum(np.abs(b) - threshold, 0.0) + 0.0


def coordinate_descent(X: Floats, y: Floats, l1: float, l2: float, sweeps: int = 1000) -> Floats:
    """Minimiser (d,) of ½ ‖Xw - y‖² + l1 Σ|w| + ½ l2 ‖w‖² by cyclic coordinate descent.

    Examples
    --------
    >>> coordinate_descent(np.eye(2), np.array([3.0, 0.5]), 1.0, 1.0).tolist()
    [1.0, 0.0]
    """
    w = np.zeros(X.shape[1])  # (d,)
    squares = (X**2).sum(axis=0)  # (d,)
    residual = y.copy()  # (n,)
    for _ in range(sweeps):
        largest = 0.0
        for j in np.flatnonzero(squares + l2 > 0):
            old = w[j]
            pull = X[:, j] @ residual + squares[j] * old
            w[j] = soft_threshold(pull, l1) / (squares[j] + l2)
            residual += (old - w[j]) * X[:, j]
            largest = max(largest, abs(w[j] - old))
        if largest < 1e-10 * (1 + np.abs(w).max()):
            break
    return w


def subgradient_descent(X: Floats, y: Floats, l1: float, steps: int = 500) -> Floats:
    """Plain subgradient steps on the same loss, for comparison: they do not end at exact zeros.

    Examples
    --------
    >>> w = subgradient_descent(np.eye(2), np.array([3.0, 0.52]), 1.0)
    >>> bool(abs(w[0] - 2) < 0.1 and 0 < abs(w[1]) < 0.1)
    True
    """
    rate = 0.1 / max(float(np.linalg.norm(X, 2) ** 2), 1e-12)
    w = np.zeros(X.shape[1])  # (d,)
    for _ in range(steps):
        w = w - rate * (X.T @ (X @ w - y) + l1 * np.sign(w))
    return w


@algorithm(
    id="l1-regularization",
    name="L1 regularization (lasso)",
    aliases=("lasso", "absolute-weight penalty", "soft thresholding", "L1 penalty", "lasso penalty"),
    example={"X": EXAMPLE_X, "y": [3.0, 0.52, -2.0], "penalty": 1.0},
    cost="seconds",
)
def l1_regularization(X: Design, y: Target, penalty: NonNegative = 1.0, intercept: bool = False) -> Output:
    """Lasso by coordinate descent, beside least squares and plain subgradient steps.

    Parameters
    ----------
    X : list of rows, (n, d)
        Features, standardised if their units differ.
    y : list of float, length n
        Targets.
    penalty : float
        Strength λ beside half the sum of the squared errors.
    intercept : bool
        Fit an unpenalised constant.

    Returns
    -------
    dict
        ``weights`` (d,) and ``intercept``; ``selected``, the indices of weights other than zero; ``zeros``;
        ``unpenalised_weights`` (d,); ``penalty_for_all_zero``, the smallest λ at which every weight is zero;
        ``subgradient_weights`` (d,) and ``subgradient_zeros`` after 500 plain steps; ``objective``.

    Raises
    ------
    ValueError
        If the numbers of rows and targets differ.

    Examples
    --------
    >>> l1_regularization([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [3.0, 0.5, -2.0])["weights"].tolist()
    [2.0, 0.0, -1.0]
    """
    features, target, means, offset = regression_arrays(X, y, intercept)
    w = coordinate_descent(features, target, penalty, 0.0)  # (d,)
    plain = subgradient_descent(features, target, penalty)  # (d,)
    return {
        "weights": w,
        "intercept": offset - means @ w,
        "selected": np.flatnonzero(w),
        "zeros": int((w == 0).sum()),
        "unpenalised_weights": ridge(features, target, 0.0),
        "penalty_for_all_zero": np.abs(features.T @ target).max(),
        "subgradient_weights": plain,
        "subgradient_zeros": int((plain == 0).sum()),
        "objective": 0.5 * ((features @ w - target) ** 2).sum() + penalty * np.abs(w).sum(),
    }
