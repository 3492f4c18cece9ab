"""A line an evaluation in a JSONL file, so that a regression shows as a line going down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.charts import Line, lines
from evals.datasets.beir import json_lines
from evals.report import Figure, Heading


def append_history(file: Path, kind: str, label: str, values: Mapping[str, float], context: Mapping[str, Any]) -> None:
    """Add one evaluation.

    Parameters
    ----------
    file : Path
        Made where it does not exist.
    kind : str
        ``retrieval``, ``answers`` or ``speed``.
    label : str
        Shown on the axis, e.g. a commit.
    values : mapping
        Name of a measure → value.
    context : mapping
        Weights and settings that gave them.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    row = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "kind": kind, "label": label}
    with file.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps({**row, "values": dict(values), "context": dict(context)}, ensure_ascii=False) + "\n")


def read_history(file: Path, kind: str) -> list[dict[str, Any]]:
    """Evaluations of one kind, oldest first; none where there is no file."""
    return [row for row in json_lines(file) if row["kind"] == kind] if file.is_file() else []


def history_blocks(rows: Sequence[Mapping[str, Any]], names: Sequence[str], label: str) -> list[Heading | Figure]:
    """A chart of some measures over evaluations; nothing where there are fewer than two."""
    series = []
    for name in names:
        points = [
            (float(number), float(row["values"][name])) for number, row in enumerate(rows, 1) if name in row["values"]
        ]
        if len(points) > 1:
            series.append(Line(name, points))
    if not series:
        return []
    chart = lines(series, "evaluation, oldest first", label)
    last = ", ".join(f"{number}: {row['label']}" for number, row in enumerate(rows, 1))
    return [Heading("History"), Figure(chart, f"{label} over the evaluations kept in the history file ({last}).")]
