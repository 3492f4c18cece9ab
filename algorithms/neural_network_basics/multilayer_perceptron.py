r"""A multilayer perceptron (MLP), or feed-forward network, is a chain of dense layers with a non-linearity between them
and no cycles.

$$H_1 = f(W_1 X + b_1), \qquad H_2 = f(W_2 H_1 + b_2), \qquad O = f(W_3 H_2 + b_3)$$

**Intuition.** Hidden layers bend and fold the input space until the last, linear layer can finish the job. One hidden
layer with enough units approximates any continuous function on a bounded set as closely as wanted (universal
approximation): each unit adds one bend.

**When to use it.** For vectors without spatial or temporal structure, for regression, classification and forecasting
from fixed windows, and as a component of Transformers.

**Cost.** $\sum_l (n_{l-1} + 1)\,n_l$ parameters.

**Pitfalls.** Two hidden layers and an output layer are *three* weight layers; the input layer has none. The theorem
says that good weights exist, not that training finds them, nor how many units it takes: convergence is not guaranteed.
An MLP *can* handle sequences and images, through windows or flattening; it merely lacks the inductive bias, and needs
more data. The abbreviation FCNN is used for fully *connected* and for fully *convolutional* networks; say MLP.
Standardise the inputs.

**References.** Cybenko, *Approximation by superpositions of a sigmoidal function* (1989). Hornik, *Approximation
capabilities of multilayer feedforward networks* (1991). Goodfellow, Bengio and Courville, *Deep Learning* (2016),
chapter 6.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neural_network_basics.backpropagation import Layer, forward, initial_layers, loss_and_gradients
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Activation = Literal["tanh", "relu", "sigmoid"]
Sizes = Annotated[list[Annotated[int, Field(ge=1, le=4096)]], Field(min_length=2, max_length=8)]
Widths = Annotated[list[Annotated[int, Field(ge=1, le=64)]], Field(min_length=1, max_length=5)]


def train_with_adam(
    X: Floats, y: Floats | Ints, layers: list[Layer], activation: Activation, rate: float, steps: int
) -> tuple[list[Layer], list[float]]:
    """Layers after full-batch Adam with a rate that falls linearly to zero, and the loss before each step.

    Examples
    --------
    >>> layers = initial_layers([1, 4, 1], np.random.default_rng(0))
    >>> losses = train_with_adam(np.ones((2, 1)), np.ones((2, 1)), layers, "tanh", 0.05, 100)[1]
    >>> losses[-1] < 0.01 * losses[0]
    True
    """
    flat = [part.copy() for layer in layers for part in layer]
    m, v = [np.zeros_like(p) for p in flat], [np.zeros_like(p) for p in flat]
    losses = []
    for t in range(1, steps + 1):
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
        loss, gradients = loss_and_gradients(X, y, pairs, activation)
        losses.append(loss)
        for p, a, b, g in zip(flat, m, v, [part for layer in gradients for part in layer], strict=True):
            a += 0.1 * (g - a)
            b += 0.001 * (g * g - b)
            p -= rate * (1 - (t - 1) / steps) * (a / (1 - 0.9**t)) / (np.sqrt(b / (1 - 0.999**t)) + 1e-8)
    return list(zip(flat[::2], flat[1::2], strict=True)), losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """sin(x) and the fit of the widest network."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["x"], np.sin(output["x"]), "k--", label="sin x")
    axes.plot(output["x"], output["fit"], label=f"MLP, {max(inputs['widths'])} hidden units")
    axes.set(xlabel="x")
    axes.legend()
    return figure


@algorithm(
    id="multilayer-perceptron",
    name="Multilayer perceptron (feed-forward network)",
    aliases=(
        "MLP",
        "FNN",
        "FFNN",
        "ANN",
        "feedforward neural network",
        "Universal function approximation by an MLP",
        "universal approximation theorem",
        "function fitting",
        "feed-forward network",
    ),
    example={"layer_sizes": [4, 8, 8, 3], "widths": [1, 2, 8, 32], "activation": "tanh", "steps": 1500, "seed": 0},
    cost="trains",
    figure=draw,
)
def multilayer_perceptron(
    layer_sizes: Sizes = [4, 8, 8, 3],  # noqa: B006
    widths: Widths = [1, 2, 8, 32],  # noqa: B006
    activation: Activation = "tanh",
    steps: Annotated[int, Field(ge=1, le=3000)] = 1500,
    seed: Seed = 0,
) -> Output:
    """Shapes of an MLP, and the fit of sin(x) on [-π, π] by one hidden layer of several widths.

    Parameters
    ----------
    layer_sizes : list of int
        Sizes of an MLP whose shapes and parameters are listed, input first.
    widths : list of int, at most 5
        Hidden units of the networks that are trained.
    activation : {"tanh", "relu", "sigmoid"}
        Function of the hidden layer.
    steps : int
        Full-batch steps of Adam; the rate falls linearly to zero.
    seed : int
        Seed of the weights.

    Returns
    -------
    dict
        ``weight_shapes``, ``weight_layers`` and ``parameters`` of the listed MLP; ``mse_before`` and ``mse_after``
        training, one a width; ``x`` and ``fit`` of the widest network at 40 points.

    Examples
    --------
    >>> out = multilayer_perceptron([4, 8, 8, 3], widths=[8], steps=10)
    >>> out["weight_layers"], out["parameters"], out["weight_shapes"]
    (3, 139, [[8, 4], [8, 8], [3, 8]])
    """
    x = np.linspace(-np.pi, np.pi, 40)  # (n,)
    X, y = x[:, None] / 2, np.sin(x)[:, None]  # (n, 1); the input is scaled to about unit variance
    rng = np.random.default_rng(seed)
    before, after, fits = [], [], []
    for width in widths:
        layers = initial_layers([1, width, 1], rng)
        layers[0] = (layers[0][0], rng.uniform(-1, 1, width))  # spread the bends over the interval
        layers, losses = train_with_adam(X, y, layers, activation, 0.05, steps)
        fit = forward(X, layers, activation)[0][:, 0]
        fits.append(fit)
        before.append(2 * losses[0])
        after.append(float(((fit - y[:, 0]) ** 2).mean()))
    pairs = list(pairwise(layer_sizes))
    return {
        "weight_shapes": [[b, a] for a, b in pairs],
        "weight_layers": len(pairs),
        "parameters": sum((a + 1) * b for a, b in pairs),
        "mse_before": before,
        "mse_after": after,
        "x": x,
        "fit": fits[int(np.argmax(widths))],
    }
