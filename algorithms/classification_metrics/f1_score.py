r"""The F1 score is the harmonic mean of precision and recall; F-beta weights recall beta times as much as precision.

$$F_1 = \frac{2PR}{P + R} = \frac{2\,TP}{2\,TP + FP + FN}, \qquad
F_\beta = \frac{(1 + \beta^2)\,P R}{\beta^2 P + R}$$

**Intuition.** The harmonic mean stays close to the smaller of the two, so a high F1 needs both. With precision 0.5 and
recall 1 it is 2/3, below the arithmetic mean 0.75.

**When to use it.** When positives are rare and what matters is to find them without too many false alarms, and both errors
are about as bad. Use $F_2$ where misses cost more, $F_{0.5}$ where false alarms do.

**Cost.** $O(n)$.

**Pitfalls.** F1 ignores true negatives, and it weights both errors equally; rarity of the positives alone is no reason for
that weighting. Where the costs differ choose $\beta$, and where the negatives count too take MCC. F1 changes when the
positive class is swapped. It depends on the threshold: tune that on validation data. The macro average of F1 is the mean of
the classes' F1 values, not the F1 of the mean precision and recall. Without any positive, true or predicted, it is 0/0 and
reported as 0.

**References.** Van Rijsbergen, *Information Retrieval* (1979), chapter 7. Chinchor, *MUC-4 evaluation metrics* (1992).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from algorithms.classification_metrics.confusion_matrix import binary_counts, ratio
from algorithms.inputs import Count, Labels, Probability
from algorithms.registry import Output, algorithm

Beta = Annotated[float, Field(gt=0, le=100)]


def f_beta(precision: float, recall: float, beta: float = 1.0) -> float:
    """Weighted harmonic mean of two rates, 0 where both are 0.

    Examples
    --------
    >>> round(f_beta(0.5, 1.0), 4)
    0.6667
    """
    return ratio((1 + beta**2) * precision * recall, beta**2 * precision + recall)


@algorithm(
    id="f1-score",
    name="F1 score (F-beta)",
    aliases=("F1", "F-measure", "harmonic mean of precision and recall", "F-beta", "F2 score", "F0.5"),
    example={"tp": 40, "fp": 10, "fn": 20},
)
def f1_score(
    tp: Count,
    fp: Count,
    fn: Count,
    beta: Beta = 1.0,
    precision: Probability | None = None,
    recall: Probability | None = None,
    y_true: Labels | None = None,
    y_pred: Labels | None = None,
) -> Output:
    """F-beta from counts, from binary labels, or from a precision and a recall.

    Parameters
    ----------
    tp, fp, fn : int
        True positives, false positives, false negatives; not used if anything below is given.
    beta : float
        How many times recall counts as much as precision; 1 gives F1.
    precision, recall : float
        Both rates, where they are known already.
    y_true, y_pred : list of int, length n
        True and predicted classes; 1 is positive, anything else negative.

    Returns
    -------
    dict
        ``f1``, ``f_beta``, ``precision`` and ``recall``, each in [0, 1].

    Raises
    ------
    ValueError
        If only one of `precision` and `recall` is given, or only one of the label lists.

    Examples
    --------
    >>> round(f1_score(tp=40, fp=10, fn=20)["f1"], 4)
    0.7273
    """
    if (precision is None) != (recall is None):
        raise ValueError("give both precision and recall, or neither")
    if precision is None or recall is None:
        tp, fp, fn, _ = binary_counts((tp, fp, fn, 0), y_true, y_pred)
        precision, recall = ratio(tp, tp + fp), ratio(tp, tp + fn)
    return {
        "f1": f_beta(precision, recall),
        "f_beta": f_beta(precision, recall, beta),
        "precision": precision,
        "recall": recall,
    }
