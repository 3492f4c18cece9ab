r"""The log transform replaces a positive value by its logarithm, which turns ratios into differences.

$$x' = \log x \quad \text{or} \quad \log(1 + x) \ \text{ if zeros occur}, \qquad \log(a\,b) = \log a + \log b$$

**Intuition.** Doubling is the same step everywhere. Exponential growth becomes a line: the correlation of $x$ and $\log e^x$ is 1. A long right tail is pulled in; lognormal data become normal. Multiplicative noise becomes additive, so its variance no longer grows with the level.

**When to use it.** For incomes, prices, counts, concentrations, durations: quantities that vary over orders of magnitude.

**Cost.** One logarithm a value.

**Pitfalls.** It needs positive values. $\log(1 + x)$ works at zero, but it depends on the unit and does little for small numbers; the added 1 is a choice. The mean of the logarithms goes back to the *geometric* mean (for a lognormal, the median), so
exponentiated predictions are too low on average; correct by $e^{\sigma^2/2}$ or by smearing. Errors on the log scale are relative errors. It makes left-skewed data worse. Box-Cox estimates the power from data instead.

**References.** Box and Cox, *An analysis of transformations* (1964). Duan, *Smearing estimate* (1983). Bland and Altman, *Transformations, means, and confidence intervals* (1996).
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import NonNegative
from algorithms.registry import Output, algorithm
from algorithms.statistics.mean_median_mode_skewness import skewness
from algorithms.statistics.pearson_correlation import pearson

Floats = NDArray[np.float64]
Values = Annotated[list[NonNegative], Field(min_length=3, max_length=4096)]
Kind = Literal["log", "log1p"]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The values in order, on both scales."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(inputs["x"][:50], "o")
    left.set_title(f"skewness {output['skewness_before']:.2f}")
    right.plot(output["transformed"], "o")
    right.set_title(f"log: {output['skewness_after']:.2f}")
    return figure


@algorithm(
    id="log-transform",
    name="Log transform",
    aliases=("linearisation", "skew reduction", "logarithmic transformation", "log1p", "log scale"),
    example={"x": [1, 2, 4, 8, 16, 32, 64, 128]},
    figure=draw,
)
def log_transform(x: Values, kind: Kind = "log") -> Output:
    """Logarithms of the values, and what they do to skewness and to a trend.

    Parameters
    ----------
    x : list of float, length n
        Values above 0 (or 0 and above for "log1p"), in order if they are a series.
    kind : {"log", "log1p"}
        log x, or log(1 + x).

    Returns
    -------
    dict
        ``transformed``, the first 50; ``skewness_before``, ``skewness_after``; ``trend_before``, ``trend_after``:
        correlation with the position in the list (None for constant values); ``arithmetic_mean``, ``back_transformed_mean``,
        the exponentiated mean of the logarithms, which is the geometric mean for "log".

    Raises
    ------
    ValueError
        If a value is 0 and `kind` is "log".

    Examples
    --------
    >>> result = log_transform([1, 2, 4, 8, 16])
    >>> round(result["trend_before"], 3), round(result["trend_after"], 3), round(result["back_transformed_mean"], 6)
    (0.933, 1.0, 4.0)
    """
    values = np.asarray(x, dtype=np.float64)  # (n,)
    if kind == "log" and values.min() == 0:
        raise ValueError("the logarithm of 0 is undefined; use kind 'log1p'")
    logs = np.log(values) if kind == "log" else np.log1p(values)  # (n,)
    place = np.arange(len(values), dtype=np.float64)
    constant = values.min() == values.max()
    center = float(logs.mean())
    return {
        "transformed": logs[:50],
        "skewness_before": skewness(values),
        "skewness_after": skewness(logs),
        "trend_before": None if constant else pearson(place, values),
        "trend_after": None if constant else pearson(place, logs),
        "arithmetic_mean": float(values.mean()),
        "back_transformed_mean": math.exp(center) if kind == "log" else math.expm1(center),
    }
