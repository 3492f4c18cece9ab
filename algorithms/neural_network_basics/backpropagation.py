r"""Backpropagation computes the gradient of a loss by all weights of a network in one backward pass, by the chain rule.

$$\delta_L = \frac{\partial L}{\partial z_L}, \qquad \delta_l = (W_{l+1}^\top \delta_{l+1}) \odot f'(z_l), \qquad
\frac{\partial L}{\partial W_l} = \delta_l\,a_{l-1}^\top, \quad \frac{\partial L}{\partial b_l} = \delta_l$$

**Intuition.** The loss depends on an early weight only through the layers after it. Going backwards, each layer needs
just one vector from above, $\delta$, and what it stored going forward. So the work of the later layers is shared by all
the earlier ones: all gradients cost about as much as two forward passes.

**When to use it.** For every network trained by gradients. Automatic differentiation in reverse mode is the same idea
for any program.

**Cost.** About twice the forward pass in time; memory for all activations.

**Pitfalls.** Backpropagation only *computes gradients*; it adjusts no weight. The update is the optimiser's. Gradients
flow in the backward pass, not in the forward one. Check a hand-written backward pass against central finite
differences, in double precision: the relative error should be below $10^{-6}$. ReLU's kink can spoil such a check by
chance. Gradients add up where a value is used twice, and in PyTorch also across calls: reset them each step.

**References.** Rumelhart, Hinton and Williams, *Learning representations by back-propagating errors* (1986). Baydin et
al., *Automatic differentiation in machine learning: a survey*, arXiv:1502.05767.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.relu import rectify
from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.losses.cross_entropy_loss import cross_entropy_from_logits
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Hidden = Literal["tanh", "relu", "sigmoid", "identity"]
Layer = tuple[Floats, Floats]


def hidden_activation(z: Floats, kind: Hidden) -> tuple[Floats, Floats]:
    """Activation and its derivative.

    Examples
    --------
    >>> hidden_activation(np.array([-1.0, 2.0]), "relu")
    (array([0., 2.]), array([0., 1.]))
    """
    if kind == "tanh":
        a = np.tanh(z)
        return a, 1 - a**2
    if kind == "sigmoid":
        a = logistic(z)
        return a, a * (1 - a)
    if kind == "relu":
        return rectify(z), (z > 0).astype(np.float64)
    return z, np.ones_like(z)


def initial_layers(sizes: list[int], rng: np.random.Generator, gain: float = 1.0) -> list[Layer]:
    """Weights (out, in) with variance gain / in, and zero biases, for each pair of sizes.

    Examples
    --------
    >>> [W.shape for W, _ in initial_layers([3, 4, 2], np.random.default_rng(0))]
    [(4, 3), (2, 4)]
    """
    return [(np.sqrt(gain / a) * rng.standard_normal((b, a)), np.zeros(b)) for a, b in pairwise(sizes)]


def forward(X: Floats, layers: list[Layer], kind: Hidden) -> tuple[Floats, list[Any]]:
    """Output (n, out) of the last, linear layer, and what the backward pass needs.

    Examples
    --------
    >>> forward(np.array([[2.0]]), [(np.array([[3.0]]), np.array([1.0]))], "tanh")[0].tolist()
    [[7.0]]
    """
    cache: list[Any] = []
    a = X
    for W, b in layers[:-1]:
        z = a @ W.T + b  # (n, out)
        value, slope = hidden_activation(z, kind)
        cache.append((a, slope))
        a = value
    W, b = layers[-1]
    cache.append((a, None))
    return a @ W.T + b, cache


def backward(delta: Floats, layers: list[Layer], cache: list[Any]) -> list[Layer]:
    """Gradients (W, b) of each layer, from the gradient (n, out) by the network's output.

    Examples
    --------
    >>> layers = [(np.array([[3.0]]), np.array([1.0]))]
    >>> backward(np.array([[1.0]]), layers, forward(np.array([[2.0]]), layers, "tanh")[1])
    [(array([[2.]]), array([1.]))]
    """
    gradients: list[Layer] = []
    for index in range(len(layers) - 1, -1, -1):
        a, _ = cache[index]
        gradients.append((delta.T @ a, delta.sum(axis=0)))
        if index:
            delta = (delta @ layers[index][0]) * cache[index - 1][1]  # (n, in)
    return gradients[::-1]


def loss_and_gradients(X: Floats, y: Floats | Ints, layers: list[Layer], kind: Hidden) -> tuple[float, list[Layer]]:
    """Cross-entropy for integer labels, half the mean squared error for real targets (n, out), with all gradients.

    Examples
    --------
    >>> layers = [(np.zeros((2, 1)), np.zeros(2))]
    >>> round(loss_and_gradients(np.ones((1, 1)), np.array([0]), layers, "tanh")[0], 4)
    0.6931
    """
    output, cache = forward(X, layers, kind)
    if np.issubdtype(y.dtype, np.integer):
        loss, delta = cross_entropy_from_logits(output, np.asarray(y, dtype=np.int64))
    else:
        difference = output - y
        loss, delta = float(0.5 * (difference**2).sum(axis=1).mean()), difference / len(X)
    return loss, backward(delta, layers, cache)


def numerical_gradient(X: Floats, y: Floats | Ints, layers: list[Layer], kind: Hidden, layer: int) -> Floats:
    """Gradient by one layer's weights by central differences.

    Examples
    --------
    >>> layers = [(np.ones((1, 1)), np.zeros(1))]
    >>> numerical_gradient(np.ones((1, 1)), np.zeros((1, 1)), layers, "tanh", 0).round(6).tolist()
    [[1.0]]
    """
    W, h = layers[layer][0], 1e-5
    numeric = np.empty_like(W)
    for place in np.ndindex(*W.shape):
        kept = W[place]
        W[place] = kept + h
        up = loss_and_gradients(X, y, layers, kind)[0]
        W[place] = kept - h
        down = loss_and_gradients(X, y, layers, kind)[0]
        W[place] = kept
        numeric[place] = (up - down) / (2 * h)
    return numeric


@algorithm(
    id="backpropagation",
    name="Backpropagation",
    aliases=(
        "backprop",
        "reverse-mode autodiff",
        "chain rule",
        "reverse mode automatic differentiation",
        "backward pass",
    ),
    example={
        "layer_sizes": [3, 5, 4, 2],
        "activation": "tanh",
        "samples": 6,
        "learning_rate": 0.5,
        "steps": 50,
        "seed": 0,
    },
    cost="seconds",
)
def backpropagation(
    layer_sizes: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(min_length=2, max_length=6)] = [3, 5, 4, 2],  # noqa: B006
    activation: Hidden = "tanh",
    samples: Annotated[int, Field(ge=1, le=64)] = 6,
    learning_rate: Annotated[float, Field(ge=0, le=1)] = 0.5,
    steps: Annotated[int, Field(ge=0, le=200)] = 50,
    seed: Seed = 0,
) -> Output:
    """Gradients of a small classifier by backpropagation, checked by finite differences, then used by gradient descent.

    Parameters
    ----------
    layer_sizes : list of int
        Input, hidden and output sizes; the last is the number of classes.
    activation : {"tanh", "relu", "sigmoid", "identity"}
        Function of the hidden layers.
    samples : int
        Random samples with random labels.
    learning_rate : float
        Step size of the gradient descent that uses the gradients.
    steps : int
        Number of its steps.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``gradient_norms`` of each layer's weights; ``largest_relative_error`` of all weight gradients against central
        differences; ``loss_before`` and ``loss_after`` the descent; ``weights_unchanged_by_backpropagation``;
        ``parameters``.

    Examples
    --------
    >>> out = backpropagation()
    >>> bool(out["largest_relative_error"] < 1e-6), out["loss_after"] < out["loss_before"]
    (True, True)
    """
    rng = np.random.default_rng(seed)
    layers = initial_layers(layer_sizes, rng)
    X = rng.standard_normal((samples, layer_sizes[0]))  # (n, in)
    y = rng.integers(layer_sizes[-1], size=samples)  # (n,)
    before = [W.copy() for W, _ in layers]
    loss, gradients = loss_and_gradients(X, y, layers, activation)
    unchanged = all(np.array_equal(W, old) for (W, _), old in zip(layers, before, strict=True))
    errors = []
    for index, (exact, _) in enumerate(gradients):
        numeric = numerical_gradient(X, y, layers, activation, index)
        errors.append(np.abs(exact - numeric).max() / max(float(np.abs(numeric).max()), 1e-8))
    trained, after = layers, loss
    for _ in range(steps):
        _, step = loss_and_gradients(X, y, trained, activation)
        trained = [
            (W - learning_rate * dW, b - learning_rate * db) for (W, b), (dW, db) in zip(trained, step, strict=True)
        ]
        after = loss_and_gradients(X, y, trained, activation)[0]
    return {
        "gradient_norms": [float(np.linalg.norm(dW)) for dW, _ in gradients],
        "largest_relative_error": max(errors),
        "loss_before": loss,
        "loss_after": after,
        "weights_unchanged_by_backpropagation": unchanged,
        "parameters": sum(W.size + b.size for W, b in layers),
    }
