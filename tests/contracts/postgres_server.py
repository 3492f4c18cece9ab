"""A PostgreSQL server for tests: the one that `VOUCH_POSTGRES_URL` names, or one started in a folder, on a socket only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Its address; the test is skipped where there is no server to start."""
    if url := os.environ.get("VOUCH_POSTGRES_URL"):
        yield url
        return
    found = shutil.which("pg_ctl") or (str(INSTALLED[-1]) if INSTALLED else None)
    if found is None:
        pytest.skip("no PostgreSQL server is installed and VOUCH_POSTGRES_URL names none")
    binaries = Path(found).resolve().parent
    # PostgreSQL refuses to run as root
    user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    if user:
        subprocess.run(["chown", "nobody:nogroup", str(folder)], check=True)
        for parent in folder.parents[:5]:
            if Path("/tmp") in parent.parents:
                parent.chmod(parent.stat().st_mode | 0o011)
    data = folder / "data"
    make = [binaries / "initdb", "-D", data, "-U", "vouch", "-A", "trust", "-N", "--no-instructions"]
    subprocess.run([*user, *map(str, make)], check=True, capture_output=True)
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c shared_buffers=16MB"
    control = [*user, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    subprocess.run([*control, "-o", options, "-l", str(data / "log"), "start"], check=True, capture_output=True)
    try:
        yield f"postgresql://vouch@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
