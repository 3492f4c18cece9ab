r"""Mean, median and mode are three kinds of middle; in skewed data they separate, in symmetric data they coincide.

$$g_1 = \frac{\frac1n \sum_i (x_i - \bar x)^3}{\left(\frac1n \sum_i (x_i - \bar x)^2\right)^{3/2}}$$

**Intuition.** The mean is the centre of gravity and is pulled towards the long tail, the median splits the data in halves, the mode
is the most frequent value. In a left-skewed distribution with median 60 one expects a mean below 60 and a mode above it; in a
right-skewed one it is the reverse. For a symmetric distribution with one peak, such as the normal, all three are equal.

**When to use it.** Report the median for skewed quantities such as incomes or waiting times, the mean where totals matter, the mode for
categories.

**Cost.** $O(n \log n)$ for the median by sorting, $O(n)$ otherwise.

**Pitfalls.** "Left skew means mean < median < mode" is a rule of thumb for unimodal continuous data. It fails for some discrete and
for multimodal data, and is often taught as a law. The direction of the skew is that of the long *tail*, not of the hump. The mode
of continuous data depends on rounding or binning. Equal mean and median do not prove symmetry. Skewness is very sensitive to
outliers.

**References.** Von Hippel, *Mean, median, and skew: correcting a textbook rule* (2005). Groeneveld and Meeden, *Measuring
skewness and kurtosis* (1984).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import Sample


def skewness(x: NDArray[np.float64]) -> float:
    """Third standardised moment of an array (n,); 0 if it is constant.

    Examples
    --------
    >>> round(skewness(np.array([0.0, 0.0, 3.0])), 4)
    0.7071
    """
    centred = x - x.mean()  # (n,)
    sd = x.std()
    if sd <= 1e-14 * np.abs(x).max():
        return 0.0
    return float(((centred / sd) ** 3).mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Histogram with the three middles."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.hist(inputs["data"], bins=10, color="lightgray")
    for key, style in (("mean", "-"), ("median", "--"), ("mode", ":")):
        axes.axvline(output[key], ls=style, color="black", label=f"{key} {output[key]:.3g}")
    axes.legend()
    axes.set_title(f"skewness {output['skewness']:.2f}")
    return figure


@algorithm(
    id="mean-median-mode-skewness",
    name="Mean, median and mode in skewed and symmetric data",
    aliases=("skewness", "left-skewed distribution", "right-skewed distribution", "median", "mode", "negative skew"),
    example={"data": [15, 30, 45, 55, 60, 65, 70, 70, 70]},
    figure=draw,
)
def mean_median_mode_skewness(data: Sample) -> Output:
    """The three middles of `data` and its skewness.

    Parameters
    ----------
    data : list of float, length n
        Observations.

    Returns
    -------
    dict
        ``mean``, ``median``, ``mode`` (most frequent value, the smallest of several) and ``mode_count``; ``skewness``,
        below 0 for a long left tail; ``shape``: "left-skewed", "symmetric" or "right-skewed" (within ±0.1);
        ``rule_of_thumb_holds``, whether mean, median and mode are in the order that the skewness suggests.

    Examples
    --------
    >>> result = mean_median_mode_skewness([15, 30, 45, 55, 60, 65, 70, 70, 70])
    >>> round(result["mean"], 2), result["median"], result["mode"]
    (53.33, 60.0, 70.0)
    """
    x = np.asarray(data, dtype=np.float64)  # (n,)
    values, counts = np.unique(x, return_counts=True)
    mean, middle, mode = float(x.mean()), float(np.median(x)), float(values[counts.argmax()])
    g1 = skewness(x)
    shape = "symmetric" if abs(g1) <= 0.1 else "left-skewed" if g1 < 0 else "right-skewed"
    orders = {
        "left-skewed": mean < middle < mode,
        "right-skewed": mean > middle > mode,
        "symmetric": max(abs(mean - middle), abs(mode - middle)) <= 0.1 * float(x.std()),
    }
    return {
        "mean": mean,
        "median": middle,
        "mode": mode,
        "mode_count": int(counts.max()),
        "skewness": g1,
        "shape": shape,
        "rule_of_thumb_holds": bool(orders[shape]),
    }
