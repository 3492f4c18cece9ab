"""Many users at once against a server of its own: ``python scripts/load.py --users 32 --seconds 300``.

Each user asks, searches and runs algorithms one request after the other; one that is turned away waits as long as
``Retry-After`` says. The last line of output is a JSON document: responses by status, percentiles of the time of those with
200, and the server's memory (worker processes included) while it was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from tqdm import tqdm

QUESTIONS = (
    "How does dropout differ between training and inference?",
    "Why is attention divided by the square root of the key dimension?",
    "What is the softmax of [{n}, 1, 0.1] at temperature 0.5?",
    "What is the probability of at least 9 successes in {n} trials with p = 0.72?",
    "What is the difference between BERT and GPT?",
    "Who won the football world cup in {n}?",
)
SAMPLE_SECONDS = 2.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Record:
    """What was seen."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    memory: list[tuple[float, int]] = field(default_factory=list)


@contextmanager
def server(home: Path, log: Path) -> Iterator[tuple[str, int]]:
    """A server of its own on a free port, ready to be asked: its address and process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vouch", "serve", "--port", str(port)]
    environment = {**os.environ, "VOUCH_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 600
        while not ready(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start; see {log}")
            time.sleep(0.5)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(60)


def ready(address: str) -> bool:
    """Whether it can be asked."""
    try:
        return httpx.get(f"{address}/readyz", timeout=60).status_code == 200
    except httpx.TransportError:
        return False


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for process in found:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            found.extend(int(child) for child in children.read_text().split())
    return found


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and its descendants; pages they share count once for each."""
    total = 0
    for process in family(pid):
        try:
            total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_BYTES
        except FileNotFoundError:  # it ended meanwhile
            continue
    return total


def request(chance: random.Random) -> tuple[str, dict[str, Any]]:
    """One request: mostly questions, some searches and runs."""
    question = chance.choice(QUESTIONS).format(n=chance.randint(11, 2000))
    draw = chance.random()
    if draw < 0.6:
        return "/v1/ask", {"question": question}
    if draw < 0.85:
        return "/v1/search", {"query": question, "collection": "handbook"}
    return "/v1/algorithms/softmax/run", {"inputs": {"logits": [chance.random() for _ in range(8)]}}


async def user(number: int, address: str, until: float, record: Record) -> None:
    """One request after the other until time is up."""
    chance = random.Random(number)
    async with httpx.AsyncClient(base_url=address, timeout=300) as client:
        while time.monotonic() < until:
            path, body = request(chance)
            started = time.monotonic()
            try:
                response = await client.post(path, json=body)
            except httpx.TransportError as error:
                record.statuses[type(error).__name__] += 1
                await asyncio.sleep(1)
                continue
            record.statuses[str(response.status_code)] += 1
            if response.status_code == 200:
                record.seconds.setdefault(path, []).append(time.monotonic() - started)
            else:
                await asyncio.sleep(float(response.headers.get("retry-after", 1)) * (1 + chance.random()))


async def watch(pid: int, until: float, record: Record) -> None:
    """Note the memory at intervals."""
    begun = time.monotonic()
    with tqdm(total=round(until - begun), unit="s", desc="load", file=sys.stderr) as bar:
        while (now := time.monotonic()) < until:
            record.memory.append((now - begun, resident_bytes(pid)))
            bar.n = round(now - begun)
            bar.set_postfix(record.statuses)
            await asyncio.sleep(SAMPLE_SECONDS)


async def run(address: str, pid: int, users: int, seconds: float) -> Record:
    """All users at once."""
    record = Record()
    until = time.monotonic() + seconds
    await asyncio.gather(watch(pid, until, record), *(user(n, address, until, record) for n in range(users)))
    return record


def summary(record: Record) -> dict[str, Any]:
    """What to report.

    The growth of memory is that of the medians of the second quarter and the last quarter: the first is warming up.
    """
    sizes = np.array([size for _, size in record.memory]) / 2**20
    quarters = np.array_split(sizes, 4)
    early, late = float(np.median(quarters[1])), float(np.median(quarters[3]))
    percentiles = {
        path: {f"p{p}": round(float(np.percentile(times, p)), 2) for p in (50, 95, 99)} | {"count": len(times)}
        for path, times in sorted(record.seconds.items())
    }
    return {
        "statuses": dict(sorted(record.statuses.items())),
        "seconds": percentiles,
        "memory_mib": {
            "second_quarter": round(early),
            "last_quarter": round(late),
            "largest": round(float(sizes.max())),
            "growth_percent": round(100 * (late / early - 1), 1),
        },
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--home", type=Path, default=Path(".vouch-load"))
    chosen = parser.parse_args()
    chosen.home.mkdir(parents=True, exist_ok=True)
    with server(chosen.home, chosen.home / "server.log") as (address, pid):
        record = asyncio.run(run(address, pid, chosen.users, chosen.seconds))
    sys.stdout.write(json.dumps(summary(record), indent=1) + "\n")


if __name__ == "__main__":
    main()
