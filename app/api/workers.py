"""Threads that do the models' work, as many as there are slots and always the same ones."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


class Workers:
    """A fixed number of daemon threads.

    A thread for each answer would cost memory that does not come back: the allocator and the libraries for matrices keep
    arenas and teams of threads for every thread that has ever called them. Daemons, so that work that cannot be interrupted
    does not keep a stopped server from ending.

    Parameters
    ----------
    count : int
        Threads.
    rest : callable
        Called after each piece of work, on its thread.

    Examples
    --------
    >>> Workers(1).submit(lambda: 6 * 7).result()
    42
    """

    def __init__(self, count: int, rest: Callable[[], object] = lambda: None) -> None:
        self._rest = rest
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._count = count
        for number in range(count):
            threading.Thread(target=self._work, name=f"work-{number}", daemon=True).start()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have work done in the context of the caller; what it raises is the future's."""
        future: Future[T] = Future()
        context = copy_context()

        def task() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = context.run(work)
            except BaseException as error:  # raised again where the result is awaited
                future.set_exception(error)
            else:
                future.set_result(result)

        self._tasks.put(task)
        return future

    def close(self) -> None:
        """Let the threads end when they have nothing more to do."""
        for _ in range(self._count):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
            del task  # else the last request's data would live until the next
            self._rest()
