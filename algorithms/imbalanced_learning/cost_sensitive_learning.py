r"""Cost-sensitive learning predicts the class of least expected cost, given a matrix of what each kind of error costs.

$$\hat y(x) = \arg\min_j \sum_k C_{kj}\, p(k \mid x), \qquad
\text{two classes: predict 1 if } p > t^* = \frac{C_{01} - C_{00}}{C_{01} - C_{00} + C_{10} - C_{11}}$$

with $C_{kj}$ the cost of predicting $j$ when the truth is $k$.

**Intuition.** If a missed fraud costs 100 and a false alarm 1, it pays to raise the alarm at a probability above 1%.
The threshold of one half is right only for equal costs. Boosting can take costs in during training: in AdaCost the
weight of a misclassified expensive row rises faster, and that of a correctly classified expensive row falls more
slowly.

**When to use it.** Whenever errors differ in price, with or without class imbalance.

**Cost.** One matrix product a row.

**Pitfalls.** The rule needs calibrated probabilities; resampled or weighted models are not. Adding a constant to a row
of $C$ changes no decision, only the bill. Costs may depend on the row (the amount). Double counting: do not weight the
classes by cost and move the threshold as well. Accuracy is the wrong score; report the mean cost. Some overviews print
"Bald Boosting" for a cost-sensitive booster; the established name is AdaCost.

**References.** Elkan, *The foundations of cost-sensitive learning*, IJCAI (2001). Fan, Stolfo, Zhang and Chan,
*AdaCost: misclassification cost-sensitive boosting*, ICML (1999).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import NonNegative, Probability, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Square = Annotated[
    list[Annotated[list[Annotated[NonNegative, Field(le=1e9)]], Field(min_length=2, max_length=20)]],
    Field(min_length=2, max_length=20),
    AfterValidator(rectangular),
]
Rows = Annotated[
    list[Annotated[list[Probability], Field(min_length=2, max_length=20)]],
    Field(min_length=1, max_length=512),
    AfterValidator(rectangular),
]


def adacost_weights(w: Floats, wrong: Ints, cost: Floats, alpha: float) -> Floats:
    """One AdaCost update of row weights w (n,), given 0/1 errors and costs in [0, 1].

    The exponent is scaled by 0.5 + 0.5 c for an error and by 0.5 - 0.5 c for a correct row.

    Examples
    --------
    >>> adacost_weights(np.array([0.5, 0.5]), np.array([1, 0]), np.array([1.0, 1.0]), np.log(3.0)).round(4).tolist()
    [0.75, 0.25]
    """
    beta = np.where(wrong == 1, 0.5 + 0.5 * cost, 0.5 - 0.5 * cost)  # (n,)
    new = w * np.exp(alpha * np.where(wrong == 1, 1, -1) * beta)
    return np.asarray(new / new.sum())


@algorithm(
    id="cost-sensitive-learning",
    name="Cost-sensitive learning",
    aliases=(
        "misclassification cost matrix",
        "cost-sensitive boosting",
        "AdaCost",
        '"Bald Boosting" (as in the text)',
        "cost matrix",
        "optimal threshold from costs",
    ),
    example={"probabilities": [[0.97, 0.03], [0.995, 0.005]], "costs": [[0, 1], [100, 0]]},
)
def cost_sensitive_learning(
    probabilities: Rows, costs: Square, alpha: Annotated[float, Field(gt=0, le=10)] = 0.5
) -> Output:
    """Decide by least expected cost, and show one AdaCost update for the same errors.

    Parameters
    ----------
    probabilities : list of list of float, n rows with K class probabilities
        Calibrated predictions; each row sums to one.
    costs : list of list of float, K by K
        Cost of predicting the column's class when the row's class is true.
    alpha : float
        Vote of the weak classifier in the AdaCost update.

    Returns
    -------
    dict
        ``predictions`` (of least cost), ``most_likely``, ``expected_costs`` (n, K; first 20 rows), ``mean_cost`` and
        ``mean_cost_most_likely`` (expected), ``threshold`` (for class 1 of two; null otherwise, and where no threshold
        exists), ``adacost_error_factor`` and ``adacost_correct_factor`` (weight growth by class, costs scaled to their
        maximum).

    Raises
    ------
    ValueError
        If the shapes do not fit or a row does not sum to one.

    Examples
    --------
    >>> out = cost_sensitive_learning([[0.97, 0.03], [0.995, 0.005]], [[0, 1], [100, 0]])
    >>> out["predictions"].tolist(), round(out["threshold"], 4)
    ([1, 0], 0.0099)
    """
    P, C = np.asarray(probabilities, dtype=np.float64), np.asarray(costs, dtype=np.float64)  # (n, K), (K, K)
    K = P.shape[1]
    if C.shape != (K, K):
        raise ValueError(f"there are {K} classes, so costs must be {K} by {K}, not {C.shape[0]} by {C.shape[1]}")
    if np.abs(P.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("each row of probabilities must sum to one")
    expected = P @ C  # (n, K)
    choice, likely = expected.argmin(axis=1), P.argmax(axis=1)
    rows = np.arange(len(P))
    threshold = None
    if K == 2:
        false_alarm, miss = C[0, 1] - C[0, 0], C[1, 0] - C[1, 1]
        threshold = float(false_alarm / (false_alarm + miss)) if min(false_alarm, miss) > 0 else None
    price = C.max(axis=1) / max(float(C.max()), 1e-300)  # (K,) cost of the worst error on each true class
    return {
        "predictions": choice,
        "most_likely": likely,
        "expected_costs": expected[:20],
        "mean_cost": float(expected[rows, choice].mean()),
        "mean_cost_most_likely": float(expected[rows, likely].mean()),
        "threshold": threshold,
        "adacost_error_factor": np.exp(alpha * (0.5 + 0.5 * price)),
        "adacost_correct_factor": np.exp(-alpha * (0.5 - 0.5 * price)),
    }
