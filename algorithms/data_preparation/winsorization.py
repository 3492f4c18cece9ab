r"""Winsorization caps extreme values at chosen percentiles and leaves all others as they are.

$$x_i' = \min\bigl(\max(x_i,\ q_\text{low}),\ q_\text{high}\bigr)$$

**Intuition.** A value beyond the limit is probably an error or an exaggeration, but it still says "large". Trimming would throw the row away; winsorizing keeps it at the limit. Mean and
variance lose their sensitivity to a few wild points.

**When to use it.** For features with long tails or recording errors before linear models, k-means or scaling, and for robust means.

**Cost.** $O(n \log n)$ for the percentiles.

**Pitfalls.** Take the limits from the *training* data and apply them to everything else; otherwise test rows leak. It creates piles at the limits, which distort correlations and
densities, and it changes values that were real: in fraud or risk the extremes are the point. Do not cap the target without saying so, since errors are then measured on
other numbers. Definitions differ: percentiles may be interpolated, as here, or be order statistics, and "5%" may mean each side or both together. It is
no cure for outliers in several dimensions whose single coordinates look normal.

**References.** Tukey, *The future of data analysis* (1962). Dixon and Yuen, *Trimming and winsorization: a review* (1974). Wilcox, *Introduction to Robust
Estimation and Hypothesis Testing* (2012).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability, Vector
from algorithms.registry import Output, algorithm

LowerShare = Annotated[float, Field(ge=0, lt=0.5)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Values before and after, with the limits."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(inputs["data"][:50], "o", mfc="none", label="before")
    axes.plot(output["values"], ".", label="after")
    for limit in (output["lower_limit"], output["upper_limit"]):
        axes.axhline(limit, ls=":", color="black")
    axes.legend()
    axes.set(xlabel="sample", title="winsorization")
    return figure


@algorithm(
    id="winsorization",
    name="Winsorization",
    aliases=("capping", "clipping at percentiles", "winsorize", "percentile capping"),
    example={"data": [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]},
    figure=draw,
)
def winsorization(data: Vector, lower: LowerShare = 0.05, upper: Probability = 0.95) -> Output:
    """Cap values at two percentiles of the data.

    Parameters
    ----------
    data : list of float, length n
        Values.
    lower : float
        Percentile below which values are raised, as a share.
    upper : float
        Percentile above which values are lowered, as a share of at least 0.5.

    Returns
    -------
    dict
        ``values``, the first 50 after capping; ``lower_limit``, ``upper_limit``; ``changed``, number of capped values;
        ``mean_before``, ``mean_after``, ``sd_before``, ``sd_after``; ``min_after``, ``max_after``.

    Raises
    ------
    ValueError
        If `upper` is below 0.5.

    Examples
    --------
    >>> result = winsorization([1, 2, 3, 4, 5, 6, 7, 8, 9, 100], 0.1, 0.9)
    >>> round(result["lower_limit"], 6), round(result["upper_limit"], 6)
    (1.9, 18.1)
    """
    if upper < 0.5:
        raise ValueError("upper is the share below the upper limit: at least 0.5, e.g. 0.95")
    x = np.asarray(data, dtype=np.float64)  # (n,)
    low, high = np.quantile(x, [lower, upper])
    capped = np.clip(x, low, high)  # (n,)
    return {
        "values": capped[:50],
        "lower_limit": float(low),
        "upper_limit": float(high),
        "changed": int((capped != x).sum()),
        "mean_before": float(x.mean()),
        "mean_after": float(capped.mean()),
        "sd_before": float(x.std()),
        "sd_after": float(capped.std()),
        "min_after": float(capped.min()),
        "max_after": float(capped.max()),
    }
