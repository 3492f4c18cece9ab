r"""The elastic net adds both an L1 and an L2 penalty to the loss, and so selects features and shrinks them.

$$\min_w \tfrac12 \lVert Xw - y \rVert^2 + \lambda_1 \sum_j |w_j| + \tfrac12 \lambda_2 \sum_j w_j^2$$

**Intuition.** L1 alone picks one of several correlated features and drops the rest; L2 alone keeps all. Together they
keep or drop correlated features as a group: the L2 part makes the problem strictly convex, so identical features get
identical weights. The ends are the lasso ($\lambda_2 = 0$) and ridge ($\lambda_1 = 0$).

**When to use it.** With many correlated features, such as genes or words, and with more features than samples, where
lasso selects at most as many features as there are samples.

**Cost.** Coordinate descent as for the lasso: $O(nd)$ a sweep.

**Pitfalls.** Conventions differ. scikit-learn divides the squared loss by $2n$ and writes $\alpha\,\rho\,|w|_1 +
\tfrac12 \alpha (1 - \rho) \lVert w \rVert^2$, so $\lambda_1 = n\alpha\rho$ and $\lambda_2 = n\alpha(1 - \rho)$ here.
Two strengths have to be tuned. The weights shrink twice; the original paper rescales them by $1 + \lambda_2$
afterwards. Standardise the inputs, and leave the intercept out of the penalty.

**References.** Zou and Hastie, *Regularization and variable selection via the elastic net* (2005). Friedman, Hastie and
Tibshirani, *Regularization paths for generalized linear models via coordinate descent* (2010).
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import NonNegative
from algorithms.registry import Output, algorithm
from algorithms.regularization.l1_regularization import coordinate_descent
from algorithms.regularization.l2_regularization import Design, Target, regression_arrays, ridge


@algorithm(
    id="elastic-net",
    name="Elastic net",
    aliases=("L1+L2 penalty", "L1 and L2 penalty combined", "elastic net regression"),
    example={
        "X": [[1.0, 1.0, 0.2], [-1.0, -1.0, 0.5], [2.0, 2.0, -0.4], [-2.0, -2.0, 0.1], [0.5, 0.5, -0.6]],
        "y": [2.1, -1.9, 4.0, -4.1, 0.9],
        "l1_penalty": 1.0,
        "l2_penalty": 1.0,
    },
    cost="seconds",
)
def elastic_net(
    X: Design, y: Target, l1_penalty: NonNegative = 1.0, l2_penalty: NonNegative = 1.0, intercept: bool = False
) -> Output:
    """Elastic net by coordinate descent, beside its two ends.

    Parameters
    ----------
    X : list of rows, (n, d)
        Features, standardised if their units differ.
    y : list of float, length n
        Targets.
    l1_penalty : float
        Strength λ₁ of the absolute penalty, beside half the sum of squares.
    l2_penalty : float
        Strength λ₂ of half the squared penalty.
    intercept : bool
        Fit an unpenalised constant.

    Returns
    -------
    dict
        ``weights`` (d,), ``intercept``, ``selected`` indices and ``zeros``; ``lasso_weights`` (d,) with λ₂ = 0 and
        ``ridge_weights`` (d,) with λ₁ = 0; ``objective``.

    Raises
    ------
    ValueError
        If the numbers of rows and targets differ.

    Examples
    --------
    >>> elastic_net([[1.0, 0.0], [0.0, 1.0]], [3.0, 0.5], 1.0, 1.0)["weights"].tolist()
    [1.0, 0.0]
    """
    features, target, means, offset = regression_arrays(X, y, intercept)
    w = coordinate_descent(features, target, l1_penalty, l2_penalty)  # (d,)
    squared = ((features @ w - target) ** 2).sum()
    return {
        "weights": w,
        "intercept": offset - means @ w,
        "selected": np.flatnonzero(w),
        "zeros": int((w == 0).sum()),
        "lasso_weights": coordinate_descent(features, target, l1_penalty, 0.0),
        "ridge_weights": ridge(features, target, l2_penalty),
        "objective": 0.5 * squared + l1_penalty * np.abs(w).sum() + 0.5 * l2_penalty * (w**2).sum(),
    }
