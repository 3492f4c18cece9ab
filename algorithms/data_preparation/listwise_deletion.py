r"""Listwise deletion drops every row with a missing value and analyses the complete cases.

$$\hat\mu = \frac{1}{|C|} \sum_{i \in C} y_i, \qquad C = \{i : \text{all of row } i \text{ observed}\}, \qquad
E[\hat\mu] = \mu \ \text{ if the data are MCAR}$$

**Intuition.** If values are missing completely at random (MCAR), the complete rows are a random sample and only precision is lost. If missingness depends on other observed variables (MAR) or on the missing value itself (MNAR), the complete rows are a
biased sample: if high incomes are not reported, the mean of the rest is too low.

**When to use it.** When few rows are affected and there is good reason to believe in MCAR. Dropping a *column* is for features that are mostly empty.

**Cost.** $O(n d)$.

**Pitfalls.** It is claimed to give a robust model. It does not: unless the data are MCAR the estimates are biased, however many rows remain. With many columns little is left: 10 columns with 5% missing each keep only 60% of the rows. Regression on complete cases is still unbiased if missingness depends on
the features alone. Rows with missing values will also come at prediction time, and then there must be an answer. MCAR cannot be proved from the data; whether missing and complete rows differ in other columns can at least be
checked.

**References.** Rubin, *Inference and missing data* (1976). Little and Rubin, *Statistical Analysis with Missing Data* (2019). Van Buuren, *Flexible Imputation of Missing
Data* (2018).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Number, Seed, rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Mechanism = Literal["MCAR", "MAR", "MNAR"]
Length = Annotated[int, Field(ge=100, le=100_000)]
Share = Annotated[float, Field(ge=0.05, le=0.8)]
HoleyRows = Annotated[
    list[Annotated[list[Number | None], Field(min_length=1, max_length=50)]],
    Field(min_length=1, max_length=512),
    AfterValidator(rectangular),
]


def with_nan(rows: list[list[float | None]]) -> Floats:
    """Rows as an array (n, d), None as NaN.

    Examples
    --------
    >>> with_nan([[1.0, None]]).tolist()
    [[1.0, nan]]
    """
    return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=np.float64)


def missing_chance(mechanism: Mechanism, x: Floats, y: Floats, share: float) -> Floats:
    """Chance (n,) that y is missing: constant, rising with x, or rising with y itself.

    Examples
    --------
    >>> missing_chance("MCAR", np.zeros(2), np.zeros(2), 0.3).tolist()
    [0.3, 0.3]
    """
    if mechanism == "MCAR":
        return np.full(len(y), share)
    driver = x if mechanism == "MAR" else y
    low, high = -20.0, 20.0
    for _ in range(60):  # the offset that makes the mean chance equal the share
        offset = (low + high) / 2
        low, high = (offset, high) if logistic(2 * driver + offset).mean() < share else (low, offset)
    return logistic(2 * driver + (low + high) / 2)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bias of the complete-case mean with two standard errors."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.errorbar([inputs["mechanism"]], [output["bias"]], 2 * output["standard_error"], fmt="o", capsize=5)
    axes.axhline(0, ls=":", color="black")
    axes.set(ylabel="bias of the mean", title="complete cases")
    return figure


@algorithm(
    id="listwise-deletion",
    name="Listwise deletion of missing data",
    aliases=("dropna", "complete-case analysis", "drop missing rows", "MCAR", "MAR", "MNAR", "complete cases"),
    example={"mechanism": "MAR"},
    figure=draw,
)
def listwise_deletion(
    mechanism: Mechanism = "MAR",
    missing_share: Share = 0.4,
    n: Length = 20_000,
    rows: HoleyRows | None = None,
    seed: Seed = 0,
) -> Output:
    """Bias of complete cases under three mechanisms (simulated), and the complete rows of given data.

    Parameters
    ----------
    mechanism : {"MCAR", "MAR", "MNAR"}
        Whether y is missing at random, depending on the observed x, or depending on y itself.
    missing_share : float
        Share of missing y.
    n : int
        Simulated rows: x standard normal, y = 0.7 x + noise with mean 0 and variance 1.
    rows : list of list of float or null, shape (m, d)
        Own data, whose complete rows are returned too.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``true_mean`` of all y; ``complete_case_mean``; ``bias``; ``standard_error`` of the complete-case mean;
        ``kept_share``; ``adjusted_mean``, predicting y from x for all rows, which repairs MAR; ``complete_rows``, the first
        10, and ``complete_row_count`` of own data (None without).

    Examples
    --------
    >>> result = listwise_deletion("MCAR", rows=[[1, 2], [None, 3], [4, 5]])
    >>> result["complete_rows"].tolist(), abs(result["bias"]) < 4 * result["standard_error"]
    ([[1.0, 2.0], [4.0, 5.0]], True)
    """
    rng = np.random.default_rng(seed)
    x, noise = rng.standard_normal((2, n))  # (n,) each
    y = 0.7 * x + np.sqrt(1 - 0.7**2) * noise
    kept = rng.random(n) >= missing_chance(mechanism, x, y, missing_share)
    left = y[kept]
    slope, intercept = np.polyfit(x[kept], left, 1)
    own = None if rows is None else with_nan(rows)
    complete = None if own is None else own[~np.isnan(own).any(axis=1)]
    return {
        "true_mean": float(y.mean()),
        "complete_case_mean": float(left.mean()),
        "bias": float(left.mean() - y.mean()),
        "standard_error": float(left.std(ddof=1) / np.sqrt(len(left))),
        "kept_share": float(kept.mean()),
        "adjusted_mean": float((slope * x + intercept).mean()),
        "complete_rows": None if complete is None else complete[:10],
        "complete_row_count": None if complete is None else len(complete),
    }
