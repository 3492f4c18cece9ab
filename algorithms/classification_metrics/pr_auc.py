r"""The area under the precision-recall curve summarises precision over all levels of recall.

$$\text{AP} = \sum_k (R_k - R_{k-1})\, P_k$$

**Intuition.** Going down the ranking, each time recall rises by a step the precision at that depth is added, weighted by
the step. For untied scores this is the mean of the precisions at the ranks of the positives. A perfect ranking has 1; a
random one has, in expectation, about the prevalence.

**When to use it.** When positives are rare and the top of the ranking matters: fraud, search, detection. It shows what
ROC-AUC, often recommended for unbalanced data, can hide: at a prevalence of 1% a false positive rate of 5% means about five
false alarms for each true one.

**Cost.** $O(n \log n)$ for sorting.

**Pitfalls.** The baseline is the prevalence, not 0.5, so values from differently balanced sets do not compare; ROC-AUC is
invariant to prevalence in expectation, PR-AUC is not. Joining the points by straight lines and taking trapezoids is
optimistic, since precision is not linear in recall; the step sum above avoids it. Tied scores must enter as one block, or the result
depends on the order of the rows.

**References.** Davis and Goadrich, *The relationship between precision-recall and ROC curves* (2006). Saito and Rehmsmeier
(2015), *PLOS ONE* 10. Boyd, Eng and Page (2013).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.classification_metrics.roc_auc import BinaryLabels, Scores, cumulative_counts, scored, thinned
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The curve as steps and the prevalence as baseline."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.step(output["recall"], output["precision"], where="pre")
    axes.axhline(output["prevalence"], ls=":")
    axes.set(xlabel="recall", ylabel="precision", ylim=(0, 1.05), title=f"AP = {output['average_precision']:.3f}")
    return figure


@algorithm(
    id="pr-auc",
    name="Area under the precision-recall curve",
    aliases=("average precision", "AP", "AUPRC", "PR AUC", "precision-recall curve"),
    example={"y_true": [0, 0, 1, 1], "scores": [0.1, 0.4, 0.35, 0.8]},
    figure=draw,
)
def pr_auc(y_true: BinaryLabels, scores: Scores) -> Output:
    """Average precision, the trapezoid area and the curve.

    Parameters
    ----------
    y_true : list of int, length n
        Classes, 0 or 1; both must occur.
    scores : list of float, length n
        Scores, higher for class 1.

    Returns
    -------
    dict
        ``average_precision`` in (0, 1]; ``trapezoid``, the optimistic area of straight lines; ``prevalence``, the
        value of a random ranking; ``recall`` and ``precision`` of the curve, at most 50 points.

    Raises
    ------
    ValueError
        If the lists differ in length or a class is missing.

    Examples
    --------
    >>> round(pr_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])["average_precision"], 4)
    0.8333
    """
    y, s = scored(y_true, scores)
    tp, fp, _ = cumulative_counts(y, s)
    precision = tp / (tp + fp)  # (distinct scores,)
    recall = tp / y.sum()
    steps = np.diff(recall, prepend=0.0)  # (distinct scores,)
    before = np.concatenate([[1.0], precision[:-1]])  # the curve is taken to start at precision 1
    return {
        "average_precision": float((steps * precision).sum()),
        "trapezoid": float((steps * (precision + before) / 2).sum()),
        "prevalence": float(y.mean()),
        "recall": thinned(np.concatenate([[0.0], recall])),
        "precision": thinned(np.concatenate([[1.0], precision])),
    }
