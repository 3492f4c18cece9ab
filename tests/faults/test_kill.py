"""A writer killed at any instant loses nothing it acknowledged and leaves nothing half-visible."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contracts.test_embedded_store import open_store

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from tests.contracts.store_contract import new_document
from tests.contracts.test_embedded_store import open_store
store = open_store(Path(sys.argv[1]))
number = store.snapshot().generation
print("ready", flush=True)
while True:
    number += 1
    store.commit([new_document(f"{number}.txt", "one", "two", "three", seed=number)], [])
    print(number, flush=True)
"""


def kill_once(folder: Path, delay: float) -> int:
    """Start a writer, kill it after a delay, return the last generation it acknowledged."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    time.sleep(delay)
    process.kill()
    lines = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    return int(lines[-1]) if lines else 0


def check(folder: Path, acknowledged: int) -> int:
    snapshot = open_store(folder).snapshot()
    assert snapshot.generation >= acknowledged
    documents = snapshot.documents()
    assert {d.source for d in documents} == {f"{n}.txt" for n in range(1, snapshot.generation + 1)}
    assert all(d.chunks == 3 for d in documents)
    assert len(snapshot) == 3 * snapshot.generation
    return snapshot.generation


def run(folder: Path, kills: int) -> None:
    rng = random.Random(7)
    acknowledged = 0
    for _ in range(kills):
        acknowledged = max(acknowledged, kill_once(folder, rng.uniform(0.0, 0.15)))
        acknowledged = check(folder, acknowledged)
    assert acknowledged > 0


def test_a_few_kills(tmp_path: Path) -> None:
    run(tmp_path, 6)


@pytest.mark.long
def test_many_kills(tmp_path: Path) -> None:
    run(tmp_path, 300)
