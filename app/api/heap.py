"""How much memory native code keeps for itself: the C heap and compiled kernels would grow for as long as the server runs."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable

from core.errors import SettingsError

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Parameters of ``mallopt``; the numbers are those of glibc's ``malloc.h``."""
MAPPED_BYTES = 4 * 2**20
TRIM_BYTES = 16 * 2**20
TRIM_SECONDS = 10.0
KERNELS_VARIABLE = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
KERNELS = 16
"""Compiled matrix products that are kept; by itself oneDNN keeps 1024, some of them of more than a MiB."""


def bound_heap(arenas: int) -> bool:
    """Have the C library keep few arenas and hand big blocks back as soon as they are free; before threads begin.

    By itself glibc keeps eight arenas a core, and raises the size from which blocks are mapped on their own up to 32 MiB
    once one of that size is freed: the models' intermediate results then lie in the arenas, where one small block that
    lives on keeps everything below it.

    Parameters
    ----------
    arenas : int
        Most arenas; threads above that number share them.

    Returns
    -------
    bool
        Whether the C library knows these parameters; musl and macOS have other allocators.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return False
    chosen = {M_ARENA_MAX: arenas, M_MMAP_THRESHOLD: MAPPED_BYTES, M_TRIM_THRESHOLD: TRIM_BYTES}
    return all([library.mallopt(name, value) == 1 for name, value in chosen.items()])


def bound_kernels(capacity: int = KERNELS) -> int:
    """Have oneDNN keep few compiled kernels; before torch multiplies its first matrices in bf16.

    It compiles a kernel for each shape of its operands, and nearly every batch of texts has a shape of its own. What is
    set in the environment already is left as it is.

    Parameters
    ----------
    capacity : int
        Kernels kept, the ones used last.

    Returns
    -------
    int
        The number in force.

    Raises
    ------
    SettingsError
        If the environment has something else than a number.
    """
    given = os.environ.setdefault(KERNELS_VARIABLE, str(capacity))
    if not given.isdecimal():
        raise SettingsError(f"{KERNELS_VARIABLE} is {given!r}, no number", fix=f"unset {KERNELS_VARIABLE}")
    return int(given)


class Trimmer:
    """Gives free pages of the C heap back to the system, at intervals.

    Parameters
    ----------
    seconds : float
        Least time between two calls that do something.
    clock : callable
        Time in seconds.

    Examples
    --------
    >>> times = iter([100.0, 101.0, 111.0])
    >>> trimmer = Trimmer(10.0, lambda: next(times))
    >>> [trimmer() for _ in range(3)]
    [True, False, True]
    """

    def __init__(self, seconds: float = TRIM_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last: float | None = None
        self._lock = threading.Lock()
        self._trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)

    def __call__(self) -> bool:
        """Trim, unless it was done just now; whether it was time to."""
        with self._lock:
            now = self._clock()
            if self._last is not None and now - self._last < self._seconds:
                return False
            self._last = now
        if self._trim is not None:
            self._trim(0)
        return True
