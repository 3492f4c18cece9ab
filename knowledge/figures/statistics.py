"""Figures of distributions and of what is estimated from samples."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from knowledge.figures.drawing import BLUE, GREY, ORANGE, RED, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def normal(x: np.ndarray) -> np.ndarray:
    """Density of the standard normal distribution."""
    return np.asarray(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


@figure("normal-distribution")
def bell(canvas: Figure) -> None:
    """The shares within one, two and three standard deviations."""
    x = np.linspace(-4, 4, 161)
    axes = canvas.subplots()
    for width, shade, share in ((3, 0.18, "99.7 %"), (2, 0.3, "95.4 %"), (1, 0.5, "68.3 %")):
        inside = np.abs(x) <= width
        axes.fill_between(
            x[inside], normal(x[inside]), color=BLUE, alpha=shade, linewidth=0, label=f"within {width} σ: {share}"
        )
    axes.plot(x, normal(x), color=BLUE)
    axes.set(xlabel="standard deviations from the mean", ylabel="density", ylim=(0, 0.42))
    axes.legend()


@figure("central-limit-theorem")
def averages(canvas: Figure) -> None:
    """Standardised means of exponential values against the normal density."""
    rng, x = np.random.default_rng(0), np.linspace(-3.5, 4.5, 101)
    for axes, size in zip(canvas.subplots(1, 3, sharey=True), (1, 5, 50), strict=True):
        means = rng.exponential(size=(20000, size)).mean(axis=1)
        axes.hist((means - 1) * np.sqrt(size), bins=np.linspace(-3.5, 4.5, 41), density=True, color="#b9cde6")
        axes.plot(x, normal(x), color=ORANGE, linewidth=1.2)
        axes.set(title=f"means of {size}" if size > 1 else "single values")


@figure("mean-median-and-skewness")
def skewed(canvas: Figure) -> None:
    """A right-skewed density with its three averages; log-normal with σ = 0.75."""
    sigma, x = 0.75, np.linspace(0.01, 6, 240)
    density = np.exp(-(np.log(x) ** 2) / (2 * sigma**2)) / (x * sigma * np.sqrt(2 * np.pi))
    axes = canvas.subplots()
    axes.plot(x, density, color=GREY)
    for place, name, colour in (
        (np.exp(-(sigma**2)), "mode", BLUE),
        (1.0, "median", ORANGE),
        (np.exp(sigma**2 / 2), "mean", RED),
    ):
        axes.axvline(place, color=colour, linestyle="--", label=f"{name} {place:.2f}")
    axes.set(xlabel="value", ylabel="density", ylim=(0, 0.9))
    axes.legend()


@figure("correlation", 6.4, 2.1)
def scatters(canvas: Figure) -> None:
    """Pearson's r and Spearman's ρ of four clouds."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 80)
    noise = rng.normal(0, 1, 80)
    outlier_x, outlier_y = x.copy(), 0.9 * x + 0.15 * noise
    outlier_x[0], outlier_y[0] = 1.0, -7.0
    clouds = (
        (x, 0.8 * x + 0.25 * noise),
        (x, np.exp(6 * x)),
        (x, x**2 + 0.05 * noise),
        (outlier_x, outlier_y),
    )
    for axes, (a, b) in zip(canvas.subplots(1, 4), clouds, strict=True):
        pearson = np.corrcoef(a, b)[0, 1]
        spearman = np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1]
        axes.plot(a, b, ".", markersize=3)
        axes.set_title(f"r = {pearson:.2f}, ρ = {spearman:.2f}", fontsize=8)
        axes.set(xticks=[], yticks=[])


@figure("long-tails-and-zipf")
def zipf(canvas: Figure) -> None:
    """Zipf's law is a line of slope −1 on logarithmic axes; a bell curve falls off."""
    rank = np.unique(np.logspace(0, 4, 60).astype(int))
    plain, logarithmic = canvas.subplots(1, 2)
    plain.plot(rank[rank <= 100], 60000 / rank[rank <= 100])
    plain.set(title="linear axes", xlabel="rank", ylabel="count")
    logarithmic.loglog(rank, 60000 / rank, label="Zipf: count ∝ 1 / rank")
    logarithmic.loglog(rank, 60000 * np.exp(-(rank - 1) / 60) + 1e-3, linestyle="--", label="exponential")
    logarithmic.set(title="logarithmic axes", xlabel="rank", ylim=(1, 2e5))
    logarithmic.legend()


@figure("bayes-theorem")
def base_rate(canvas: Figure) -> None:
    """Probability of disease after a positive test against the base rate."""
    prior = np.logspace(-4, -0.02, 80)
    axes = canvas.subplots()
    for specificity in (0.9, 0.99, 0.999):
        positive = 0.9 * prior / (0.9 * prior + (1 - specificity) * (1 - prior))
        axes.semilogx(prior, positive, label=f"specificity {specificity}")
    axes.set(xlabel="base rate", ylabel="P(disease | positive)", title="sensitivity 0.9")
    axes.legend()


@figure("bernoulli-and-binomial")
def binomial(canvas: Figure) -> None:
    """One toss and twenty tosses."""
    one, many = canvas.subplots(1, 2, width_ratios=[1, 2.4])
    one.bar([0, 1], [0.7, 0.3], color=BLUE)
    one.set(title="Bernoulli, p = 0.3", xticks=[0, 1], ylabel="probability")
    counts = np.arange(21)
    for p, colour, shift in ((0.3, BLUE, -0.2), (0.5, ORANGE, 0.2)):
        many.bar(
            counts + shift,
            [comb(20, k) * p**k * (1 - p) ** (20 - k) for k in counts],
            0.4,
            color=colour,
            label=f"p = {p}",
        )
    many.set(title="binomial, n = 20", xlabel="successes")
    many.legend()


@figure("entropy-and-information")
def entropy(canvas: Figure) -> None:
    """Entropy of a coin, and Gini impurity scaled to the same height."""
    p = np.linspace(0.001, 0.999, 121)
    axes = canvas.subplots()
    axes.plot(p, -p * np.log2(p) - (1 - p) * np.log2(1 - p), label="entropy in bits")
    axes.plot(p, 4 * p * (1 - p), linestyle="--", label="2 × Gini impurity")
    axes.set(xlabel="probability of heads")
    axes.legend(loc="lower center")


@figure("hypothesis-testing")
def errors(canvas: Figure) -> None:
    """The two errors of a one-sided test with α = 0.05 and an effect of 2.5 standard errors."""
    x, threshold = np.linspace(-3.5, 6, 201), 1.645
    axes = canvas.subplots()
    axes.plot(x, normal(x), color=BLUE, label="no effect")
    axes.plot(x, normal(x - 2.5), color=ORANGE, label="effect of 2.5")
    above, below = x >= threshold, x <= threshold
    axes.fill_between(x[above], normal(x[above]), color=BLUE, alpha=0.4, linewidth=0, label="type I: 0.05")
    axes.fill_between(x[below], normal(x[below] - 2.5), color=ORANGE, alpha=0.4, linewidth=0, label="type II: 0.20")
    axes.axvline(threshold, color=GREY, linestyle=":")
    axes.set(xlabel="test statistic", ylabel="density")
    axes.legend()
