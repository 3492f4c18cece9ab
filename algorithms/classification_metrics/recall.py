r"""Recall, also called sensitivity or true positive rate, is the share of actual positives that the model finds.

$$\text{recall} = \frac{TP}{TP + FN}$$

**Intuition.** It answers: of everything that should have been found, how much was? False alarms do not enter, so answering
"positive" always has a recall of 1.

**When to use it.** When a miss is expensive: screening for a disease, fraud, safety incidents, legal or patent search.
Report it together with precision.

**Cost.** $O(n)$.

**Pitfalls.** The denominator is all *actual* positives, TP + FN. Some texts say "out of all true positive cases", which would
divide by TP and always give 1. Recall is estimated from the positives alone, so a test set with few of them gives a wide
interval: 2 misses among 6 positives is compatible with a recall of one third as well as of nine tenths. Lowering the
threshold never lowers recall. Without any actual positive the quotient is 0/0; it is reported as 0 and marked as undefined.

**References.** Manning, Raghavan and Schütze, *Introduction to Information Retrieval* (2008), chapter 8. Altman and
Bland, *Diagnostic tests 1: sensitivity and specificity* (1994).
"""

from __future__ import annotations

from algorithms.classification_metrics.confusion_matrix import binary_counts, ratio
from algorithms.inputs import Count, Labels
from algorithms.registry import Output, algorithm


@algorithm(
    id="recall",
    name="Recall",
    aliases=("sensitivity", "true positive rate", "TPR", "hit rate (binary)", "miss rate", "false negative rate"),
    example={"tp": 40, "fn": 20},
)
def recall(tp: Count, fn: Count, y_true: Labels | None = None, y_pred: Labels | None = None) -> Output:
    """Recall from counts or from binary labels.

    Parameters
    ----------
    tp, fn : int
        True positives and false negatives; not used if labels are given.
    y_true, y_pred : list of int, length n
        True and predicted classes; 1 is positive, anything else negative.

    Returns
    -------
    dict
        ``recall`` in [0, 1], 0 where there is no actual positive; ``miss_rate`` (false negative rate);
        ``actual_positives``; ``defined``, whether the denominator was above 0.

    Examples
    --------
    >>> round(recall(tp=40, fn=20)["recall"], 4)
    0.6667
    """
    tp, _, fn, _ = binary_counts((tp, 0, fn, 0), y_true, y_pred)
    return {
        "recall": ratio(tp, tp + fn),
        "miss_rate": ratio(fn, tp + fn),
        "actual_positives": tp + fn,
        "defined": tp + fn > 0,
    }
