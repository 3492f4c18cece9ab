"""Figures of training: losses, step sizes, optimisers, regularisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.figures.drawing import BLUE, GREY, ORANGE, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("learning-rate")
def step_sizes(canvas: Figure) -> None:
    """Gradient descent on x²/2, whose curvature is 1, from x = 1."""
    steps = np.arange(31)
    axes = canvas.subplots()
    for rate in (0.05, 0.5, 1.9, 2.05):
        axes.semilogy(steps, (1 - rate) ** (2 * steps) / 2 + 1e-9, label=f"rate {rate}")
    axes.set(xlabel="step", ylabel="loss", ylim=(1e-9, 20))
    axes.legend(ncols=2)


@figure("learning-rate-schedules")
def schedules(canvas: Figure) -> None:
    """Four schedules over 1,000 steps."""
    step = np.arange(1001)
    warm = np.minimum(step / 100, 1)
    cosine = 0.5 * (1 + np.cos(np.pi * np.clip((step - 100) / 900, 0, 1)))
    axes = canvas.subplots()
    axes.plot(step, warm * cosine, label="warm-up and cosine")
    axes.plot(step, warm * np.clip((1000 - step) / 900, 0, 1), label="warm-up and linear")
    axes.plot(step, 0.5 ** (step // 250), label="halved every 250")
    axes.plot(step, 0.5 * (1 + np.cos(np.pi * (step % 334) / 334)), label="cosine with restarts", linewidth=1)
    axes.set(xlabel="step", ylabel="share of the peak rate", ylim=(0, 1.35))
    axes.legend(ncols=2, loc="upper center")


def path(name: str, steps: int = 60) -> np.ndarray:
    """Positions of an optimiser on (x² + 20 y²) / 2."""
    at, curvature = np.array([-4.0, 1.0]), np.array([1.0, 20.0])
    first, second, places = np.zeros(2), np.zeros(2), [at]
    for step in range(1, steps):
        gradient = curvature * at
        if name == "Adam":
            first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
            move = 0.25 * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        else:
            first = (0.8 if name == "momentum" else 0) * first + gradient
            move = (0.02 if name == "momentum" else 0.09) * first
        at = at - move
        places.append(at)
    return np.array(places)


@figure("optimizers")
def optimizers(canvas: Figure) -> None:
    """Three paths down a narrow valley."""
    axes = canvas.subplots()
    x, y = np.meshgrid(np.linspace(-4.5, 1.5, 61), np.linspace(-1.3, 1.3, 41))
    axes.contour(x, y, (x**2 + 20 * y**2) / 2, levels=[0.2, 1, 2.5, 5, 9, 14], colors=GREY, linewidths=0.5)
    for name in ("SGD", "momentum", "Adam"):
        places = path(name)
        axes.plot(places[:, 0], places[:, 1], marker=".", markersize=3, linewidth=1, label=name)
    axes.set(xlabel="flat direction", ylabel="steep direction")
    axes.legend(loc="upper right")


@figure("gradient-descent")
def batches(canvas: Figure) -> None:
    """Loss of a linear regression under three batch sizes, each with the same number of passes."""
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(256, 5))
    targets = inputs @ np.array([1.0, -2, 0.5, 3, -1]) + rng.normal(size=256)
    axes = canvas.subplots()
    for size, name in ((256, "batch: all 256"), (32, "mini-batch: 32"), (1, "stochastic: 1")):
        weights, passes, losses = np.zeros(5), [0.0], [float(np.mean(targets**2))]
        for epoch in range(6):
            order = rng.permutation(256)
            for start in range(0, 256, size):
                rows = order[start : start + size]
                weights -= 0.02 * 2 * inputs[rows].T @ (inputs[rows] @ weights - targets[rows]) / size
                if size > 1 or start % 8 == 0:
                    passes.append(epoch + (start + size) / 256)
                    losses.append(float(np.mean((inputs @ weights - targets) ** 2)))
        axes.semilogy(passes, losses, label=name, linewidth=1.2)
    axes.set(xlabel="passes over the data", ylabel="mean squared error")
    axes.legend()


@figure("saddle-points-and-local-minima", 6.4, 2.9)
def saddle(canvas: Figure) -> None:
    """Level lines round a saddle and round a minimum."""
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    for axes, height, name in zip(
        canvas.subplots(1, 2), (x**2 - y**2, x**2 + y**2), ("saddle: x² − y²", "minimum: x² + y²"), strict=True
    ):
        lines = axes.contour(x, y, height, levels=9, cmap="coolwarm", linewidths=1.2)
        axes.clabel(lines, fontsize=7)
        axes.plot(0, 0, "k.")
        axes.set(title=name, aspect="equal")


@figure("cross-entropy")
def log_loss(canvas: Figure) -> None:
    """Loss against the probability of the true class."""
    p = np.linspace(0.01, 1, 100)
    axes = canvas.subplots()
    axes.plot(p, -np.log(p), label="cross-entropy −ln p")
    axes.plot(p, (1 - p) ** 2, label="squared error (1 − p)²")
    axes.set(xlabel="probability p of the true class", ylabel="loss")
    axes.legend()


@figure("focal-loss")
def focal(canvas: Figure) -> None:
    """Focusing makes easy examples cheap."""
    p = np.linspace(0.01, 1, 100)
    axes = canvas.subplots()
    for gamma in (0, 1, 2, 5):
        axes.plot(p, -((1 - p) ** gamma) * np.log(p), label=f"γ = {gamma}")
    axes.set(xlabel="probability p of the true class", ylabel="loss", ylim=(0, 4))
    axes.legend()


@figure("squared-and-absolute-error")
def regression_losses(canvas: Figure) -> None:
    """Three losses of a residual."""
    r = np.linspace(-3, 3, 121)
    axes = canvas.subplots()
    axes.plot(r, r**2, label="squared")
    axes.plot(r, np.abs(r), label="absolute")
    axes.plot(r, np.where(np.abs(r) <= 1, r**2 / 2, np.abs(r) - 0.5), label="Huber, δ = 1")
    axes.set(xlabel="residual", ylabel="loss", ylim=(0, 5))
    axes.legend()


@figure("why-not-mse-for-classification")
def stalled(canvas: Figure) -> None:
    """Slope of two losses in the logit where the true class is 1."""
    z = np.linspace(-8, 8, 161)
    p = 1 / (1 + np.exp(-z))
    axes = canvas.subplots()
    axes.plot(z, np.abs(p - 1), label="cross-entropy: 1 − p")
    axes.plot(z, np.abs(2 * (p - 1) * p * (1 - p)), label="squared error: 2(1 − p)·p(1 − p)")
    axes.annotate(
        "confidently wrong:\nno slope to learn from", (-6, 0.01), (-7.6, 0.35), arrowprops={"arrowstyle": "->"}
    )
    axes.set(xlabel="logit of the true class", ylabel="size of the gradient")
    axes.legend(loc="upper right")


@figure("early-stopping")
def patience(canvas: Figure) -> None:
    """Typical curves and the epoch that is kept; the curves are formulas, not a measurement."""
    epoch = np.arange(1, 61)
    training = 0.15 + 0.9 * np.exp(-epoch / 12)
    validation = training + 0.08 + 0.000075 * epoch**2
    best = int(np.argmin(validation))
    axes = canvas.subplots()
    axes.plot(epoch, training, label="training loss")
    axes.plot(epoch, validation, label="validation loss")
    axes.plot(epoch[best], validation[best], "ko", markersize=4)
    axes.axvspan(epoch[best], epoch[best] + 10, color=GREY, alpha=0.2, label="patience of 10 epochs")
    axes.set(xlabel="epoch", ylabel="loss")
    axes.legend()


@figure("l1-and-l2-regularization")
def shrinkage(canvas: Figure) -> None:
    """What each penalty makes of an unpenalised coefficient, for orthonormal inputs and λ = 1."""
    b = np.linspace(-3, 3, 121)
    axes = canvas.subplots()
    axes.plot(b, b, color=GREY, linestyle=":", label="no penalty")
    axes.plot(b, np.sign(b) * np.maximum(np.abs(b) - 1, 0), color=BLUE, label="L1: moved by 1, zero in between")
    axes.plot(b, b / 2, color=ORANGE, label="L2: halved, never zero")
    axes.set(xlabel="coefficient without penalty", ylabel="with penalty")
    axes.legend()
