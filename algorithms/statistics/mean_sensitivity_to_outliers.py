r"""The mean is sensitive to outliers: one extreme point can move it arbitrarily far, while the median hardly moves.

$$\bar x_{\text{new}} = \bar x + \frac{x_{\text{out}} - \bar x}{n + 1}$$

**Intuition.** With the head in the oven and the feet in the freezer the mean temperature is comfortable, and the person is
not: the average hides the spread. And one billionaire entering a café raises the mean income of its guests to millions; the median stays
about the same. The breakdown point, the share of bad data that can carry an estimate anywhere, is 0 for the mean and one half
for the median.

**When to use it.** Report the median with the interquartile range or the median absolute deviation (MAD) for data with outliers,
and always a measure of spread beside any middle.

**Cost.** $O(n \log n)$ for medians by sorting.

**Pitfalls.** The standard deviation is even more sensitive than the mean, because it squares; a z-score rule can therefore hide the very
outliers that it should find (masking). Deleting outliers to save the mean needs a reason outside the data. The median is no cure
where totals matter: the sum of costs is $n$ times the mean. A trimmed mean is in between.

**References.** Huber and Ronchetti, *Robust Statistics* (2009). Tukey, *Exploratory Data Analysis* (1977). Hampel (1974), *Journal
of the American Statistical Association* 69.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import Sample


def summary(x: NDArray[np.float64]) -> dict[str, float]:
    """Middles and spreads of an array (n,).

    Examples
    --------
    >>> summary(np.array([1.0, 2.0, 9.0]))["mad"]
    1.0
    """
    ordered = np.sort(x)
    cut = len(x) // 10  # a tenth from each end
    middle = float(np.median(x))
    return {
        "mean": float(x.mean()),
        "median": middle,
        "trimmed_mean": float(ordered[cut : len(x) - cut].mean()),
        "sd": float(x.std(ddof=1)),
        "mad": float(np.median(np.abs(x - middle))),
        "min": float(ordered[0]),
        "max": float(ordered[-1]),
    }


@algorithm(
    id="mean-sensitivity-to-outliers",
    name="Mean vs outliers and spread",
    aliases=("misleading average", "robust summary", "freezer and oven", "breakdown point", "MAD", "trimmed mean"),
    example={"data": [19, 20, 20, 21, 22, 18, 20, 21, 19, 20], "outlier": 1000},
)
def mean_sensitivity_to_outliers(data: Sample, outlier: Number) -> Output:
    """Summaries of `data` before and after one more point.

    Parameters
    ----------
    data : list of float, length n
        Observations.
    outlier : float
        The point that is added.

    Returns
    -------
    dict
        ``before`` and ``after``: mean, median, trimmed_mean (a tenth from each end), sd, mad, min, max;
        ``mean_shift`` and ``median_shift``; ``outlier_z``, its z-score within the enlarged data, never above
        n / sqrt(n + 1) with n the size before.

    Examples
    --------
    >>> result = mean_sensitivity_to_outliers([20, 21, 19, 20], 1000)
    >>> result["mean_shift"], result["median_shift"]
    (196.0, 0.0)
    """
    x = np.asarray(data, dtype=np.float64)  # (n,)
    enlarged = np.append(x, outlier)  # (n + 1,)
    before, after = summary(x), summary(enlarged)
    return {
        "before": before,
        "after": after,
        "mean_shift": after["mean"] - before["mean"],
        "median_shift": after["median"] - before["median"],
        "outlier_z": (outlier - after["mean"]) / after["sd"] if after["sd"] > 0 else 0.0,
    }
