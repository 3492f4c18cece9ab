r"""ELU, the exponential linear unit, is the identity for positive numbers and an exponential that levels off for
negative ones.

$$f(x) = \begin{cases} x & x > 0 \\ \alpha\,(e^{x} - 1) & x \le 0 \end{cases}, \qquad
f'(x) = \begin{cases} 1 & x > 0 \\ f(x) + \alpha & x \le 0 \end{cases}$$

**Intuition.** Like ReLU it passes positive numbers at full strength; unlike ReLU it can return negative values, which
pulls the mean activation towards zero. The curve is continuous, and for $\alpha = 1$ its slope is continuous too.

**When to use it.** As an alternative to ReLU in networks without batch normalisation. With a fixed pair of constants
($\alpha = 1.6733$, an outer scale of $1.0507$) it becomes SELU, which keeps mean and variance near 0 and 1 by itself.

**Cost.** One exponential for each negative element.

**Pitfalls.** ELU avoids saturation on the positive side only. For large negative inputs it saturates at $-\alpha$,
where its derivative is nearly zero; grouping it with functions that never saturate is a common error. It is unbounded
above, exactly as ReLU is, so it does not keep deep activations in a controlled range. Compute $e^x - 1$ with `expm1` to
keep the digits near zero.

**References.** Clevert, Unterthiner and Hochreiter, *Fast and accurate deep network learning by exponential linear
units*, arXiv:1511.07289. Klambauer et al., *Self-normalizing neural networks*, arXiv:1706.02515.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.relu import draw_activation
from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def exponential_linear(x: Floats, alpha: float = 1.0) -> Floats:
    """Elementwise ELU of an array of any shape.

    Examples
    --------
    >>> exponential_linear(np.array([-1000.0, 0.0, 2.0]), 1.5).tolist()
    [-1.5, 0.0, 2.0]
    """
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def slope(x: Floats, alpha: float) -> Floats:
    """Derivative of ELU.

    Examples
    --------
    >>> slope(np.array([0.0, 3.0]), 2.0).tolist()
    [2.0, 1.0]
    """
    return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """ELU, its derivative and the given points."""
    alpha = inputs["alpha"]
    return draw_activation(
        lambda x: exponential_linear(x, alpha), lambda x: slope(x, alpha), inputs["x"], output["values"], "ELU"
    )


@algorithm(
    id="elu",
    name="ELU (exponential linear unit)",
    aliases=("exponential linear unit", "ELU activation"),
    example={"x": [-10.0, -1.0, 0.0, 1.0, 5.0], "alpha": 1.0},
    figure=draw,
)
def elu(x: Vector, alpha: Annotated[float, Field(allow_inf_nan=False, gt=0, le=100)] = 1.0) -> Output:
    """ELU and its derivative at each `x`.

    Parameters
    ----------
    x : list of float, length n
        Points to evaluate.
    alpha : float
        The function saturates at minus this value.

    Returns
    -------
    dict
        ``values`` (n,), at least -alpha; ``derivatives`` (n,); ``negative_limit``, -alpha.

    Examples
    --------
    >>> elu([-1.0, 2.0])["values"].round(4).tolist()
    [-0.6321, 2.0]
    """
    z = np.asarray(x, dtype=np.float64)  # (n,)
    return {"values": exponential_linear(z, alpha), "derivatives": slope(z, alpha), "negative_limit": -alpha}
