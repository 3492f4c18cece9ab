r"""Leaky ReLU passes positive numbers unchanged and multiplies negative ones by a small slope instead of zeroing them.

$$f(x) = \begin{cases} x & x > 0 \\ \alpha x & x \le 0 \end{cases}, \qquad \frac{\partial f}{\partial \alpha} = \min(x, 0)$$

**Intuition.** The small slope on the negative side keeps a trickle of gradient flowing, so a unit that is negative for
every input can still recover. With the slope learned by gradient descent it is called parametric ReLU (PReLU): each
channel finds its own $\alpha$.

**When to use it.** Where ReLU units die, and in the discriminators of GANs. PReLU pays in deep vision networks with
enough data to fit the extra parameter a channel.

**Cost.** One comparison and one product an element; PReLU adds one parameter a channel.

**Pitfalls.** The negative side returns $\alpha x$, not the constant $\alpha$: a constant would have zero gradient and
bring dead units back. It is not the sigmoid either, a formula that is sometimes printed in its place. With $\alpha = 1$
the unit is linear, with $\alpha = 0$ it is ReLU. It is unbounded on both sides, so it does not keep activations in
range. Do not apply weight decay to a learned slope: it would pull PReLU back to ReLU.

**References.** Maas, Hannun and Ng, *Rectifier nonlinearities improve neural network acoustic models* (2013). He et
al., *Delving deep into rectifiers*, arXiv:1502.01852 (PReLU).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.relu import draw_activation
from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Slope = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1)]


def leaky(x: Floats, alpha: float) -> Floats:
    """Elementwise leaky ReLU of an array of any shape.

    Examples
    --------
    >>> leaky(np.array([-5.0, 5.0]), 0.01).tolist()
    [-0.05, 5.0]
    """
    return np.where(x > 0, x, alpha * x)


def learn_slope(x: Floats, y: Floats, alpha: float, learning_rate: float, steps: int) -> float:
    """Slope after gradient descent on half the mean squared error, as PReLU learns it.

    Examples
    --------
    >>> round(learn_slope(np.array([-1.0, 1.0]), np.array([-0.3, 1.0]), 0.01, 0.5, 200), 6)
    0.3
    """
    for _ in range(steps):
        alpha -= learning_rate * float(np.mean((leaky(x, alpha) - y) * np.minimum(x, 0)))
    return alpha


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Leaky ReLU, its derivative and the given points."""
    alpha = inputs["alpha"]
    return draw_activation(
        lambda x: leaky(x, alpha), lambda x: np.where(x > 0, 1.0, alpha), inputs["x"], output["values"], "leaky ReLU"
    )


@algorithm(
    id="leaky-relu",
    name="Leaky ReLU and parametric ReLU",
    aliases=("LReLU", "Parametric ReLU", "PReLU", "leaky rectified linear unit"),
    example={"x": [-5.0, -1.0, 0.0, 1.0, 5.0], "alpha": 0.01, "targets": [-1.25, -0.25, 0.0, 1.0, 5.0]},
    figure=draw,
)
def leaky_relu(x: Vector, alpha: Slope = 0.01, targets: Vector | None = None) -> Output:
    """Leaky ReLU, its derivatives by the input and by the slope and, given targets, the slope that PReLU learns.

    Parameters
    ----------
    x : list of float, length n
        Points to evaluate.
    alpha : float
        Slope for negative inputs.
    targets : list of float, length n, or null
        If given, `alpha` is trained towards these values (parametric ReLU).

    Returns
    -------
    dict
        ``values`` (n,); ``derivatives`` (n,) of 1 and alpha; ``slope_derivatives`` (n,), min(x, 0); ``learned_alpha``,
        null without targets.

    Raises
    ------
    ValueError
        If `targets` and `x` differ in length.

    Examples
    --------
    >>> leaky_relu([-5.0], alpha=0.01)["values"].tolist()
    [-0.05]
    """
    z = np.asarray(x, dtype=np.float64)  # (n,)
    learned = None
    if targets is not None:
        if len(targets) != len(x):
            raise ValueError(f"give one target for each x: {len(x)} values, {len(targets)} targets")
        curvature = float(np.mean(np.minimum(z, 0) ** 2))
        # A step of 1 / (2 curvature) halves the error each time, whatever the scale of the inputs.
        rate = 0.5 / curvature if curvature > 0 else 0.0
        learned = learn_slope(z, np.asarray(targets, dtype=np.float64), alpha, rate, steps=60)
    return {
        "values": leaky(z, alpha),
        "derivatives": np.where(z > 0, 1.0, alpha),
        "slope_derivatives": np.minimum(z, 0.0),
        "learned_alpha": learned,
    }
