"""Figures that several algorithms draw; matplotlib is imported only when one is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np


def whole_ticks(*axis: Any) -> None:
    """Put ticks at whole numbers only: positions of tokens, classes and components have no halves."""
    from matplotlib.ticker import MaxNLocator

    for each in axis:
        each.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def heatmap(weights: Any, title: str, xlabel: str = "key", ylabel: str = "query") -> Any:
    """Figure of a weight matrix (n, m)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3.4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(np.asarray(weights, dtype=np.float64), vmin=0, cmap="viridis")
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    whole_ticks(axes.xaxis, axes.yaxis)
    figure.colorbar(image, ax=axes)
    return figure
