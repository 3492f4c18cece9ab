r"""Precision is the share of predicted positives that are really positive.

$$\text{precision} = \frac{TP}{TP + FP}$$

**Intuition.** It answers: when the model raises the alarm, how often is it right? Negatives that were left alone do not
enter, so a model that raises few, safe alarms has a high precision whatever it misses.

**When to use it.** When a false alarm is expensive: spam filters that must not lose mail, automatic blocking, the first
results of a search engine. Report it together with recall, since each can be bought with the other.

**Cost.** $O(n)$.

**Pitfalls.** With no predicted positive the quotient is 0/0; here, as in most libraries, it is reported as 0, and the
output says that it is undefined. Precision depends on prevalence: the same classifier loses precision on a population with
fewer positives, although its recall and false positive rate stay the same. It is not a monotone function of the
threshold. The complement $1 - \text{precision}$ is the false discovery rate, not the false positive rate.

**References.** Manning, Raghavan and Schütze, *Introduction to Information Retrieval* (2008), chapter 8. Van Rijsbergen,
*Information Retrieval* (1979).
"""

from __future__ import annotations

from algorithms.classification_metrics.confusion_matrix import binary_counts, ratio
from algorithms.inputs import Count, Labels
from algorithms.registry import Output, algorithm


@algorithm(
    id="precision",
    name="Precision",
    aliases=("positive predictive value", "PPV", "false discovery rate"),
    example={"tp": 40, "fp": 10},
)
def precision(tp: Count, fp: Count, y_true: Labels | None = None, y_pred: Labels | None = None) -> Output:
    """Precision from counts or from binary labels.

    Parameters
    ----------
    tp, fp : int
        True positives and false positives; not used if labels are given.
    y_true, y_pred : list of int, length n
        True and predicted classes; 1 is positive, anything else negative.

    Returns
    -------
    dict
        ``precision`` in [0, 1], 0 where nothing was predicted positive; ``false_discovery_rate``;
        ``predicted_positives``; ``defined``, whether the denominator was above 0.

    Examples
    --------
    >>> precision(tp=40, fp=10)["precision"]
    0.8
    """
    tp, fp, _, _ = binary_counts((tp, fp, 0, 0), y_true, y_pred)
    return {
        "precision": ratio(tp, tp + fp),
        "false_discovery_rate": ratio(fp, tp + fp),
        "predicted_positives": tp + fp,
        "defined": tp + fp > 0,
    }
