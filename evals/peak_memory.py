"""The most memory that a piece of work took, as the kernel saw it."""

from __future__ import annotations

from pathlib import Path

from evals.machine import resident_bytes

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


class PeakMemory:
    """Growth of this process above what it held on entry, at its highest.

    The kernel's high-water mark is reset on entry (Linux 4.0 and later); where that is refused the growth is measured now and
    then, when asked, and may miss a peak in between. What the process does after the block no longer counts.
    """

    def __init__(self) -> None:
        self._before = 0
        self._highest = 0
        self._reset = False
        self._over = False

    def __enter__(self) -> PeakMemory:
        try:
            CLEAR.write_text("5")
            self._reset = True
        except OSError:  # another system, or a sandbox; `grown` then compares what is resident
            self._reset = False
        self._before = resident_bytes()
        return self

    def __exit__(self, *error: object) -> None:
        self.grown()
        self._over = True

    def grown(self) -> int:
        """Bytes of growth at the highest point so far, or of the whole block once it is over."""
        if self._over:
            return self._highest
        mark = high_water() if self._reset else resident_bytes()
        self._highest = max(self._highest, mark - self._before)
        return self._highest


def high_water() -> int:
    """The kernel's high-water mark of resident memory, in bytes; 0 where it keeps none."""
    if not STATUS.is_file():
        return 0
    lines = (line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    return next((int(line.split()[1]) * 1024 for line in lines), 0)
