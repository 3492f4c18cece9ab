r"""Log-softmax returns the logarithms of the softmax probabilities, computed in one step so that nothing over- or
underflows.

$$\log p_i = z_i - \mathrm{lse}(z), \qquad \mathrm{lse}(z) = m + \log \sum_j e^{z_j - m}, \quad m = \max_j z_j$$

**Intuition.** The logarithm undoes the exponential of the class itself, so only the normaliser, the log-sum-exp, is
left to compute. Subtracting the maximum keeps the largest exponent at zero: the sum lies between 1 and $n$, whatever
the logits.

**When to use it.** As the last step before the negative log-likelihood: $\mathrm{NLL} = -\log p_y$ is cross-entropy
from logits. Also to add up the log-probabilities of a sequence.

**Cost.** $O(n)$.

**Pitfalls.** `log(softmax(z))` in two steps gives $-\infty$ as soon as a probability rounds to zero, and an overflow
for logits near 1000; log-softmax stays finite there. Feeding log-softmax into a loss that expects logits is harmless
(log-softmax of log-softmax is itself); feeding it *probabilities* is a bug that trains, but badly. The output is never
positive.

**References.** Blanchard, Higham and Higham, *Accurately computing the log-sum-exp and softmax functions* (2021).
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def log_sum_exp(z: Floats, axis: int = -1) -> Floats:
    """Logarithm of the sum of exponentials along an axis, without overflow; the axis is kept with length 1.

    Examples
    --------
    >>> log_sum_exp(np.array([1000.0, 1000.0])).round(4).tolist()
    [1000.6931]
    """
    m = z.max(axis=axis, keepdims=True)
    return np.asarray(m + np.log(np.exp(z - m).sum(axis=axis, keepdims=True)))


def log_softmax_along(z: Floats, axis: int = -1) -> Floats:
    """Log-softmax of an array along one axis.

    Examples
    --------
    >>> log_softmax_along(np.array([[1.0, 2.0, 3.0]])).round(4).tolist()
    [[-2.4076, -1.4076, -0.4076]]
    """
    return np.asarray(z - log_sum_exp(z, axis))


@algorithm(
    id="log-softmax",
    name="Log-softmax and log-sum-exp",
    aliases=("logsumexp", "log_softmax", "log-sum-exp trick", "logarithm of the softmax"),
    example={"logits": [1.0, 2.0, 3.0], "label": 2},
)
def log_softmax(logits: Vector, label: Annotated[int, Field(ge=0, le=4095)] | None = None) -> Output:
    """Log-probabilities of `logits`, their log-sum-exp and, for a label, the negative log-likelihood.

    Parameters
    ----------
    logits : list of float, length n
        Unnormalised scores.
    label : int or null
        Index of the true class, counted from 0.

    Returns
    -------
    dict
        ``log_probabilities`` (n,), at most 0; ``logsumexp``; ``nll``, null without a label.

    Raises
    ------
    ValueError
        If `label` is not an index of `logits`.

    Examples
    --------
    >>> log_softmax([1000.0, 0.0])["log_probabilities"].tolist()
    [0.0, -1000.0]
    """
    z = np.asarray(logits, dtype=np.float64)  # (n,)
    if label is not None and label >= len(z):
        raise ValueError(f"label {label} is not an index of {len(z)} logits")
    log_p = log_softmax_along(z)  # (n,)
    return {
        "log_probabilities": log_p,
        "logsumexp": log_sum_exp(z)[0],
        "nll": None if label is None else -log_p[label] + 0.0,
    }
