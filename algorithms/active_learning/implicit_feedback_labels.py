r"""Implicit labels from clicks turn user behaviour into training labels: a click counts as positive, a shown item
without a click as negative.

$$P(\text{click} \mid i, \text{position } k) = \theta_k\, \gamma_i, \qquad
\hat\gamma_i^{\text{IPW}} = \frac{1}{n_i} \sum_{t} \frac{\text{click}_t}{\theta_{k_t}}$$

with examination probability $\theta_k$ of a position and attractiveness $\gamma_i$ of an item (position-based model).

**Intuition.** Ads and rankings label themselves: every impression is a row, every click a label. But users look at the
top first. An item that the old system showed on top collects clicks because it was seen, not because it is good.
Dividing each click by the probability that its position was looked at undoes this on average.

**When to use it.** For click-through prediction, recommendation and learning to rank, where manual labels are too slow
or too few.

**Cost.** Logging; the weights are one division a click. Estimating $\theta_k$ needs some randomised positions or a
click model.

**Pitfalls.** Raw clicks are biased by position, by presentation and by what was shown at all. A missing click is weak
evidence: perhaps nobody looked. Inverse weights explode where $\theta_k$ is small; clip them and accept some bias.
Clicks measure attraction, not satisfaction: clickbait wins. The model shapes its own future data, so keep some
exploration.

**References.** Joachims, Swaminathan and Schnabel, *Unbiased learning-to-rank with biased feedback*, WSDM (2017),
arXiv:1608.04468. Craswell et al., *An experimental comparison of click position-bias models*, WSDM (2008).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Items = Annotated[list[Probability], Field(min_length=2, max_length=20)]


def click_rates(clicks: Floats, positions: Ints, examination: Floats, clip: float) -> tuple[Floats, Floats]:
    """Raw and inverse-propensity-weighted click rate of each item from clicks (n, items) and positions (n, items).

    Examples
    --------
    >>> raw, weighted = click_rates(np.array([[1.0, 0.0]]), np.array([[1, 0]]), np.array([1.0, 0.5]), 100.0)
    >>> raw.tolist(), weighted.tolist()
    ([1.0, 0.0], [2.0, 0.0])
    """
    weights = np.minimum(1 / np.maximum(examination, 1e-12), clip)[positions]  # (n, items)
    return clicks.mean(axis=0), (clicks * weights).mean(axis=0)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """True attractiveness, raw and corrected click rates by item."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(inputs["attractiveness"], "k_", markersize=18, label="true")
    axes.plot(output["raw_rates"], "o", label="raw clicks")
    axes.plot(output["weighted_rates"], "x", label="inverse propensity")
    axes.set(xlabel="item, in the order of the old ranking", ylabel="rate")
    axes.legend()
    return figure


@algorithm(
    id="implicit-feedback-labels",
    name="Implicit labels from clicks",
    aliases=(
        "click labels",
        "ad prediction",
        "implicit feedback",
        "position bias",
        "inverse propensity weighting of clicks",
    ),
    example={"attractiveness": [0.2, 0.3, 0.5, 0.6], "impressions": 5000, "seed": 0},
    figure=draw,
)
def implicit_feedback_labels(
    attractiveness: Items,
    impressions: Annotated[int, Field(ge=10, le=20_000)] = 5000,
    decay: Annotated[float, Field(ge=0, le=3)] = 1.0,
    swap_share: Annotated[float, Field(ge=0, le=1)] = 0.1,
    clip: Annotated[float, Field(ge=1, le=1000)] = 100.0,
    seed: Seed = 0,
) -> Output:
    """Simulate clicks on a fixed ranking and estimate how attractive each item is.

    Parameters
    ----------
    attractiveness : list of float
        Click probability of each item if looked at, in the order of the old ranking.
    impressions : int
        Times that the list is shown.
    decay : float
        Position k (from 1) is looked at with probability k to the power of minus this.
    swap_share : float
        Share of the impressions shown in random order.
    clip : float
        Largest inverse weight.
    seed : int
        Seed of orders, looks and clicks.

    Returns
    -------
    dict
        ``raw_rates`` and ``weighted_rates`` (by item), ``raw_error`` and ``weighted_error`` (mean absolute),
        ``raw_order`` and ``weighted_order`` (items, best first), ``true_order``, ``examination`` (by position),
        ``clicks``.

    Examples
    --------
    >>> out = implicit_feedback_labels([0.2, 0.3, 0.5, 0.6])
    >>> out["weighted_order"].tolist() == out["true_order"].tolist(), out["weighted_error"] < out["raw_error"] / 5
    (True, True)
    """
    rng = np.random.default_rng(seed)
    gamma = np.asarray(attractiveness, dtype=np.float64)  # (items,)
    m = len(gamma)
    examination = np.power(np.arange(1.0, m + 1), -decay)  # (items,)
    positions = np.tile(np.arange(m), (impressions, 1))  # (n, items)
    mixed = rng.random(impressions) < swap_share
    positions[mixed] = rng.permuted(positions[mixed], axis=1)
    clicks = (rng.random((impressions, m)) < examination[positions] * gamma).astype(np.float64)
    raw, weighted = click_rates(clicks, positions, examination, clip)
    return {
        "raw_rates": raw,
        "weighted_rates": weighted,
        "raw_error": float(np.abs(raw - gamma).mean()),
        "weighted_error": float(np.abs(weighted - gamma).mean()),
        "raw_order": np.argsort(-raw, kind="stable"),
        "weighted_order": np.argsort(-weighted, kind="stable"),
        "true_order": np.argsort(-gamma, kind="stable"),
        "examination": examination,
        "clicks": int(clicks.sum()),
    }
