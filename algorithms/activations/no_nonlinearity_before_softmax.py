r"""No non-linearity such as ReLU belongs on the logits before a softmax, because it throws away what the logits say.

$$\mathrm{softmax}(\max(0, z)) \ne \mathrm{softmax}(z), \qquad
\frac{\partial L}{\partial z_i} = (p_i - y_i)\,\mathbb 1[z_i > 0]$$

**Intuition.** Softmax reads differences between logits, and negative logits are as meaningful as positive ones. ReLU
maps all of them to the same zero: classes at $-1$ and at $-9$ become equally likely. If every logit is negative, the
prediction is uniform, whatever the network knows.

**When to use it.** As a check of the last layer: it should be a plain affine map, and its output should go straight
into the softmax or, better, into a loss that takes logits.

**Cost.** None; it is one operation fewer.

**Pitfalls.** The harm is double. Forward, the order among negative classes is lost, and a class can no longer be ruled
out: its logit stops at zero. Backward, the gradient of every clipped logit is zero; a true class with a negative logit
is never pushed up, however wrong the prediction. The network may still learn something by pushing biases up, which
hides the bug. A sigmoid or tanh there does harm too: it bounds the logits, and with them the confidence.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.relu import rectify
from algorithms.activations.softmax import softmax_along
from algorithms.activations.temperature_softmax import entropy
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm


@algorithm(
    id="no-nonlinearity-before-softmax",
    name="No ReLU on the logits before the softmax",
    aliases=("last-layer activation", "logits", "ReLU before softmax", "activation of the last layer"),
    example={"logits": [-1.0, -3.0, -0.5, -9.0], "label": 2},
)
def no_nonlinearity_before_softmax(
    logits: Annotated[list[Number], Field(min_length=2, max_length=64)],
    label: Annotated[int, Field(ge=0, le=63)] = 0,
) -> Output:
    """Softmax of the logits with and without a ReLU before it, and the gradients that reach the logits.

    Parameters
    ----------
    logits : list of float, length n
        Scores of the last layer.
    label : int
        Index of the true class, counted from 0.

    Returns
    -------
    dict
        ``without_relu`` and ``with_relu`` (n,) probabilities; ``gradient_without_relu`` and ``gradient_with_relu`` (n,)
        of the cross-entropy; ``distinct_without_relu`` and ``distinct_with_relu``, numbers of different logits;
        ``entropy_without_relu`` and ``entropy_with_relu`` in nats.

    Raises
    ------
    ValueError
        If `label` is not an index of `logits`.

    Examples
    --------
    >>> no_nonlinearity_before_softmax([-1.0, -3.0])["with_relu"].tolist()
    [0.5, 0.5]
    """
    z = np.asarray(logits, dtype=np.float64)  # (n,)
    if label >= len(z):
        raise ValueError(f"label {label} is not an index of {len(z)} logits")
    y = np.eye(len(z))[label]  # (n,)
    p, q = softmax_along(z), softmax_along(rectify(z))  # (n,) each
    return {
        "without_relu": p,
        "with_relu": q,
        "gradient_without_relu": p - y,
        "gradient_with_relu": (q - y) * (z > 0),
        "distinct_without_relu": len(np.unique(z)),
        "distinct_with_relu": len(np.unique(rectify(z))),
        "entropy_without_relu": entropy(p),
        "entropy_with_relu": entropy(q),
    }
