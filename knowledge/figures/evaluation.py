"""Figures of evaluation: curves over thresholds, calibration, fit and complexity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.figures.drawing import BLUE, GREY, ORANGE, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def scores(positives: int, negatives: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores of a simulated classifier, the highest score first."""
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(1.5, 1, positives), rng.normal(0, 1, negatives)])
    labels = np.concatenate([np.ones(positives), np.zeros(negatives)])
    order = np.argsort(-values)
    return labels[order], values[order]


@figure("roc-auc-and-pr-auc", 6.4, 2.9)
def curves(canvas: Figure) -> None:
    """The same classifier on balanced and on rare positives."""
    roc, precision_recall = canvas.subplots(1, 2)
    for positives, negatives, name in ((1000, 1000, "50 % positive"), (100, 4900, "2 % positive")):
        labels, _ = scores(positives, negatives)
        hits, alarms = np.cumsum(labels), np.cumsum(1 - labels)
        every = slice(4, None, max(1, len(labels) // 200))
        roc.plot((alarms / negatives)[every], (hits / positives)[every], label=name)
        precision_recall.plot((hits / positives)[every], (hits / (hits + alarms))[every], label=name)
    roc.plot([0, 1], [0, 1], color=GREY, linestyle=":")
    roc.set(title="ROC", xlabel="false-positive rate", ylabel="true-positive rate")
    precision_recall.set(title="precision and recall", xlabel="recall", ylabel="precision", ylim=(0, 1.02))
    roc.legend()


@figure("precision-recall-tradeoff")
def thresholds(canvas: Figure) -> None:
    """Precision, recall and F1 against the threshold."""
    labels, values = scores(200, 800)
    hits, taken = np.cumsum(labels), np.arange(1, 1001)
    precision, recall = hits / taken, hits / 200
    axes = canvas.subplots()
    shown = slice(10, None, 6)
    for curve, name in ((precision, "precision"), (recall, "recall"), (2 * hits / (taken + 200), "F1")):
        axes.plot(values[shown], curve[shown], label=name)
    axes.set(xlabel="threshold on the score", ylim=(0, 1.02))
    axes.legend()


@figure("calibration", 6.4, 2.9)
def reliability(canvas: Figure) -> None:
    """A reliability diagram before and after temperature scaling."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, 20000)
    outcomes = rng.random(20000) < 1 / (1 + np.exp(-logits))
    axes = canvas.subplots()
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="perfect")
    for factor, name, mark in ((3.0, "overconfident: logits × 3", "o"), (1.0, "after dividing by T = 3", "s")):
        stated = 1 / (1 + np.exp(-factor * logits))
        bins = np.minimum((stated * 10).astype(int), 9)
        axes.plot(
            [stated[bins == b].mean() for b in range(10)],
            [outcomes[bins == b].mean() for b in range(10)],
            marker=mark,
            label=name,
        )
    axes.set(xlabel="stated probability", ylabel="share that came true")
    axes.legend()


def polynomial_data() -> tuple[np.ndarray, np.ndarray]:
    """Twelve noisy points of a sine."""
    x = np.linspace(0, 1, 12)
    return x, np.sin(2 * np.pi * x) + np.random.default_rng(3).normal(0, 0.25, 12)


@figure("bias-variance-trade-off")
def fits(canvas: Figure) -> None:
    """Polynomials of three degrees, each fitted to twenty samples."""
    x, grid = np.linspace(0, 1, 12), np.linspace(0, 1, 81)
    for axes, degree, name in zip(
        canvas.subplots(1, 3, sharey=True), (1, 3, 9), ("high bias", "balanced", "high variance"), strict=True
    ):
        for seed in range(20):
            y = np.sin(2 * np.pi * x) + np.random.default_rng(seed).normal(0, 0.25, 12)
            fit = np.polynomial.Polynomial.fit(x, y, degree)
            axes.plot(grid, fit(grid), color=BLUE, alpha=0.3, linewidth=0.7)
        axes.plot(grid, np.sin(2 * np.pi * grid), color=ORANGE)
        axes.set(title=f"degree {degree}: {name}", ylim=(-2, 2))


@figure("overfitting-and-underfitting")
def complexity(canvas: Figure) -> None:
    """Error on the sample and on new data against the degree of a polynomial."""
    x, y = polynomial_data()
    rng = np.random.default_rng(5)
    new = rng.random(400)
    target = np.sin(2 * np.pi * new) + rng.normal(0, 0.25, 400)
    degrees = np.arange(0, 10)
    fitted = [np.polynomial.Polynomial.fit(x, y, degree) for degree in degrees]
    axes = canvas.subplots()
    axes.semilogy(degrees, [np.mean((fit(x) - y) ** 2) for fit in fitted], marker="o", label="the 12 training points")
    axes.semilogy(degrees, [np.mean((fit(new) - target) ** 2) for fit in fitted], marker="s", label="400 new points")
    axes.set(xlabel="degree of the polynomial", ylabel="mean squared error")
    axes.legend()


@figure("uncertainty-in-regression")
def interval(canvas: Figure) -> None:
    """A 90 % interval of data whose noise grows."""
    rng = np.random.default_rng(2)
    x = np.sort(rng.random(150)) * 10
    y = x + rng.normal(0, 0.3 + 0.25 * x)
    axes = canvas.subplots()
    axes.plot(x, y, ".", color=GREY, markersize=3)
    axes.plot(x, x, label="expected value")
    axes.fill_between(
        x, x - 1.645 * (0.3 + 0.25 * x), x + 1.645 * (0.3 + 0.25 * x), alpha=0.2, label="90 % prediction interval"
    )
    axes.set(xlabel="input", ylabel="target")
    axes.legend(loc="upper left")


@figure("linear-regression", 6.4, 2.7)
def residuals(canvas: Figure) -> None:
    """Residuals that support the assumptions and two kinds that do not."""
    rng = np.random.default_rng(4)
    fitted, noise = np.linspace(0, 10, 90), rng.normal(0, 1, 90)
    kinds = {
        "as assumed": noise,
        "curved: wrong form": 0.12 * (fitted - 5) ** 2 - 1 + 0.5 * noise,
        "funnel: unequal variance": noise * (0.2 + 0.25 * fitted),
    }
    for axes, (name, values) in zip(canvas.subplots(1, 3, sharey=True), kinds.items(), strict=True):
        axes.plot(fitted, values, ".", markersize=4)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set(title=name, xlabel="fitted value")
    canvas.axes[0].set_ylabel("residual")
