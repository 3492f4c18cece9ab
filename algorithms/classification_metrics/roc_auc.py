r"""ROC-AUC is the area under the curve of true positive rate against false positive rate over all thresholds.

$$\text{AUC} = P(s^+ > s^-) + \tfrac12 P(s^+ = s^-) = \frac{R^+ - n_+(n_+ + 1)/2}{n_+ n_-}$$

with $R^+$ the sum of the positives' ranks.

**Intuition.** Draw one positive and one negative at random: AUC is the chance that the positive has the higher score, ties
counting half. It is the Mann-Whitney statistic divided by the number of pairs. A perfect ranking has 1, a constant score
0.5. The ROC curve starts at (0, 0), ends at (1, 1) and never falls.

**When to use it.** To compare rankings without choosing a threshold. In expectation it does not change with prevalence,
which makes it comparable across populations.

**Cost.** $O(n \log n)$ for sorting.

**Pitfalls.** It is often recommended as the metric for unbalanced classes. Under heavy imbalance it can look optimistic: a
small false positive rate is still many false alarms for each positive. The precision-recall curve shows that, and is
the better companion there; precision and PR-AUC do change with prevalence. AUC weighs all thresholds, also those nobody
would use. It ignores calibration: any increasing transformation of the scores keeps it. Below 0.5 usually means that labels or scores are
flipped.

**References.** Hanley and McNeil (1982), *Radiology* 143. Fawcett, *An introduction to ROC analysis* (2006). Saito and
Rehmsmeier (2015), *PLOS ONE* 10.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.statistics.spearman_correlation import average_ranks

Floats = NDArray[np.float64]
BinaryLabels = Annotated[list[Annotated[int, Field(ge=0, le=1)]], Field(min_length=2, max_length=4096)]
Scores = Annotated[list[Number], Field(min_length=2, max_length=4096)]


def scored(y_true: list[int], scores: list[float]) -> tuple[NDArray[np.int64], Floats]:
    """Labels (n,) and scores (n,) as arrays.

    Raises
    ------
    ValueError
        If they differ in length or a class is missing.

    Examples
    --------
    >>> scored([0, 1], [0.2, 0.7])[0].tolist()
    [0, 1]
    """
    if len(y_true) != len(scores):
        raise ValueError(f"y_true has {len(y_true)} labels and scores {len(scores)} values; they must pair up")
    y = np.asarray(y_true, dtype=np.int64)
    if y.min() == y.max():
        raise ValueError("y_true needs at least one 0 and one 1")
    return y, np.asarray(scores, dtype=np.float64)


def cumulative_counts(y: NDArray[np.int64], s: Floats) -> tuple[Floats, Floats, Floats]:
    """True and false positives when everything at or above each distinct score, descending, is called positive.

    Examples
    --------
    >>> [a.tolist() for a in cumulative_counts(np.array([0, 1, 1]), np.array([0.5, 0.5, 0.9]))]
    [[1.0, 2.0], [0.0, 1.0], [0.9, 0.5]]
    """
    thresholds, group = np.unique(-s, return_inverse=True)  # ascending in -s: descending scores
    group = group.reshape(-1)
    tp = np.cumsum(np.bincount(group, weights=y))  # (distinct scores,)
    fp = np.cumsum(np.bincount(group, weights=1 - y))
    return tp.astype(np.float64), fp.astype(np.float64), -thresholds


def thinned(curve: Floats, limit: int = 50) -> Floats:
    """At most `limit` points of a curve, evenly spread over its index, both ends kept.

    Examples
    --------
    >>> thinned(np.arange(7.0), limit=3).tolist()
    [0.0, 3.0, 6.0]
    """
    keep = np.unique(np.linspace(0, len(curve) - 1, min(limit, len(curve))).round().astype(int))
    return np.asarray(curve[keep])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The ROC curve and the diagonal of a random score."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["fpr"], output["tpr"], "o-", ms=3)
    axes.plot([0, 1], [0, 1], ":")
    axes.set(xlabel="false positive rate", ylabel="true positive rate", title=f"AUC = {output['auc']:.3f}")
    return figure


@algorithm(
    id="roc-auc",
    name="ROC curve and ROC-AUC",
    aliases=(
        "AUC",
        "area under the ROC curve",
        "Mann-Whitney",
        "c-statistic",
        "ROC curve",
        "receiver operating characteristic",
        "AUROC",
        "AUC-ROC",
    ),
    example={"y_true": [0, 0, 1, 1], "scores": [0.1, 0.4, 0.35, 0.8]},
    figure=draw,
)
def roc_auc(y_true: BinaryLabels, scores: Scores) -> Output:
    """ROC curve and the area under it, from ranks and by the trapezoid rule.

    Parameters
    ----------
    y_true : list of int, length n
        Classes, 0 or 1; both must occur.
    scores : list of float, length n
        Scores, higher for class 1.

    Returns
    -------
    dict
        ``auc`` in [0, 1] from ranks; ``trapezoid`` the area under the drawn curve (the same number);
        ``fpr``, ``tpr`` of the curve from (0, 0) to (1, 1), at most 50 points.

    Raises
    ------
    ValueError
        If the lists differ in length or a class is missing.

    Examples
    --------
    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])["auc"]
    0.75
    """
    y, s = scored(y_true, scores)
    positives = int(y.sum())
    negatives = len(y) - positives
    rank_sum = average_ranks(s)[y == 1].sum()
    auc = (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)
    tp, fp, _ = cumulative_counts(y, s)
    tpr = np.concatenate([[0.0], tp / positives])  # (distinct scores + 1,)
    fpr = np.concatenate([[0.0], fp / negatives])
    area = ((fpr[1:] - fpr[:-1]) * (tpr[1:] + tpr[:-1]) / 2).sum()
    return {"auc": float(auc), "trapezoid": float(area), "fpr": thinned(fpr), "tpr": thinned(tpr)}
