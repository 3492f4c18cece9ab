"""Run reference implementations for an answer, keep example runs, and say what came out in a sentence."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from algorithms.registry import Algorithm
from algorithms.worker import RunResult, Worker
from core.errors import VouchError
from core.types import Execution, Figure

InputsFrom = Literal["question", "request", "example", "mixed"]
FIGURE_TYPE = "image/png"
SHOWN_DIGITS = 4
SHOWN_ITEMS = {"example": 3}
MOST_SHOWN_ITEMS = 6
LONGEST_SHOWN = 120


class Executor:
    """Runs algorithms in a worker; example runs are kept by code hash and inputs, figures by content.

    Parameters
    ----------
    worker : Worker
        The sandbox.
    cache : Path
        Folder for example runs and figures.
    """

    def __init__(self, worker: Worker, cache: Path) -> None:
        self._worker = worker
        self._cache = cache
        self._lock = threading.Lock()

    def execute(
        self, entry: Algorithm, inputs: Mapping[str, Any] | None, inputs_from: InputsFrom, *, figure: bool = True
    ) -> Execution:
        """Run one algorithm; a failure is part of the result, not an exception.

        Parameters
        ----------
        entry : Algorithm
            What to run.
        inputs : mapping or None
            The user's inputs; None runs the example, which may come from the store.
        inputs_from : {"question", "request", "example", "mixed"}
            Where the inputs came from.
        figure : bool
            Whether to draw.
        """
        cached = self._recall(entry) if inputs is None else None
        error: str | None = None
        result: RunResult | None = cached
        if result is None:
            try:
                result = self._worker.run(entry.id, inputs, figure=figure)
            except VouchError as failure:
                error = str(failure)
            if inputs is None and result is not None:
                self._remember(entry, result)
        return Execution(
            algorithm=entry.id,
            title=entry.name,
            inputs=result.inputs if result else {**entry.example, **(inputs or {})},
            inputs_from=inputs_from,
            output=result.output if result else None,
            code=entry.code,
            path=entry.path,
            sha256=entry.sha256,
            ok=result is not None,
            error=error,
            duration_ms=round(result.duration_ms, 3) if result else 0.0,
            cached=cached is not None,
            figure=self._keep_figure(result.figure_png) if result and result.figure_png else None,
        )

    def figure_bytes(self, sha256: str) -> bytes | None:
        """Bytes of a figure, None where it was never drawn."""
        path = self.figure_path(sha256)
        return path.read_bytes() if path is not None and path.exists() else None

    def figure_path(self, sha256: str) -> Path | None:
        """Where a figure lies; None where the name is no digest."""
        is_digest = len(sha256) == 64 and all(c in "0123456789abcdef" for c in sha256)
        return self._cache / "figures" / f"{sha256}.png" if is_digest else None

    def _keep_figure(self, png: str) -> Figure:
        data = base64.b64decode(png)
        digest = hashlib.sha256(data).hexdigest()
        path = self.figure_path(digest)
        assert path is not None
        self._write(path, data)
        return Figure(media_type=FIGURE_TYPE, sha256=digest)

    def _example_path(self, entry: Algorithm) -> Path:
        key = json.dumps([entry.id, entry.sha256, dict(entry.example)], sort_keys=True, default=str)
        return self._cache / "examples" / f"{hashlib.sha256(key.encode()).hexdigest()}.json"

    def _recall(self, entry: Algorithm) -> RunResult | None:
        path = self._example_path(entry)
        if not path.exists():
            return None
        return RunResult(**json.loads(path.read_text(encoding="utf-8")))

    def _remember(self, entry: Algorithm, result: RunResult) -> None:
        content = {
            "inputs": result.inputs,
            "output": result.output,
            "duration_ms": result.duration_ms,
            "figure_png": result.figure_png,
        }
        self._write(self._example_path(entry), json.dumps(content).encode())

    def _write(self, path: Path, data: bytes) -> None:
        with self._lock:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                scratch = path.with_suffix(".part")
                scratch.write_bytes(data)
                scratch.replace(path)


def describe(execution: Execution) -> str:
    """One sentence on a run: its inputs and its main outputs, numbers rounded to 4 significant digits.

    The run itself keeps every digit; an example's inputs are named as such.
    """
    if not execution.ok or execution.output is None:
        return f"Running **{execution.title}** failed: {execution.error}."
    given = {
        "question": "with your numbers",
        "mixed": "with your numbers (the rest from its example)",
        "request": "with the inputs given",
        "example": "on its example",
    }[execution.inputs_from]
    inputs = phrase({k: v for k, v in execution.inputs.items() if k != "seed"}, 3)
    outputs = phrase(execution.output, SHOWN_ITEMS.get(execution.inputs_from, MOST_SHOWN_ITEMS))
    head = f"Running **{execution.title}** {given}"
    return f"{head} ({inputs}) gives {outputs}." if inputs else f"{head} gives {outputs}."


def phrase(values: Mapping[str, Any], limit: int) -> str:
    """Names and short values, the first `limit` that are short enough to read.

    Examples
    --------
    >>> phrase({"probabilities": [0.86377, 0.11689, 0.01932], "n": 3}, 2)
    'probabilities = [0.8638, 0.1169, 0.01932], n = 3'
    """
    parts = []
    for name, value in values.items():
        text = shown(value)
        if len(text) <= LONGEST_SHOWN:
            parts.append(f"{name.replace('_', ' ')} = {text}")
    return ", ".join(parts[:limit])


def shown(value: Any) -> str:
    """A value with numbers rounded for reading.

    Examples
    --------
    >>> shown(0.0509259259), shown(26214400), shown([[1.0, 2.5]]), shown({"a": 1.0})
    ('0.05093', '26214400', '[[1, 2.5]]', '{a: 1}')
    """
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.{SHOWN_DIGITS}g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list):
        head = ", ".join(shown(item) for item in value[:12])
        return f"[{head}{', …' if len(value) > 12 else ''}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
    return str(value)
