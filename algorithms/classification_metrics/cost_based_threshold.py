r"""A cost-based decision threshold calls a sample positive when that has the lower expected cost.

$$t^* = \frac{C_{FP}}{C_{FP} + C_{FN}}, \qquad \text{call positive when } p \ge t^*$$

**Intuition.** With probability $p$ of being positive, calling it positive costs $(1 - p)\,C_{FP}$ in expectation and
calling it negative costs $p\,C_{FN}$. The two are equal at $t^*$. A miss that costs nine times a false alarm puts the
threshold at 0.1; equal costs put it at 0.5.

**When to use it.** Whenever the two errors have different consequences and the probabilities are calibrated. Expensive
false alarms (spam filters) push the threshold up and favour precision; expensive misses (medical screening, fraud) push it
down and favour recall.

**Cost.** $O(n)$ decisions.

**Pitfalls.** The rule needs calibrated probabilities; a model trained on resampled classes is not calibrated. Two examples
are often given the wrong way round. In fraud detection a missed fraud is usually the costly error, so recall matters. In web
search users look at a few top results, so precision there dominates; recall is what legal, medical and patent search
need. Costs may differ for each case: then the threshold does too.

**References.** Elkan, *The foundations of cost-sensitive learning* (2001). Duda, Hart and Stork, *Pattern Classification*
(2001), section 2.2.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Positive, Probability
from algorithms.registry import Output, algorithm

Probabilities = Annotated[list[Probability], Field(min_length=1, max_length=50)]


def expected_cost(p: NDArray[np.float64], threshold: float, cost_fp: float, cost_fn: float) -> float:
    """Mean expected cost of thresholding calibrated probabilities (n,).

    Examples
    --------
    >>> expected_cost(np.array([0.2, 0.9]), 0.5, cost_fp=1, cost_fn=10)
    1.05
    """
    costs = np.where(p >= threshold, (1 - p) * cost_fp, p * cost_fn)  # (n,)
    return float(costs.mean())


@algorithm(
    id="cost-based-threshold",
    name="Cost-based decision threshold",
    aliases=("cost-sensitive threshold", "precision or recall by error cost", "optimal threshold", "Bayes decision"),
    example={"cost_fp": 1.0, "cost_fn": 9.0, "probabilities": [0.02, 0.05, 0.15, 0.3, 0.6, 0.95]},
)
def cost_based_threshold(cost_fp: Positive, cost_fn: Positive, probabilities: Probabilities) -> Output:
    """Optimal threshold for two error costs, and what it saves against 0.5.

    Parameters
    ----------
    cost_fp : float
        Cost of a false positive (a false alarm).
    cost_fn : float
        Cost of a false negative (a miss).
    probabilities : list of float, length n
        Calibrated probabilities of the positive class.

    Returns
    -------
    dict
        ``threshold`` in (0, 1); ``decisions`` (n,), 1 where positive; ``expected_cost`` a sample at that threshold,
        ``expected_cost_at_half`` at 0.5, ``expected_cost_all_positive`` and ``expected_cost_all_negative``.

    Examples
    --------
    >>> cost_based_threshold(1.0, 9.0, [0.05, 0.3])["threshold"]
    0.1
    """
    p = np.asarray(probabilities, dtype=np.float64)  # (n,)
    threshold = cost_fp / (cost_fp + cost_fn)
    return {
        "threshold": threshold,
        "decisions": (p >= threshold).astype(np.int64),
        "expected_cost": expected_cost(p, threshold, cost_fp, cost_fn),
        "expected_cost_at_half": expected_cost(p, 0.5, cost_fp, cost_fn),
        "expected_cost_all_positive": float((1 - p).mean() * cost_fp),
        "expected_cost_all_negative": float(p.mean() * cost_fn),
    }
