r"""The mean squared error (MSE) averages the squared differences between predictions and targets.

$$\text{MSE} = \frac1N \sum_i (y_i - \hat y_i)^2$$

**Intuition.** Squaring makes an error of 10 cost a hundred times an error of 1, so large errors dominate. The constant
that minimises it is the mean, and a model trained with it estimates the conditional mean. With Gaussian noise it is the
negative log-likelihood up to constants.

**When to use it.** As a loss where large errors really are worse than proportionally bad. If outliers are noise, use Huber
or MAE.

**Cost.** $O(N)$.

**Pitfalls.** MSE is in *squared* units of the target; only MAE and RMSE are in its units, and all three measure the error, not
the average prediction. A single outlier can decide which model wins; to recommend MSE both "when outliers matter" and "when
there are none" is a contradiction: it is the first that squares express. It is no alternative to cross-entropy called a "dense
loss": sparse and dense in the names of cross-entropy losses mean integer or one-hot labels. Values are comparable only on
one and the same target scale.

**References.** Gauss, *Theoria combinationis observationum* (1821). Hastie, Tibshirani and Friedman, *The Elements of
Statistical Learning* (2009), chapter 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]


def targets_and_predictions(y_true: list[float], y_pred: list[float]) -> tuple[Floats, Floats]:
    """Both lists as arrays (n,).

    Raises
    ------
    ValueError
        If they differ in length.

    Examples
    --------
    >>> targets_and_predictions([1], [2])[1].tolist()
    [2.0]
    """
    if len(y_true) != len(y_pred):
        raise ValueError(f"y_true has {len(y_true)} values and y_pred {len(y_pred)}; they must pair up")
    return np.asarray(y_true, dtype=np.float64), np.asarray(y_pred, dtype=np.float64)


@algorithm(
    id="mean-squared-error",
    name="Mean squared error",
    aliases=("MSE", "L2 loss", "squared error", "quadratic loss"),
    example={"y_true": [3.0, -0.5, 2.0, 7.0], "y_pred": [2.5, 0.0, 2.0, 8.0]},
)
def mean_squared_error(y_true: Vector, y_pred: Vector) -> Output:
    """MSE, next to that of the best constant prediction.

    Parameters
    ----------
    y_true, y_pred : list of float, length n
        Targets and predictions.

    Returns
    -------
    dict
        ``mse`` in [0, inf), in squared units of the target; ``largest_error_share``, the share of the sum that the
        worst sample causes; ``best_constant``, the mean of the targets, and ``best_constant_mse``, their variance.

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> mean_squared_error([3, -0.5, 2, 7], [2.5, 0, 2, 8])["mse"]
    0.375
    """
    y, p = targets_and_predictions(y_true, y_pred)
    squared = (y - p) ** 2  # (n,)
    total = float(squared.sum())
    return {
        "mse": float(squared.mean()),
        "largest_error_share": float(squared.max() / total) if total > 0 else 0.0,
        "best_constant": float(y.mean()),
        "best_constant_mse": float(((y - y.mean()) ** 2).mean()),
    }
