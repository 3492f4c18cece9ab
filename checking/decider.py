"""Ask a process with sympy whether an equation is wrong; it can hang, so it has limits and can be replaced."""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

DECIDE_SECONDS = 4.0
START_SECONDS = 30.0
MAX_GIVEN_UP = 5
"""After so many formulas that took too long no more are tried, or a document could hold the checker up for hours."""
log = logging.getLogger(__name__)


class Decider:
    """The process with sympy; started when it is first needed, replaced where it takes too long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._known: dict[str, dict[str, Any] | None] = {}
        self._given_up = 0

    def __enter__(self) -> Decider:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def decide(self, tree: dict[str, Any]) -> dict[str, Any] | None:
        """Whether an equation is wrong, with the result; None where that cannot be decided in time."""
        line = json.dumps(tree)
        if line not in self._known and self._given_up >= MAX_GIVEN_UP:
            return None
        if line not in self._known:
            self._known[line] = self._ask(line)
        return self._known[line]

    def _ask(self, line: str) -> dict[str, Any] | None:
        try:
            process = self._ensure_started()
            if process is None or process.stdin is None:
                return None
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = self._lines.get(timeout=DECIDE_SECONDS)
        except (queue.Empty, OSError):
            answer = None
        if answer is None:
            self._given_up += 1
            more = "; no more are tried" if self._given_up >= MAX_GIVEN_UP else ""
            log.warning("a formula was not decided within %g s%s", DECIDE_SECONDS, more)
            self.close()
            return None
        found: dict[str, Any] | None = json.loads(answer)
        return found

    def _ensure_started(self) -> subprocess.Popen[str] | None:
        if self._process is not None and self._process.poll() is None:
            return self._process
        root = str(Path(__file__).parent.parent)
        self._lines = queue.SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "checking.formula_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={"PYTHONPATH": root, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
            cwd="/",
        )
        assert self._process.stdout is not None
        threading.Thread(target=_forward, args=(self._process.stdout, self._lines), daemon=True).start()
        try:
            ready = self._lines.get(timeout=START_SECONDS)
        except queue.Empty:
            ready = None
        if ready is None:
            log.warning("formulas are not checked: sympy did not start")
            self.close()
        return self._process

    def close(self) -> None:
        """Stop the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


def _forward(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    try:
        for line in stream:
            lines.put(line)
    except ValueError:  # closed while reading: the process was killed
        pass
    lines.put(None)
