r"""ReLU, the rectified linear unit, passes positive numbers unchanged and sets negative ones to zero.

$$\mathrm{ReLU}(x) = \max(0, x), \qquad \mathrm{ReLU}'(x) = \begin{cases} 1 & x > 0 \\ 0 & x < 0 \end{cases}$$

**Intuition.** A switch that is either open or closed. While it is open the gradient passes at full strength, so depth
alone does not shrink it; while it is closed nothing passes. A network of ReLUs is piecewise linear, and a good part of
its units are exactly zero for any one input.

**When to use it.** The default for the hidden layers of feed-forward and convolutional networks, with He
initialisation.

**Cost.** One comparison an element.

**Pitfalls.** A zero for *some* negative input is normal. A unit is *dead* only if it is zero for *all* inputs, for
instance after its bias was pushed to $-100$: its gradient is then zero everywhere, and no later step revives it (dying
ReLU). Calling every zero output dead is a common error. Saying that ReLU solves the vanishing gradient is half the
truth: it holds for active units only, and it does nothing against exploding activations, since it has no upper bound.
ReLU is not differentiable at 0; any subgradient in $[0, 1]$ does for training, so differentiability is not required. A
lower learning rate, leaky ReLU or GELU help against dead units.

**References.** Nair and Hinton, *Rectified linear units improve restricted Boltzmann machines* (2010). Glorot, Bordes
and Bengio, *Deep sparse rectifier neural networks* (2011).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from algorithms.inputs import Number, Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def rectify(x: Floats) -> Floats:
    """Elementwise ReLU of an array of any shape.

    Examples
    --------
    >>> rectify(np.array([-2.0, 3.0])).tolist()
    [0.0, 3.0]
    """
    return np.maximum(x, 0.0)


def draw_activation(
    function: Callable[[Floats], Floats],
    derivative: Callable[[Floats], Floats],
    points: Sequence[float],
    values: Sequence[float],
    title: str,
) -> Any:
    """An activation, its derivative and the given points; the other activations draw with it too.

    Examples
    --------
    >>> len(draw_activation(np.tanh, np.cosh, [0.0], [0.0], "tanh").axes)
    1
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    edge = float(np.clip(np.max(np.abs(points)) * 1.1, 3, 20))
    x = np.linspace(-edge, edge, 401)
    axes.plot(x, function(x), label="f(x)")
    axes.plot(x, derivative(x), "--", label="f′(x)")
    axes.plot(points, values, "o")
    axes.set(xlabel="x", xlim=(-edge, edge), title=title)
    axes.legend()
    return figure


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """ReLU, its derivative and the given pre-activations."""
    shifted = (np.asarray(inputs["x"]) + inputs["bias"]).tolist()
    return draw_activation(rectify, lambda x: (x > 0).astype(float), shifted, output["values"], "ReLU")


@algorithm(
    id="relu",
    name="ReLU (rectified linear unit)",
    aliases=("rectified linear unit", "max(0,x)", "Dying ReLU", "dead neurons", "dead units", "rectifier"),
    example={"x": [-2.0, -0.5, 0.0, 0.5, 2.0], "bias": 0.0},
    figure=draw,
)
def relu(x: Vector, bias: Number = 0.0) -> Output:
    """ReLU and its derivative at each `x` plus a bias, and whether the unit is dead on these inputs.

    Parameters
    ----------
    x : list of float, length n
        Inputs of one unit, one a sample.
    bias : float
        Added to each input; -100 shows a dead unit.

    Returns
    -------
    dict
        ``values`` (n,) at least 0; ``derivatives`` (n,) of 0 and 1 (0 at the kink); ``active_share`` in [0, 1];
        ``dead``, true if the unit is inactive for every input; ``bias_gradient``, the summed derivative, 0 for a dead
        unit.

    Examples
    --------
    >>> relu([-1.0, 2.0])["values"].tolist()
    [0.0, 2.0]
    >>> relu([-1.0, 2.0], bias=-100.0)["dead"]
    True
    """
    z = np.asarray(x, dtype=np.float64) + bias  # (n,)
    derivatives = (z > 0).astype(np.float64)  # (n,)
    return {
        "values": rectify(z),
        "derivatives": derivatives,
        "active_share": derivatives.mean(),
        "dead": not derivatives.any(),
        "bias_gradient": derivatives.sum(),
    }
