"""Figures of points in the plane: clusters, borders, directions, a hash ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.figures.drawing import BLUE, GREEN, GREY, ORANGE, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = np.array([BLUE, ORANGE, GREEN])


def nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Index of the nearest centre of each point."""
    return np.asarray(np.argmin(((points[:, None] - centres) ** 2).sum(axis=2), axis=1))


def lloyd(points: np.ndarray, centres: np.ndarray, steps: int) -> np.ndarray:
    """Centres after some steps of k-means."""
    for _ in range(steps):
        labels = nearest(points, centres)
        centres = np.array([points[labels == k].mean(axis=0) for k in range(len(centres))])
    return centres


@figure("k-means", 6.4, 2.4)
def iterations(canvas: Figure) -> None:
    """The start, one step and the end of a run."""
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(c, 0.45, (40, 2)) for c in ((0, 0), (2.2, 0.3), (1, 2))])
    start = np.array([[-0.5, -0.5], [0.5, 0.9], [0.9, 0.4]])
    for axes, steps, name in zip(
        canvas.subplots(1, 3), (0, 1, 10), ("start", "after 1 step", "converged"), strict=True
    ):
        centres = lloyd(points, start, steps)
        axes.scatter(points[:, 0], points[:, 1], c=list(COLOURS[nearest(points, centres)]), s=5)
        axes.scatter(centres[:, 0], centres[:, 1], c="black", marker="x", s=45)
        axes.set(title=name, xticks=[], yticks=[])


@figure("cluster-shape", 6.4, 2.4)
def shapes(canvas: Figure) -> None:
    """What k-means with k = 2 makes of three shapes."""
    rng = np.random.default_rng(0)
    angle = rng.random(160) * np.pi
    upper, lower = np.arange(160) < 80, np.arange(160) >= 80
    moons = np.column_stack([np.cos(angle) + lower, np.sin(angle) * np.where(upper, 1, -1) + 0.4 * lower])
    blobs = np.concatenate([rng.normal((0, 0), 0.4, (80, 2)), rng.normal((2, 0), 0.4, (80, 2))])
    long = np.concatenate([rng.normal((0, 0), (2, 0.2), (80, 2)), rng.normal((0, 1.2), (2, 0.2), (80, 2))])
    groups = {"round": blobs, "stretched": long, "half moons": moons + rng.normal(0, 0.06, (160, 2))}
    for axes, (name, points) in zip(canvas.subplots(1, 3), groups.items(), strict=True):
        labels = nearest(points, lloyd(points, points[[0, 159]], 20))
        axes.scatter(points[:80, 0], points[:80, 1], c=list(COLOURS[labels[:80]]), s=9, marker="o")
        axes.scatter(points[80:, 0], points[80:, 1], c=list(COLOURS[labels[80:]]), s=9, marker="x", linewidths=0.8)
        axes.set(title=name, xticks=[], yticks=[])


@figure("dimensionality-reduction", 6.4, 2.9)
def components(canvas: Figure) -> None:
    """A cloud with its two principal directions, and its projection on the first."""
    rng = np.random.default_rng(0)
    points = rng.multivariate_normal([0, 0], [[3, 1.4], [1.4, 1]], 150)
    points -= points.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(points.T))
    directions = directions * np.sign(directions[0])
    plane, line = canvas.subplots(1, 2)
    plane.plot(points[:, 0], points[:, 1], ".", color=GREY, markersize=4)
    for variance, direction, colour in zip(variances[::-1], directions.T[::-1], (BLUE, ORANGE), strict=True):
        tip = 2 * np.sqrt(variance) * direction
        plane.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
    plane.set(title=f"first direction: {variances[1] / variances.sum():.0%} of the variance", aspect="equal")
    first = points @ directions[:, 1]
    line.hist(first, bins=18, color=BLUE)
    line.set(title="one column instead of two", xlabel="first component")


@figure("support-vector-machines", 6.4, 2.9)
def margin(canvas: Figure) -> None:
    """The widest gap, and points that only a kernel separates."""
    rng = np.random.default_rng(3)
    left, right = canvas.subplots(1, 2)
    below = rng.normal((-1.9, -0.4), 0.55, (30, 2))
    above = rng.normal((1.9, 0.4), 0.55, (30, 2))
    below, above = below[below[:, 0] < -1], above[above[:, 0] > 1]
    below[0], above[0] = (-1, 0.4), (1, -0.3)
    left.plot(below[:, 0], below[:, 1], ".", color=BLUE)
    left.plot(above[:, 0], above[:, 1], ".", color=ORANGE)
    left.axvline(0, color="black")
    for edge in (-1, 1):
        left.axvline(edge, color=GREY, linestyle=":")
    left.plot([-1, 1], [0.4, -0.3], "o", markersize=9, markerfacecolor="none", color="black")
    left.set(title="margin and support vectors", xticks=[], yticks=[])
    angle, radius = rng.random(120) * 2 * np.pi, np.where(np.arange(120) < 60, 0.6, 1.6) + rng.normal(0, 0.12, 120)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    right.plot(x[:60], y[:60], ".", color=BLUE)
    right.plot(x[60:], y[60:], ".", color=ORANGE)
    turn = np.linspace(0, 2 * np.pi, 61)
    right.plot(1.1 * np.cos(turn), 1.1 * np.sin(turn), color="black")
    right.set(title="a border that an RBF kernel can draw", aspect="equal", xticks=[], yticks=[])


