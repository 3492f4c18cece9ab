"""Load tests of a running server: closed loop, and open loop with latency counted from when a request was due.

An open loop sends at fixed times whatever the server does. A client that waits for a slow answer before it sends the next
request hides the wait of all that should have been sent meanwhile (coordinated omission; Tene, "How NOT to measure latency");
here every latency begins at the time the request was due, so a queue shows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.errors import InputError

Send = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class LoadResult:
    """One load test.

    Attributes
    ----------
    kind : str
        ``closed`` or ``open``.
    offered : float
        Clients of a closed loop, requests a second of an open one.
    seconds : float
        From the first request due to the last answer.
    latencies_ms : tuple of float
        Of requests that were answered; from the time they were due.
    service_ms : tuple of float
        Of the same requests from the time they were sent.
    failures : dict
        Reason → how many.
    """

    kind: str
    offered: float
    seconds: float
    latencies_ms: tuple[float, ...]
    service_ms: tuple[float, ...]
    failures: dict[str, int]

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.latencies_ms) / self.seconds if self.seconds else 0.0


class Recorder:
    """Collects what came of each request."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.services: list[float] = []
        self.failures: dict[str, int] = {}

    async def measure(self, send: Send, query: str, due: float) -> None:
        """Send one request and note its latency from `due`; a failure is counted by its reason."""
        sent = time.perf_counter()
        try:
            await send(query)
        except Exception as error:  # an outcome of the test: whatever the client raises is what a user would get
            reason = str(error) or type(error).__name__
            self.failures[reason] = self.failures.get(reason, 0) + 1
            return
        done = time.perf_counter()
        self.latencies.append((done - due) * 1000)
        self.services.append((done - sent) * 1000)

    def result(self, kind: str, offered: float, seconds: float) -> LoadResult:
        """What was collected."""
        return LoadResult(kind, offered, seconds, tuple(self.latencies), tuple(self.services), dict(self.failures))


async def closed_loop(send: Send, queries: Sequence[str], clients: int, requests: int) -> LoadResult:
    """`clients` that each send their next request once the last was answered.

    Raises
    ------
    InputError
        If there is no query, client or request.
    """
    check(queries, clients, requests)
    recorder = Recorder()
    numbers = iter(range(requests))

    async def client() -> None:
        for number in numbers:  # shared, so that a slow client leaves its share to the others
            await recorder.measure(send, queries[number % len(queries)], time.perf_counter())

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return recorder.result("closed", clients, time.perf_counter() - started)


async def open_loop(send: Send, queries: Sequence[str], rate: float, requests: int) -> LoadResult:
    """Requests due at a fixed `rate` a second, sent whether or not earlier ones were answered.

    Raises
    ------
    InputError
        If there is no query or request, or the rate is not positive.
    """
    check(queries, rate, requests)
    recorder = Recorder()
    started = time.perf_counter()
    pending = []
    for number in range(requests):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        pending.append(asyncio.ensure_future(recorder.measure(send, queries[number % len(queries)], due)))
    await asyncio.gather(*pending)
    return recorder.result("open", rate, time.perf_counter() - started)


def check(queries: Sequence[str], offered: float, requests: int) -> None:
    """Refuse a load of nothing."""
    if not queries or offered <= 0 or requests <= 0:
        raise InputError("there is nothing to send", fix="give queries, a positive load and a number of requests")


async def load_server(
    url: str,
    queries: Sequence[str],
    *,
    clients: Sequence[int],
    rates: Sequence[float],
    requests: int,
    api_key: str | None = None,
    route: str = "/v1/search",
    timeout_seconds: float = 60.0,
) -> list[LoadResult]:
    """Closed loops of several sizes, then open loops of several rates, against one route of a running server."""
    import httpx

    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    key = "question" if route.endswith("/ask") else "query"
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=256)
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout_seconds, limits=limits) as client:

        async def send(query: str) -> None:
            response = await client.post(route, json={key: query})
            if response.status_code >= 400:
                raise RuntimeError(f"HTTP {response.status_code}")

        await send(queries[0])  # the first request opens files and warms caches; it is no measurement
        results = [await closed_loop(send, queries, count, requests) for count in clients]
        results += [await open_loop(send, queries, rate, requests) for rate in rates]
    return results
