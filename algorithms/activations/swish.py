r"""Swish, with $\beta = 1$ also called SiLU, multiplies its input by the sigmoid of that input.

$$f(x) = x\,\sigma(\beta x), \qquad f'(x) = \sigma(\beta x) + \beta x\,\sigma(\beta x)\,(1 - \sigma(\beta x))$$

**Intuition.** The unit gates itself: the sigmoid decides which share of the input passes. It looks like a smooth ReLU
with a shallow dip (about $-0.28$ at $x = -1.28$ for $\beta = 1$). As $\beta$ grows it approaches ReLU; at $\beta = 0$
it is the line $x/2$.

**When to use it.** In EfficientNet and other convolutional networks, and as the gate of SwiGLU in the feed-forward
blocks of Llama-like language models.

**Cost.** One sigmoid an element.

**Pitfalls.** It is not monotonic, and not bounded above. $f(0) = 0$ but $f'(0) = \tfrac12$, so a He initialisation,
derived for ReLU, fits only roughly. Swish with a learned $\beta$ and SiLU with $\beta = 1$ are sometimes mixed up;
libraries' `silu` has no $\beta$. Swish with $\beta = 1.702$ is a sigmoid approximation of GELU, a third one beside the
two usual forms.

**References.** Hendrycks and Gimpel, arXiv:1606.08415 (SiLU). Elfwing, Uchibe and Doya, *Sigmoid-weighted linear
units*, arXiv:1702.03118. Ramachandran, Zoph and Le, *Searching for activation functions*, arXiv:1710.05941.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.relu import draw_activation
from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def silu(x: Floats, beta: float = 1.0) -> Floats:
    """Elementwise swish of an array of any shape.

    Examples
    --------
    >>> silu(np.array([0.0, 1.0])).round(4).tolist()
    [0.0, 0.7311]
    """
    return x * logistic(beta * x)


def slope(x: Floats, beta: float) -> Floats:
    """Derivative of swish.

    Examples
    --------
    >>> slope(np.array([0.0]), 3.0).tolist()
    [0.5]
    """
    gate = logistic(beta * x)
    return gate + beta * x * gate * (1 - gate)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Swish, its derivative and the given points."""
    beta = inputs["beta"]
    return draw_activation(
        lambda x: silu(x, beta), lambda x: slope(x, beta), inputs["x"], output["values"], f"swish, β = {beta:g}"
    )


@algorithm(
    id="swish",
    name="Swish / SiLU (sigmoid linear unit)",
    aliases=("SiLU", "sigmoid linear unit", "swish activation"),
    example={"x": [-5.0, -1.28, 0.0, 1.0, 5.0], "beta": 1.0},
    figure=draw,
)
def swish(x: Vector, beta: Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e6)] = 1.0) -> Output:
    """Swish and its derivative at each `x`.

    Parameters
    ----------
    x : list of float, length n
        Points to evaluate.
    beta : float
        Steepness of the gate; 1 is SiLU.

    Returns
    -------
    dict
        ``values`` (n,); ``derivatives`` (n,).

    Examples
    --------
    >>> swish([1.0])["values"].round(4).tolist()
    [0.7311]
    """
    z = np.asarray(x, dtype=np.float64)  # (n,)
    return {"values": silu(z, beta), "derivatives": slope(z, beta)}
