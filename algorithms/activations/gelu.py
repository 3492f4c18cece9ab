r"""GELU, the Gaussian error linear unit, multiplies its input by the standard normal probability of lying below it.

$$\mathrm{GELU}(x) = x\,\Phi(x) = \frac{x}{2}\left(1 + \mathrm{erf}\frac{x}{\sqrt 2}\right) \approx
\frac{x}{2}\left(1 + \tanh\!\left[\sqrt{2/\pi}\,(x + 0.044715\,x^3)\right]\right)$$

**Intuition.** ReLU multiplies by 0 or 1 according to the sign; GELU multiplies by how likely it is that a standard
normal variable is smaller than $x$. It is a smooth gate: large positive inputs pass, large negative ones vanish, and
between them the curve dips to about $-0.17$ near $x = -0.75$.

**When to use it.** In the feed-forward blocks of Transformers (BERT, GPT, ViT); newer models often take SwiGLU instead.

**Cost.** One error function or one tanh an element.

**Pitfalls.** Two versions exist. At $x = 1$ the exact one gives $0.8413$, the tanh approximation $0.8412$; a checkpoint
has to be run with the one it was trained with (GPT-2 uses tanh, `gelu_new`). GELU is not monotonic, so it can't be
inverted. Its derivative exceeds 1 slightly, at most $1.13$.

**References.** Hendrycks and Gimpel, *Gaussian error linear units (GELUs)*, arXiv:1606.08415.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np

from algorithms.activations.relu import draw_activation
from algorithms.inputs import Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Approximation = Literal["none", "tanh"]


def normal_cdf(x: Floats) -> Floats:
    """Standard normal distribution function Φ.

    Examples
    --------
    >>> normal_cdf(np.array([0.0])).tolist()
    [0.5]
    """
    # erfc keeps the digits of the lower tail, which 1 + erf would cancel.
    flat = [0.5 * math.erfc(-v / math.sqrt(2)) for v in x.ravel()]
    return np.array(flat, dtype=np.float64).reshape(x.shape)


def gaussian_error_linear(x: Floats, approximation: Approximation = "none") -> Floats:
    """Elementwise GELU of an array of any shape.

    Examples
    --------
    >>> gaussian_error_linear(np.array([1.0])).round(4).tolist()
    [0.8413]
    """
    if approximation == "none":
        return x * normal_cdf(x)
    bounded = np.clip(x, -1e3, 1e3)  # tanh is ±1 far before; x³ of huge inputs is avoided
    inner = math.sqrt(2 / math.pi) * (bounded + 0.044715 * bounded**3)
    return np.asarray(0.5 * x * (1 + np.tanh(inner)))


def slope(x: Floats) -> Floats:
    """Derivative of the exact GELU, Φ(x) + x φ(x).

    Examples
    --------
    >>> slope(np.array([0.0])).tolist()
    [0.5]
    """
    return normal_cdf(x) + x * np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """GELU, the derivative of its exact form and the given points."""
    kind = inputs["approximation"]
    return draw_activation(lambda x: gaussian_error_linear(x, kind), slope, inputs["x"], output["values"], "GELU")


@algorithm(
    id="gelu",
    name="GELU (Gaussian error linear unit)",
    aliases=("Gaussian error linear unit", "gelu_new", "GELU tanh approximation"),
    example={"x": [-2.0, -0.75, 0.0, 1.0, 2.0], "approximation": "none"},
    figure=draw,
)
def gelu(x: Vector, approximation: Approximation = "none") -> Output:
    """GELU at each `x`, exact or by the tanh approximation.

    Parameters
    ----------
    x : list of float, length n
        Points to evaluate.
    approximation : {"none", "tanh"}
        ``none`` takes the exact normal distribution, ``tanh`` the approximation of the original GPT-2 code.

    Returns
    -------
    dict
        ``values`` (n,) of the chosen form; ``derivatives`` (n,) of the exact form; ``largest_difference`` between the
        two forms on these points.

    Examples
    --------
    >>> gelu([1.0], "tanh")["values"].round(4).tolist()
    [0.8412]
    """
    z = np.asarray(x, dtype=np.float64)  # (n,)
    exact, approximate = gaussian_error_linear(z), gaussian_error_linear(z, "tanh")
    return {
        "values": exact if approximation == "none" else approximate,
        "derivatives": slope(z),
        "largest_difference": np.abs(exact - approximate).max(),
    }
