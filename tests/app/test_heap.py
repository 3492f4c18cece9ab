"""The bounds on the C heap hold for the process that sets them."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from app.api.heap import Trimmer
from app.api.workers import Workers

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library has no `mallopt`, so there is nothing to bound"
)
GROWTH = """
import ctypes, sys, threading
from pathlib import Path
from app.api.heap import Trimmer, bound_heap

bounded = sys.argv[1] == "bounded"
if bounded:
    assert bound_heap(2)
c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes, c.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
c.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

before = resident()

def work():
    # a block of 24 MiB is freed once, then many of 8 MiB, each followed by a small one that lives on
    for size in (24, *[8] * 12):
        big = c.malloc(size << 20)
        c.memset(big, 1, size << 20)
        bigs.append(big) if size == 8 else c.free(big)
        smalls.append(c.malloc(100 << 10))

bigs, smalls = [], []
for _ in range(4):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
for big in bigs:
    c.free(big)
held = resident() - before
if bounded:
    Trimmer()()
print(held, resident() - before)
"""


def grown(how: str) -> tuple[int, int]:
    """MiB that a process still holds after it has freed some hundred MiB, and after trimming."""
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, how], stdout=subprocess.PIPE, text=True, check=True, timeout=60
    )
    held, trimmed = done.stdout.split()
    return int(held), int(trimmed)


def test_what_was_freed_goes_back_to_the_system() -> None:
    held, trimmed = grown("bounded")
    assert trimmed <= held < 60  # of 384 that were taken
    assert grown("unbounded")[0] > held + 100  # else this test shows nothing


def test_workers_rest_after_each_piece_of_work() -> None:
    rests: list[int] = []
    workers = Workers(1, lambda: rests.append(len(rests)))
    for _ in range(3):
        workers.submit(lambda: None).result(10)
    workers.submit(lambda: None).result(10)
    assert rests[:3] == [0, 1, 2]
    workers.close()


def test_trimming_waits_for_its_interval() -> None:
    now = [0.0]
    trimmer = Trimmer(10.0, lambda: now[0])
    seen = []
    for at in (0.0, 9.9, 10.0, 15.0, 20.0):
        now[0] = at
        seen.append(trimmer())
    assert seen == [True, False, True, False, True]
