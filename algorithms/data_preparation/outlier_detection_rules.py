r"""Outlier rules flag unusual values: the z-score rule by distance from the mean, the IQR rule by distance from the quartiles.

$$|z_i| = \frac{|x_i - \bar x|}{s} > 3, \qquad x_i < Q_1 - 1.5\,\text{IQR} \ \text{ or } \ x_i > Q_3 + 1.5\,\text{IQR}$$

For categories the analogue is merging rare levels into "other".

**Intuition.** For normal data 0.27% of the values lie beyond three standard deviations, and 0.7% beyond the Tukey fences that a boxplot draws. The quartiles do not move when extremes do, so the fences
stand firm where mean and standard deviation are dragged along.

**When to use it.** z for approximately normal data, IQR for skewed data or when outliers are many. Merge categories whose share is too small to learn from.

**Cost.** $O(n \log n)$ for the quartiles.

**Pitfalls.** Masking: outliers inflate $s$ and hide themselves. With $n$ values no $|z|$ exceeds $(n - 1)/\sqrt n$, so up to $n = 10$ the rule "above 3" can never fire. On skewed data the fences flag a
long but genuine tail. A flag is a question, not a reason to delete. Both rules look at one variable; use distances or isolation forests jointly. Quartile definitions differ between
programs. Merging must be learned on training data; unseen levels go to "other" too, and the counts add up as before.

**References.** Tukey, *Exploratory Data Analysis* (1977). Grubbs (1969), *Technometrics* 11. Iglewicz and Hoaglin, *How to Detect and Handle Outliers* (1993).
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Name, Number, Probability
from algorithms.registry import Output, algorithm

Values = Annotated[list[Number], Field(min_length=3, max_length=4096)]
Cutoff = Annotated[float, Field(gt=0, le=100)]
Categories = Annotated[list[Name], Field(min_length=1, max_length=4096)]


def merge_rare(categories: list[str], min_share: float, other: str = "other") -> dict[str, int]:
    """Counts after merging every category with a smaller share into one, most frequent first.

    Examples
    --------
    >>> merge_rare(["a", "a", "a", "b", "c"], 0.25)
    {'a': 3, 'other': 2}
    """
    merged: Counter[str] = Counter()
    for name, count in Counter(categories).items():
        merged[name if count / len(categories) >= min_share else other] += count
    return dict(sorted(merged.items(), key=lambda item: (-item[1], item[0])))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Boxplot with the fences and the limits of the z rule."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.5), layout="constrained")
    axes = figure.subplots()
    axes.boxplot(inputs["data"], orientation="horizontal", whis=inputs["iqr_factor"])
    for limit in output["z_limits"]:
        axes.axvline(limit, ls=":", color="tab:red")
    axes.set(yticks=[], title="Tukey fences (box) and z limits (dotted)")
    return figure


@algorithm(
    id="outlier-detection-rules",
    name="Outlier rules (z-score, IQR)",
    aliases=(
        "Z-score outlier rule",
        "three-sigma outliers",
        "IQR outlier rule",
        "boxplot outliers",
        "Tukey fences",
        "Merging rare categories",
        "other bucket",
        "rare label encoding",
        "outlier detection",
    ),
    example={"data": [10, 12, 11, 13, 12, 11, 14, 12, 13, 11, 12, 95]},
    figure=draw,
)
def outlier_detection_rules(
    data: Values,
    z_threshold: Cutoff = 3.0,
    iqr_factor: Cutoff = 1.5,
    categories: Categories | None = None,
    min_share: Probability = 0.05,
) -> Output:
    """Values flagged by both rules, and rare categories merged.

    Parameters
    ----------
    data : list of float, length n
        Values.
    z_threshold : float
        Number of standard deviations from the mean.
    iqr_factor : float
        Number of interquartile ranges beyond the quartiles.
    categories : list of str
        Optional labels, whose rare levels are merged into "other".
    min_share : float
        Least share of a category that is kept.

    Returns
    -------
    dict
        ``z_outliers`` and ``iqr_outliers``, values ascending, at most 50; ``z_outlier_count``, ``iqr_outlier_count``;
        ``z_limits`` (2,), ``fences`` (2,), ``quartiles`` (2,); ``largest_z`` and ``largest_possible_z`` (n - 1) / sqrt(n);
        ``merged_counts``, the 50 most frequent (None without categories).

    Examples
    --------
    >>> result = outlier_detection_rules([1, 2, 3, 4, 100])
    >>> result["iqr_outliers"].tolist(), result["z_outliers"].tolist()
    ([100.0], [])
    """
    x = np.sort(np.asarray(data, dtype=np.float64))  # (n,)
    mean, sd = float(x.mean()), float(x.std(ddof=1))
    z = np.abs(x - mean) / sd if sd > 0 else np.zeros(len(x))  # (n,)
    q1, q3 = np.quantile(x, [0.25, 0.75])
    low, high = q1 - iqr_factor * (q3 - q1), q3 + iqr_factor * (q3 - q1)
    by_z, by_iqr = z > z_threshold, (x < low) | (x > high)
    counts = None if categories is None else merge_rare(categories, min_share)
    return {
        "z_outliers": x[by_z][:50],
        "iqr_outliers": x[by_iqr][:50],
        "z_outlier_count": int(by_z.sum()),
        "iqr_outlier_count": int(by_iqr.sum()),
        "z_limits": np.array([mean - z_threshold * sd, mean + z_threshold * sd]),
        "fences": np.array([low, high]),
        "quartiles": np.array([q1, q3]),
        "largest_z": float(z.max()),
        "largest_possible_z": (len(x) - 1) / float(np.sqrt(len(x))),
        "merged_counts": None if counts is None else dict(list(counts.items())[:50]),
    }
