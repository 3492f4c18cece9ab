r"""L2 regularization, or ridge, adds the squared norm of the weights to the loss, which shrinks all weights towards
zero.

$$\min_w \lVert Xw - y \rVert^2 + \lambda \lVert w \rVert_2^2 \quad\Rightarrow\quad w = (X^\top X + \lambda I)^{-1} X^\top y$$

For a loss that is the *mean* of $n$ squares the matrix is $X^\top X + n\lambda I$.

**Intuition.** The penalty pulls each weight back with a force proportional to its size. Directions in which the data
vary much resist; those with little variance, where noise rules, give way. In the orthonormal case every weight is
divided by $1 + \lambda$: 3, 0.5, -2 become 1.5, 0.25, -1.

**When to use it.** With correlated features, with more features than samples, and as a default against overfitting.

**Cost.** That of least squares: $O(nd^2 + d^3)$.

**Pitfalls.** Ridge is L2 and lasso is L1; the two labels are often swapped. Ridge weights are never exactly zero, so it
selects no features. Standardise the inputs first, and don't penalise the intercept. It is no remedy for outliers: the
squared loss, and the outlier's pull with it, stays; take a Huber loss. Check whether a library's $\lambda$ multiplies
the sum or the mean. Under Adam the penalty differs from weight decay.

**References.** Hoerl and Kennard, *Ridge regression* (1970). Hastie, Tibshirani and Friedman, *The Elements of
Statistical Learning* (2009), section 3.4.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import NonNegative, Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Design = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=32)]],
    Field(min_length=1, max_length=256),
    AfterValidator(rectangular),
]
Target = Annotated[list[Number], Field(min_length=1, max_length=256)]
EXAMPLE_X = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def regression_arrays(X: list[list[float]], y: list[float], intercept: bool) -> tuple[Floats, Floats, Floats, float]:
    """Arrays X (n, d) and y (n,), centred if an intercept is fitted, with the means that were taken off.

    Raises
    ------
    ValueError
        If the numbers of rows and targets differ.

    Examples
    --------
    >>> regression_arrays([[1.0], [3.0]], [2.0, 4.0], intercept=True)[0].tolist()
    [[-1.0], [1.0]]
    """
    features, target = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if len(features) != len(target):
        raise ValueError(f"give one target for each row: {len(features)} rows, {len(target)} targets")
    means = features.mean(axis=0) if intercept else np.zeros(features.shape[1])  # (d,)
    offset = float(target.mean()) if intercept else 0.0
    return features - means, target - offset, means, offset


def ridge(X: Floats, y: Floats, strength: float) -> Floats:
    """Minimiser (d,) of ‖Xw - y‖² + strength ‖w‖²; of least norm where several exist.

    Examples
    --------
    >>> ridge(np.eye(3), np.array([3.0, 0.5, -2.0]), 1.0).tolist()
    [1.5, 0.25, -1.0]
    """
    gram = X.T @ X  # (d, d)
    if strength > 1e-9 * np.trace(gram):
        return np.asarray(np.linalg.solve(gram + strength * np.eye(X.shape[1]), X.T @ y))
    # The normal equations may be singular without a penalty; least squares on stacked rows never is.
    stacked = np.vstack([X, np.sqrt(strength) * np.eye(X.shape[1])])  # (n + d, d)
    return np.asarray(np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(X.shape[1])]), rcond=None)[0])


@algorithm(
    id="l2-regularization",
    name="L2 regularization (ridge)",
    aliases=("ridge", "Tikhonov", "squared penalty", "L2 penalty", "ridge penalty"),
    example={"X": EXAMPLE_X, "y": [3.0, 0.5, -2.0], "penalty": 1.0},
)
def l2_regularization(
    X: Design,
    y: Target,
    penalty: NonNegative = 1.0,
    loss: Literal["sum", "mean"] = "sum",
    intercept: bool = False,
) -> Output:
    """Ridge regression beside least squares.

    Parameters
    ----------
    X : list of rows, (n, d)
        Features, standardised if their units differ.
    y : list of float, length n
        Targets.
    penalty : float
        Strength λ.
    loss : {"sum", "mean"}
        Whether λ stands beside the sum or the mean of the squared errors.
    intercept : bool
        Fit an unpenalised constant.

    Returns
    -------
    dict
        ``weights`` (d,) and ``intercept``; ``unpenalised_weights`` (d,), of least norm; ``squared_norm`` and
        ``unpenalised_squared_norm``; ``training_mse`` and ``unpenalised_training_mse``; ``zeros``, the number of
        weights exactly zero.

    Raises
    ------
    ValueError
        If the numbers of rows and targets differ.

    Examples
    --------
    >>> l2_regularization([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [3.0, 0.5, -2.0])["weights"].tolist()
    [1.5, 0.25, -1.0]
    """
    features, target, means, offset = regression_arrays(X, y, intercept)
    w = ridge(features, target, penalty * (len(target) if loss == "mean" else 1))  # (d,)
    free = ridge(features, target, 0.0)  # (d,)
    return {
        "weights": w,
        "intercept": offset - means @ w,
        "unpenalised_weights": free,
        "squared_norm": (w**2).sum(),
        "unpenalised_squared_norm": (free**2).sum(),
        "training_mse": ((features @ w - target) ** 2).mean(),
        "unpenalised_training_mse": ((features @ free - target) ** 2).mean(),
        "zeros": int((w == 0).sum()),
    }
