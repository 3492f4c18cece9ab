r"""The symmetric mean absolute percentage error (SMAPE) divides each error by the mean size of actual and forecast.

$$\text{SMAPE} = \frac{100}{N} \sum_i \frac{2\,|y_i - \hat y_i|}{|y_i| + |\hat y_i|}$$

**Intuition.** The forecast in the denominator bounds each term by 200%, and exchanging actual and forecast changes nothing.

**When to use it.** To compare with published results that use it, such as the M3 and M4 forecasting competitions.
Otherwise prefer MASE or a plain MAE.

**Cost.** $O(N)$.

**Pitfalls.** It is said to handle zeros gracefully; it does not. If both values are zero the term is 0/0, and a convention is needed:
here they are refused unless counted as 0 on request. If only one of them is zero the term is 200% whatever the size of the error, so it
saturates. "Symmetric" refers to exchanging the two arguments only: for an actual of 100, a forecast of 110 costs 9.5% and
one of 90 costs 10.5%, so too low is punished more. Definitions differ: some drop the factor 2 and get a range of
0 to 100%. Always state the formula.

**References.** Armstrong, *Long-Range Forecasting* (1985). Makridakis, *Accuracy measures* (1993). Goodwin and Lawton, *On
the asymmetry of the symmetric MAPE* (1999).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.regression_metrics.mean_squared_error import targets_and_predictions


@algorithm(
    id="symmetric-mean-absolute-percentage-error",
    name="Symmetric mean absolute percentage error (SMAPE)",
    aliases=("SMAPE", "sMAPE", "symmetric MAPE"),
    example={"y_true": [100.0, 200.0], "y_pred": [110.0, 180.0]},
)
def symmetric_mean_absolute_percentage_error(
    y_true: Vector, y_pred: Vector, both_zero: Literal["refuse", "count as 0"] = "refuse"
) -> Output:
    """SMAPE in percent.

    Parameters
    ----------
    y_true, y_pred : list of float, length n
        Actual values and forecasts.
    both_zero : {"refuse", "count as 0"}
        What to do with a pair of zeros, for which the formula is 0/0.

    Returns
    -------
    dict
        ``smape`` in percent, [0, 200]; ``half``, the same without the factor 2, in [0, 100]; ``saturated``, the
        number of terms at 200%.

    Raises
    ------
    ValueError
        If the lists differ in length, or a pair is (0, 0) and `both_zero` is "refuse".

    Examples
    --------
    >>> round(symmetric_mean_absolute_percentage_error([100, 200], [110, 180])["smape"], 2)
    10.03
    """
    y, p = targets_and_predictions(y_true, y_pred)
    size = np.abs(y) + np.abs(p)  # (n,)
    if both_zero == "refuse" and (size == 0).any():
        raise ValueError("a pair of zeros makes SMAPE 0/0; set both_zero to 'count as 0' or use MAE")
    terms = np.divide(2 * np.abs(y - p), size, out=np.zeros(len(y)), where=size > 0)  # (n,) in [0, 2]
    smape = float(100 * terms.mean())
    return {"smape": smape, "half": smape / 2, "saturated": int((terms >= 2 - 1e-12).sum())}
