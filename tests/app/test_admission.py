from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.admission import Admission, ClientGone, Slot
from core.errors import Busy


class Clock:
    """Time that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 120))


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_the_first_to_come_is_the_first_to_be_served() -> None:
    async def work() -> None:
        admission = Admission(1, 8, 60, Clock())
        order: list[int] = []

        async def ask(number: int) -> None:
            slot = await admission.take()
            order.append(number)
            slot.release()

        held = await admission.take()
        tasks = []
        for number in range(5):
            tasks.append(asyncio.ensure_future(ask(number)))
            await settle()
        assert (admission.working, admission.waiting, order) == (1, 5, [])
        held.release()
        await asyncio.gather(*tasks)
        assert order == [0, 1, 2, 3, 4]
        assert (admission.working, admission.waiting) == (0, 0)

    run(work())


def test_one_too_many_is_turned_away_at_once() -> None:
    async def work() -> None:
        admission = Admission(2, 1, 60, Clock())
        held = [await admission.take(), await admission.take()]
        third = asyncio.ensure_future(admission.take())
        await settle()
        with pytest.raises(Busy, match="2 requests are being worked on and 1 wait"):
            await admission.take()
        held[0].release()
        (await third).release()
        held[1].release()

    run(work())


def test_whoever_would_wait_too_long_is_told_when_to_come_back() -> None:
    async def work() -> None:
        clock = Clock()
        admission = Admission(2, 100, 30, clock)
        slot = await admission.take()
        clock.now = 20.0  # a slot is held for 20 s, two of them: 10 s for each place in the queue
        slot.release()
        held = [await admission.take(), await admission.take()]
        waiting = []
        for _ in range(3):  # expected after 10, 20 and 30 s
            waiting.append(asyncio.ensure_future(admission.take()))
            await settle()
        with pytest.raises(Busy, match="3 requests that wait take longer than 30 s") as refused:
            await admission.take()
        assert refused.value.retry_seconds == 20  # half of the 40 s that it would have waited
        for slot in held:
            slot.release()
        for task in waiting:
            (await task).release()

    run(work())


def test_the_wait_ends_when_it_has_taken_too_long() -> None:
    async def work() -> None:
        admission = Admission(1, 8, 0.05)
        held = await admission.take()
        with pytest.raises(Busy, match=r"within 0\.05 s"):
            await admission.take()
        assert admission.waiting == 0
        held.release()
        (await admission.take()).release()

    run(work())


def test_a_client_that_leaves_loses_its_place() -> None:
    async def work() -> None:
        admission = Admission(1, 8, 60)
        held = await admission.take()

        async def gone() -> bool:
            return True

        with pytest.raises(ClientGone):
            await admission.take(gone)
        assert admission.waiting == 0
        held.release()
        assert admission.working == 0

    run(work())


def test_a_slot_given_to_one_that_is_cancelled_goes_to_the_next() -> None:
    async def work() -> None:
        admission = Admission(1, 8, 60)
        held = await admission.take()
        first, second = asyncio.ensure_future(admission.take()), asyncio.ensure_future(admission.take())
        await settle()
        held.release()  # the first has it now, but has not run since
        first.cancel()
        slot = await second
        assert first.cancelled()
        assert admission.working == 1
        slot.release()
        slot.release()  # a second time must not make a slot out of nothing
        assert admission.working == 0
        (await admission.take()).release()

    run(work())


def test_a_stopping_server_ends_the_wait() -> None:
    async def work() -> None:
        admission = Admission(1, 8, 60)
        held = await admission.take()
        waiting = asyncio.ensure_future(admission.take())
        await settle()
        admission.closing = True
        with pytest.raises(Busy, match="stopping"):
            await waiting
        held.release()

    run(work())


def test_slots_come_back_from_other_threads_and_go_to_other_loops() -> None:
    admission = Admission(1, 8, 60)
    slots: list[Slot] = []
    asyncio.run(take_into(admission, slots))
    waiter = threading.Thread(target=lambda: asyncio.run(take_into(admission, slots)))
    waiter.start()
    while not admission.waiting:
        pass
    returner = threading.Thread(target=slots[0].release)
    returner.start()
    returner.join()
    waiter.join(120)
    assert len(slots) == 2
    slots[1].release()
    assert (admission.working, admission.waiting) == (0, 0)


async def take_into(admission: Admission, slots: list[Slot]) -> None:
    slots.append(await admission.take())


@settings(max_examples=60, deadline=None)
@given(slots=st.integers(1, 3), depth=st.integers(0, 3), moves=st.lists(st.integers(0, 8), max_size=40))
def test_never_more_at_once_than_slots_and_none_is_lost(slots: int, depth: int, moves: list[int]) -> None:
    async def work() -> None:
        admission = Admission(slots, depth, 1e9, Clock())
        held: list[Slot] = []
        pending: list[asyncio.Future[Any]] = []

        async def ask(take: Callable[[], Awaitable[Slot]]) -> None:
            try:
                held.append(await take())
            except Busy:
                assert admission.waiting == depth

        for move in moves:
            if move < 4:
                pending.append(asyncio.ensure_future(ask(admission.take)))
            elif move < 7 and held:
                held.pop(move % len(held)).release()
            elif pending:
                pending.pop(move % len(pending)).cancel()
            if move % 2:
                await settle()
            assert len(held) <= admission.working <= slots
            assert admission.waiting <= depth
        while held or not all(task.done() for task in pending):
            await settle()
            assert len(held) <= slots
            if held:
                held.pop().release()
        for task in pending:
            assert task.cancelled() or task.exception() is None
        assert (admission.working, admission.waiting) == (0, 0)

    run(work())
