"""File locks: one writer a collection, and leases that keep what a reader still reads.

A reader holds a shared lock on its generation, so that garbage collection leaves it.

Locks end with the process that holds them, even a killed one, so a lease is never left behind.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Busy

FOLDER = "leases"
WRITER = "writer.lock"
POLL_SECONDS = 0.05


class Lease:
    """Holds a generation until it is released or its process ends.

    Parameters
    ----------
    folder : Path
        Of the collection.
    generation : int
        What is read.
    """

    def __init__(self, folder: Path, generation: int) -> None:
        (folder / FOLDER).mkdir(exist_ok=True)
        self._descriptor = os.open(lease_path(folder, generation), os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.release()


def lease_path(folder: Path, generation: int) -> Path:
    """The file whose lock stands for a generation."""
    return folder / FOLDER / f"{generation:08d}.lock"


def oldest_leased(folder: Path, current: int) -> int:
    """The oldest generation that somebody still reads, at most `current`; files of ended leases before it are removed.

    Called by the one writer only. A reader that takes a lease at this instant checks afterwards that its generation has
    not been collected (`EmbeddedStore.snapshot`).
    """
    for path in sorted((folder / FOLDER).glob("*.lock")):
        generation = int(path.stem)
        if generation >= current:
            break
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        except BlockingIOError:
            return generation
        finally:
            os.close(descriptor)
    return current


@contextmanager
def writer_lock(folder: Path, name: str, wait_seconds: float) -> Iterator[None]:
    """Hold the lock of the one writer of a collection, across threads and processes.

    Raises
    ------
    Busy
        If another holds it for longer than `wait_seconds`.
    """
    descriptor = os.open(folder / WRITER, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + wait_seconds
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy(
                        f"another process is writing to collection {name!r}", fix="wait for it to finish, or stop it"
                    ) from None
                time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)
