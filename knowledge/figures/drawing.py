"""A registry of figures and the settings under which drawing one twice gives the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[["Figure"], None]
BLUE, ORANGE, GREEN, RED, GREY = "#1f5fa8", "#d9730d", "#2a8a57", "#b8323a", "#7a7f87"
SETTINGS = {
    "svg.hashsalt": "vouch",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": f"cycler('color', {[BLUE, ORANGE, GREEN, RED, GREY]})",
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}
_REGISTRY: dict[str, tuple[Draw, float, float]] = {}
_TAG = re.compile(r"<[^>]+>")
_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")


def figure(slug: str, width: float = 6.4, height: float = 2.7) -> Callable[[Draw], Draw]:
    """Register a function that draws the figure of an article; width and height are in inches."""

    def register(draw: Draw) -> Draw:
        _REGISTRY[slug] = (draw, width, height)
        return draw

    return register


@cache
def figures() -> Mapping[str, tuple[Draw, float, float]]:
    """All figures by the slug of their article, with width and height in inches.

    Examples
    --------
    >>> "softmax-variants" in figures()
    True
    """
    from knowledge.figures import evaluation, geometry, networks, sequences, statistics, training  # noqa: F401

    return dict(sorted(_REGISTRY.items()))


def render(slug: str) -> bytes:
    """Draw one figure as SVG.

    Coordinates are rounded to two digits, so that a last bit that differs between processors changes nothing.

    Raises
    ------
    KeyError
        If the article has no figure.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    draw, width, height = figures()[slug]
    with mpl.rc_context(SETTINGS):
        canvas = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(canvas)
        draw(canvas)
        target = io.StringIO()
        canvas.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    text = _TAG.sub(lambda tag: _LONG_NUMBER.sub(lambda match: f"{float(match[0]):.2f}", tag[0]), target.getvalue())
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).encode()
