"""Which device and arithmetic an encoder runs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

from core.errors import SettingsError


@cache
def cpu_multiplies_bf16() -> bool:
    """Whether this processor has bf16 matrix instructions (avx512_bf16 or AMX); without them bf16 is slower."""
    info = Path("/proc/cpuinfo")
    flags = info.read_text().split() if info.exists() else []
    return "amx_bf16" in flags or "avx512_bf16" in flags


SHORT = 256
"""Tokens up to which one core is as fast as several."""


@contextmanager
def threads_for(tokens: int, device: str) -> Iterator[None]:
    """One thread for short inputs on a processor, for the calling thread and while it lasts.

    A query gives several cores nothing to share; its layers are so short that the threads wait for each other at every one,
    and on a busy machine each wait lasts until the other thread gets its turn.

    Parameters
    ----------
    tokens : int
        Of the whole batch, padding included.
    device : str
        ``cpu`` or ``cuda``.
    """
    import torch

    before = torch.get_num_threads()
    if device != "cpu" or tokens > SHORT or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def pick_device(wanted: Literal["auto", "cpu", "cuda"]) -> str:
    """Resolve ``auto`` to CUDA where there is one.

    Raises
    ------
    SettingsError
        If CUDA is asked for and missing.

    Examples
    --------
    >>> pick_device("cpu")
    'cpu'
    """
    import torch

    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise SettingsError("encoder.device is cuda, but torch sees no CUDA device", fix="set it to auto or cpu")
    return "cuda" if wanted != "cpu" and available else "cpu"


def pick_precision(wanted: Literal["auto", "fp32", "bf16"], device: str) -> str:
    """Name of the torch dtype to run in: bf16 where the hardware multiplies it.

    Examples
    --------
    >>> pick_precision("fp32", "cpu")
    'float32'
    """
    if wanted == "auto":
        return "bfloat16" if device == "cuda" or cpu_multiplies_bf16() else "float32"
    return {"fp32": "float32", "bf16": "bfloat16"}[wanted]
