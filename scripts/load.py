"""Many users at once against a server of its own: ``python scripts/load.py --users 32 --seconds 300``.

Each user asks, searches and runs algorithms one request after the other; one that is turned away waits as long as
``Retry-After`` says. The output is a JSON document: responses by status, percentiles of the time of those with 200, the server's
memory (its worker processes included), all of it also minute by minute, and how the first minute and the last one compare.
Settings come from the environment, as those of the server do: ``VOUCH_LLM__BACKEND=none`` leaves the language model out.
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
from collections.abc import Iterator, Sequence
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
MINUTE = 60.0


@dataclass
class Record:
    """What was seen."""

    statuses: list[tuple[float, str]] = field(default_factory=list)
    """When a request was sent, in seconds from the start, and what it was answered."""
    seconds: list[tuple[float, str, float]] = field(default_factory=list)
    """When it was sent, where to, and how long it took, of those with 200."""
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
    """Resident memory of a process and its descendants; a page that several share counts once (proportional set size)."""
    total = 0
    for process in family(pid):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
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


async def user(number: int, address: str, begun: float, until: float, record: Record) -> None:
    """One request after the other until time is up."""
    chance = random.Random(number)
    async with httpx.AsyncClient(base_url=address, timeout=300) as client:
        while time.monotonic() < until:
            path, body = request(chance)
            started = time.monotonic()
            try:
                response = await client.post(path, json=body)
            except httpx.TransportError as error:
                record.statuses.append((started - begun, type(error).__name__))
                await asyncio.sleep(1)
                continue
            record.statuses.append((started - begun, str(response.status_code)))
            if response.status_code == 200:
                record.seconds.append((started - begun, path, time.monotonic() - started))
            else:
                await asyncio.sleep(float(response.headers.get("retry-after", 1)) * (1 + chance.random() / 2))


async def watch(pid: int, begun: float, until: float, record: Record) -> None:
    """Note the memory at intervals."""
    with tqdm(total=round(until - begun), unit="s", desc="load", file=sys.stderr) as bar:
        while (now := time.monotonic()) < until:
            record.memory.append((now - begun, resident_bytes(pid)))
            bar.n = round(now - begun)
            bar.set_postfix(Counter(status for _, status in record.statuses))
            await asyncio.sleep(SAMPLE_SECONDS)


async def run(address: str, pid: int, users: int, seconds: float) -> Record:
    """All users at once."""
    record = Record()
    begun = time.monotonic()
    until = begun + seconds
    crowd = (user(n, address, begun, until, record) for n in range(users))
    await asyncio.gather(watch(pid, begun, until, record), *crowd)
    return record


def summary(record: Record, seconds: float) -> dict[str, Any]:
    """What to report: the whole, each minute, and the last whole minute against the first one."""
    minutes = [spell(record, MINUTE * n, MINUTE * (n + 1)) for n in range(max(1, int(seconds // MINUTE)))]
    return {"whole": spell(record, 0.0, float("inf")), "minutes": minutes, "last_to_first": compared(minutes)}


def spell(record: Record, begin: float, end: float) -> dict[str, Any]:
    """Requests sent between two points in time, and the memory then."""
    statuses = Counter(status for at, status in record.statuses if begin <= at < end)
    paths = sorted({path for _, path, _ in record.seconds})
    times = {path: [took for at, to, took in record.seconds if to == path and begin <= at < end] for path in paths}
    sizes = [size / 2**20 for at, size in record.memory if begin <= at < end]
    return {
        "statuses": dict(sorted(statuses.items())),
        "seconds": {path: percentiles(values) for path, values in times.items() if values},
        "all_seconds": percentiles([value for values in times.values() for value in values]),
        "memory_mib": {"median": round(float(np.median(sizes))), "largest": round(max(sizes))} if sizes else None,
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Percentiles of times, and how many there are.

    Examples
    --------
    >>> percentiles([1.0, 2.0, 3.0])["p50"]
    2.0
    """
    found = {f"p{p}": round(float(np.percentile(values, p)), 2) for p in (50, 95, 99)} if values else {}
    return {**found, "count": len(values)}


def compared(minutes: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """Growth from the first minute to the last one, in percent; None where there is nothing to compare."""
    first, last = minutes[0], minutes[-1]

    def growth(one: float | None, other: float | None) -> float | None:
        return None if not one or other is None else round(100 * (other / one - 1), 1)

    return {
        "memory_percent": growth((first["memory_mib"] or {}).get("median"), (last["memory_mib"] or {}).get("median")),
        "p95_percent": growth(first["all_seconds"].get("p95"), last["all_seconds"].get("p95")),
    }


def draw(record: Record, path: Path) -> None:
    """Memory over time, and below it how long each request took that was answered with 200."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.6), layout="constrained")
    memory, waits = figure.subplots(2, 1, sharex=True)
    memory.plot([at for at, _ in record.memory], [size / 2**20 for _, size in record.memory])
    memory.set(ylabel="memory (MiB)", ylim=(0, None))
    for path_asked in sorted({asked for _, asked, _ in record.seconds}):
        points = [(at, took) for at, asked, took in record.seconds if asked == path_asked]
        waits.plot(*zip(*points, strict=True), ".", markersize=4, label=path_asked)
    waits.set(xlabel="seconds since the start", ylabel="response time (s)", ylim=(0, None))
    waits.legend(loc="upper right")
    figure.savefig(path)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--home", type=Path, default=Path(".vouch-load"))
    parser.add_argument("--plot", type=Path, help="picture of memory and response times over time")
    chosen = parser.parse_args()
    chosen.home.mkdir(parents=True, exist_ok=True)
    with server(chosen.home, chosen.home / "server.log") as (address, pid):
        record = asyncio.run(run(address, pid, chosen.users, chosen.seconds))
    if chosen.plot is not None:
        draw(record, chosen.plot)
    sys.stdout.write(json.dumps(summary(record, chosen.seconds), indent=1) + "\n")


if __name__ == "__main__":
    main()
