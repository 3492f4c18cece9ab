r"""The hyperbolic tangent (tanh) squashes any real number into the open interval (-1, 1) and is centred on zero.

$$\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}} = 2\sigma(2x) - 1, \qquad \tanh'(x) = 1 - \tanh^2(x)$$

**Intuition.** It is a sigmoid stretched to run from $-1$ to $1$. Near zero it is almost the identity (slope 1); far
from zero it is flat. Being an odd function, it maps inputs of mean zero to outputs of mean near zero, which keeps the
next layer's updates from all sharing one sign.

**When to use it.** For the candidate state and the output of LSTM and GRU cells, for outputs that must lie in $(-1,
1)$, such as scaled pixels, and in small networks with bounded activations. In deep feed-forward networks ReLU, GELU and
their kin train faster.

**Cost.** One exponential an element.

**Pitfalls.** It saturates: at $x = 5$ the derivative is $1.8 \cdot 10^{-4}$, so a stack of saturated units passes
almost no gradient. The peak derivative is 1, four times that of the sigmoid, yet still never above 1: tanh bounds the
signal, and can shrink a gradient, but cannot amplify it by itself. Initialise with Xavier's variance, not with He's.

**References.** LeCun et al., *Efficient BackProp* (1998). Glorot and Bengio, *Understanding the difficulty of training
deep feedforward neural networks* (2010).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.activations.relu import draw_activation
from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Tanh, its derivative and the given points."""
    return draw_activation(np.tanh, lambda x: 1 - np.tanh(x) ** 2, inputs["x"], output["values"], "tanh")


@algorithm(
    id="tanh",
    name="Hyperbolic tangent activation (tanh)",
    aliases=("hyperbolic tangent", "tanh activation", "derivative of tanh"),
    example={"x": [-5.0, -1.0, 0.0, 1.0, 5.0]},
    figure=draw,
)
def tanh(x: Vector) -> Output:
    """Tanh and its derivative at each `x`.

    Parameters
    ----------
    x : list of float, length n
        Points to evaluate.

    Returns
    -------
    dict
        ``values`` (n,) in [-1, 1]; ``derivatives`` (n,) in [0, 1].

    Examples
    --------
    >>> tanh([0.0, 5.0])["derivatives"].round(6).tolist()
    [1.0, 0.000182]
    """
    z = np.asarray(x, dtype=np.float64)  # (n,)
    # 1 / cosh² keeps its digits where 1 - tanh² would round to zero; beyond 350 the square overflows.
    return {"values": np.tanh(z), "derivatives": 1 / np.cosh(np.clip(z, -350, 350)) ** 2}
