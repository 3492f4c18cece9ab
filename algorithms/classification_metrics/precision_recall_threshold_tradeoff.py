r"""The precision-recall threshold trade-off is how precision and recall move when the decision threshold of a score moves.

$$P(t) = \frac{\#\{s_i \ge t, y_i = 1\}}{\#\{s_i \ge t\}}, \qquad R(t) = \frac{\#\{s_i \ge t, y_i = 1\}}{\#\{y_i = 1\}}$$

**Intuition.** Raising the threshold keeps fewer predicted positives. The numerator of recall can only shrink, so recall never
rises. Precision usually rises, because what stays has higher scores, but each step may also remove a true positive.

**When to use it.** To choose an operating point: the highest threshold with enough recall, or the lowest with enough
precision, decided on validation data.

**Cost.** $O(n \log n)$ once, or $O(n)$ a threshold.

**Pitfalls.** Recall is always non-increasing in the threshold; precision is *not* monotone. With labels 0, 1, 1, 0, 1 at scores
.9 to .5 it goes 0, .5, .667, .5, .6 as the threshold falls. A higher threshold makes fewer *positive* predictions, not fewer
predictions overall: each sample still gets a label. Above the highest score precision is 0/0 (here 0). The threshold 0.5
has no special standing unless the scores are calibrated and both errors cost the same.

**References.** Manning, Raghavan and Schütze, *Introduction to Information Retrieval* (2008), chapter 8. Buckland and Gey,
*The relationship between recall and precision* (1994).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.classification_metrics.averaged_precision_recall_f1 import divided
from algorithms.classification_metrics.roc_auc import BinaryLabels, Scores, scored, thinned
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Thresholds = Annotated[list[Number], Field(min_length=1, max_length=50)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Precision and recall against the threshold."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    order = np.argsort(output["thresholds"])
    t = np.asarray(output["thresholds"])[order]
    for key in ("precision", "recall"):
        axes.plot(t, np.asarray(output[key])[order], "o-", label=key)
    axes.set(xlabel="threshold", ylim=(0, 1.05), title="precision and recall")
    axes.legend()
    return figure


@algorithm(
    id="precision-recall-threshold-tradeoff",
    name="Precision-recall threshold trade-off",
    aliases=("threshold sweep", "PR curve", "decision threshold", "threshold tuning"),
    example={"y_true": [0, 1, 1, 0, 1], "scores": [0.9, 0.8, 0.7, 0.6, 0.5]},
    figure=draw,
)
def precision_recall_threshold_tradeoff(
    y_true: BinaryLabels, scores: Scores, thresholds: Thresholds | None = None
) -> Output:
    """Precision, recall and F1 at each threshold.

    Parameters
    ----------
    y_true : list of int, length n
        Classes, 0 or 1; both must occur.
    scores : list of float, length n
        Scores, higher for class 1.
    thresholds : list of float, length m
        A sample is called positive when its score is at least the threshold; None takes the scores that occur, highest
        first, at most 50 of them.

    Returns
    -------
    dict
        ``thresholds``, ``precision``, ``recall``, ``f1``, ``predicted_positives``, each (m,) in the order given;
        ``best_f1_threshold``; ``precision_is_monotone``, whether precision never falls as the threshold rises.

    Raises
    ------
    ValueError
        If the lists differ in length or a class is missing.

    Examples
    --------
    >>> sweep = precision_recall_threshold_tradeoff([0, 1, 1, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5], [0.85, 0.75, 0.65])
    >>> sweep["precision"].round(3).tolist()
    [0.0, 0.5, 0.667]
    """
    y, s = scored(y_true, scores)
    t = thinned(np.unique(s)[::-1]) if thresholds is None else np.asarray(thresholds, dtype=np.float64)  # (m,)
    called = s[None, :] >= t[:, None]  # (m, n)
    tp, predicted = (called & (y == 1)).sum(axis=1), called.sum(axis=1)  # (m,), (m,)
    p, r = divided(tp, predicted), tp / y.sum()  # (m,), (m,)
    f1 = divided(2 * tp, predicted + y.sum())  # (m,)
    rising = p[np.argsort(t)]
    return {
        "thresholds": t,
        "precision": p,
        "recall": r,
        "f1": f1,
        "predicted_positives": predicted,
        "best_f1_threshold": float(t[f1.argmax()]),
        "precision_is_monotone": bool((np.diff(rising) >= 0).all()),
    }
