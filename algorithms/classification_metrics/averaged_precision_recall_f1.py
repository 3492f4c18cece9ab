r"""Averaged precision, recall and F1 turn per-class scores of a multi-class problem into one number, macro or weighted.

$$\text{macro} = \frac1K \sum_k m_k, \qquad \text{weighted} = \sum_k \frac{n_k}{n}\, m_k, \qquad
\text{micro}: \text{pool } TP, FP, FN \text{ first}$$

**Intuition.** Each class is treated once as the positive one. Macro counts every class alike, so rare classes weigh as much
as frequent ones; weighted counts classes by their number of true samples; micro counts samples.

**When to use it.** Macro when each class matters, weighted when the test distribution should decide, micro for multi-label
problems.

**Cost.** $O(n + K^2)$.

**Pitfalls.** Weighted recall is identical to accuracy, and for single-label problems so are micro precision, recall and F1:
reporting them beside accuracy adds nothing. Weighted averages hide bad rare classes, the very thing one wants to see.
Macro F1 is the mean of the classes' F1, not the F1 of macro precision and macro recall; both definitions are in use and
differ. Weighted F1 need not lie between weighted precision and weighted recall. A class that is never predicted has 0/0
precision, counted as 0 here.

**References.** Sokolova and Lapalme, *A systematic analysis of performance measures for classification tasks* (2009). Opitz
and Burst, *Macro F1 and macro F1*, arXiv:1911.03347.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from algorithms.classification_metrics.confusion_matrix import table
from algorithms.classification_metrics.f1_score import f_beta
from algorithms.inputs import Labels
from algorithms.registry import Output, algorithm


def divided(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """Elementwise quotient of counts, 0 where the divisor is 0.

    Examples
    --------
    >>> divided(np.array([1, 0]), np.array([2, 0])).tolist()
    [0.5, 0.0]
    """
    return np.divide(a, b, out=np.zeros(a.shape), where=b > 0)


@algorithm(
    id="averaged-precision-recall-f1",
    name="Macro, weighted and micro precision, recall and F1",
    aliases=("macro F1", "weighted F1", "macro average", "weighted average", "micro F1", "classification report"),
    example={"y_true": [0, 0, 0, 0, 1, 1, 2, 2], "y_pred": [0, 0, 0, 1, 1, 0, 2, 1], "average": "macro"},
)
def averaged_precision_recall_f1(
    y_true: Labels, y_pred: Labels, average: Literal["macro", "weighted", "micro"] = "macro"
) -> Output:
    """Precision, recall and F1 of each class and their average.

    Parameters
    ----------
    y_true, y_pred : list of int, length n
        True and predicted classes, at most 50 different ones.
    average : {"macro", "weighted", "micro"}
        Classes alike, classes by their frequency, or pooled counts.

    Returns
    -------
    dict
        ``precision``, ``recall``, ``f1``: the averages in [0, 1]; ``accuracy``; ``classes`` (K,), ``support`` (K,),
        ``class_precision`` (K,), ``class_recall`` (K,), ``class_f1`` (K,).

    Raises
    ------
    ValueError
        If the lists differ in length or there are more than 50 classes.

    Examples
    --------
    >>> averaged_precision_recall_f1([0, 0, 1, 1], [0, 1, 1, 1], "weighted")["recall"]
    0.75
    """
    classes, matrix = table(y_true, y_pred)  # (K,), (K, K)
    if len(classes) > 50:
        raise ValueError("more than 50 classes; merge rare ones first")
    tp, support, predicted = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)  # (K,) each
    p, r = divided(tp, predicted), divided(tp, support)  # (K,), (K,)
    f = np.array([f_beta(a, b) for a, b in zip(p, r, strict=True)])  # (K,)
    accuracy = float(tp.sum() / matrix.sum())
    if average == "micro":
        means = [accuracy] * 3  # one label a sample: pooled FP = pooled FN
    else:
        weights = support / support.sum() if average == "weighted" else np.full(len(classes), 1 / len(classes))  # (K,)
        means = [float(weights @ values) for values in (p, r, f)]
    return {
        "precision": means[0],
        "recall": means[1],
        "f1": means[2],
        "accuracy": accuracy,
        "classes": classes,
        "support": support,
        "class_precision": p,
        "class_recall": r,
        "class_f1": f,
    }