@figure("decision-boundaries", 6.4, 2.5)
def borders(canvas: Figure) -> None:
    """Borders of three models on XOR."""
    rng = np.random.default_rng(2)
    points = rng.uniform(-1, 1, (120, 2))
    labels = (points[:, 0] * points[:, 1] > 0).astype(int)
    axis = np.linspace(-1, 1, 41)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    design = np.column_stack([np.ones(120), points])
    weights = np.linalg.lstsq(design, 2.0 * labels - 1, rcond=None)[0]
    linear = (weights[0] + grid @ weights[1:] > 0).astype(int)
    order = np.argsort(((grid[:, :, None] - points) ** 2).sum(axis=3), axis=2)[:, :, :5]
    neighbours = (labels[order].mean(axis=2) > 0.5).astype(int)
    product = (grid[:, :, 0] * grid[:, :, 1] > 0).astype(int)
    kinds = {"linear": linear, "5 nearest neighbours": neighbours, "linear in x·y": product}
    for axes, (name, map_) in zip(canvas.subplots(1, 3), kinds.items(), strict=True):
        axes.contourf(axis, axis, map_, levels=[-0.5, 0.5, 1.5], colors=["#dbe6f3", "#f8e3cf"])
        axes.scatter(points[:, 0], points[:, 1], c=list(COLOURS[labels]), s=6)
        axes.set(title=name, xticks=[], yticks=[], aspect="equal")


@figure("expectation-maximization")
def mixture(canvas: Figure) -> None:
    """EM on a mixture of two Gaussians: the start and the result."""
    rng = np.random.default_rng(0)
    data = np.concatenate([rng.normal(-1.5, 0.6, 150), rng.normal(1.5, 1.0, 250)])
    weight, mean, spread = np.array([0.5, 0.5]), np.array([-0.5, 0.5]), np.array([1.0, 1.0])
    grid, axes = np.linspace(-4, 5, 121), canvas.subplots()

    def parts(x: np.ndarray) -> np.ndarray:
        shape = np.exp(-((x[:, None] - mean) ** 2) / (2 * spread**2))
        return np.asarray(weight * shape / (spread * np.sqrt(2 * np.pi)))

    axes.hist(data, bins=36, density=True, color="#d5d8dc")
    axes.plot(grid, parts(grid).sum(axis=1), color=GREY, linestyle=":", label="start")
    for _ in range(100):
        share = parts(data) / parts(data).sum(axis=1, keepdims=True)
        total = share.sum(axis=0)
        weight, mean = total / len(data), share.T @ data / total
        spread = np.sqrt((share * (data[:, None] - mean) ** 2).sum(axis=0) / total)
    axes.plot(grid, parts(grid)[:, 0], label="first component")
    axes.plot(grid, parts(grid)[:, 1], label="second component")
    axes.set(xlabel="x", ylabel="density")
    axes.legend()


@figure("consistent-hashing", 6.4, 2.9)
def ring(canvas: Figure) -> None:
    """Share of keys that move when a fifth server joins four, and the ring itself."""
    circle, bars = canvas.subplots(1, 2, width_ratios=[1, 1.1])
    turn = np.linspace(0, 2 * np.pi, 121)
    circle.plot(np.cos(turn), np.sin(turn), color=GREY, linewidth=1)
    for name, angle in (("A", 0.3), ("B", 1.9), ("C", 3.4), ("D", 5.0)):
        circle.plot(np.cos(angle), np.sin(angle), "o", color=BLUE)
        circle.text(1.2 * np.cos(angle), 1.2 * np.sin(angle), name, ha="center", va="center")
    moved = np.linspace(1.9, 2.7, 41)
    circle.plot(np.cos(moved), np.sin(moved), color=ORANGE, linewidth=4)
    circle.plot(np.cos(2.7), np.sin(2.7), "o", color=ORANGE)
    circle.text(1.2 * np.cos(2.7), 1.2 * np.sin(2.7), "new", ha="center", va="center")
    circle.set(xlim=(-1.6, 1.6), ylim=(-1.4, 1.4), aspect="equal")
    circle.axis("off")
    keys = np.arange(100000)
    shown = bars.bar(["hash mod n", "ring"], [np.mean(keys % 4 != keys % 5), 1 / 5], color=[GREY, ORANGE])
    bars.bar_label(shown, fmt="%.2f")
    bars.set(title="keys that move from 4 to 5 servers", ylim=(0, 1))
