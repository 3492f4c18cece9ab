"""Load loops against a server that stalls, where coordinated omission would show."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import InputError
from evals.load import closed_loop, open_loop


class Stalling:
    """Answers one request at a time; the first takes long, the others none."""

    def __init__(self, stall: float) -> None:
        self.stall = stall
        self.lock = asyncio.Lock()
        self.seen: list[str] = []

    async def __call__(self, query: str) -> None:
        async with self.lock:
            first = not self.seen
            self.seen.append(query)
            if first:
                await asyncio.sleep(self.stall)


def test_an_open_loop_counts_the_wait_of_all_that_were_due():
    result = asyncio.run(open_loop(Stalling(0.3), ["a", "b"], rate=100, requests=20))
    waited = [latency for latency in result.latencies_ms if latency > 50]
    assert len(result.latencies_ms) == 20
    assert len(waited) >= 15  # all that were due during the stall, not only the one that stalled


def test_a_closed_loop_hides_it():
    result = asyncio.run(closed_loop(Stalling(0.3), ["a"], clients=1, requests=20))
    assert sum(latency > 50 for latency in result.latencies_ms) == 1
    assert result.throughput > 0


def test_an_open_loop_sends_at_its_rate_whatever_the_server_does():
    server = Stalling(0.2)
    result = asyncio.run(open_loop(server, ["a"], rate=50, requests=10))
    assert len(server.seen) == 10
    assert result.seconds >= 0.18  # nine gaps of 20 ms, less rounding


def test_a_late_client_counts_from_when_it_was_due():
    async def blocking(query: str) -> None:
        import time

        time.sleep(0.02)  # holds the loop, so that later requests are sent late

    result = asyncio.run(open_loop(blocking, ["a"], rate=1000, requests=10))
    assert max(result.latencies_ms) > 4 * min(result.service_ms)


def test_failures_are_counted_by_reason():
    async def failing(query: str) -> None:
        if query == "bad":
            raise RuntimeError("HTTP 503")

    result = asyncio.run(closed_loop(failing, ["good", "bad"], clients=2, requests=10))
    assert result.failures == {"HTTP 503": 5}
    assert len(result.latencies_ms) == 5


def test_queries_are_shared_among_clients():
    seen: list[str] = []

    async def note(query: str) -> None:
        seen.append(query)
        await asyncio.sleep(0)

    asyncio.run(closed_loop(note, ["a", "b"], clients=4, requests=11))
    assert sorted(seen) == ["a"] * 6 + ["b"] * 5


@pytest.mark.parametrize(("queries", "rate", "requests"), [([], 1, 1), (["a"], 0, 1), (["a"], 1, 0)])
def test_a_load_of_nothing_is_refused(queries, rate, requests):
    async def nothing(query: str) -> None: ...

    with pytest.raises(InputError):
        asyncio.run(open_loop(nothing, queries, rate, requests))
