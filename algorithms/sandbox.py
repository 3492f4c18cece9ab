"""The child side of `algorithms.worker`: runs algorithms from the registry behind limits, one JSON line in, one out.

Only ids of the registry and JSON inputs come in, so no text is ever executed as code; the limits below are the second
wall. Network, child processes and writing files are refused by an audit hook, which cannot be removed once set; memory,
file size and core dumps by the operating system; time by the parent, which kills this process at its deadline.
"""

from __future__ import annotations

import base64
import ctypes
import io
import json
import os
import resource
import sys
import tempfile
import time
import traceback
from typing import Any

MEMORY_BYTES = 4 * 2**30
OUTPUT_BYTES = 4 * 2**20
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
REFUSED = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.truncate",
        "shutil.rmtree",
        "urllib.Request",
    }
)


def isolate_network() -> bool:
    """Move this process into an empty network namespace; False where the kernel does not allow it."""
    libc = ctypes.CDLL(None, use_errno=True)
    unshare = getattr(libc, "unshare", None)
    if unshare is None:
        return False
    return bool(unshare(CLONE_NEWNET) == 0 or unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: raise on anything a reference implementation has no business doing."""
    if event in REFUSED:
        raise PermissionError(f"reference implementations may not use {event}")
    if event == "sqlite3.connect" and arguments[0] != ":memory:":
        raise PermissionError("reference implementations may only open in-memory databases")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("reference implementations may not write files")


def lock_down() -> dict[str, Any]:
    """Apply all limits to this process and say which hold."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    namespace = isolate_network()
    sys.dont_write_bytecode = True
    # torch's optimisers ask for a temporary folder while they are imported and put nothing there: looking for one writes a file
    tempfile.tempdir = "/nonexistent"
    sys.addaudithook(refuse)
    return {"ready": True, "network": "empty namespace" if namespace else "refused by audit hook"}


def execute(request: dict[str, Any]) -> dict[str, Any]:
    """Run one request ``{"id", "inputs", "figure"}`` and describe what happened.

    Returns
    -------
    dict
        ``{"ok": True, "inputs", "output", "duration_ms", "figure"}``, or ``{"ok": False, "error", "fix", "kind"}``.
    """
    from algorithms import registry
    from core.errors import VouchError

    try:
        entry = registry.load(request["id"])
        inputs = entry.validate(request["inputs"])
        started = time.perf_counter()
        output = entry.run(request["inputs"])
        duration = (time.perf_counter() - started) * 1000
        figure = None
        if request.get("figure") and entry.figure is not None:
            buffer = io.BytesIO()
            entry.figure(inputs, output).savefig(buffer, format="png", dpi=120, metadata={"Software": None})
            figure = base64.b64encode(buffer.getvalue()).decode("ascii")
        answer = {
            "ok": True,
            "inputs": registry.plain(inputs),
            "output": output,
            "duration_ms": duration,
            "figure": figure,
        }
        if len(json.dumps(output)) > OUTPUT_BYTES:
            raise MemoryError(f"the output is over {OUTPUT_BYTES} bytes")
    except VouchError as error:
        return {"ok": False, "error": error.message, "fix": error.fix, "kind": type(error).__name__}
    except MemoryError as error:
        text = str(error) or f"over the memory limit of {MEMORY_BYTES} bytes"
        return {"ok": False, "error": text, "fix": "use smaller inputs", "kind": "RunFailed"}
    except Exception as error:  # the parent must learn of a bug in one algorithm without losing the worker
        trace = traceback.format_exc(limit=-3)
        return {
            "ok": False,
            "error": f"{type(error).__name__}: {error}",
            "fix": f"this is a defect of the implementation, please report it:\n{trace}",
            "kind": "RunFailed",
        }
    return answer


def main() -> None:
    """Serve requests from standard input until it closes."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a stray print in an algorithm must not corrupt the protocol
    import numpy  # noqa: F401  (imported before the limits so that the first run is fast)

    from algorithms import registry  # noqa: F401

    print(json.dumps(lock_down()), file=channel, flush=True)
    for line in sys.stdin:
        print(json.dumps(execute(json.loads(line)), ensure_ascii=False), file=channel, flush=True)


if __name__ == "__main__":
    main()
