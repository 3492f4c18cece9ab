"""The image's second stage, instruction by instruction, in a root file system of its own instead of a container."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.test_compose import SERVICES, stages

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vouch"
UNPRIVILEGED = os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("useradd") is None
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(UNPRIVILEGED, reason="takes root, `unshare` and `useradd`"),
    pytest.mark.skipif(not CACHE.exists(), reason="takes the handbook's index: `make setup`"),
]
ROOT = """
set -euo pipefail
root=$1
mount -t tmpfs -o mode=755 none "$root"
mkdir -p "$root"/{usr,etc,proc,dev,tmp,var,home,opt/cache}
chmod 1777 "$root/tmp"
for name in bin sbin lib lib64; do [ -e /$name ] && cp -a /$name "$root/$name"; done
cp -a /etc/{passwd,group,shadow,gshadow,login.defs,nsswitch.conf,default,skel,ld.so.cache,ld.so.conf,ld.so.conf.d} "$root/etc"
seen() { mkdir -p "$root$2"; mount --rbind "$1" "$root$2"; mount -o remount,bind,ro "$root$2"; }
seen /usr /usr
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
"""
"""A root with the machine's own system in the place of the base image's; all of it vanishes with the name space."""


def instructions(stage: list[str]) -> tuple[list[str], dict[str, str], str, list[str]]:
    """Commands to run, environment, user and command of a stage; an instruction that is not known is refused."""
    runs: list[str] = []
    environment: dict[str, str] = {}
    user, command = "0", [""]
    for line in stage[1:]:
        name, rest = line.split(maxsplit=1)
        match name:
            case "RUN":
                runs.append(rest)
            case "ENV":
                environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            case "USER":
                user = rest
            case "CMD":
                command = json.loads(rest)
            case "COPY":
                assert rest.startswith("--from=built /")
            case "WORKDIR":
                assert rest == "/app"
            case _:
                assert name in {"VOLUME", "EXPOSE", "STOPSIGNAL"}, line
    return runs, environment, user, command


def test_the_second_stage_runs_without_a_container(tmp_path: Path) -> None:
    runs, environment, user, command = instructions(stages()[-1])
    # the virtual environment lies where it was made, too: its scripts name that place
    environment |= {"PYTHONPATH": "/app", "HOME": "/home/vouch", "VOUCH_LLM__BACKEND": "none", "OMP_NUM_THREADS": "1"}
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    given = given.replace("$PATH", "/usr/local/bin:/usr/bin:/bin")
    places = [
        (sys.prefix, "/opt/venv"),
        (sys.prefix, sys.prefix),
        (sys.base_prefix, sys.base_prefix),
        (str(Path.cwd()), "/app"),
        (str(CACHE), "/opt/cache/vouch"),
    ]
    mounted = [
        f"seen {shlex.quote(a)} {shlex.quote(b)}" for a, b in places if not b.startswith("/usr/") and b != "/usr"
    ]
    inside = f'chroot --userspec={user} "$root" /usr/bin/env -i {given} /bin/sh -c'
    started = shlex.join(command)
    healthy = shlex.join(SERVICES["api"]["healthcheck"]["test"][1:])
    script = "\n".join(
        [
            ROOT,
            *mounted,
            *(f'chroot "$root" /bin/sh -ec {shlex.quote(run)}' for run in runs),
            'mount --bind "$root/data" "$root/data"',
            'mount --bind "$root/tmp" "$root/tmp"',
            'mount -o remount,bind,ro "$root"',
            "ip link set lo up",
            f"! {inside} {shlex.quote(f'cd /app && {started}')} 2> refused",
            "grep 'vouch keys create' refused",
            f"{inside} {shlex.quote('cd /app && id -u && vouch keys create --scopes ask')}",
            f"{inside} 'touch /app/written /opt/written 2>&1' && exit 9",
            f"{inside} {shlex.quote(f'cd /app && exec {started}')} &",
            "server=$!",
            "trap 'kill -KILL $server 2> /dev/null || true' EXIT",
            f"until {inside} {shlex.quote(healthy)} 2> /dev/null; do kill -0 $server; sleep 1; done",
            "kill -TERM $server",
            "wait $server || [ $? = 143 ]",  # ended by SIGTERM, after it let its requests end
            "echo stopped",
        ]
    )
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "stage.sh").write_text(script)
    done = subprocess.run(
        ["unshare", "--mount", "--net", "bash", "stage.sh", str(root)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    lines = done.stdout.splitlines()
    assert user in lines  # what `id -u` said
    assert lines[-1] == "stopped"
    assert list(root.iterdir()) == []
