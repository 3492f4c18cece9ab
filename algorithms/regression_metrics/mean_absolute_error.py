r"""The mean absolute error (MAE) averages the absolute differences between predictions and targets.

$$\text{MAE} = \frac1N \sum_i |y_i - \hat y_i|$$

**Intuition.** An error of 10 costs ten times an error of 1: errors count in proportion. The constant that minimises it is
the median, and a model trained with it estimates the conditional median. With Laplacian noise it is the negative
log-likelihood up to constants.

**When to use it.** When the cost of an error grows in proportion to its size, or when outliers are noise that should not
steer the model. It is easy to explain: the typical size of a miss.

**Cost.** $O(N)$.

**Pitfalls.** MAE and RMSE are in the units of the target, MSE is in squared units; and each of them measures the error, not the
average prediction, as some texts put it. On skewed targets MAE rewards predicting the median, so sums of predictions come out too
low. It is not differentiable at zero and its gradient has constant size, so training with it can oscillate near the
optimum: lower the learning rate or use Huber. MAE is never above RMSE; a wide gap points to a few large errors.

**References.** Willmott and Matsuura, *Advantages of the mean absolute error* (2005). Chai and Draxler, *Root mean square
error or mean absolute error?* (2014).
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.regression_metrics.mean_squared_error import targets_and_predictions


@algorithm(
    id="mean-absolute-error",
    name="Mean absolute error",
    aliases=("MAE", "L1 loss", "absolute error", "mean absolute deviation of predictions"),
    example={"y_true": [3.0, -0.5, 2.0, 7.0], "y_pred": [2.5, 0.0, 2.0, 8.0]},
)
def mean_absolute_error(y_true: Vector, y_pred: Vector) -> Output:
    """MAE, next to that of the best constant prediction.

    Parameters
    ----------
    y_true, y_pred : list of float, length n
        Targets and predictions.

    Returns
    -------
    dict
        ``mae`` in [0, inf), in units of the target; ``median_absolute_error``; ``bias``, the mean of prediction minus
        target; ``best_constant``, the median of the targets, and ``best_constant_mae``.

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> mean_absolute_error([3, -0.5, 2, 7], [2.5, 0, 2, 8])["mae"]
    0.5
    """
    y, p = targets_and_predictions(y_true, y_pred)
    absolute = np.abs(y - p)  # (n,)
    middle = float(np.median(y))
    return {
        "mae": float(absolute.mean()),
        "median_absolute_error": float(np.median(absolute)),
        "bias": float((p - y).mean()),
        "best_constant": middle,
        "best_constant_mae": float(np.abs(y - middle).mean()),
    }
