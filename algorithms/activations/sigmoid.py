r"""The logistic sigmoid squashes any real number into the open interval (0, 1), which can be read as a probability.

$$\sigma(x) = \frac{1}{1 + e^{-x}}, \qquad \sigma'(x) = \sigma(x)\,(1 - \sigma(x))$$

**Intuition.** It is the inverse of the logit: if $x$ is the logarithm of the odds, $\sigma(x)$ is the probability. It is
point-symmetric about $(0, \tfrac12)$: $\sigma(-x) = 1 - \sigma(x)$, and related to the hyperbolic tangent by
$\tanh(x) = 2\sigma(2x) - 1$.

**When to use it.** As the output of a binary or multi-label classifier, in logistic regression, and as a gate of LSTM and
GRU cells. In hidden layers ReLU and its kin train faster.

**Cost.** One exponential an element.

**Pitfalls.** The derivative is at most $0.25$ (at $x = 0$) and goes to zero on both sides, so a chain of sigmoids shrinks
gradients: each layer multiplies them by at most a quarter. The output is not centred on zero, which makes the updates of
the next layer zig-zag. The naive formula overflows for large negative $x$; use $e^{x} / (1 + e^{x})$ there. Outputs reach
exactly 0 or 1 only by rounding, so take the loss from logits. Several sigmoids do not sum to one: for exclusive classes
use softmax.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 3.10. LeCun et al., *Efficient BackProp*
(1998), on zero-centred activations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm


def logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Elementwise sigmoid of an array of any shape, without overflow.

    Examples
    --------
    >>> logistic(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    e = np.exp(-np.abs(x))  # same shape; never above 1
    return np.asarray(np.where(x >= 0, 1 / (1 + e), e / (1 + e)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The sigmoid, its derivative and the given points."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x = np.linspace(-8, 8, 200)
    y = logistic(x)
    axes.plot(x, y, label="σ(x)")
    axes.plot(x, y * (1 - y), "--", label="σ′(x)")
    axes.plot(inputs["x"], output["values"], "o")
    axes.set(xlabel="x", title="sigmoid")
    axes.legend()
    return figure


@algorithm(
    id="sigmoid",
    name="Sigmoid (logistic function)",
    aliases=("logistic function", "sigma", "sigmoid activation", "expit", "derivative of the sigmoid"),
    example={"x": [-4.0, -1.0, 0.0, 1.0, 4.0]},
    figure=draw,
)
def sigmoid(x: Vector) -> Output:
    """Sigmoid and its derivative at each `x`.

    Parameters
    ----------
    x : list of float, length n
        Points to evaluate.

    Returns
    -------
    dict
        ``values`` (n,) in (0, 1); ``derivatives`` (n,) in (0, 0.25].

    Examples
    --------
    >>> sigmoid([0.0])
    {'values': array([0.5]), 'derivatives': array([0.25])}
    """
    y = logistic(np.asarray(x, dtype=np.float64))  # (n,)
    return {"values": y, "derivatives": y * (1 - y)}
