from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from algorithms.registry import catalog, load, plain
from algorithms.sandbox import refuse
from algorithms.worker import INPUT_BYTES, Worker
from core.errors import InputError, InputTooLarge, NotFound, RunFailed

ROOT = Path(__file__).parents[2]


BUDGET_SECONDS = {"instant": 5.0, "seconds": 5.0, "trains": 20.0}
"""What a run of the example may take on one idle core."""
SLOWER = 4.0
"""How much slower than the core that the budgets are meant for one of this machine may be."""


def patience() -> float:
    """Factor by which a budget grows here and now: processes that wait for a core make every run take longer."""
    return SLOWER * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as running:
        yield running


def test_a_run_gives_what_the_function_gives(worker: Worker) -> None:
    result = worker.run("softmax", {"logits": [2, 1, 0.1], "temperature": 0.5})
    assert result.output == load("softmax").run({"logits": [2, 1, 0.1], "temperature": 0.5})
    assert result.inputs == {"logits": [2.0, 1.0, 0.1], "temperature": 0.5}
    assert result.figure_png is None


@pytest.mark.parametrize("id", list(catalog()))
def test_every_example_runs_within_its_budget_behind_the_limits(worker: Worker, id: str) -> None:
    entry = catalog()[id]
    # the parent kills a run that is over its deadline: a failure names the id, and no clock is read here
    result = worker.run(id, figure=entry.figure is not None, deadline_seconds=patience() * BUDGET_SECONDS[entry.cost])
    assert result.inputs == plain(entry.validate({}))
    assert result.output
    assert (result.figure_png is not None) == (entry.figure is not None)
    if entry.cost == "instant":  # the same in another process, whose strings hash otherwise
        assert entry.run() == result.output


def test_a_figure_is_a_png(worker: Worker) -> None:
    import base64

    png = worker.run("softmax", figure=True).figure_png
    assert png is not None
    assert base64.b64decode(png).startswith(b"\x89PNG")


def test_refusals_keep_their_kind(worker: Worker) -> None:
    with pytest.raises(InputError, match="temperature"):
        worker.run("softmax", {"temperature": -1})
    with pytest.raises(NotFound):
        worker.run("no-such-thing")
    with pytest.raises(InputTooLarge):
        worker.run("softmax", {"logits": [0.5] * INPUT_BYTES})
    with pytest.raises(InputError, match="non-finite"):
        worker.run("softmax", {"logits": [float("nan")]})


def test_a_run_over_its_deadline_is_killed_and_the_next_one_works() -> None:
    with Worker() as worker:
        worker.run("softmax")
        with pytest.raises(RunFailed, match="no result within"):
            worker.run("softmax", deadline_seconds=0.0)
        assert worker.run("softmax").output


def test_a_dead_worker_is_replaced() -> None:
    with Worker() as worker:
        worker.run("softmax")
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        assert worker.run("softmax").output


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("127.0.0.1", 80))),
        ("subprocess.Popen", ("sh", [], None, None)),
        ("os.system", ("true",)),
        ("open", ("/tmp/x", "w", 0)),
        ("sqlite3.connect", ("/tmp/x.db",)),
    ],
)
def test_the_sandbox_refuses(event: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(PermissionError):
        refuse(event, arguments)
    refuse("open", ("/tmp/x", "r", 0))
    refuse("sqlite3.connect", (":memory:",))


def test_a_locked_down_process_cannot_reach_the_network_or_write(tmp_path: Path) -> None:
    code = f"""
import json, socket
from algorithms.sandbox import lock_down
lock_down()
refused = []
for attempt in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: open({str(tmp_path / "x")!r}, "w")):
    try:
        attempt()
    except PermissionError:
        refused.append(True)
print(json.dumps(refused))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, True]
