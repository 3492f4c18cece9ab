r"""The root mean squared error (RMSE) is the square root of the mean squared error, in the units of the target.

$$\text{RMSE} = \sqrt{\frac1N \sum_i (y_i - \hat y_i)^2}$$

**Intuition.** It ranks models exactly as MSE does, but can be read: it is the standard deviation of the errors when their mean is
zero. It decomposes as $\text{RMSE}^2 = \text{bias}^2 + \text{variance of the errors}$.

**When to use it.** To report errors where large ones should count more than in proportion.

**Cost.** $O(N)$.

**Pitfalls.** RMSE, like MAE, is in target units; MSE is not, and none of the three is "the average prediction". RMSE lies between
MAE and $\sqrt N \cdot$ MAE; it equals MAE only if all errors have the same size. The RMSE of two pooled sets is not the
mean of their RMSEs: average the squared errors first. A few outliers dominate it. It cannot be compared between targets of
different scale; divide by the range or the standard deviation, and say which, before doing so.

**References.** Chai and Draxler, *Root mean square error (RMSE) or mean absolute error (MAE)?* (2014). Hyndman and Koehler,
*Another look at measures of forecast accuracy* (2006).
"""

from __future__ import annotations

import math

import numpy as np

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.regression_metrics.mean_squared_error import targets_and_predictions


@algorithm(
    id="root-mean-squared-error",
    name="Root mean squared error",
    aliases=("RMSE", "root mean square error", "RMSD"),
    example={"y_true": [3.0, -0.5, 2.0, 7.0], "y_pred": [2.5, 0.0, 2.0, 8.0]},
)
def root_mean_squared_error(y_true: Vector, y_pred: Vector) -> Output:
    """RMSE, its parts and the MAE to compare with.

    Parameters
    ----------
    y_true, y_pred : list of float, length n
        Targets and predictions.

    Returns
    -------
    dict
        ``rmse`` in [0, inf), in units of the target; ``mae``, never above it; ``bias``, the mean of prediction minus
        target; ``error_sd``, the standard deviation of the errors (divisor n).

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> round(root_mean_squared_error([3, -0.5, 2, 7], [2.5, 0, 2, 8])["rmse"], 4)
    0.6124
    """
    y, p = targets_and_predictions(y_true, y_pred)
    errors = p - y  # (n,)
    return {
        "rmse": math.sqrt(float((errors**2).mean())),
        "mae": float(np.abs(errors).mean()),
        "bias": float(errors.mean()),
        "error_sd": float(errors.std()),
    }
