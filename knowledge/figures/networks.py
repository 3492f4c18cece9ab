"""Figures of networks: activations, softmax, gradients through depth, masks, filters."""

from __future__ import annotations

from math import erf
from typing import TYPE_CHECKING

import numpy as np

from knowledge.figures.drawing import BLUE, GREY, ORANGE, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Logistic function."""
    return np.asarray(1 / (1 + np.exp(-x)))


@figure("activation-functions")
def activations(canvas: Figure) -> None:
    """Values and derivatives side by side."""
    x = np.linspace(-4, 4, 161)
    phi = np.array([(1 + erf(v / np.sqrt(2))) / 2 for v in x])
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    curves = {
        "sigmoid": (sigmoid(x), sigmoid(x) * (1 - sigmoid(x))),
        "tanh": (np.tanh(x), 1 - np.tanh(x) ** 2),
        "ReLU": (np.maximum(x, 0), (x > 0).astype(float)),
        "GELU": (x * phi, phi + x * density),
    }
    values, slopes = canvas.subplots(1, 2)
    for name, (value, slope) in curves.items():
        values.plot(x, value, label=name)
        slopes.plot(x, slope)
    values.set(title="value", ylim=(-1.2, 2.2), xlabel="input")
    slopes.set(title="derivative", xlabel="input")
    values.legend()


@figure("softmax-variants")
def temperatures(canvas: Figure) -> None:
    """The same scores at three temperatures."""
    scores = np.array([3.0, 2.0, 1.0, 0.0])
    for axes, temperature in zip(canvas.subplots(1, 3, sharey=True), (0.5, 1, 5), strict=True):
        weights = np.exp(scores / temperature)
        bars = axes.bar(range(4), weights / weights.sum(), color=BLUE)
        axes.bar_label(bars, fmt="%.2f", fontsize=8)
        axes.set(
            title=f"T = {temperature}", xticks=range(4), xticklabels=["3", "2", "1", "0"], xlabel="score", ylim=(0, 1)
        )


def gradient_norms(activation: str, depth: int = 30, width: int = 64) -> np.ndarray:
    """Norm of the gradient at each layer of a random network, last layer first, relative to the last."""
    rng = np.random.default_rng(0)
    scale = np.sqrt((2 if activation == "ReLU" else 1) / width)
    state, slopes, weights = rng.normal(size=width), [], []
    for _ in range(depth):
        matrix = rng.normal(size=(width, width)) * scale
        inputs = matrix @ state
        if activation == "ReLU":
            state, slope = np.maximum(inputs, 0), (inputs > 0).astype(float)
        elif activation == "tanh":
            state = np.tanh(inputs)
            slope = 1 - state**2
        else:
            state = sigmoid(inputs)
            slope = state * (1 - state)
        weights.append(matrix)
        slopes.append(slope)
    gradient, norms = rng.normal(size=width), []
    for matrix, slope in zip(reversed(weights), reversed(slopes), strict=True):
        norms.append(np.linalg.norm(gradient))
        gradient = matrix.T @ (gradient * slope)
    return np.asarray(np.array(norms) / norms[0])


@figure("vanishing-gradients")
def vanishing(canvas: Figure) -> None:
    """Gradient norm through a random network of 30 layers."""
    axes = canvas.subplots()
    for name in ("sigmoid", "tanh", "ReLU"):
        axes.semilogy(range(30), gradient_norms(name), label=name)
    axes.set(xlabel="layers back from the output", ylabel="gradient norm, last layer = 1")
    axes.legend()


@figure("exploding-gradients")
def exploding(canvas: Figure) -> None:
    """A gradient through 60 time steps of a linear recurrent network."""
    steps = np.arange(61)
    axes = canvas.subplots()
    for factor in (1.1, 1.0, 0.9):
        axes.semilogy(steps, factor**steps, label=f"largest singular value {factor}")
    axes.axhline(5, color=GREY, linestyle=":", label="clipped at 5")
    axes.set(xlabel="time steps back", ylabel="gradient norm", ylim=(1e-3, 1e6))
    axes.legend(loc="upper left", ncols=2)


@figure("attention-masks", 6.4, 2.5)
def masks(canvas: Figure) -> None:
    """Which key a query may attend to."""
    size = 6
    full, causal = np.ones((size, size)), np.tril(np.ones((size, size)))
    padding = np.ones((size, size))
    padding[:, 4:] = 0
    names = ("encoder: all", "decoder: causal", "padding at 5 and 6")
    for axes, mask, name in zip(canvas.subplots(1, 3), (full, causal, padding), names, strict=True):
        axes.imshow(mask, cmap="Blues", vmin=-0.15, vmax=1.4)
        axes.set(title=name, xlabel="key", xticks=range(size), yticks=range(size))
        axes.set_xticklabels(range(1, size + 1))
        axes.set_yticklabels(range(1, size + 1))
    canvas.axes[0].set_ylabel("query")


@figure("residual-connections")
def residual(canvas: Figure) -> None:
    """Gradient through plain and residual blocks whose own derivative is small."""
    depth = np.arange(51)
    axes = canvas.subplots()
    axes.semilogy(depth, 0.8**depth, label="plain: each block multiplies by 0.8")
    axes.semilogy(depth, 1.02**depth, label="residual: each block multiplies by 1 + 0.02")
    axes.set(xlabel="blocks back from the output", ylabel="gradient, output = 1")
    axes.legend()


@figure("kernel-size")
def receptive_field(canvas: Figure) -> None:
    """Receptive field and weights of stacked filters."""
    layers = np.arange(1, 9)
    field, weights = canvas.subplots(1, 2)
    field.plot(layers, 1 + 2 * layers, marker="o", label="3 × 3")
    field.plot(layers, 1 + 4 * layers, marker="s", label="5 × 5")
    field.plot(layers, 2 ** (layers + 1) - 1, marker="^", label="3 × 3, dilated 1, 2, 4")
    field.set(xlabel="layers", ylabel="pixels seen in one direction", ylim=(0, 90))
    field.legend(loc="upper left", fontsize=7)
    bars = weights.bar(["one 7 × 7", "three 3 × 3"], [49, 27], color=[ORANGE, BLUE])
    weights.bar_label(bars)
    weights.set(ylabel="weights per pair of channels", ylim=(0, 58))
