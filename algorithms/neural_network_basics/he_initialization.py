r"""He or Kaiming initialization draws weights with variance $2/n_{in}$, which keeps the signal's size through layers of
ReLUs.

$$\operatorname{Var}[W] = \frac{2}{n_{in}}, \qquad \text{leaky: } \frac{2}{(1 + \alpha^2)\,n_{in}}$$

**Intuition.** A ReLU sets half of a symmetric signal to zero, which halves its second moment. Doubling the weight
variance makes up for it. Under $1/n_{in}$ thirty layers leave $2^{-30} \approx 10^{-9}$ of the second moment; under
$2/n_{in}$ it stays around 1.

**When to use it.** For layers followed by ReLU and its kin, in fully connected and convolutional networks.

**Cost.** None.

**Pitfalls.** It is derived for ReLU; for tanh or linear layers it is twice too large. $n_{in}$ of a convolution is $k^2
C_{in}$. What is kept is the *second moment* on average over initialisations: a single draw of finite width drifts away
from 1 by chance, the more the deeper. Choose fan-in to keep the forward signal, fan-out for the gradient; either one
alone is fine. PyTorch's default for linear layers is another one, `kaiming_uniform` with $a = \sqrt 5$, which gives
variance $1/(3 n_{in})$. Residual branches need extra scaling.

**References.** He et al., *Delving deep into rectifiers: surpassing human-level performance on ImageNet
classification*, arXiv:1502.01852.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.leaky_relu import leaky
from algorithms.inputs import Seed
from algorithms.neural_network_basics.xavier_initialization import Distribution, Fan, draw_weights
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def moments_through_depth(gain: float, depth: int, width: int, slope: float, seed: int) -> Floats:
    """Second moment after each layer (depth,) of (leaky) ReLUs with weight variance gain / width.

    Examples
    --------
    >>> moments_through_depth(2.0, 3, 16, 0.0, 0).shape
    (3,)
    """
    rng = np.random.default_rng(seed)
    h = rng.standard_normal((64, width))  # (n, d)
    moments = np.empty(depth)
    for l in range(depth):
        h = leaky(h @ draw_weights(gain / width, (width, width), "normal", rng), slope)
        moments[l] = (h**2).mean()
    return moments


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Second moment against depth for both variances."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(output["he_moments"], ".-", label="2 / n (He)")
    axes.semilogy(output["halved_moments"], ".-", label="half of it")
    axes.set(xlabel="layer", ylabel="second moment")
    axes.legend()
    return figure


@algorithm(
    id="he-initialization",
    name="He (Kaiming) initialization",
    aliases=("Kaiming init", "He init", "Kaiming initialization", "He normal"),
    example={"fan_in": 256, "depth": 30, "width": 128, "seed": 0},
    figure=draw,
)
def he_initialization(
    fan_in: Fan = 256,
    negative_slope: Annotated[float, Field(ge=0, le=1)] = 0.0,
    distribution: Distribution = "normal",
    depth: Annotated[int, Field(ge=1, le=40)] = 30,
    width: Annotated[int, Field(ge=2, le=256)] = 128,
    seed: Seed = 0,
) -> Output:
    """Variance for a layer, and the signal through a deep stack of (leaky) ReLUs.

    Parameters
    ----------
    fan_in : int
        Inputs of the layer, n_in.
    negative_slope : float
        Slope of a leaky ReLU; 0 for ReLU.
    distribution : {"uniform", "normal"}
        What the layer's weights are drawn from.
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
        weights; ``he_moments`` and ``halved_moments`` (depth,), second moments after each layer with this variance and
        with half of it; ``he_final`` and ``halved_final``, their last entries; ``halved_expected``, 2 to the power of
        -depth.

    Examples
    --------
    >>> out = he_initialization(256, depth=5, width=64)
    >>> out["variance"], out["halved_expected"]
    (0.0078125, 0.03125)
    """
    gain = 2 / (1 + negative_slope**2)
    variance = gain / fan_in
    sample = draw_weights(variance, (10_000,), distribution, np.random.default_rng(seed))
    full = moments_through_depth(gain, depth, width, negative_slope, seed)
    half = moments_through_depth(gain / 2, depth, width, negative_slope, seed)
    return {
        "variance": variance,
        "standard_deviation": np.sqrt(variance),
        "uniform_bound": np.sqrt(3 * variance),
        "measured_variance": sample.var(),
        "he_moments": full,
        "halved_moments": half,
        "he_final": full[-1],
        "halved_final": half[-1],
        "halved_expected": 2.0**-depth,
    }
