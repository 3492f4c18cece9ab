"""A store that is killed, loses power, tears a write or meets a full disk keeps what it acknowledged, whole.

One traced run of a real writer is replayed up to every change it made, so that hundreds of crashes cost no new process; real
kills, torn writes and full disks are then done to real processes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from indexing.stores import database
from indexing.stores.embedded import DATABASE, SEGMENTS
from indexing.stores.segments import damaged_files
from tests.contracts.store_contract import new_document
from tests.contracts.test_embedded_store import open_store
from tests.faults.replay import Disk, read_trace
from tests.faults.writer import seen

ROOT = Path(__file__).parents[2]
CHILD_SECONDS = 120
STEPS = 12
FIRST_SEED = int(os.environ.get("VOUCH_FAULT_SEED", "0"))
"""Where the long loops begin, so that they can be run in pieces: seeds from here on, `VOUCH_FAULT_RUNS` of them."""
pytestmark = pytest.mark.skipif(
    shutil.which("cc") is None or not sys.platform.startswith("linux"), reason="tracing needs Linux and a C compiler"
)


@cache
def shim() -> str:
    from tempfile import mkdtemp

    made = Path(mkdtemp(prefix="vouch-trace-")) / "trace.so"
    source = Path(__file__).with_name("trace.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"], check=True, timeout=60)
    return str(made)


def write(folder: Path, seed: int, *, fault: str = "", trace: Path | None = None) -> int:
    """Run the writer under the shim and return its exit status; a child that hangs fails the test, by name."""
    environment = {**os.environ, "LD_PRELOAD": shim(), "TRACE_FOLDER": str(folder), "OMP_NUM_THREADS": "1"}
    environment.update({"TRACE_FAULT": fault} if fault else {})
    environment.update({"TRACE_FILE": str(trace)} if trace else {})
    command = [sys.executable, "-m", "tests.faults.writer", str(folder), str(STEPS), str(seed)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, timeout=CHILD_SECONDS, stderr=subprocess.DEVNULL, check=False
    ).returncode


def promised(acks: bytes) -> list[dict[str, list[str]]]:
    """What the collection may hold: what was acknowledged last, or that and what was being done."""
    state: dict[str, list[str]] = {}
    wanted = None
    for line in acks.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        entry = json.loads(line)
        if len(entry) == 2:
            wanted = entry[1]
        elif len(entry) == 1:
            assert wanted is not None
            state, wanted = wanted, None
        else:  # it failed, and said so: both are allowed from here on, the next call says which it was
            return [state, wanted or {}, {"?": []}]
    return [state] if wanted is None else [state, wanted]


def check(folder: Path, allowed: list[dict[str, list[str]]]) -> None:
    """What is visible is allowed, nothing named is damaged, and writing goes on."""
    store = open_store(folder)
    assert seen(store) in allowed
    for record in database.segments_of(store.connection, database.current_generation(store.connection)):
        assert damaged_files(folder / SEGMENTS, record.name, record.digests) == []
    assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    before = seen(store)
    store.commit([new_document("after", "goes on", seed=999)], [])
    store.maintain()
    assert seen(store) == {**before, "after": ["goes on"]}
    store.close()


def put(files: dict[str, bytes], folder: Path, original: Path) -> bytes:
    """Lay files out in a folder and return the acknowledgements."""
    acks = files.pop(str(original / "acks"), b"")
    folder.mkdir(parents=True)
    for path, data in files.items():
        target = folder / Path(path).relative_to(original)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return acks


def crash(tmp_path: Path, seed: int, share: float) -> int:
    """Replay one run and crash it at a share of its changes, killed and powerless; return how many crashes it was."""
    folder, trace = tmp_path / "run", tmp_path / "trace"
    assert write(folder, seed, trace=trace) == 0
    changes = list(read_trace(trace))
    assert {change.kind for change in changes} >= set("CWSU")
    assert any(change.path.endswith("-wal") for change in changes)
    rng, disk, crashes = random.Random(seed), Disk(), 0
    for number, change in enumerate(changes):
        disk.apply(change)
        # after a sync is where a promise begins to hold; elsewhere a sample will do
        if rng.random() < (share if change.kind != "S" else min(1.0, 4 * share)):
            # the acknowledgements are read from what the writer said, not from the disk under test
            said = disk.killed().get(str(folder / "acks"), b"")
            for files in (disk.killed(), disk.powerless(rng)):
                place = tmp_path / f"{number}-{crashes}"
                put(files, place, folder)
                check(place, promised(said))
                shutil.rmtree(place)
                crashes += 1
    return crashes


def test_a_sample_of_crashes(tmp_path: Path) -> None:
    assert crash(tmp_path, seed=1, share=0.02) > 10


def test_a_few_real_kills_and_torn_writes(tmp_path: Path) -> None:
    for number, fault in enumerate(("kill:40", "tear:25")):
        folder = tmp_path / str(number)
        assert write(folder, seed=number, fault=fault) == -9
        check(folder, promised((folder / "acks").read_bytes()))


def full_disk(folder: Path, seed: int, first: int, count: int) -> None:
    """Writes fail for a while; what was promised before stays, and what is visible at the end is what was said last."""
    write(folder, seed, fault=f"enospc:{first}:{count}")
    if not (folder / DATABASE).exists():
        return
    said = (folder / "acks").read_bytes()
    allowed = promised(said)
    if {"?": []} in allowed:  # calls failed and said so: the last acknowledged state of the run is the one to find
        entries = [json.loads(line) for line in said.splitlines()]
        allowed = [entry[1] for entry in entries if len(entry) == 2]
    check(folder, allowed)


def test_a_full_disk_is_an_error_and_no_damage(tmp_path: Path) -> None:
    full_disk(tmp_path / "a", 3, first=60, count=3)


@pytest.mark.long
def test_hundreds_of_crashes(tmp_path: Path) -> None:
    from tqdm import tqdm

    total = 0
    runs = int(os.environ.get("VOUCH_FAULT_RUNS", "10"))
    for seed in tqdm(range(FIRST_SEED, FIRST_SEED + runs), desc="traced runs", file=sys.stderr):
        place = tmp_path / str(seed)
        place.mkdir()
        total += crash(place, seed, share=0.08)
        sys.stderr.write(f"seed {seed}: {total} crashes\n")
    assert total > 50 * runs


@pytest.mark.long
def test_hundreds_of_real_faults(tmp_path: Path) -> None:
    from tqdm import tqdm

    runs = int(os.environ.get("VOUCH_FAULT_RUNS", "300"))
    for number in tqdm(range(FIRST_SEED, FIRST_SEED + runs), desc="killed, torn and full", file=sys.stderr):
        rng = random.Random(number)
        folder = tmp_path / str(number)
        kind = number % 3
        if kind == 2:
            full_disk(folder, number, rng.randint(5, 250), rng.randint(1, 6))
        elif (
            write(folder, number, fault=f"{('kill', 'tear')[kind]}:{rng.randint(3, 250)}") == -9
            and (folder / DATABASE).exists()
        ):
            check(folder, promised((folder / "acks").read_bytes()))
        shutil.rmtree(folder, ignore_errors=True)
