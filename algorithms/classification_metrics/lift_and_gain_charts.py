r"""Lift and cumulative gain charts show how many positives the top of a ranking holds, compared with a random choice.

$$\text{gain}(d) = \frac{\text{positives among the top } d}{\text{all positives}}, \qquad
\text{lift}(d) = \frac{\text{response rate in the top } d}{\text{overall rate}} = \frac{\text{gain}(d)}{d}$$

**Intuition.** Sort by score and contact the best share $d$ of the customers. Gain says what share of all responders this
reaches; lift says how many times better than contacting the same number at random. Gain ends at 1; a random score follows
the diagonal and has lift 1; a perfect one reaches gain 1 at the depth of the base rate, with lift 1 / base rate.

**When to use it.** Campaigns, collections, audits: a budget fixes the depth, and what matters is the yield there.

**Cost.** $O(n \log n)$ for sorting.

**Pitfalls.** Lift is bounded by 1 / base rate, so values from populations with different base rates do not compare. Lift at
one depth says nothing about others. Tied scores must share their positives evenly, otherwise the chart depends on the order of
the rows. Lift at full depth is always 1. A high lift among people who would have responded anyway is no effect of the
campaign: that takes uplift modelling and a control group.

**References.** Provost and Fawcett, *Data Science for Business* (2013), chapter 8. Witten, Frank and Hall, *Data Mining*
(2011), section 5.7.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.classification_metrics.roc_auc import BinaryLabels, Scores, cumulative_counts, scored
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Depth = Annotated[float, Field(gt=0, le=1)]


def gain_at(y: NDArray[np.int64], s: Floats, depths: Floats) -> Floats:
    """Share of the positives in the top share of each depth (m,), ties broken at random in expectation.

    Examples
    --------
    >>> gain_at(np.array([1, 0, 0, 1]), np.array([4.0, 3.0, 2.0, 1.0]), np.array([0.25, 0.5, 1.0])).tolist()
    [0.5, 0.5, 1.0]
    """
    tp, fp, _ = cumulative_counts(y, s)
    reached = np.concatenate([[0.0], (tp + fp) / len(y)])  # depth after each block of equal scores
    found = np.concatenate([[0.0], tp / y.sum()])
    return np.asarray(np.interp(depths, reached, found))  # linear inside a block: its positives are spread evenly


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Cumulative gain, lift and their random baselines."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    d = output["depths"]
    left.plot([0, *d], [0, *output["gains"]], "o-")
    left.plot([0, 1], [0, 1], ":")
    left.set(xlabel="depth", ylabel="gain", title="cumulative gain")
    right.plot(d, output["lifts"], "o-")
    right.axhline(1, ls=":")
    right.set(xlabel="depth", ylabel="lift", title="lift")
    return figure


@algorithm(
    id="lift-and-gain-charts",
    name="Lift and cumulative gain charts",
    aliases=("Lift chart", "lift", "Cumulative gain chart", "gains curve", "cumulative capture", "decile analysis"),
    example={
        "y_true": [1, 1, 0, 1, 0, 0, 0, 0, 0, 0],
        "scores": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1],
    },
    figure=draw,
)
def lift_and_gain_charts(y_true: BinaryLabels, scores: Scores, depth: Depth = 0.2) -> Output:
    """Lift and cumulative gain at one depth and at each tenth.

    Parameters
    ----------
    y_true : list of int, length n
        Responses, 0 or 1; both must occur.
    scores : list of float, length n
        Scores, higher for likelier responders.
    depth : float
        Share of the ranking that is taken from the top.

    Returns
    -------
    dict
        ``base_rate``; ``gain`` in [0, 1] and ``lift`` at `depth`; ``maximum_lift`` of a perfect score at `depth`;
        ``depths``, ``gains``, ``lifts``, each (10,).

    Raises
    ------
    ValueError
        If the lists differ in length or a class is missing.

    Examples
    --------
    >>> lift_and_gain_charts([1, 0, 0, 0, 1], [5, 4, 3, 2, 1], depth=0.2)["lift"]
    2.5
    """
    y, s = scored(y_true, scores)
    depths = np.arange(1, 11) / 10  # (10,)
    gains = gain_at(y, s, depths)  # (10,)
    gain = float(gain_at(y, s, np.array([depth]))[0])
    base_rate = float(y.mean())
    return {
        "base_rate": base_rate,
        "gain": gain,
        "lift": gain / depth,
        "maximum_lift": min(1 / base_rate, 1 / depth),
        "depths": depths,
        "gains": gains,
        "lifts": gains / depths,
    }
