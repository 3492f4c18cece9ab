r"""Accuracy is the share of predictions that are correct; balanced accuracy averages that share over the true classes.

$$\text{accuracy} = \frac{TP + TN}{TP + FP + FN + TN}, \qquad
\text{balanced accuracy} = \frac12 \left( \frac{TP}{TP + FN} + \frac{TN}{TN + FP} \right)$$

**Intuition.** Accuracy weights each sample alike, so frequent classes dominate it. Balanced accuracy, the mean of the
per-class recalls, weights each class alike.

**When to use it.** Accuracy for classes of similar size and similar error costs. Balanced accuracy, MCC or per-class
recall when the classes are unbalanced.

**Cost.** $O(n)$.

**Pitfalls.** The accuracy paradox: with 990 negatives and 10 positives, answering "negative" always is 99% accurate and
finds nothing; its recall is 0 and its balanced accuracy one half, that is $1/K$ for $K$ classes. Always compare with the
share of the largest class, which is returned as the baseline. Accuracy depends on the threshold and hides which kind of
error is made. A gain of a percentage point near 99% halves the errors; the same gain near 60% is small.

**References.** Brodersen et al., *The balanced accuracy and its posterior distribution* (2010). Provost, Fawcett and
Kohavi, *The case against accuracy estimation* (1998).
"""

from __future__ import annotations

import numpy as np

from algorithms.classification_metrics.confusion_matrix import ratio, table
from algorithms.inputs import Count, Labels
from algorithms.registry import Output, algorithm


@algorithm(
    id="accuracy",
    name="Accuracy and balanced accuracy",
    aliases=(
        "share of correct predictions",
        "Balanced accuracy",
        "mean recall",
        "macro recall",
        "Accuracy paradox under class imbalance",
        "accuracy paradox",
        "majority-class baseline",
        "misleading accuracy",
        "error rate",
    ),
    example={"tp": 40, "fp": 10, "fn": 20, "tn": 30},
)
def accuracy(
    tp: Count, fp: Count, fn: Count, tn: Count, y_true: Labels | None = None, y_pred: Labels | None = None
) -> Output:
    """Accuracy, balanced accuracy and the baseline of always answering the largest class.

    Parameters
    ----------
    tp, fp, fn, tn : int
        True positives, false positives, false negatives, true negatives; not used if labels are given.
    y_true, y_pred : list of int, length n
        True and predicted classes, any number of them.

    Returns
    -------
    dict
        ``accuracy``, ``error_rate``, ``balanced_accuracy`` and ``majority_baseline`` in [0, 1]; ``recalls``, one for
        each true class in increasing order of the class.

    Raises
    ------
    ValueError
        If there is no sample, or only one of the label lists is given.

    Examples
    --------
    >>> accuracy(tp=40, fp=10, fn=20, tn=30)["accuracy"]
    0.7
    """
    if (y_true is None) != (y_pred is None):
        raise ValueError("give both y_true and y_pred, or neither")
    matrix = np.array([[tn, fp], [fn, tp]])  # (2, 2), rows the truth
    if y_true is not None and y_pred is not None:
        matrix = table(y_true, y_pred)[1]  # (K, K)
    support = matrix.sum(axis=1)  # (K,)
    total = int(support.sum())
    if total == 0:
        raise ValueError("all four counts are 0; there is no sample to be right about")
    present = support > 0
    recalls = np.diag(matrix)[present] / support[present]  # one for each class that occurs
    hits = ratio(float(np.trace(matrix)), total)
    return {
        "accuracy": hits,
        "error_rate": 1 - hits,
        "balanced_accuracy": float(recalls.mean()),
        "majority_baseline": ratio(float(support.max()), total),
        "recalls": recalls,
    }
