"""Leases: a reader holds a shared file lock on its generation, so that garbage collection leaves what it still reads.

Locks end with the process that holds them, even a killed one, so a lease is never left behind.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

FOLDER = "leases"


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
