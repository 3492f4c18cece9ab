"""Who works when: so many requests at once, the next ones in a queue, first come, first served, and no further than is useful."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable

from core.errors import Busy

Gone = Callable[[], Awaitable[bool]]
POLL_SECONDS = 0.5
MEMORY = 0.1
"""Weight of the newest time in the running mean of how long a slot is held."""
LONGEST_RETRY_SECONDS = 120


class ClientGone(Exception):
    """The client closed the connection."""


async def stays() -> bool:
    """For callers that end by cancellation rather than by a closed connection."""
    return False


class Slot:
    """A place among those who work; given back once, from whichever thread.

    Parameters
    ----------
    admission : Admission
        Gets it back.
    taken_at : float
        On the clock of the admission.
    waited_seconds : float
        From asking for it to getting it.
    """

    def __init__(self, admission: Admission, taken_at: float, waited_seconds: float) -> None:
        self.waited_seconds = waited_seconds
        self._admission = admission
        self._taken_at = taken_at
        self._returned = threading.Lock()

    def release(self) -> None:
        """Give it back; a second time changes nothing."""
        if self._returned.acquire(blocking=False):
            self._admission._give_back(self._taken_at)


class Waiter:
    """One request in the queue, on its own event loop."""

    def __init__(self) -> None:
        self.granted = False
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def grant(self) -> bool:
        """Tell it that a slot is its own; false where its loop has ended meanwhile."""
        self.granted = True
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._event.set)
            return True
        return False

    async def sleep(self, seconds: float) -> None:
        """Wait for the grant, so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()


class Admission:
    """`slots` requests at once and a queue before them.

    A request is turned away at once where the queue is full, or where those before it are expected to take longer than
    `max_wait_seconds`: it would wait for nothing, and its client is told when to come back instead.

    Parameters
    ----------
    slots : int
        Requests worked on at once.
    max_waiting : int
        Requests in the queue.
    max_wait_seconds : float
        Longest wait in it.
    clock : callable
        Seconds.
    """

    def __init__(
        self, slots: int, max_waiting: int, max_wait_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.closing = False
        self._slots = slots
        self._max_waiting = max_waiting
        self._max_wait = max_wait_seconds
        self._clock = clock
        self._free = slots
        self._queue: deque[Waiter] = deque()
        self._held_mean: float | None = None
        self._lock = threading.Lock()

    @property
    def working(self) -> int:
        """Requests that hold a slot."""
        with self._lock:
            return self._slots - self._free

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        with self._lock:
            return len(self._queue)

    async def take(self, gone: Gone = stays) -> Slot:
        """Wait for a slot.

        Parameters
        ----------
        gone : callable
            Whether the client has left.

        Raises
        ------
        Busy
            If there is no place in the queue, the wait grew too long, or the server is stopping.
        ClientGone
            If the client left.
        """
        began = self._clock()
        waiter = self._join()
        if waiter is not None:
            try:
                await self._wait(waiter, began + self._max_wait, gone)
            except BaseException:  # a cancelled request must not keep its place, nor a slot it was given meanwhile
                self._leave(waiter)
                raise
        now = self._clock()
        return Slot(self, now, now - began)

    async def _wait(self, waiter: Waiter, until: float, gone: Gone) -> None:
        while not waiter.granted:
            left = until - self._clock()
            if left <= 0:
                raise self._busy(f"no slot came free within {self._max_wait:g} s")
            await waiter.sleep(min(POLL_SECONDS, left))
            if self.closing:
                raise Busy("the server is stopping", fix="ask again in a moment")
            if await gone():
                raise ClientGone

    def _join(self) -> Waiter | None:
        """A place in the queue; None where a slot is free at once."""
        with self._lock:
            if self._free and not self._queue:
                self._free -= 1
                return None
            if len(self._queue) >= self._max_waiting:
                refusal = f"{self._slots} requests are being worked on and {len(self._queue)} wait"
            elif self._expected(len(self._queue)) > self._max_wait:
                refusal = f"the {len(self._queue)} requests that wait take longer than {self._max_wait:g} s"
            else:
                waiter = Waiter()
                self._queue.append(waiter)
                return waiter
        raise self._busy(refusal)

    def _leave(self, waiter: Waiter) -> None:
        with self._lock:
            if not waiter.granted:
                self._queue.remove(waiter)
                return
        self._give_back(None)

    def _give_back(self, taken_at: float | None) -> None:
        """Hand a slot to the next in the queue; `taken_at` is None where it was not used."""
        with self._lock:
            if taken_at is not None:
                held = self._clock() - taken_at
                mean = self._held_mean
                self._held_mean = held if mean is None else mean + MEMORY * (held - mean)
            while self._queue:
                if self._queue.popleft().grant():
                    return
            self._free += 1

    def _expected(self, before: int) -> float:
        """Seconds until one with `before` others ahead of it in the queue gets a slot, by how long slots were held lately."""
        return 0.0 if self._held_mean is None else (before + 1) * self._held_mean / self._slots

    def _busy(self, message: str) -> Busy:
        """The refusal; its client comes back when half of those who wait now should be through."""
        with self._lock:
            seconds = self._expected(len(self._queue)) / 2
        retry = min(max(1, math.ceil(seconds)), LONGEST_RETRY_SECONDS)
        return Busy(
            message,
            fix=f"try again in {retry} s, or raise `server.max_concurrent` or `server.max_waiting`",
            retry_seconds=retry,
        )
