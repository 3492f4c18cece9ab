"""Charts as inline SVG that follow the page's colours, light or dark; no script, no fonts, nothing fetched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from evals.statistics.intervals import Estimate

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 14, 46
SERIES = 8
"""Number of series colours that the page's style sheet defines."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A named series of points in order of x."""

    name: str
    points: Sequence[Point]
    dashed: bool = False


@dataclass(frozen=True)
class Axes:
    """Data ranges mapped to the drawing area."""

    x: tuple[float, float]
    y: tuple[float, float]
    log_x: bool = False
    log_y: bool = False
    height: int = HEIGHT

    def px(self, value: float) -> float:
        """Horizontal position."""
        return LEFT + share(value, self.x, self.log_x) * (WIDTH - LEFT - RIGHT)

    def py(self, value: float) -> float:
        """Vertical position."""
        return self.height - BOTTOM - share(value, self.y, self.log_y) * (self.height - TOP - BOTTOM)


def share(value: float, bounds: tuple[float, float], log: bool) -> float:
    """Where a value lies between two bounds, from 0 to 1.

    Examples
    --------
    >>> share(10.0, (1.0, 100.0), True)
    0.5
    """
    low, high = bounds
    if log:
        value, low, high = math.log10(max(value, low)), math.log10(low), math.log10(high)
    return (value - low) / (high - low)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers that cover a range.

    Examples
    --------
    >>> ticks(0.0, 1.0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if high <= low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten within a range, with their doubles and fives where there are few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if len(powers) <= 3 else (1,)
    return [m * 10.0**p for p in powers for m in steps if low * 0.999 <= m * 10.0**p <= high * 1.001]


def short(value: float) -> str:
    """A number for an axis.

    Examples
    --------
    >>> [short(v) for v in (0.25, 1500.0, 2e6, 0.0)]
    ['0.25', '1.5k', '2M', '0']
    """
    for limit, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.4g}{suffix}"
    return f"{value:.3g}"


def frame(axes: Axes, x_label: str, y_label: str) -> str:
    """Axes, grid and labels."""
    parts = []
    xs = log_ticks(*axes.x) if axes.log_x else ticks(*axes.x)
    ys = log_ticks(*axes.y) if axes.log_y else ticks(*axes.y)
    base = axes.height - BOTTOM
    for value in ys:
        y = axes.py(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{short(value)}</text>')
    for value in xs:
        x = axes.px(value)
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{base}"/>')
        parts.append(f'<text x="{x:.1f}" y="{base + 16}" text-anchor="middle">{short(value)}</text>')
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text class="label" x="{middle}" y="{axes.height - 8}" text-anchor="middle">{escape(x_label)}</text>'
    )
    turn = (TOP + base) / 2
    parts.append(
        f'<text class="label" x="14" y="{turn}" text-anchor="middle" transform="rotate(-90 14 {turn})">{escape(y_label)}</text>'
    )
    return "".join(parts)


def svg(body: str, title: str, height: int = HEIGHT) -> str:
    """A drawing with a name for screen readers."""
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )


def legend(names: Sequence[str]) -> str:
    """Names beside their colours, as HTML."""
    items = "".join(
        f'<span><i class="swatch s{number % SERIES}"></i>{escape(name)}</span>' for number, name in enumerate(names)
    )
    return f'<p class="legend">{items}</p>'


def bounds(values: Sequence[float], floor: float | None = None, log: bool = False) -> tuple[float, float]:
    """Range of an axis around some values, never empty."""
    low, high = min(values), max(values)
    if log:
        low, high = max(low, 1e-9), max(high, 1e-9)
        return (low / 1.3, high * 1.3)
    low = low if floor is None else min(floor, low)
    margin = 0.05 * (high - low) or 0.5 * abs(high) or 1.0
    return (low if floor == low else low - margin, high + margin)


def intervals(rows: Sequence[tuple[str, Estimate]], label: str, low: float | None = 0.0) -> str:
    """One row a system: its mean as a dot, its interval as a bar."""
    height = TOP + BOTTOM + 26 * len(rows)
    left = 62 + 6 * max((len(name) for name, _ in rows), default=0)
    span = bounds([e.low for _, e in rows] + [e.high for _, e in rows], low)

    def px(value: float) -> float:
        return left + share(value, span, False) * (WIDTH - left - RIGHT)

    parts = []
    base = height - BOTTOM
    for value in ticks(*span):
        parts.append(f'<line class="grid" x1="{px(value):.1f}" x2="{px(value):.1f}" y1="{TOP}" y2="{base}"/>')
        parts.append(f'<text x="{px(value):.1f}" y="{base + 16}" text-anchor="middle">{short(value)}</text>')
    for number, (name, estimate) in enumerate(rows):
        y = TOP + 26 * number + 13
        colour = f"s{number % SERIES}"
        hint = f"{escape(name)}: {estimate.value:.4f} ({estimate.low:.4f} to {estimate.high:.4f})"
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        parts.append(
            f'<g class="{colour}"><title>{hint}</title>'
            f'<line class="bar" x1="{px(estimate.low):.1f}" x2="{px(estimate.high):.1f}" y1="{y}" y2="{y}"/>'
            f'<circle class="dot" cx="{px(estimate.value):.1f}" cy="{y}" r="5"/></g>'
        )
    middle = (left + WIDTH - RIGHT) / 2
    parts.append(f'<text class="label" x="{middle}" y="{height - 8}" text-anchor="middle">{escape(label)}</text>')
    return svg("".join(parts), label, height)


