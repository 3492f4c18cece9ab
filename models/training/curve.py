"""The loss curve of a run, as JSON and as a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def smoothed(values: Sequence[float], window: int = 25) -> list[float]:
    """Running mean of the last `window` values.

    Examples
    --------
    >>> smoothed([1.0, 3.0, 5.0], window=2)
    [1.0, 2.0, 4.0]
    """
    return [sum(values[max(0, i + 1 - window) : i + 1]) / min(i + 1, window) for i in range(len(values))]


def save_curve(folder: Path, rows: Sequence[dict[str, Any]], title: str) -> None:
    """Write ``curve.json`` and a small ``curve.png`` of every loss that `rows` (one a step) name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "curve.json").write_text(json.dumps(list(rows)) + "\n", encoding="utf-8")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.8, 3.0), dpi=80, layout="constrained")
    axes = figure.add_subplot()
    for name in [key for key in (rows[0] if rows else {}) if key not in {"step", "seconds", "collection"}]:
        axes.plot([row["step"] for row in rows], smoothed([float(row[name]) for row in rows]), label=name, linewidth=1)
    axes.set(xlabel="step", ylabel="loss (mean of 25 steps)", title=title)
    if rows:
        axes.legend(fontsize=7)
    figure.savefig(folder / "curve.png")
