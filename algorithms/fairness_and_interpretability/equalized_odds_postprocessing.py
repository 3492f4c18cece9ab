r"""Equalized-odds post-processing chooses group-specific, partly random thresholds so that all groups have equal true and false positive rates.

$$P(\hat y = 1 \mid y, a = 0) = P(\hat y = 1 \mid y, a = 1), \quad y \in \{0, 1\}$$

**Intuition.** The thresholds of a score trace a ROC curve for each group, and random mixtures of thresholds reach its convex hull and
everything below it down to the diagonal. A point that lies under the hulls of all groups can be given to all of them. The
best such point lies on the lower envelope of the hulls.

**When to use it.** To repair a trained score without retraining, when the group may be used at decision time.

**Cost.** Sorting; a scan over the corners of the hulls.

**Pitfalls.** Equalized odds concerns protected groups, not classes: "equalising the odds of the classes" is something else. Groups
with the better curve are made worse by randomising, until all match the worst; a better model for that group is the
honest cure. Two similar people can get different decisions by chance. Equal odds exclude calibration within groups when
base rates differ. Rates are equal on the data used here and only nearly so on new data. Using the group at decision time
may be unlawful.

**References.** Hardt, Price and Srebro, *Equality of Opportunity in Supervised Learning*, arXiv:1610.02413. Pleiss et al., *On Fairness
and Calibration*, arXiv:1709.02012.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Corner = tuple[float, float, float]


def roc_hull(scores: Floats, y: Ints) -> list[Corner]:
    """Corners (false positive rate, true positive rate, threshold) of the upper convex hull of the ROC curve.

    A threshold selects scores at or above it; the first corner selects nobody, the last everybody.
    """
    thresholds = [np.inf, *np.unique(scores)[::-1].tolist()]
    corners: list[Corner] = []
    for t in thresholds:
        chosen = scores >= t
        point = (float(chosen[y == 0].mean()), float(chosen[y == 1].mean()), t)
        while len(corners) >= 2:
            (x0, y0, _), (x1, y1, _) = corners[-2:]
            if (x1 - x0) * (point[1] - y0) < (point[0] - x0) * (y1 - y0):
                break
            corners.pop()
        corners.append(point)
    return corners


def height(hull: list[Corner], fpr: float) -> float:
    """True positive rate of the hull at a false positive rate (the upper one on a vertical edge)."""
    xs, ys = [c[0] for c in hull], [c[1] for c in hull]
    return max(float(np.interp(fpr, xs, ys)), max((y for x, y in zip(xs, ys, strict=True) if x == fpr), default=0.0))


def mixture(hull: list[Corner], fpr: float, tpr: float) -> list[tuple[float, float]]:
    """(probability, threshold) pairs that give exactly this point below the hull; minus infinity selects everybody."""
    right = next(i for i, c in enumerate(hull) if c[0] > fpr or i == len(hull) - 1)
    left = max(right - 1, 0)
    (x0, _, t0), (x1, _, t1) = hull[left], hull[right]
    share = (fpr - x0) / (x1 - x0) if x1 > x0 else 0.0
    if x1 <= fpr:
        share = 1.0
    top = (1 - share) * hull[left][1] + share * hull[right][1]
    keep = (tpr - fpr) / (top - fpr) if top > fpr else 0.0  # the rest is decided by a coin with probability fpr
    parts = [
        (keep * (1 - share), t0),
        (keep * share, t1),
        ((1 - keep) * fpr, -np.inf),
        ((1 - keep) * (1 - fpr), np.inf),
    ]
    return [(p, t) for p, t in parts if p > 1e-12]


def rates(parts: list[tuple[float, float]], scores: Floats, y: Ints) -> tuple[float, float]:
    """Expected true and false positive rate of a mixture of thresholds."""
    chance = np.sum([p * (scores >= t) for p, t in parts], axis=0)
    return float(chance[y == 1].mean()), float(chance[y == 0].mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Hulls of both groups and the common point."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    for name, hull in output["roc_hulls"].items():
        axes.plot([c[0] for c in hull], [c[1] for c in hull], "o-", markersize=3, label=f"group {name}")
    axes.plot(output["false_positive_rate"], output["true_positive_rate"], "k*", markersize=12, label="common point")
    axes.set(xlabel="false positive rate", ylabel="true positive rate", title="equalized odds")
    axes.legend()
    return figure


@algorithm(
    id="equalized-odds-postprocessing",
    name="Equalized-odds post-processing",
    aliases=(
        "equalized odds",
        "Hardt et al.",
        "equalised odds post-processing",
        "group thresholds",
        "randomised thresholds",
    ),
    example={"quality_a": 2.0, "quality_b": 1.0, "n": 400},
    figure=draw,
)
def equalized_odds_postprocessing(
    scores: Annotated[list[Probability], Field(max_length=500)] = [],  # noqa: B006 (never changed)
    labels: Annotated[list[Annotated[int, Field(ge=0, le=1)]], Field(max_length=500)] = [],  # noqa: B006 (never changed)
    groups: Annotated[list[Annotated[str, Field(pattern="^[ab]$", max_length=1)]], Field(max_length=500)] = [],  # noqa: B006 (never changed)
    quality_a: Annotated[float, Field(ge=0.1, le=5)] = 2.0,
    quality_b: Annotated[float, Field(ge=0.1, le=5)] = 1.0,
    n: Annotated[int, Field(ge=20, le=500)] = 400,
    seed: Seed = 0,
) -> Output:
    """Find thresholds with equal error rates for groups a and b, from given or simulated scores.

    Parameters
    ----------
    scores : list of float
        Scores in [0, 1]; empty for simulated ones.
    labels : list of int
        True classes of given scores.
    groups : list of str
        Group "a" or "b" of given scores.
    quality_a : float
        Distance of the classes in group a's simulated scores, in standard deviations.
    quality_b : float
        The same for group b.
    n : int
        Simulated people in each group.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``true_positive_rate`` and ``false_positive_rate`` of both groups; ``thresholds`` of each group as [probability,
        threshold] (plus infinity selects nobody, minus infinity everybody); ``achieved`` expected [TPR, FPR] by group;
        ``error`` and ``error_with_one_threshold`` (the best single one) with its ``odds_gap_with_one_threshold``; ``roc_hulls``
        (at most 25 corners each).

    Raises
    ------
    ValueError
        If given lists differ in length or a group lacks a class.

    Examples
    --------
    >>> r = equalized_odds_postprocessing(n=200)
    >>> bool(np.allclose(r["achieved"]["a"], r["achieved"]["b"])), r["error"] >= r["error_with_one_threshold"]
    (True, True)
    """
    if scores:
        if not len(scores) == len(labels) == len(groups):
            raise ValueError("scores, labels and groups need one length")
        s, y, a = np.asarray(scores, dtype=float), np.asarray(labels), np.asarray(groups)
    else:
        rng = np.random.default_rng(seed)
        y, a = rng.integers(2, size=2 * n), np.repeat(["a", "b"], n)
        z = y * np.where(a == "a", quality_a, quality_b) + rng.standard_normal(2 * n)
        s = (z.round(1) - z.min()) / (np.ptp(z) + 0.2)
    for g in "ab":
        if not {0, 1} <= set(y[a == g].tolist()):
            raise ValueError(f"group {g} needs people of both classes")
    hulls = {g: roc_hull(s[a == g], y[a == g]) for g in "ab"}
    base = float(y.mean())
    candidates = sorted({corner[0] for hull in hulls.values() for corner in hull})
    gaps = [height(hulls["a"], f) - height(hulls["b"], f) for f in candidates]
    crossings = [  # both hulls are straight between two candidates
        f + (g - f) * d / (d - e)
        for (f, g), (d, e) in zip(pairwise(candidates), pairwise(gaps), strict=True)
        if d * e < 0
    ]
    points = [(f, min(height(hull, f) for hull in hulls.values())) for f in [*candidates, *crossings]]
    fpr, tpr = min(points, key=lambda point: base * (1 - point[1]) + (1 - base) * point[0])
    parts = {g: mixture(hulls[g], fpr, tpr) for g in "ab"}
    single = min((float(((s >= t) != (y == 1)).mean()), t) for t in [*np.unique(s).tolist(), np.inf])
    alone = {g: rates([(1.0, single[1])], s[a == g], y[a == g]) for g in "ab"}
    return {
        "true_positive_rate": tpr,
        "false_positive_rate": fpr,
        "thresholds": {g: [list(part) for part in parts[g]] for g in "ab"},
        "achieved": {g: list(rates(parts[g], s[a == g], y[a == g])) for g in "ab"},
        "error": base * (1 - tpr) + (1 - base) * fpr,
        "error_with_one_threshold": single[0],
        "odds_gap_with_one_threshold": max(abs(u - v) for u, v in zip(alone["a"], alone["b"], strict=True)),
        "roc_hulls": {g: [list(corner) for corner in hulls[g][:25]] for g in "ab"},
    }