def lines(
    series: Sequence[Line],
    x_label: str,
    y_label: str,
    *,
    log_x: bool = False,
    log_y: bool = False,
    x: tuple[float, float] | None = None,
    y: tuple[float, float] | None = None,
    step: bool = False,
    markers: bool = True,
) -> str:
    """Series of points joined by lines, or by steps that hold a value until the next point; with a legend."""
    every = [point for line in series for point in line.points]
    if not every:
        return "<p>No values.</p>"
    axes = Axes(
        x or bounds([p[0] for p in every], None if log_x else 0.0, log_x),
        y or bounds([p[1] for p in every], None if log_y else 0.0, log_y),
        log_x,
        log_y,
    )
    parts = [frame(axes, x_label, y_label)]
    for number, line in enumerate(series):
        colour = f"s{number % SERIES}"
        path = path_of(axes, line.points, step)
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        parts.append(f'<g class="{colour}"><path class="line" d="{path}"{dash}/>')
        if markers and not line.dashed:
            for px, py in line.points:
                parts.append(
                    f'<circle class="dot" cx="{axes.px(px):.1f}" cy="{axes.py(py):.1f}" r="3.5">'
                    f"<title>{escape(line.name)}: {px:.4g}, {py:.4g}</title></circle>"
                )
        parts.append("</g>")
    return svg("".join(parts), f"{y_label} by {x_label}") + (
        legend([s.name for s in series]) if len(series) > 1 else ""
    )


def path_of(axes: Axes, points: Sequence[Point], step: bool) -> str:
    """SVG path through points."""
    parts: list[str] = []
    last = 0.0
    for number, (x, y) in enumerate(points):
        if number and step:
            parts.append(f"L{axes.px(x):.1f} {last:.1f}")
        last = axes.py(y)
        parts.append(f"{'L' if number else 'M'}{axes.px(x):.1f} {last:.1f}")
    return "".join(parts)


def scatter(points: Sequence[tuple[float, float, str]], x_label: str, y_label: str) -> str:
    """Points of two systems on the same queries, with the diagonal where they agree."""
    if not points:
        return "<p>No values.</p>"
    span = (0.0, max(1.0, *(max(x, y) for x, y, _ in points)))
    axes = Axes(span, span, height=420)
    parts = [frame(axes, x_label, y_label)]
    a, b = axes.px(span[0]), axes.py(span[0])
    c, d = axes.px(span[1]), axes.py(span[1])
    parts.append(f'<line class="diagonal" x1="{a:.1f}" y1="{b:.1f}" x2="{c:.1f}" y2="{d:.1f}"/><g class="s0">')
    for x, y, name in points:
        parts.append(
            f'<circle class="faint" cx="{axes.px(x):.1f}" cy="{axes.py(y):.1f}" r="4">'
            f"<title>{escape(name)}: {x:.3f}, {y:.3f}</title></circle>"
        )
    return svg("".join(parts) + "</g>", f"{y_label} against {x_label}, one dot a query", 420)


def reliability(bins: Sequence[tuple[float, float, int]], title: str) -> str:
    """Reliability diagram: mean confidence, observed share and number of questions of each bin, and the diagonal."""
    axes = Axes((0.0, 1.0), (0.0, 1.0), height=420)
    parts = [frame(axes, "mean confidence of the bin", "observed share")]
    parts.append(
        f'<line class="diagonal" x1="{axes.px(0)}" y1="{axes.py(0)}" x2="{axes.px(1)}" y2="{axes.py(1)}"/><g class="s0">'
    )
    most = max((count for _, _, count in bins), default=1)
    for confidence, observed, count in bins:
        x, y = axes.px(confidence), axes.py(observed)
        parts.append(f'<line class="gap" x1="{x:.1f}" x2="{x:.1f}" y1="{axes.py(confidence):.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{3 + 9 * math.sqrt(count / most):.1f}">'
            f"<title>{count} questions: confidence {confidence:.3f}, observed {observed:.3f}</title></circle>"
        )
    return svg("".join(parts) + "</g>", title, 420)


def cumulative(samples: Sequence[tuple[str, Sequence[float]]], label: str) -> str:
    """Share of requests that took at most so long, on a logarithmic axis."""
    series = []
    for name, values in samples:
        ordered = sorted(values)
        kept = range(0, len(ordered), max(1, len(ordered) // 200))
        series.append(Line(name, [(ordered[i], (i + 1) / len(ordered)) for i in kept]))
    return lines(series, label, "share of requests", log_x=True, y=(0.0, 1.0), step=True, markers=False)
