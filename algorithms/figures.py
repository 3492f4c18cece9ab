"""Figures that several algorithms draw; matplotlib is imported only when one is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np


def heatmap(weights: Any, title: str, xlabel: str = "key", ylabel: str = "query") -> Any:
    """Figure of a weight matrix (n, m)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3.4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(np.asarray(weights, dtype=np.float64), vmin=0, cmap="viridis")
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True, min_n_ticks=1)  # half a token would be a tick otherwise
    figure.colorbar(image, ax=axes)
    return figure
