r"""The mean absolute percentage error (MAPE) averages the errors relative to the actual values, in percent.

$$\text{MAPE} = \frac{100}{N} \sum_i \left| \frac{y_i - \hat y_i}{y_i} \right|$$

**Intuition.** A miss of 10 on 100 counts like a miss of 100 on 1000. That makes series of different scale comparable.

**When to use it.** For strictly positive targets, well away from zero, on a ratio scale: demand, revenue, traffic.

**Cost.** $O(N)$.

**Pitfalls.** It is undefined if any actual value is 0 and explodes near it; the implementation refuses rather than
skips such values. It is not symmetric: predicting too low costs at most 100%, predicting too high has no limit, so
selecting models by it favours forecasts that are too low. The value that minimises it is not the median but lies below it. The
division is by the *actual* value; dividing by the forecast gives another measure. It means nothing for temperatures in
Celsius or other scales with an arbitrary zero. WAPE, the sum of absolute errors over the sum of actuals, is milder; MASE
works with zeros.

**References.** Hyndman and Koehler, *Another look at measures of forecast accuracy* (2006). Makridakis, *Accuracy measures*
(1993).
"""

from __future__ import annotations

import numpy as np

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.regression_metrics.mean_squared_error import targets_and_predictions


@algorithm(
    id="mean-absolute-percentage-error",
    name="Mean absolute percentage error (MAPE)",
    aliases=("MAPE", "percentage error", "WAPE"),
    example={"y_true": [100.0, 200.0], "y_pred": [110.0, 180.0]},
)
def mean_absolute_percentage_error(y_true: Vector, y_pred: Vector) -> Output:
    """MAPE and WAPE in percent.

    Parameters
    ----------
    y_true, y_pred : list of float, length n
        Actual values, none of them 0, and forecasts.

    Returns
    -------
    dict
        ``mape`` in percent, [0, inf); ``wape`` in percent; ``largest_percentage``, the worst single error;
        ``mean_percentage_error``, signed, positive if the forecasts are too high on average.

    Raises
    ------
    ValueError
        If the lists differ in length or an actual value is 0.

    Examples
    --------
    >>> mean_absolute_percentage_error([100, 200], [110, 180])["mape"]
    10.0
    """
    y, p = targets_and_predictions(y_true, y_pred)
    if (y == 0).any():
        raise ValueError("MAPE is undefined where an actual value is 0; use MAE, WAPE or MASE")
    relative = np.abs(y - p) / np.abs(y)  # (n,)
    return {
        "mape": float(100 * relative.mean()),
        "wape": float(100 * np.abs(y - p).sum() / np.abs(y).sum()),
        "largest_percentage": float(100 * relative.max()),
        "mean_percentage_error": float(100 * ((p - y) / np.abs(y)).mean()),
    }
