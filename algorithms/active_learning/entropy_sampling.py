r"""Entropy sampling queries the pool items whose predicted class distribution has the largest entropy, optionally
averaged over Monte Carlo dropout passes.

$$H[\bar p] = -\sum_k \bar p_k \ln \bar p_k, \qquad \bar p = \frac1T \sum_t p_t, \qquad
\mathrm{BALD} = H[\bar p] - \frac1T \sum_t H[p_t]$$

**Intuition.** Entropy uses the whole distribution: 0.4/0.3/0.3 is more uncertain than 0.4/0.6/0. With dropout left on
at prediction time every pass is another plausible model. The mean prediction then carries both kinds of doubt: noise in
the data, on which all passes agree (each says 50:50), and ignorance of the model, on which they disagree. BALD
subtracts the first and keeps the second.

**When to use it.** For multi-class pools; BALD when labels are noisy.

**Cost.** $T$ passes over the pool with dropout, one without.

**Pitfalls.** For two classes plain entropy gives the same order as least confidence, so it brings nothing new. Entropy
grows with the number of classes: a long tail of tiny probabilities counts. Reading the method as entropy "with is"
dropout garbles it: it is the entropy of the mean of Monte Carlo dropout predictions. Few passes make BALD noisy and
biased. Batches still need diversity.

**References.** Shannon (1948). Houlsby, Huszár, Ghahramani and Lengyel, *Bayesian active learning for classification
and preference learning*, arXiv:1112.5745. Gal, Islam and Ghahramani, *Deep Bayesian active learning with image data*,
ICML (2017).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.active_learning.least_confidence_sampling import Pool, check_distributions, most_uncertain
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

SmallPool = Annotated[Pool, Field(max_length=256)]
Passes = Annotated[list[SmallPool], Field(min_length=1, max_length=32)]


def entropy_nats(P: Floats) -> Floats:
    """Entropy over the last axis, with 0 ln 0 = 0.

    Examples
    --------
    >>> entropy_nats(np.array([[1.0, 0.0], [0.5, 0.5]])).round(4).tolist()
    [0.0, 0.6931]
    """
    return np.asarray(np.abs(np.sum(P * np.log(np.where(P > 0, P, 1)), axis=-1)))


@algorithm(
    id="entropy-sampling",
    name="Entropy sampling",
    aliases=("entropy-based uncertainty", "MC-dropout entropy", "BALD", "maximum entropy sampling"),
    example={
        "passes": [
            [[0.5, 0.5], [0.95, 0.05], [0.9, 0.1]],
            [[0.5, 0.5], [0.05, 0.95], [0.9, 0.1]],
        ],
        "n_queries": 1,
    },
)
def entropy_sampling(passes: Passes, n_queries: Annotated[int, Field(ge=1, le=256)] = 1) -> Output:
    """Rank pool items by entropy and by BALD.

    Parameters
    ----------
    passes : list of T matrices (n items, K class probabilities)
        One pass for the plain softmax entropy, several for Monte Carlo dropout.
    n_queries : int
        Items to pick.

    Returns
    -------
    dict
        ``entropies`` (nats, of the mean prediction; first 50), ``bald`` (first 50), ``expected_entropies`` (first 50),
        ``selected`` by entropy, ``selected_by_bald``, ``selected_by_least_confidence`` (of the mean; each at most 50),
        ``max_entropy`` ln K.

    Raises
    ------
    ValueError
        If the passes differ in shape, a row does not sum to one, or more items are wanted than there are.

    Examples
    --------
    >>> out = entropy_sampling([[[0.5, 0.5], [0.95, 0.05]], [[0.5, 0.5], [0.05, 0.95]]])
    >>> out["entropies"].round(3).tolist(), out["bald"].round(3).tolist()
    ([0.693, 0.693], [0.0, 0.495])
    """
    if len({(len(p), len(p[0])) for p in passes}) > 1:
        raise ValueError("all passes need the same number of items and classes")
    P = np.asarray(passes, dtype=np.float64)  # (T, n, K)
    check_distributions(P.reshape(-1, P.shape[2]))
    if n_queries > P.shape[1]:
        raise ValueError(f"n_queries is {n_queries}, but the pool has {P.shape[1]} items")
    mean = P.mean(axis=0)  # (n, K)
    total, expected = entropy_nats(mean), entropy_nats(P).mean(axis=0)  # (n,) each
    bald = np.maximum(total - expected, 0)
    return {
        "entropies": total[:50],
        "bald": bald[:50],
        "expected_entropies": expected[:50],
        "selected": most_uncertain(total.round(12), n_queries)[:50],
        "selected_by_bald": most_uncertain(bald.round(12), n_queries)[:50],
        "selected_by_least_confidence": most_uncertain((1 - mean.max(axis=1)).round(12), n_queries)[:50],
        "max_entropy": float(np.log(P.shape[2])),
    }
