"""Runs algorithms in worker processes without network, with limits on time, memory and input size.

The process stays alive between runs; it is killed at a run's deadline and started anew at the next run.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from core.errors import InputError, InputTooLarge, NotFound, RunFailed

INPUT_BYTES = 512 * 1024
START_SECONDS = 60.0
DEADLINE_SECONDS = {"instant": 10.0, "seconds": 20.0, "trains": 60.0}


@dataclass(frozen=True)
class RunResult:
    """What one run gave.

    Attributes
    ----------
    inputs : dict
        All inputs as they were used, defaults and example values filled in.
    output : dict
        Plain JSON values, never rounded.
    duration_ms : float
        Time inside the implementation.
    figure_png : str or None
        Base64 of a PNG, where a figure was asked for and exists.
    """

    inputs: dict[str, Any]
    output: dict[str, Any]
    duration_ms: float
    figure_png: str | None


class Worker:
    """One worker process; calls are served one at a time, from any thread.

    Examples
    --------
    >>> with Worker() as worker:
    ...     worker.run("softmax", {"logits": [0.0, 0.0]}).output
    {'probabilities': [0.5, 0.5]}
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self,
        id: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        figure: bool = False,
        deadline_seconds: float | None = None,
    ) -> RunResult:
        """Execute the algorithm `id`, missing inputs taken from its example.

        Parameters
        ----------
        id : str
            An id of the registry.
        inputs : mapping, optional
            JSON values by parameter name.
        figure : bool
            Also draw the algorithm's figure where it has one.
        deadline_seconds : float, optional
            After this the process is killed; the default depends on the algorithm's declared cost.

        Raises
        ------
        InputTooLarge
            If the inputs take more than `INPUT_BYTES` as JSON.
        InputError
            If the schema refuses the inputs.
        NotFound
            If there is no such algorithm.
        RunFailed
            If the run fails or is over its time or memory limit.
        """
        from algorithms.registry import load

        cost = load(id).cost
        try:
            line = json.dumps({"id": id, "inputs": dict(inputs or {}), "figure": figure}, allow_nan=False)
        except ValueError as error:
            raise InputError(f"{id}: the inputs hold a non-finite number", fix="use finite numbers") from error
        if len(line) > INPUT_BYTES:
            raise InputTooLarge(
                f"{id}: the inputs take {len(line)} bytes, the limit is {INPUT_BYTES}", fix="use smaller inputs"
            )
        seconds = DEADLINE_SECONDS[cost] if deadline_seconds is None else deadline_seconds
        with self._lock:
            reply = self._ask(line, seconds, id)
        if reply["ok"]:
            return RunResult(reply["inputs"], reply["output"], reply["duration_ms"], reply["figure"])
        kinds = {"InputError": InputError, "NotFound": NotFound}
        raise kinds.get(reply["kind"], RunFailed)(reply["error"], fix=reply["fix"])

    def close(self) -> None:
        """Stop the process; a later `run` starts a new one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _ask(self, line: str, seconds: float, id: str) -> dict[str, Any]:
        process = self._ensure_started()
        assert process.stdin is not None
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = self._lines.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise RunFailed(f"{id}: no result within {seconds:g} s", fix="use smaller inputs") from None
        except BrokenPipeError:
            answer = None
        if answer is None:
            self.close()
            raise RunFailed(f"{id}: the worker process died", fix="use smaller inputs; it may have run out of memory")
        reply: dict[str, Any] = json.loads(answer)
        return reply

    def _ensure_started(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        root = Path(__file__).parent.parent
        environment = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "MPLCONFIGDIR") if name in os.environ
        } | {
            "PYTHONPATH": str(root),
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "MPLBACKEND": "Agg",
        }
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "algorithms.sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment,
            cwd="/",
        )
        assert process.stdout is not None
        self._lines = queue.SimpleQueue()
        threading.Thread(target=forward_lines, args=(process.stdout, self._lines), daemon=True).start()
        self._process = process
        try:
            ready = self._lines.get(timeout=START_SECONDS)
        except queue.Empty:
            ready = None
        if ready is None:
            self.close()
            raise RunFailed("the worker process did not start", fix="run `python -m algorithms.sandbox` to see why")
        return process


def forward_lines(stream: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    """Copy `stream` into `lines`, then None at its end."""
    try:
        for line in stream:
            lines.put(line)
    except ValueError:  # closed while reading: the process was killed
        pass
    lines.put(None)
