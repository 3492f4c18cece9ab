r"""Xavier or Glorot initialization draws weights with variance $2/(n_{in} + n_{out})$, so that signals neither grow nor
shrink in either direction.

$$\operatorname{Var}[W] = \frac{2}{n_{in} + n_{out}}, \qquad W \sim U(-a, a),\; a = \sqrt{\frac{6}{n_{in} + n_{out}}} \quad\text{or}\quad W \sim N\!\left(0, \tfrac{2}{n_{in} + n_{out}}\right)$$

**Intuition.** A sum of $n_{in}$ products keeps the variance of its inputs if each weight has variance $1/n_{in}$. In
the backward pass the sum runs over $n_{out}$, which asks for $1/n_{out}$. The harmonic mean of the two is the
compromise.

**When to use it.** For layers followed by tanh, sigmoid or nothing: attention projections, output layers. For ReLU take
He's.

**Cost.** None.

**Pitfalls.** With ReLU half of the signal is cut at every layer, and under Xavier it fades by a factor of 2 a layer.
The bound of the uniform form is $\sqrt 3$ times the standard deviation; mixing the two up makes the variance three
times too large. For convolutions $n_{in}$ counts the kernel: $k^2 C_{in}$. The derivation assumes a slope of one,
inputs of mean zero and independent weights, so it holds at the start only. If $n_{in} \ne n_{out}$, neither direction
is kept exactly.

**References.** Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural networks* (2010).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Distribution = Literal["uniform", "normal"]
Fan = Annotated[int, Field(ge=1, le=100_000)]


def draw_weights(
    variance: float, shape: tuple[int, ...], distribution: Distribution, rng: np.random.Generator
) -> Floats:
    """Weights of mean zero and a given variance.

    Examples
    --------
    >>> W = draw_weights(1 / 3, (1000,), "uniform", np.random.default_rng(0))
    >>> bool(np.abs(W).max() <= 1)
    True
    """
    if distribution == "normal":
        return np.asarray(np.sqrt(variance) * rng.standard_normal(shape))
    bound = np.sqrt(3 * variance)  # the variance of U(-a, a) is a² / 3
    return rng.uniform(-bound, bound, shape)


@algorithm(
    id="xavier-initialization",
    name="Xavier / Glorot initialization",
    aliases=("Glorot init", "Xavier init", "Glorot initialization", "Xavier uniform"),
    example={"fan_in": 300, "fan_out": 100, "distribution": "uniform", "depth": 10, "seed": 0},
)
def xavier_initialization(
    fan_in: Fan = 300,
    fan_out: Fan = 100,
    distribution: Distribution = "uniform",
    depth: Annotated[int, Field(ge=1, le=30)] = 10,
    width: Annotated[int, Field(ge=2, le=256)] = 128,
    seed: Seed = 0,
) -> Output:
    """Variance and bound for a layer, and how signals pass a deep square stack.

    Parameters
    ----------
    fan_in : int
        Inputs of the layer, n_in.
    fan_out : int
        Outputs of the layer, n_out.
    distribution : {"uniform", "normal"}
        What the weights are drawn from.
    depth : int
        Layers of the demonstration.
    width : int
        Units of each of its layers.
    seed : int
        Seed of its weights.

    Returns
    -------
    dict
        ``variance``, ``standard_deviation`` and ``uniform_bound`` for the layer; ``measured_variance`` of 10,000 drawn
        weights; second moments of a signal of second moment 1 after the stack: ``linear_forward``, ``linear_backward``
        (of the gradient), near 1, ``tanh_forward`` and ``relu_forward``, near 2 to the power of -depth.

    Examples
    --------
    >>> out = xavier_initialization(300, 100)
    >>> out["variance"], float(out["uniform_bound"].round(4))
    (0.005, 0.1225)
    """
    variance = 2 / (fan_in + fan_out)
    rng = np.random.default_rng(seed)
    sample = draw_weights(variance, (10_000,), distribution, rng)
    Ws = [draw_weights(1 / width, (width, width), distribution, rng) for _ in range(depth)]  # 2 / (d + d)
    start = rng.standard_normal((64, width))  # (n, d)
    linear, bounded, rectified, gradient = start, start, start, start
    for W in Ws:
        linear = linear @ W.T
        bounded = np.tanh(bounded @ W.T)
        rectified = np.maximum(rectified @ W.T, 0)
    for W in Ws[::-1]:
        gradient = gradient @ W
    return {
        "variance": variance,
        "standard_deviation": np.sqrt(variance),
        "uniform_bound": np.sqrt(3 * variance),
        "measured_variance": sample.var(),
        "linear_forward": (linear**2).mean(),
        "linear_backward": (gradient**2).mean(),
        "tanh_forward": (bounded**2).mean(),
        "relu_forward": (rectified**2).mean(),
    }
