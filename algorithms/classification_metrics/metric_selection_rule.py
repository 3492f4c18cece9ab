r"""Choosing the evaluation metric means matching the number that is optimised to the task and to what an error costs.

$$\text{metric} = f(\text{task}, \text{balance}, \text{costs}, \text{outliers}, \text{zeros}, \text{graded relevance})$$

**Intuition.** A metric is a statement about which errors matter. Balanced classes with similar costs: accuracy. Rare
positives: precision, recall, F1, PR-AUC. Regression: MAE where all errors count in proportion, RMSE where large ones count
more. Forecasts across scales: percentage errors, unless the target touches zero. Rankings: MRR for one right answer, nDCG for graded
relevance.

**When to use it.** Before the first experiment; changing the metric after seeing results invites self-deception.

**Cost.** None at run time.

**Pitfalls.** Rules of thumb are where to start, not where to end: the costs of the application decide. "Use AUC for
unbalanced data" is half right: ROC-AUC can look optimistic there, PR-AUC is the better companion. MSE is in squared
units and gives outliers weight; use it where large errors really matter. MAPE is undefined at zero, and SMAPE does not repair that when
both values are zero. One number hides trade-offs: report a guard metric beside it.

**References.** Hossin and Sulaiman, *A review on evaluation metrics for data classification evaluations* (2015). Hyndman
and Koehler, *Another look at measures of forecast accuracy* (2006). Manning, Raghavan and Schütze (2008), chapter 8.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Positive
from algorithms.registry import Output, algorithm

Share = Annotated[float, Field(gt=0, lt=1)]
Task = Literal["classification", "regression", "forecasting", "ranking"]


def classification(positive_share: float, cost_fn_over_fp: float) -> list[tuple[str, str]]:
    """Metrics of a binary classifier with their reasons.

    Examples
    --------
    >>> [metric for metric, _ in classification(0.5, 1.0)]
    ['accuracy', 'F1']
    """
    rare = min(positive_share, 1 - positive_share)
    chosen = [("accuracy", "the classes are of similar size"), ("F1", "one number for both errors on positives")]
    if rare < 0.2:
        baseline = f"always answering the larger class is {1 - rare:.0%} accurate"
        chosen = [("PR-AUC", baseline), ("MCC", "uses all four counts"), ("ROC-AUC", "companion; can look optimistic")]
    if cost_fn_over_fp >= 2:
        chosen.insert(0, ("recall", f"a miss costs {cost_fn_over_fp:g} times a false alarm; see F-beta with beta > 1"))
    elif cost_fn_over_fp <= 0.5:
        chosen.insert(0, ("precision", f"a false alarm costs {1 / cost_fn_over_fp:g} times a miss"))
    return chosen


def numeric(forecast: bool, outliers_are_noise: bool, target_touches_zero: bool) -> list[tuple[str, str]]:
    """Metrics of a regression or forecast with their reasons.

    Examples
    --------
    >>> [metric for metric, _ in numeric(False, False, False)]
    ['RMSE', 'MAE']
    """
    rmse, mae = ("RMSE", "large errors count more"), ("MAE", "errors count in proportion; robust to outliers")
    chosen = [mae, rmse] if outliers_are_noise else [rmse, mae]
    if forecast and target_touches_zero:
        return [("MASE", "percentage errors are undefined at zero; scale by a naive forecast"), *chosen]
    if forecast:
        return [("MAPE", "compares series of different scale"), ("SMAPE", "bounded by 200%"), *chosen]
    return chosen


@algorithm(
    id="metric-selection-rule",
    name="Choosing the evaluation metric (rule table)",
    aliases=("metric choice", "which metric to use", "choosing a metric", "evaluation metric"),
    example={"task": "classification"},
)
def metric_selection_rule(
    task: Task,
    positive_share: Share = 0.5,
    cost_fn_over_fp: Positive = 1.0,
    outliers_are_noise: bool = False,
    target_touches_zero: bool = False,
    graded_relevance: bool = False,
) -> Output:
    """Recommended metrics, most important first, each with the reason.

    Parameters
    ----------
    task : {"classification", "regression", "forecasting", "ranking"}
        What is predicted.
    positive_share : float
        Share of the positive class (classification).
    cost_fn_over_fp : float
        Cost of a miss divided by the cost of a false alarm (classification).
    outliers_are_noise : bool
        Whether extreme targets are errors rather than cases that matter (regression, forecasting).
    target_touches_zero : bool
        Whether the target can be zero (forecasting).
    graded_relevance : bool
        Whether results are more or less relevant rather than right or wrong (ranking).

    Returns
    -------
    dict
        ``metrics`` and ``reasons``, lists of equal length.

    Examples
    --------
    >>> metric_selection_rule("ranking", graded_relevance=True)["metrics"]
    ['nDCG', 'MRR', 'hit rate at k']
    """
    if task == "classification":
        chosen = classification(positive_share, cost_fn_over_fp)
    elif task == "ranking":
        chosen = [("MRR", "the first right answer counts"), ("hit rate at k", "users see k results")]
        ndcg = ("nDCG", "graded relevance, discounted by rank")
        chosen.insert(0 if graded_relevance else 2, ndcg)
    else:
        chosen = numeric(task == "forecasting", outliers_are_noise, target_touches_zero)
    return {"metrics": [metric for metric, _ in chosen], "reasons": [reason for _, reason in chosen]}
