r"""R-squared, the coefficient of determination, is the share of the target's variation that the predictions account for.

$$R^2 = 1 - \frac{SS_\text{res}}{SS_\text{tot}} = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2}$$

**Intuition.** It compares the model with always predicting the mean of these targets: 1 is perfect, 0 no better than the
mean, below 0 worse.

**When to use it.** To report a regression without units. For least squares with an intercept, on the training data, it equals the
squared correlation of predictions and targets.

**Cost.** $O(N)$.

**Pitfalls.** On new data it can be negative, without lower limit; the name suggests otherwise. Write $SS_\text{res}$ and
$SS_\text{tot}$: the abbreviation SSR is used for the sum of squared residuals by some authors and for the regression (explained) sum of
squares by others. Adding any feature to a least-squares fit never lowers the training $R^2$; the adjusted value charges for
the number of features. A high value shows neither that the relation is linear nor that the model is right, and it depends
on the spread of the targets. For a constant target it is undefined.

**References.** Wright, *Correlation and causation* (1921). Kvalseth, *Cautionary note about R²* (1985).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.regression_metrics.mean_squared_error import targets_and_predictions

Features = Annotated[int, Field(ge=0, le=4096)]


@algorithm(
    id="r-squared",
    name="R-squared (coefficient of determination)",
    aliases=("coefficient of determination", "R2", "R^2", "adjusted R-squared", "explained variance"),
    example={"y_true": [3.0, -0.5, 2.0, 7.0], "y_pred": [2.5, 0.0, 2.0, 8.0]},
)
def r_squared(y_true: Vector, y_pred: Vector, features: Features = 0) -> Output:
    """R-squared with its sums of squares, and adjusted for the number of features.

    Parameters
    ----------
    y_true, y_pred : list of float, length n
        Targets and predictions.
    features : int
        Number of features of the model, without the intercept, for the adjusted value.

    Returns
    -------
    dict
        ``r2`` in (-inf, 1]; ``adjusted_r2``, None unless n > features + 1; ``ss_res``; ``ss_tot``.

    Raises
    ------
    ValueError
        If the lists differ in length or the targets are constant.

    Examples
    --------
    >>> round(r_squared([3, -0.5, 2, 7], [2.5, 0, 2, 8])["r2"], 4)
    0.9486
    """
    y, p = targets_and_predictions(y_true, y_pred)
    if y.min() == y.max():
        raise ValueError("the targets are constant, so there is no variation to account for; R-squared is undefined")
    ss_res, ss_tot = float(((y - p) ** 2).sum()), float(((y - y.mean()) ** 2).sum())
    r2 = 1 - ss_res / ss_tot
    freedom = len(y) - features - 1
    adjusted = 1 - (1 - r2) * (len(y) - 1) / freedom if freedom > 0 else None
    return {"r2": r2, "adjusted_r2": adjusted, "ss_res": ss_res, "ss_tot": ss_tot}
