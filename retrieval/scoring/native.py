"""The compiled kernels: built from C with the system's compiler at first use, kept in a cache, never required.

The library lies below ``$XDG_CACHE_HOME/vouch/kernels`` under a digest of its source, compiler and flags, so that a changed
source is a new file and a half-written one is never loaded.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("maxsim_codes.c")
FLAGS = ("-O3", "-shared", "-fPIC", "-std=gnu11", "-Wno-psabi")
COMPILE_SECONDS = 60


@dataclass(frozen=True)
class Kernels:
    """The loaded library, or why there is none.

    Attributes
    ----------
    library : ctypes.CDLL or None
        None where the numpy version runs instead, which gives the same numbers more slowly.
    reason : str
        Where the library lies, or why it could not be built.
    """

    library: ctypes.CDLL | None
    reason: str


def cache_folder() -> Path:
    """``$XDG_CACHE_HOME/vouch/kernels``, by default below ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")) / "vouch" / "kernels"


@cache
def kernels() -> Kernels:
    """The kernels of this process; compiled where the cache lacks them."""
    return load(cache_folder(), os.environ.get("CC", "cc"))


def load(folder: Path, compiler: str) -> Kernels:
    """Load the library from a folder, compiling it first where it is missing.

    Parameters
    ----------
    folder : Path
        Where libraries are kept.
    compiler : str
        Name or path of a C compiler.
    """
    found = shutil.which(compiler)
    if found is None:
        return Kernels(None, f"no C compiler {compiler!r}; the slower numpy kernel runs")
    source = SOURCE.read_bytes()
    key = b"\0".join((source, found.encode(), " ".join(FLAGS).encode(), platform.machine().encode()))
    target = folder / f"maxsim-{hashlib.sha256(key).hexdigest()[:16]}.so"
    try:
        if not target.exists():
            build(found, target)
        library = ctypes.CDLL(str(target))
    except subprocess.CalledProcessError as error:
        detail = error.stderr.decode(errors="replace").strip().splitlines()
        return Kernels(None, f"{compiler} refuses the kernel: {detail[0] if detail else error}; the numpy kernel runs")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Kernels(None, f"the compiled kernel cannot be used: {error}; the numpy kernel runs")
    for name in ("maxsim_signs", "maxsim_bytes"):
        function = getattr(library, name)
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        function.argtypes = [pointer, integer, pointer, integer, pointer, pointer]
        function.restype = None
    return Kernels(library, str(target))


def build(compiler: str, target: Path) -> None:
    """Compile into a file beside the target, then move it into place in one step.

    Raises
    ------
    subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError
        If the compiler refuses, takes too long, or the folder cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # two processes may compile at once: each writes its own file, the last rename wins and both are the same
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        command = [compiler, *FLAGS, "-o", str(made), str(SOURCE)]
        subprocess.run(command, check=True, capture_output=True, timeout=COMPILE_SECONDS)
        made.replace(target)
