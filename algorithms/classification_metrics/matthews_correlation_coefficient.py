r"""The Matthews correlation coefficient (MCC) is the Pearson correlation between the true and the predicted binary labels.

$$\text{MCC} = \frac{TP \cdot TN - FP \cdot FN}{\sqrt{(TP + FP)(TP + FN)(TN + FP)(TN + FN)}}$$

**Intuition.** It is 1 for a perfect prediction, -1 for a perfectly inverted one and 0 for one that is independent of the
truth. All four cells count, and swapping the two classes changes nothing.

**When to use it.** As a single number for unbalanced binary problems, when both classes matter. It is high only if most
positives and most negatives are right.

**Cost.** $O(n)$.

**Pitfalls.** If a row or column of the confusion matrix is empty (all predictions alike) the quotient is 0/0; by convention
it is 0, so always answering the majority class scores 0 even at 99% accuracy. F1 is often offered for unbalanced data
instead: it ignores true negatives and depends on which class is called positive. MCC depends on prevalence, so values
from differently balanced test sets do not compare directly. It does not weigh errors by their costs.

**References.** Matthews (1975), *Biochimica et Biophysica Acta* 405. Chicco and Jurman, *The advantages of the Matthews
correlation coefficient over F1 score and accuracy* (2020).
"""

from __future__ import annotations

import math

from algorithms.classification_metrics.confusion_matrix import binary_counts
from algorithms.inputs import Count, Labels
from algorithms.registry import Output, algorithm


@algorithm(
    id="matthews-correlation-coefficient",
    name="Matthews correlation coefficient",
    aliases=("MCC", "phi coefficient", "Matthews correlation"),
    example={"tp": 40, "fp": 10, "fn": 20, "tn": 30},
)
def matthews_correlation_coefficient(
    tp: Count, fp: Count, fn: Count, tn: Count, y_true: Labels | None = None, y_pred: Labels | None = None
) -> Output:
    """MCC from the four counts or from binary labels.

    Parameters
    ----------
    tp, fp, fn, tn : int
        True positives, false positives, false negatives, true negatives; not used if labels are given.
    y_true, y_pred : list of int, length n
        True and predicted classes; 1 is positive, anything else negative.

    Returns
    -------
    dict
        ``mcc`` in [-1, 1], 0 where a margin is empty; ``defined``, whether no margin was empty.

    Examples
    --------
    >>> round(matthews_correlation_coefficient(40, 10, 20, 30)["mcc"], 4)
    0.4082
    """
    tp, fp, fn, tn = binary_counts((tp, fp, fn, tn), y_true, y_pred)
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)  # exact: Python integers
    if product == 0:
        return {"mcc": 0.0, "defined": False}
    return {"mcc": (tp * tn - fp * fn) / math.sqrt(product), "defined": True}
