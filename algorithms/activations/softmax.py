r"""Softmax turns a vector of real scores (logits) into a probability distribution by exponentiating and normalising.

$$p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}$$

**Intuition.** The exponential keeps the order of the scores and stretches their differences: a gap of $\Delta$ between
two logits becomes a ratio of $e^{\Delta / T}$ between two probabilities. The temperature $T$ sets how sharp the result
is: $T \to 0$ approaches a one-hot vector at the maximum (argmax), $T = 1$ is the plain softmax, $T \to \infty$ the
uniform distribution.

**When to use it.** As the last layer of a classifier whose classes exclude each other, as the weights of attention, as
the next-token distribution of a language model, and, with $T > 1$, as soft targets in distillation. For labels that do
not exclude each other use one sigmoid a label instead.

**Cost.** $O(n)$ time and memory for $n$ logits.

**Pitfalls.** Exponentiating large logits overflows; subtract the maximum first, which changes nothing since softmax is
invariant under adding a constant. Take `log_softmax` in one step for the loss, never the logarithm of a rounded
softmax. Probabilities of a trained network are not calibrated merely because they sum to one. Softmax saturates: when
one logit dominates, the gradient with respect to all of them vanishes.

**References.** Bridle, *Probabilistic interpretation of feedforward classification network outputs* (1990). Goodfellow,
Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3. Hinton, Vinyals and Dean, arXiv:1503.02531 (temperature).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from algorithms.figures import whole_ticks
from algorithms.inputs import Positive, Vector
from algorithms.registry import Output, algorithm


def softmax_along(z: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    """Softmax of an array along one axis, without overflow; entries of minus infinity get probability 0.

    Examples
    --------
    >>> softmax_along(np.array([[0.0, 0.0], [1.0, -np.inf]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    e = np.exp(z - z.max(axis=axis, keepdims=True))  # same shape; the largest exponent is 0
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the probabilities."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(range(len(output["probabilities"])), output["probabilities"])
    whole_ticks(axes.xaxis)
    axes.set(xlabel="class", ylabel="probability", ylim=(0, 1), title=f"softmax, T = {inputs['temperature']:g}")
    return figure


@algorithm(
    id="softmax",
    name="Softmax with temperature",
    aliases=(
        "softmax function",
        "normalised exponential",
        "multinomial logistic",
        "argmax decision",
        "softargmax",
    ),
    example={"logits": [2.0, 1.0, 0.1], "temperature": 1.0},
    figure=draw,
)
def softmax(logits: Vector, temperature: Positive = 1.0) -> Output:
    """Probabilities of `logits` at a temperature.

    Parameters
    ----------
    logits : list of float, length n
        Unnormalised scores.
    temperature : float
        Divides the logits; 1 leaves them unchanged.

    Returns
    -------
    dict
        ``probabilities`` (n,), non-negative, summing to one.

    Examples
    --------
    >>> softmax([2.0, 1.0, 0.1], temperature=0.5)["probabilities"].round(4).tolist()
    [0.8638, 0.1169, 0.0193]
    """
    z = np.asarray(logits, dtype=np.float64) / temperature  # (n,)
    return {"probabilities": softmax_along(z)}
