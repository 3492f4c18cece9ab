"""Run reference implementations for an answer, and keep the runs of their examples."""

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
