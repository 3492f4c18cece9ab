r"""The confusion matrix counts how often each true class was predicted as each class.

$$M_{ij} = \#\{n : y_n = i,\ \hat y_n = j\}, \qquad \text{FPR} = \frac{FP}{FP + TN}, \qquad \text{TPR} = \frac{TP}{TP + FN}$$

**Intuition.** Rows are the true classes, columns the predicted ones, so the diagonal holds what went right. With two
classes its cells are the true positives (TP), false negatives (FN), false positives (FP) and true negatives (TN); they add
up to the number of samples. Every threshold metric, from accuracy to MCC, is a function of these four counts. Dividing by
row sums gives rates of the truth (recall, false positive rate, specificity); dividing by column sums gives rates of the
prediction (precision).

**When to use it.** Always before a single number: it shows which classes are confused and in which direction.

**Cost.** $O(n)$ time, $O(K^2)$ memory for $K$ classes.

**Pitfalls.** Libraries differ in whether rows are the truth; here they are. The false positive rate, also called fall-out or
one minus specificity, divides by the actual negatives, not by the predicted positives: that would be the false discovery
rate. A rate whose denominator is empty is reported as 0 by convention. Which class counts as positive is a choice, and
precision and recall change with it.

**References.** Fawcett, *An introduction to ROC analysis* (2006). Powers, *Evaluation: from precision, recall and
F-measure to ROC* (2011).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from algorithms.inputs import Count, Labels
from algorithms.registry import Output, algorithm


def ratio(numerator: float, denominator: float) -> float:
    """Quotient of two counts, 0 where both are 0.

    Examples
    --------
    >>> ratio(1, 4), ratio(0, 0)
    (0.25, 0.0)
    """
    return float(numerator / denominator) if denominator else 0.0


def table(y_true: list[int], y_pred: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sorted classes (K,) and counts (K, K), rows the truth.

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> table([0, 1, 1], [0, 0, 1])[1].tolist()
    [[1, 0], [1, 1]]
    """
    if len(y_true) != len(y_pred):
        raise ValueError(f"y_true has {len(y_true)} labels and y_pred {len(y_pred)}; they must pair up")
    classes, codes = np.unique(np.array([y_true, y_pred]), return_inverse=True)  # (K,), (2, n)
    codes = codes.reshape(2, -1)
    K = len(classes)
    counts = np.bincount(codes[0] * K + codes[1], minlength=K * K).reshape(K, K)  # (K, K)
    return classes.astype(np.int64), counts.astype(np.int64)


def binary_counts(
    counts: tuple[int, int, int, int], y_true: list[int] | None, y_pred: list[int] | None
) -> tuple[int, int, int, int]:
    """The four counts TP, FP, FN, TN: those given, or those of the labels (1 is positive) where there are labels.

    Raises
    ------
    ValueError
        If only one of the label lists is given, or they differ in length.

    Examples
    --------
    >>> binary_counts((0, 0, 0, 0), [1, 1, 0, 0], [1, 0, 1, 0])
    (1, 1, 1, 1)
    """
    if y_true is None and y_pred is None:
        return counts
    if y_true is None or y_pred is None:
        raise ValueError("give both y_true and y_pred, or neither")
    if len(y_true) != len(y_pred):
        raise ValueError(f"y_true has {len(y_true)} labels and y_pred {len(y_pred)}; they must pair up")
    t, p = np.array(y_true) == 1, np.array(y_pred) == 1  # (n,), (n,)
    return int((t & p).sum()), int((~t & p).sum()), int((t & ~p).sum()), int((~t & ~p).sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The matrix as shaded cells with their counts."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    matrix = np.asarray(output["matrix"])
    axes.imshow(matrix, cmap="Blues")
    for (i, j), count in np.ndenumerate(matrix):
        color = "white" if count > matrix.max() / 2 else "black"  # the darkest cells hide black digits
        axes.text(j, i, str(count), ha="center", va="center", color=color)
    ticks = range(len(matrix))
    axes.set_xticks(ticks, output["classes"])
    axes.set_yticks(ticks, output["classes"])
    axes.set(xlabel="predicted", ylabel="true", title="confusion matrix")
    return figure


@algorithm(
    id="confusion-matrix",
    name="Confusion matrix",
    aliases=(
        "TP",
        "TN",
        "FP",
        "FN",
        "contingency table",
        "False positive rate",
        "FPR",
        "fall-out",
        "1-specificity",
        "specificity",
        "true negative rate",
    ),
    example={"tp": 40, "fp": 10, "fn": 20, "tn": 30},
    figure=draw,
)
def confusion_matrix(
    tp: Count, fp: Count, fn: Count, tn: Count, y_true: Labels | None = None, y_pred: Labels | None = None
) -> Output:
    """Confusion matrix and its rates, from the four counts or from labels.

    Parameters
    ----------
    tp, fp, fn, tn : int
        True positives, false positives, false negatives, true negatives; not used if labels are given.
    y_true, y_pred : list of int, length n
        True and predicted classes, any number of them; class 1 is the positive one for the rates.

    Returns
    -------
    dict
        ``classes`` (K,), ``matrix`` (K, K) with the truth in rows, ``total``, and the rates in [0, 1]:
        ``true_positive_rate``, ``false_positive_rate``, ``true_negative_rate``, ``false_negative_rate``.

    Examples
    --------
    >>> confusion_matrix(tp=40, fp=10, fn=20, tn=30)["false_positive_rate"]
    0.25
    """
    a, b, c, d = binary_counts((tp, fp, fn, tn), y_true, y_pred)
    classes, matrix = np.array([0, 1]), np.array([[d, b], [c, a]])
    if y_true is not None and y_pred is not None:
        classes, matrix = table(y_true, y_pred)
        if len(classes) > 50:
            raise ValueError("more than 50 classes; merge rare ones first")
    return {
        "classes": classes,
        "matrix": matrix,
        "total": int(matrix.sum()),
        "true_positive_rate": ratio(a, a + c),
        "false_positive_rate": ratio(b, b + d),
        "true_negative_rate": ratio(d, b + d),
        "false_negative_rate": ratio(c, a + c),
    }
