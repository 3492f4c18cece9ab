"""A fully connected network small enough to read: forward and backward pass, Adam, and a loop that trains a classifier.

Many algorithms train such a network to show one thing about it; that none of them brings its own copy keeps the copies from
drifting apart. `algorithms.neural_network_basics.backpropagation` derives the gradients, `algorithms.optimizers.adam` the
update.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import numpy as np

from algorithms.activations.softmax import softmax_along
from algorithms.toy_data import Floats, Ints


def new_network(sizes: Collection[int], rng: np.random.Generator) -> list[Floats]:
    """Weights and biases [W1 (d0, d1), b1 (d1,), W2, ...] of a fully connected network."""
    params: list[Floats] = []
    for fan_in, fan_out in pairwise(sizes):
        params += [rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in), np.zeros(fan_out)]
    return params


def forward(params: list[Floats], x: Floats) -> list[Floats]:
    """Outputs of all layers, the input first; tanh between layers, the last layer linear."""
    layers = [x]  # each (n, width)
    for i in range(0, len(params), 2):
        z = layers[-1] @ params[i] + params[i + 1]  # (n, width)
        layers.append(z if i + 2 == len(params) else np.tanh(z))
    return layers


def backward(params: list[Floats], layers: list[Floats], d: Floats) -> tuple[list[Floats], Floats]:
    """Gradients of the parameters and of the input, given the gradient `d` of the last output."""
    grads: list[Floats] = []
    for i in range(len(params) - 2, -1, -2):
        below = layers[i // 2]  # (n, fan_in)
        grads = [below.T @ d, d.sum(axis=0), *grads]
        d = d @ params[i].T  # (n, fan_in)
        if i > 0:
            d = d * (1 - below**2)
    return grads, d


def cross_entropy(logits: Floats, y: Ints) -> tuple[float, Floats]:
    """Mean cross-entropy and its gradient with respect to the logits.

    Examples
    --------
    >>> round(cross_entropy(np.zeros((1, 2)), np.array([1]))[0], 4)
    0.6931
    """
    p = softmax_along(logits)  # (n, k)
    rows = np.arange(len(y))
    loss = float(-np.log(np.maximum(p[rows, y], 1e-300)).mean())
    p[rows, y] -= 1
    return loss, p / len(y)


class Adam:
    """Adam over a list of arrays, updated in place."""

    def __init__(self, learning_rate: float, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.rate, self.beta1, self.beta2, self.t = learning_rate, beta1, beta2, 0
        self.m: list[Floats] = []
        self.v: list[Floats] = []

    def step(self, params: list[Floats], grads: list[Floats], trainable: Collection[int] | None = None) -> None:
        """Update the parameters whose index is trainable (all by default); the others stay bit-identical."""
        if not self.m:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
        self.t += 1
        for i in range(len(params)) if trainable is None else trainable:
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * grads[i]
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * grads[i] ** 2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            params[i] -= self.rate * m_hat / (np.sqrt(v_hat) + 1e-8)


def train_classifier(
    params: list[Floats], x: Floats, y: Ints, steps: int, learning_rate: float, trainable: Collection[int] | None = None
) -> list[float]:
    """Train in place on the whole set with Adam; the loss before each step."""
    optimizer, losses = Adam(learning_rate), []
    for _ in range(steps):
        layers = forward(params, x)
        loss, d = cross_entropy(layers[-1], y)
        losses.append(loss)
        optimizer.step(params, backward(params, layers, d)[0], trainable)
    return losses


def accuracy(params: list[Floats], x: Floats, y: Ints) -> float:
    """Share of rows whose largest logit is the label."""
    return float((forward(params, x)[-1].argmax(axis=1) == y).mean())
