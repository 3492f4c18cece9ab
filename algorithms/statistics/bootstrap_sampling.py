r"""Bootstrap resampling draws from the sample itself, with replacement, to see how much a statistic would vary.

$$x^* = (x_{i_1}, \dots, x_{i_n}), \ i_j \sim \text{Uniform}\{1, \dots, n\}, \qquad
P(x_i \in x^*) = 1 - \left(1 - \tfrac1n\right)^n \to 1 - \tfrac1e \approx 0.632$$

**Intuition.** The sample stands in for the population. Each resample plays the part of a new study; the spread of the statistic over
resamples estimates its standard error, and percentiles give an interval. A resample contains on average 63.2% of the different points; the
rest are "out of bag".

**When to use it.** For standard errors of medians, ratios, AUC or any statistic without a simple formula; in bagging and random forests, where
out-of-bag points give a free validation.

**Cost.** $B$ evaluations of the statistic, with $B$ of 1,000 or more for intervals.

**Pitfalls.** It does not create information: a biased or tiny sample stays so. It fails for extremes such as the maximum and for heavy tails
without a variance. Dependent data (time series, clusters) need blocks or whole clusters as units. The percentile interval is
too narrow in small samples; BCa corrects bias and skew. Without replacement every resample is the same set and the spread is 0.

**References.** Efron, *Bootstrap methods: another look at the jackknife* (1979). Efron and Tibshirani, *An Introduction to the Bootstrap*
(1993). Breiman, *Bagging predictors* (1996).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Data = Annotated[list[Number], Field(min_length=2, max_length=500)]
Repeats = Annotated[int, Field(ge=50, le=5000)]
Level = Annotated[float, Field(ge=0.5, le=0.999)]
Statistic = Literal["mean", "median", "sd"]


def resample_indices(n: int, repeats: int, seed: int) -> NDArray[np.int64]:
    """Indices (repeats, n) drawn with replacement.

    Examples
    --------
    >>> resample_indices(3, 2, seed=0).tolist()
    [[2, 1, 1], [0, 0, 0]]
    """
    return np.random.default_rng(seed).integers(n, size=(repeats, n))


def evaluate(statistic: Statistic, samples: Floats) -> Floats:
    """The statistic of each row of (repeats, n).

    Examples
    --------
    >>> evaluate("median", np.array([[1.0, 2.0, 9.0]])).tolist()
    [2.0]
    """
    if statistic == "mean":
        return np.asarray(samples.mean(axis=1))
    if statistic == "median":
        return np.asarray(np.median(samples, axis=1))
    return np.asarray(samples.std(axis=1, ddof=1))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Histogram of the statistic over the resamples with the interval."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.stairs(output["histogram"], output["histogram_edges"], fill=True)
    for bound in output["interval"]:
        axes.axvline(bound, ls="--", color="black")
    axes.set(xlabel=inputs["statistic"], title=f"standard error {output['standard_error']:.3g}")
    return figure


@algorithm(
    id="bootstrap-sampling",
    name="Bootstrap resampling",
    aliases=("sampling with replacement", "bootstrap", "bootstrap confidence interval", "out-of-bag share", "0.632"),
    example={"data": [4.1, 5.0, 5.2, 5.9, 6.3, 6.8, 7.4, 8.0, 9.5, 12.1], "statistic": "mean"},
    figure=draw,
)
def bootstrap_sampling(
    data: Data, statistic: Statistic = "mean", repeats: Repeats = 2000, level: Level = 0.95, seed: Seed = 0
) -> Output:
    """Standard error and percentile interval of a statistic by resampling.

    Parameters
    ----------
    data : list of float, length n
        Sample.
    statistic : {"mean", "median", "sd"}
        What is estimated.
    repeats : int
        Number of resamples.
    level : float
        Coverage of the percentile interval.
    seed : int
        Seed of the resampling.

    Returns
    -------
    dict
        ``estimate`` from the sample; ``standard_error``; ``interval`` (2,); ``bias``, mean over the resamples minus the
        estimate; ``unique_share``, mean share of different points a resample, and ``expected_unique_share``
        1 - (1 - 1/n)^n; ``histogram`` (20,) and ``histogram_edges`` (21,).

    Examples
    --------
    >>> result = bootstrap_sampling([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> round(result["expected_unique_share"], 5)
    0.67232
    """
    x = np.asarray(data, dtype=np.float64)  # (n,)
    n = len(x)
    indices = resample_indices(n, repeats, seed)  # (repeats, n)
    values = evaluate(statistic, x[indices])  # (repeats,)
    ordered = np.sort(indices, axis=1)
    unique = 1 + (np.diff(ordered, axis=1) > 0).sum(axis=1)  # (repeats,)
    estimate = float(evaluate(statistic, x[None, :])[0])
    histogram, edges = np.histogram(values, bins=20)
    return {
        "estimate": estimate,
        "standard_error": float(values.std(ddof=1)),
        "interval": np.quantile(values, [(1 - level) / 2, (1 + level) / 2]),
        "bias": float(values.mean() - estimate),
        "unique_share": float(unique.mean() / n),
        "expected_unique_share": 1 - (1 - 1 / n) ** n,
        "histogram": histogram,
        "histogram_edges": edges,
    }
