"""What becomes of the figures of an evaluation: a folder, a line of history, a part of a document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.document import fill
from evals.history import append_history, history_blocks, read_history
from evals.report import Block


@dataclass(frozen=True)
class Keeping:
    """Where an evaluation goes.

    Attributes
    ----------
    out : Path
        Folder of runs, tables and the report.
    history : Path or None
        JSONL file that gets a line.
    label : str
        Name of that line.
    document : Path or None
        Its marked part is filled with the figures.
    """

    out: Path
    history: Path | None = None
    label: str = ""
    document: Path | None = None

    def results(self, found: Mapping[str, Any]) -> None:
        """Write ``results.json``."""
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / "results.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")

    def remember(self, kind: str, default_label: str, values: Mapping[str, float], context: Mapping[str, Any]) -> None:
        """Add a line to the history, where one is kept."""
        if self.history is not None:
            append_history(self.history, kind, self.label or default_label, values, context)

    def past(self, kind: str, names: Sequence[str], label: str) -> list[Block]:
        """Chart of earlier lines; nothing where no history is kept."""
        return [*history_blocks(read_history(self.history, kind), names, label)] if self.history is not None else []

    def fill(self, parts: tuple[str, ...], blocks: Sequence[Block]) -> None:
        """Fill the first of these parts that the document has, where one is named."""
        if self.document is not None:
            fill(self.document, parts, blocks)
