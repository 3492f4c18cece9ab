r"""The vanishing gradient problem is the exponential shrinking of gradients on their way back through many layers or
time steps.

$$\frac{\partial L}{\partial h_1} = \frac{\partial L}{\partial h_L} \prod_{l=2}^{L} \frac{\partial h_l}{\partial h_{l-1}}, \qquad \sigma' \le \tfrac14 \;\Rightarrow\; 0.25^{10} = 9.5 \cdot 10^{-7}$$

**Intuition.** A product of many factors below one goes to zero fast. The sigmoid's derivative is never above $0.25$;
tanh's reaches 1, but only at zero. Saturated units, far from zero, contribute factors close to nothing. In floating
point a tiny update is lost altogether: in single precision $1 + 10^{-8} = 1$.

**When to use it.** To find out why early layers do not learn: print the gradient norm of each layer.

**Cost.** One backward pass.

**Pitfalls.** ReLU removes the shrinking factor for active units only; inactive ones pass nothing. Residual connections,
normalization, fitting initialisation and gates (LSTM) are the remedies; a smaller learning rate is none. Gradients may
vanish *or* explode, depending on the Jacobians; that they grow in deeper layers during fine-tuning is no general fact.
Nor does every failure of depth come from it: the authors of ResNet doubted that it caused the degradation of plain
networks with batch normalization.

**References.** Bengio, Simard and Frasconi, *Learning long-term dependencies with gradient descent is difficult*
(1994). Glorot and Bengio (2010). He et al., arXiv:1512.03385.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neural_network_basics.backpropagation import hidden_activation
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Activation = Literal["sigmoid", "tanh", "relu", "identity"]
PEAKS = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0, "identity": 1.0}


def layer_gradients(
    depth: int, width: int, activation: Activation, variance: float, residual: bool, seed: int
) -> Floats:
    """Norm of the gradient by the input of each layer (depth,), relative to that at the output.

    Examples
    --------
    >>> layer_gradients(3, 8, "identity", 0.0, True, 0).round(6).tolist()
    [1.0, 1.0, 1.0]
    """
    rng = np.random.default_rng(seed)
    Ws = rng.standard_normal((depth, width, width)) * np.sqrt(variance / width)  # (L, d, d)
    h, slopes = rng.standard_normal((8, width)), []  # (n, d)
    for W in Ws:
        value, slope = hidden_activation(h @ W.T, activation)
        slopes.append(slope)
        h = h + value if residual else value
    gradient = rng.standard_normal((8, width))  # (n, d)
    top = np.linalg.norm(gradient)
    norms = []
    for W, slope in zip(Ws[::-1], slopes[::-1], strict=True):
        through = (gradient * slope) @ W  # (n, d)
        gradient = gradient + through if residual else through
        norms.append(float(np.linalg.norm(gradient) / top))
    return np.array(norms[::-1])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Gradient norm at each layer, plain and residual."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(np.maximum(output["gradient_norms"], 1e-300), ".-", label="plain")
    axes.semilogy(np.maximum(output["residual_gradient_norms"], 1e-300), ".-", label="residual")
    axes.set(xlabel="layer", ylabel="gradient norm (relative)", title=inputs["activation"])
    axes.legend()
    return figure


@algorithm(
    id="vanishing-gradient",
    name="Vanishing gradient",
    aliases=(
        "vanishing gradients problem",
        "Saturation of sigmoid and tanh",
        "saturating activations",
        "Floating-point absorption of tiny updates",
        "d + eps = d",
        "machine epsilon",
        "underflow",
        "vanishing gradients",
    ),
    example={"depth": 10, "activation": "sigmoid", "weight_variance": 1.0, "seed": 0},
    figure=draw,
)
def vanishing_gradient(
    depth: Annotated[int, Field(ge=1, le=50)] = 10,
    activation: Activation = "sigmoid",
    weight_variance: Annotated[float, Field(ge=0, le=4)] = 1.0,
    width: Annotated[int, Field(ge=2, le=128)] = 64,
    update: Annotated[float, Field(ge=0, le=1)] = 1e-8,
    seed: Seed = 0,
) -> Output:
    """Gradient norms through a deep network, the bound by the activation's derivative, and absorbed updates.

    Parameters
    ----------
    depth : int
        Number of layers.
    activation : {"sigmoid", "tanh", "relu", "identity"}
        Function of each layer.
    weight_variance : float
        Variance of the weights times the width.
    width : int
        Units a layer.
    update : float
        A small number that is added to 1 in single precision.
    seed : int
        Seed of weights and inputs.

    Returns
    -------
    dict
        ``gradient_norms`` and ``residual_gradient_norms`` (depth,) by the input of each layer, relative to the
        output's; ``first_layer`` and ``residual_first_layer``, their first entries; ``peak_derivative`` of the
        activation and ``derivative_bound``, that to the power of the depth; ``saturated_derivative`` at x = 10;
        ``float32_sum``, 1 + update, and ``absorbed``; ``float32_epsilon``.

    Examples
    --------
    >>> out = vanishing_gradient(depth=10, activation="sigmoid")
    >>> float(f"{out['derivative_bound']:.2g}"), out["absorbed"]
    (9.5e-07, True)
    """
    plain = layer_gradients(depth, width, activation, weight_variance, False, seed)
    residual = layer_gradients(depth, width, activation, weight_variance, True, seed)
    total = np.float32(1) + np.float32(update)
    return {
        "gradient_norms": plain,
        "residual_gradient_norms": residual,
        "first_layer": plain[0],
        "residual_first_layer": residual[0],
        "peak_derivative": PEAKS[activation],
        "derivative_bound": PEAKS[activation] ** depth,
        "saturated_derivative": hidden_activation(np.array([10.0]), activation)[1][0],
        "float32_sum": float(total),
        "absorbed": bool(total == np.float32(1)) and update > 0,
        "float32_epsilon": float(np.finfo(np.float32).eps),
    }
