r"""A normal Q-Q plot draws the sorted sample against the quantiles that a normal distribution would give.

$$\left( \Phi^{-1}\!\left(\frac{i - 0.5}{n}\right),\ \frac{x_{(i)} - \bar x}{s} \right), \qquad i = 1, \dots, n$$

**Intuition.** If the sample is normal, the points follow a line; its slope is the standard deviation and its height at zero the mean. Points
that bend up on the right and down on the left mean heavy tails, a bow means skewness, steps mean rounding, single points off the end mean
outliers.

**When to use it.** To check the residuals of a regression, or any sample, where it says more than a test: it shows *how* normality fails.

**Cost.** $O(n \log n)$ for sorting.

**Pitfalls.** The points fall on the 45-degree line only if the sample (or the residuals) was *standardised*; raw residuals follow a line with slope
$s$. The ends scatter most, also for truly normal data, so do not overread the last points. Small samples look crooked by chance. Plotting
positions differ: $(i - 0.5)/n$ here, $(i - 0.375)/(n + 0.25)$ elsewhere; the difference matters only at the ends. Which axis holds the sample
is not fixed: with swapped axes the bends turn round.

**References.** Wilk and Gnanadesikan, *Probability plotting methods for the analysis of data* (1968). Filliben (1975), *Technometrics* 17, for
the correlation.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.classification_metrics.roc_auc import thinned
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_quantile
from algorithms.statistics.pearson_correlation import pearson

Sample = Annotated[list[Number], Field(min_length=3, max_length=4096)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The points and the 45-degree line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    q, x = output["theoretical_quantiles"], output["standardised_sample"]
    axes.plot(q, x, "o")
    axes.plot([min(q), max(q)], [min(q), max(q)], ":")
    axes.set(xlabel="normal quantile", ylabel="standardised value", title=f"r = {output['correlation']:.3f}")
    return figure


@algorithm(
    id="qq-plot",
    name="Normal Q-Q plot",
    aliases=("quantile-quantile plot", "QQ plot", "Q-Q plot", "normal probability plot", "normality of residuals"),
    example={"data": [4.2, 5.0, 5.1, 5.6, 5.9, 6.0, 6.3, 6.8, 7.1, 8.3]},
    figure=draw,
)
def qq_plot(data: Sample) -> Output:
    """Points of the normal Q-Q plot and how straight they are.

    Parameters
    ----------
    data : list of float, length n
        Sample, e.g. residuals.

    Returns
    -------
    dict
        ``theoretical_quantiles`` and ``standardised_sample``, at most 50 points each, ascending; ``correlation`` of all
        points, near 1 for normal data; ``slope`` of the least-squares line through the points of the raw data, near the
        standard deviation; ``tail_excess``, by how much the last point on each side lies outside the 45-degree line,
        positive for heavy tails (2,), left and right.

    Raises
    ------
    ValueError
        If the sample is constant.

    Examples
    --------
    >>> qq_plot([1, 2, 3])["theoretical_quantiles"][[0, 2]].round(3).tolist()
    [-0.967, 0.967]
    """
    x = np.sort(np.asarray(data, dtype=np.float64))  # (n,)
    n = len(x)
    q = normal_quantile((np.arange(1, n + 1, dtype=np.float64) - 0.5) / n)  # (n,)
    r = pearson(q, x)
    z = (x - x.mean()) / x.std(ddof=1)  # (n,)
    return {
        "theoretical_quantiles": thinned(q),
        "standardised_sample": thinned(z),
        "correlation": r,
        "slope": float(r * x.std() / q.std()),
        "tail_excess": np.array([q[0] - z[0], z[-1] - q[-1]]),
    }
