r"""Weight normalization writes each weight vector as a length times a direction, and learns the two separately.

$$w = g\,\frac{v}{\lVert v \rVert}, \qquad \frac{\partial L}{\partial g} = \frac{v \cdot \nabla_w L}{\lVert v \rVert}, \qquad
\nabla_v L = \frac{g}{\lVert v \rVert} \left(\nabla_w L - \frac{\partial L}{\partial g}\,\frac{v}{\lVert v \rVert}\right)$$

**Intuition.** A step along $w$ changes its length and its direction at once. Here $g$ alone sets the length, $v$ only
the direction. The gradient of $v$ is always orthogonal to $v$, so plain gradient steps make $v$ longer and longer,
which lowers its effective learning rate by itself when the rate was too high.

**When to use it.** In generative models, reinforcement learning and recurrent networks, where noise from batch
statistics does harm; in WaveNet-like vocoders.

**Cost.** One norm a unit; no statistics of the data.

**Pitfalls.** It normalises weights, not activations: those keep their scale only if the initialisation sets $g$ and $b$
from one batch of data. $v$ must not be zero. Weight decay on $v$ has no effect on the function, only on the effective
rate; apply it to $g$. It is not spectral normalization, which divides by the largest singular value. In a matrix, each
output unit (row) has its own $g$.

**References.** Salimans and Kingma, *Weight normalization: a simple reparameterization to accelerate training of deep
neural networks*, arXiv:1602.07868.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Direction = Annotated[list[Number], Field(min_length=1, max_length=50)]


def weight_gradients(v: Floats, g: float, by_weight: Floats) -> tuple[float, Floats]:
    """Gradients by the length g and by the direction v (d,), from the gradient by the weight w (d,).

    Examples
    --------
    >>> by_g, by_v = weight_gradients(np.array([3.0, 4.0]), 2.0, np.array([1.0, 0.0]))
    >>> round(by_g, 6), by_v.round(6).tolist()
    (0.6, [0.256, -0.192])
    """
    norm = float(np.linalg.norm(v))
    by_g = float(v @ by_weight) / norm
    return by_g, g / norm * (by_weight - by_g * v / norm)


@algorithm(
    id="weight-normalization",
    name="Weight normalization",
    aliases=("weight norm", "WeightNorm", "length-direction decoupling"),
    example={"v": [3.0, 4.0], "g": 2.0, "gradient": [1.0, 0.0], "learning_rate": 0.1},
)
def weight_normalization(
    v: Direction,
    g: Number = 1.0,
    gradient: Direction = [1.0, 0.0],  # noqa: B006
    learning_rate: Annotated[float, Field(gt=0, le=100)] = 0.1,
) -> Output:
    """The weight of a length and a direction, and one gradient step on both.

    Parameters
    ----------
    v : list of float, length d
        Direction, of any length but zero.
    g : float
        Length of the weight.
    gradient : list of float, length d
        Gradient of the loss by the weight.
    learning_rate : float
        Step size.

    Returns
    -------
    dict
        ``weight`` (d,) and ``weight_norm``, |g|; ``gradient_g`` and ``gradient_v`` (d,); ``gradient_v_dot_v``, 0; after
        the step ``new_g``, ``new_v`` (d,) and ``new_weight`` (d,); ``direction_norm`` and ``new_direction_norm``, which
        never shrinks.

    Raises
    ------
    ValueError
        If `v` is zero or the lengths differ.

    Examples
    --------
    >>> weight_normalization([3.0, 4.0], 2.0)["weight"].round(6).tolist()
    [1.2, 1.6]
    """
    direction, by_weight = np.asarray(v, dtype=np.float64), np.asarray(gradient, dtype=np.float64)  # (d,) each
    norm = float(np.linalg.norm(direction))
    if norm == 0:
        raise ValueError("v must not be zero: it has no direction")
    if len(by_weight) != len(direction):
        raise ValueError("gradient and v need the same length")
    by_g, by_v = weight_gradients(direction, g, by_weight)
    new_g, new_v = g - learning_rate * by_g, direction - learning_rate * by_v
    weight = g * direction / norm
    return {
        "weight": weight,
        "weight_norm": np.linalg.norm(weight),
        "gradient_g": by_g,
        "gradient_v": by_v,
        "gradient_v_dot_v": by_v @ direction,
        "new_g": new_g,
        "new_v": new_v,
        "new_weight": new_g * new_v / np.linalg.norm(new_v),
        "direction_norm": norm,
        "new_direction_norm": np.linalg.norm(new_v),
    }
