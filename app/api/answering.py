"""One answer in the making: a thread that produces its events, stopped when nobody waits for them any more."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

from answering.requests import Event, Question
from app.api.admission import POLL_SECONDS, ClientGone, Gone, Slot, stays
from app.api.service import Service
from core.errors import BackendUnavailable, Busy
from core.types import Answer


class Answering:
    """Runs `Application.events` in a thread and hands the events to the event loop.

    Parameters
    ----------
    service : Service
        Has the application.
    question : Question
        What to answer.
    slot : Slot
        Released when the thread has ended.
    """

    def __init__(self, service: Service, question: Question, slot: Slot) -> None:
        self._service = service
        self._slot = slot
        self._question = question
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        self._stopped = threading.Event()
        self._deadline = self._loop.time() + service.settings.timeout_seconds
        service.workers.submit(self._work)

    @classmethod
    async def begin(cls, service: Service, question: Question, gone: Gone = stays) -> Answering:
        """Begin when it is this question's turn.

        Raises
        ------
        Busy, ClientGone
            As `Service.take_slot`.
        """
        return cls(service, question, await service.take_slot(gone))

    def stop(self) -> None:
        """Have the generation end at its next token."""
        self._stopped.set()

    def _work(self) -> None:
        last: Exception | None = None
        try:
            for event in self._service.application.events(self._question, self._stopped.is_set):
                self._hand_over(event)
                if self._stopped.is_set():
                    break
        except Exception as error:  # raised again where the events are awaited
            last = error
        finally:
            self._slot.release()
            self._hand_over(last)

    def _hand_over(self, item: Event | Exception | None) -> None:
        # the loop is closed when the server was stopped meanwhile: nobody waits for the event then
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)

    async def events(self, gone: Gone, heartbeat_seconds: float) -> AsyncIterator[Event | None]:
        """The events in order; None where there was none for `heartbeat_seconds`.

        `gone` says whether the client has left.

        Raises
        ------
        ClientGone
            If the client left.
        BackendUnavailable
            If the answer takes longer than `server.timeout_seconds`.
        """
        quiet_since = self._loop.time()
        try:
            while True:
                try:
                    wait = min(POLL_SECONDS, heartbeat_seconds)
                    # not wait_for, which loses a cancellation that arrives together with an item (Python 3.11)
                    async with asyncio.timeout(wait):
                        item = await self._queue.get()
                except TimeoutError:
                    await self._check(gone)
                    if self._loop.time() - quiet_since >= heartbeat_seconds:
                        quiet_since = self._loop.time()
                        yield None
                    continue
                quiet_since = self._loop.time()
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise item
                if item.kind == "done":
                    self._service.metrics.answer(item.data)
                    self._service.tracing.stages(item.data.timings_ms)
                yield item
        finally:
            self.stop()

    async def _check(self, gone: Gone) -> None:
        if await gone():
            raise ClientGone
        if self._service.closing:
            raise Busy("the server is stopping", fix="ask again in a moment")
        if self._loop.time() > self._deadline:
            seconds = self._service.settings.timeout_seconds
            raise BackendUnavailable(f"no answer within {seconds:g} s", fix="raise `server.timeout_seconds`")

    async def whole(self, gone: Gone) -> Answer:
        """The whole answer.

        Raises
        ------
        ClientGone, BackendUnavailable
            As `events`.
        """
        answer: Answer | None = None
        async for event in self.events(gone, POLL_SECONDS):
            if event is not None and event.kind == "done":
                answer = event.data
        assert answer is not None
        return answer
