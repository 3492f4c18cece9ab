"""What a measurement ran on, and what it took."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def describe_machine() -> dict[str, Any]:
    """Processor, cores, memory, load and versions of the libraries that matter for speed."""
    import numpy
    import torch

    found: dict[str, Any] = {
        "processor": processor_name(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_GiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load_average": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "torch": torch.__version__,
        "torch_threads": torch.get_num_threads(),
    }
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name(0)
    return found


def machine_line(machine: Mapping[str, Any]) -> str:
    """A machine in one sentence.

    Examples
    --------
    >>> machine_line({"processor": "P", "cores": 2, "memory_GiB": 8.0, "python": "3.11", "torch": "2", "numpy": "2.3"})
    'Machine: P, 2 cores, 8 GiB; Python 3.11, torch 2, numpy 2.3.'
    """
    gpu = f", {machine['gpu']}" if "gpu" in machine else ""
    return (
        f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_GiB']:g} GiB{gpu}; "
        f"Python {machine['python']}, torch {machine['torch']}, numpy {machine['numpy']}."
    )


def processor_name() -> str:
    """Model of the processor as Linux names it."""
    file = Path("/proc/cpuinfo")
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def resident_bytes() -> int:
    """Memory of this process that is resident now; 0 where the system does not say."""
    file = Path("/proc/self/statm")
    return int(file.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if file.is_file() else 0


def folder_bytes(folder: Path) -> int:
    """Size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
