r"""Isotonic regression fits the best non-decreasing step function; the pool adjacent violators (PAV) algorithm finds it exactly.

$$\min_{g_1 \le g_2 \le \dots \le g_n} \; \sum_i w_i (y_i - g_i)^2$$

**Intuition.** Go through the points in order. Whenever a value lies below the one before, the two must be equal at the optimum, so
merge them into a block with their weighted mean, and look back again. In the end blocks increase, and each predicts its
mean.

**When to use it.** Calibration of classifier scores with enough data, dose-response curves, any monotone relation without a formula.

**Cost.** Sorting, then $O(n)$.

**Pitfalls.** It overfits small calibration sets: the outer blocks easily become exactly 0 or 1. Ties appear inside blocks, so the
AUC can change slightly although the order is never reversed. Outside the fitted range the prediction stays constant.
Equal inputs must be averaged before. As a calibrator it is meant for classifier scores; regression uncertainty is
recalibrated by applying it to predicted quantiles. Fit it on held-out data.

**References.** Ayer et al., *An Empirical Distribution Function for Sampling with Incomplete Information* (1955). Zadrozny and Elkan,
*Transforming Classifier Scores into Accurate Multiclass Probability Estimates* (2002).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Positive
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Points = Annotated[list[Number], Field(min_length=1, max_length=2_000)]


def pool_adjacent_violators(y: Floats, w: Floats) -> tuple[Floats, list[int]]:
    """Fitted values (n,) of values in the order of their input, and the block sizes.

    Examples
    --------
    >>> pool_adjacent_violators(np.array([1.0, 3.0, 2.0, 4.0]), np.ones(4))
    (array([1. , 2.5, 2.5, 4. ]), [1, 2, 1])
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, size
    for value, weight in zip(y.tolist(), w.tolist(), strict=True):
        mean, total, size = value, weight, 1
        while blocks and blocks[-1][0] >= mean:
            before, heavier, more = blocks.pop()
            mean = (mean * total + before * heavier) / (total + heavier)
            total, size = total + heavier, size + more
        blocks.append((mean, total, size))
    sizes = [size for _, _, size in blocks]
    return np.repeat([mean for mean, _, _ in blocks], sizes), sizes


def fit(x: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats, list[int]]:
    """Distinct inputs, fitted values and block sizes; equal inputs are averaged first."""
    distinct, place = np.unique(x, return_inverse=True)
    weight = np.asarray(np.bincount(place, w), dtype=np.float64)
    fitted, sizes = pool_adjacent_violators(np.bincount(place, w * y) / weight, weight)
    return distinct, fitted, sizes


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The points and the fitted steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x = inputs["x"] or list(range(len(inputs["y"])))
    axes.plot(x, inputs["y"], "o")
    axes.plot(output["x"], output["fitted"], drawstyle="steps-mid")
    axes.set(xlabel="x", ylabel="y", title="isotonic regression")
    return figure


@algorithm(
    id="isotonic-regression",
    name="Isotonic regression (PAV) calibration",
    aliases=("pool adjacent violators", "PAVA", "isotonic calibration", "monotone regression", "PAV"),
    example={"y": [1, 3, 2, 4, 3.5, 6, 5]},
    figure=draw,
)
def isotonic_regression(
    y: Points,
    x: Annotated[list[Number], Field(max_length=2_000)] = [],  # noqa: B006 (never changed)
    weights: Annotated[list[Positive], Field(max_length=2_000)] = [],  # noqa: B006 (never changed)
    increasing: bool = True,
) -> Output:
    """Monotone least-squares fit.

    Parameters
    ----------
    y : list of float, length n
        Values to fit.
    x : list of float
        Their inputs; empty for 0, 1, 2, …
    weights : list of float
        Weight of each point; empty for equal weights.
    increasing : bool
        Whether the fit may only rise; otherwise it may only fall.

    Returns
    -------
    dict
        ``x``, distinct inputs in order, and ``fitted`` values (first 50 each); ``block_sizes`` (first 50); ``n_blocks``;
        ``sum_of_squares``, the weighted residual.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> isotonic_regression([1, 3, 2, 4])["fitted"].tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    if (x and len(x) != len(y)) or (weights and len(weights) != len(y)):
        raise ValueError(f"x and weights must be empty or have {len(y)} values like y")
    place = np.asarray(x or range(len(y)), dtype=float)  # (n,)
    w = np.asarray(weights or [1.0] * len(y))  # (n,)
    values = np.asarray(y, dtype=float)  # (n,)
    sign = 1 if increasing else -1
    distinct, fitted, sizes = fit(place, sign * values, w)
    fitted = sign * fitted
    residual = values - fitted[np.searchsorted(distinct, place)]
    return {
        "x": distinct[:50],
        "fitted": fitted[:50],
        "block_sizes": sizes[:50],
        "n_blocks": len(sizes),
        "sum_of_squares": float(w @ residual**2),
    }
