r"""Sparsity-aware split finding learns, for every split of a boosted tree, a default direction that missing values
take.

$$\text{gain} = \tfrac12\left[\frac{G_L^2}{H_L + \lambda} + \frac{G_R^2}{H_R + \lambda} - \frac{G^2}{H + \lambda}\right]
- \gamma$$

evaluated twice for each threshold: once with the gradient sums of the missing rows added to the left, once to the
right.

**Intuition.** Whether a value is missing often says something about the target. The scan tries both sides and keeps the
better one, so missing rows join the side whose gradients resemble theirs. No imputation is needed.

**When to use it.** With gradient boosting on tables that have gaps or are mostly empty (one-hot, bag of words).

**Cost.** Linear in the non-missing entries once sorted, because the missing rows enter only as a precomputed sum.

**Pitfalls.** Handling missing values is a feature of a library, not of boosted trees as such: XGBoost, LightGBM and
CatBoost have it, and so do scikit-learn's histogram boosting, trees and forests in recent versions; saying that
scikit-learn cannot is out of date. In XGBoost an absent entry of a sparse matrix counts as missing while an explicit
zero is a value, so missing and zero are not alike. If no row was missing in training, the direction is arbitrary for
missing rows at prediction time.

**References.** Chen and Guestrin, *XGBoost: A scalable tree boosting system*, KDD (2016), arXiv:1603.02754, algorithm
3.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.ensembles.xgboost import structure_gain
from algorithms.inputs import NonNegative, Number, Vector
from algorithms.registry import Output, algorithm

Gappy = Annotated[list[Number | None], Field(min_length=2, max_length=4096)]


@algorithm(
    id="sparsity-aware-split-finding",
    name="Sparsity-aware split finding (default direction for missing values)",
    aliases=("default direction", "missing values in XGBoost", "NaN handling in boosted trees"),
    example={"feature": [1.0, 2.0, 3.0, 4.0, None, None], "target": [0.0, 0.0, 5.0, 5.0, 5.0, 5.0]},
)
def sparsity_aware_split_finding(
    feature: Gappy, target: Vector, reg_lambda: NonNegative = 1.0, gamma: NonNegative = 0.0
) -> Output:
    """Best threshold and default direction of one feature for the squared loss, from the mean prediction.

    Parameters
    ----------
    feature : list of float or null, length n
        Values of the feature; null is missing.
    target : list of float, length n
        Targets; the gradient of a row is the mean target minus its target, the Hessian is 1.
    reg_lambda : float
        L2 penalty of the leaf weights.
    gamma : float
        Cost of a split.

    Returns
    -------
    dict
        ``threshold``, ``default_direction`` ("left" or "right"), ``gain``, ``gain_if_left`` and ``gain_if_right`` (best
        over thresholds), ``left_weight``, ``right_weight`` (changes of the prediction), ``entries_scanned``.

    Raises
    ------
    ValueError
        If the lengths differ or fewer than two different values are present.

    Examples
    --------
    >>> out = sparsity_aware_split_finding([1, 2, 3, 4, None, None], [0, 0, 5, 5, 5, 5])
    >>> out["threshold"], out["default_direction"]
    (2.5, 'right')
    """
    if len(feature) != len(target):
        raise ValueError(f"feature has {len(feature)} entries and target {len(target)}; give one target a row")
    x = np.array([np.nan if v is None else v for v in feature])  # (n,)
    g = np.mean(target) - np.asarray(target, dtype=np.float64)  # (n,) gradients of half the squared error
    present = np.flatnonzero(~np.isnan(x))
    order = present[np.argsort(x[present], kind="stable")]  # (m,)
    values = x[order]
    candidates = np.flatnonzero(values[1:] > values[:-1])
    if len(candidates) == 0:
        raise ValueError("the feature needs at least two different values that are not missing")
    G, H = g.sum(), float(len(g))
    Gm, Hm = g[np.isnan(x)].sum(), float(np.isnan(x).sum())
    GL, HL = np.cumsum(g[order])[candidates], candidates + 1.0  # (c,) sums of present rows on the left
    gains = {
        "left": structure_gain(GL + Gm, HL + Hm, G - GL - Gm, H - HL - Hm, reg_lambda, gamma),
        "right": structure_gain(GL, HL, G - GL, H - HL, reg_lambda, gamma),
    }
    direction = "left" if gains["left"].max() > gains["right"].max() else "right"
    i = int(np.argmax(gains[direction]))
    on_left = (float(GL[i] + Gm), float(HL[i] + Hm)) if direction == "left" else (float(GL[i]), float(HL[i]))
    return {
        "threshold": float((values[candidates[i]] + values[candidates[i] + 1]) / 2),
        "default_direction": direction,
        "gain": float(gains[direction][i]),
        "gain_if_left": float(gains["left"].max()),
        "gain_if_right": float(gains["right"].max()),
        "left_weight": -on_left[0] / (on_left[1] + reg_lambda),
        "right_weight": -float(G - on_left[0]) / (H - on_left[1] + reg_lambda),
        "entries_scanned": len(order),
    }
