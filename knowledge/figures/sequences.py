"""Figures of positions, waves and diffusion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.figures.drawing import GREY, ORANGE, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@figure("sinusoidal-functions")
def wave(canvas: Figure) -> None:
    """A wave with its amplitude, period and vertical shift."""
    x = np.linspace(0, 4 * np.pi, 241)
    axes = canvas.subplots()
    axes.plot(x, np.sin(x), color=GREY, label="sin x")
    axes.plot(x, 2 * np.sin(x - np.pi / 2) + 1, color=ORANGE, label="2 sin(x − π/2) + 1")
    axes.axhline(1, color=GREY, linestyle=":")
    axes.annotate("", (np.pi, 1), (np.pi, 3), arrowprops={"arrowstyle": "<->"})
    axes.text(np.pi + 0.15, 1.9, "amplitude 2")
    axes.annotate("", (np.pi, 3.25), (3 * np.pi, 3.25), arrowprops={"arrowstyle": "<->"})
    axes.text(1.8 * np.pi, 3.35, "period 2π")
    axes.set(xticks=np.arange(5) * np.pi, xticklabels=["0", "π", "2π", "3π", "4π"], ylim=(-2.2, 4))
    axes.legend(loc="lower right", ncols=2)


@figure("sinusoidal-positional-encoding", 6.4, 3.2)
def encoding(canvas: Figure) -> None:
    """The table of encodings as a picture."""
    position, pair = np.arange(64)[:, None], np.arange(32)[None, :]
    angle = position / 10000 ** (2 * pair / 64)
    table = np.empty((64, 64))
    table[:, 0::2], table[:, 1::2] = np.sin(angle), np.cos(angle)
    axes = canvas.subplots()
    picture = axes.pcolormesh(np.round(table, 1), cmap="RdBu_r", vmin=-1, vmax=1, rasterized=True)
    axes.invert_yaxis()
    axes.set(xlabel="dimension", ylabel="position")
    canvas.colorbar(picture, ax=axes)


@figure("relative-and-rotary-positions")
def rotary(canvas: Figure) -> None:
    """Dot product of two equal vectors, rotated by their positions, against the distance."""
    distance = np.arange(0, 257)
    frequencies = 10000.0 ** (-np.arange(32) / 32)
    product = np.cos(distance[:, None] * frequencies).mean(axis=1)
    left, right = canvas.subplots(1, 2)
    left.plot(distance, product)
    left.set(title="RoPE, 64 dimensions", xlabel="distance of the tokens", ylabel="mean cosine")
    for head in (1, 2, 4, 8):
        right.plot(distance[:65], -distance[:65] * 2.0**-head, label=f"slope $2^{{-{head}}}$")
    right.set(title="ALiBi", xlabel="distance of the tokens", ylabel="added to the score")
    right.legend()


@figure("diffusion-models")
def schedules(canvas: Figure) -> None:
    """How much of the image is left at each step."""
    steps = np.arange(1001)
    linear = np.cumprod(np.concatenate([[1.0], 1 - np.linspace(1e-4, 0.02, 1000)]))
    cosine = np.cos((steps / 1000 + 0.008) / 1.008 * np.pi / 2) ** 2
    axes = canvas.subplots()
    axes.plot(steps, linear, label="linear schedule")
    axes.plot(steps, cosine / cosine[0], label="cosine schedule")
    axes.set(xlabel="step t", ylabel=r"share of signal $\bar\alpha_t$")
    axes.legend()


@figure("attention-complexity")
def cost(canvas: Figure) -> None:
    """Multiply-adds of one attention layer against its length."""
    length, width = np.array([2.0**k for k in range(8, 17)]), 1024
    axes = canvas.subplots()
    axes.loglog(length, 2 * length**2 * width, marker="o", label="scores and mixing: $2 n^2 d$")
    axes.loglog(length, 4 * length * width**2, marker="s", label="projections: $4 n d^2$")
    axes.axvline(2 * width, color=GREY, linestyle=":")
    axes.text(2 * width * 1.1, 3e8, "n = 2d", color=GREY)
    axes.set(xlabel="tokens n, with d = 1,024", ylabel="multiply-adds of a layer")
    axes.legend()
