"""The bounds on the C heap and on compiled kernels hold for the process that sets them."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from app.api.heap import KERNELS_VARIABLE, Trimmer, bound_kernels
from app.api.workers import Workers
from core.errors import SettingsError
from models.encoders.precision import cpu_multiplies_bf16

GLIBC = pytest.mark.skipif(
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


KERNELS = """
import sys
from pathlib import Path
from app.api.heap import bound_kernels

if sys.argv[1] == "bounded":
    assert bound_kernels(4) == 4
import torch

def compiled():
    # bytes of code that belongs to no file
    total = 0
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, _, *name = line.split()
        if "x" in rights and not (name and name[0].startswith("/") and "memfd" not in name[0]):
            first, last = (int(end, 16) for end in place.split("-"))
            total += last - first
    return total

layer = torch.nn.Linear(384, 384, dtype=torch.bfloat16)
with torch.inference_mode():
    layer(torch.ones(1, 384, dtype=torch.bfloat16))
    before = compiled()
    for rows in range(2, 80):
        layer(torch.ones(rows, 384, dtype=torch.bfloat16))
print(compiled() - before)
"""


def grown(how: str) -> tuple[int, int]:
    """MiB that a process still holds after it has freed some hundred MiB, and after trimming."""
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, how], stdout=subprocess.PIPE, text=True, check=True, timeout=120
    )
    held, trimmed = done.stdout.split()
    return int(held), int(trimmed)


@GLIBC
def test_what_was_freed_goes_back_to_the_system() -> None:
    held, trimmed = grown("bounded")
    assert trimmed <= held < 60  # of 384 that were taken
    assert grown("unbounded")[0] > held + 100  # else this test shows nothing


def test_workers_rest_after_each_piece_of_work() -> None:
    rests: list[int] = []
    workers = Workers(1, lambda: rests.append(len(rests)))
    for _ in range(3):
        workers.submit(lambda: None).result(120)
    workers.submit(lambda: None).result(120)
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


def compiled_bytes(how: str) -> int:
    """Bytes of code that 78 products of different shapes leave behind."""
    command = [sys.executable, "-c", KERNELS, how]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=240).stdout)


@pytest.mark.skipif(
    not cpu_multiplies_bf16(), reason="this processor multiplies no bf16, so torch compiles no kernel for a shape"
)
def test_kernels_of_shapes_that_do_not_come_again_are_forgotten() -> None:
    kept = compiled_bytes("unbounded")
    assert kept > 2**20  # else this test shows nothing
    assert compiled_bytes("bounded") < kept / 4


def test_the_number_of_kernels_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KERNELS_VARIABLE, "1")  # so that it is put back as it was
    monkeypatch.delenv(KERNELS_VARIABLE)
    assert bound_kernels(8) == 8
    monkeypatch.setenv(KERNELS_VARIABLE, "3")
    assert bound_kernels(8) == 3
    monkeypatch.setenv(KERNELS_VARIABLE, "many")
    with pytest.raises(SettingsError, match="many"):
        bound_kernels()
