"""What the routes share: the application, the jobs, the slots for work, and whether the server is ready."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread
from fastapi import Depends, Request

from app.api.admission import Admission, Gone, Slot, stays
from app.api.backoff import Backoff
from app.api.heap import Trimmer
from app.api.metrics import Metrics
from app.api.tracing import Tracing
from app.api.workers import Workers
from app.application import Application
from app.check_jobs import CheckJobs
from core.errors import BackendUnavailable, Busy, VouchError
from indexing.collections import HANDBOOK
from indexing.job_table import get_job_table
from indexing.jobs import Jobs
from indexing.stores.database import connect
from indexing.stores.embedded import DATABASE

T = TypeVar("T")
HEARTBEAT_SECONDS = 15.0
LIGHT_THREADS = 16
log = logging.getLogger(__name__)


class Service:
    """One server's state.

    Parameters
    ----------
    application : Application
        Does all the work.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.settings = application.settings.server
        self.metrics = Metrics()
        self.tracing = Tracing()
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self.jobs = Jobs(
            application.home,
            lambda: application.collections,
            application,
            application.settings.ingest,
            self._ended,
            get_job_table(application.home, application.settings.queue),
        )
        self.checks = CheckJobs(application) if application.settings.ingest.check else None
        slots = self.settings.max_concurrent or max(2, len(os.sched_getaffinity(0)))
        self.admission = Admission(slots, self.settings.max_waiting, self.settings.max_wait_seconds)
        self.metrics.watch(self.admission)
        self.backoff = Backoff()
        self.workers = Workers(slots, Trimmer())
        self._light = CapacityLimiter(LIGHT_THREADS)
        self._not_ready: str | None = "the models are being loaded"
        self._warming: threading.Thread | None = None

    @property
    def closing(self) -> bool:
        """Whether the server has been asked to stop."""
        return self.admission.closing

    def close_admission(self) -> None:
        """End what waits and what is in the making: the server has been asked to stop."""
        self.admission.closing = True

    def start(self) -> None:
        """Load the models and open the collections in the background, then begin with the jobs."""
        self._warming = threading.Thread(target=self._warm, name="warm-up", daemon=True)
        self._warming.start()

    def stop(self) -> None:
        """Let the work in progress end and close everything."""
        if self._warming is not None:
            self._warming.join()
        self.jobs.stop()
        if self.checks is not None:
            self.checks.stop()
        self.workers.close()
        self.application.close()
        self.tracing.close()

    def _ended(self, state: str) -> None:
        """Count a job that has ended, and have what it indexed checked."""
        self.metrics.job(state)
        self.wake_checks()

    def wake_checks(self) -> None:
        """Documents came or went."""
        if self.checks is not None:
            self.checks.wake()

    def _warm(self) -> None:
        try:
            if not self.application.collections.handbook_exists():
                self._not_ready = "the handbook is being indexed; this happens once"
                self.application.build_handbook()
            self._not_ready = "the models are being loaded"
            self.application.assistant  # noqa: B018  (building it loads the encoder and the catalog)
            self.application.search("warm up", k=1, collection=HANDBOOK)
            self._not_ready = None
        except VouchError as error:
            log.error("not ready: %s", error)
            self._not_ready = str(error)
        except Exception as error:
            log.exception("not ready")
            self._not_ready = f"internal error: {error}"
        self.jobs.start()
        self._prepare()
        if self.checks is not None and self._not_ready is None:
            self.checks.start()

    def _prepare(self) -> None:
        """Load what only the first question would wait for: the language model and the sandbox."""
        try:
            self.application.language_model  # noqa: B018  (reading it builds it)
            self.application.worker.run("softmax")
        except VouchError as error:
            log.warning("not prepared: %s", error)

    def not_ready(self) -> str | None:
        """Why questions cannot be answered yet; None where they can."""
        if self.closing:
            return "the server is stopping"
        if self._not_ready is not None:
            return self._not_ready
        for name in self.application.collections.names():
            try:
                self.application.collections.open(name).snapshot()
            except VouchError as error:
                return f"collection {name!r}: {error}"
        return None

    def measure(self) -> None:
        """Bring the gauges up to date: jobs that wait, and the age of the collections."""
        self.metrics.queue(*self.jobs.waiting())
        files = (self.application.home / "collections").glob(f"*/{DATABASE}")
        commits = {path.parent.name: committed_at(path) for path in files}
        now = time.time()
        self.metrics.freshness({name: max(0.0, now - at) for name, at in commits.items() if at is not None})

    async def take_slot(self, gone: Gone = stays) -> Slot:
        """Wait for a place among those who work; whoever takes it releases it, on whichever thread.

        Raises
        ------
        Busy
            If too many wait, or it takes too long.
        ClientGone
            If the client left meanwhile.
        """
        try:
            slot = await self.admission.take(gone)
        except Busy:
            self.metrics.limited.labels("busy").inc()
            raise
        self.metrics.waited.observe(slot.waited_seconds)
        return slot

    async def heavy(self, work: Callable[[], T], gone: Gone = stays) -> T:
        """Do work that takes a model, in a thread and one of the slots, which it holds until it has ended.

        Parameters
        ----------
        work : callable
            The work.
        gone : callable
            Whether the client has left: it is asked while the work waits for its turn.

        Raises
        ------
        Busy, ClientGone
            As `take_slot`.
        BackendUnavailable
            If it takes longer than `server.timeout_seconds`.
        """
        slot = await self.take_slot(gone)

        def held() -> T:
            try:
                return work()
            finally:
                slot.release()

        seconds = self.settings.timeout_seconds
        done = asyncio.wrap_future(self.workers.submit(held))
        with move_on_after(seconds):
            return await asyncio.shield(done)  # given up or not, the work goes on and releases its slot
        done.add_done_callback(
            lambda late: late.cancelled() or late.exception()
        )  # told to nobody, not lost by accident
        raise BackendUnavailable(
            f"no result within {seconds:g} s", fix="ask for less, or raise `server.timeout_seconds`"
        )

    async def light(self, work: Callable[[], T]) -> T:
        """Do work that only reads files or the database, in a thread."""
        return await to_thread.run_sync(work, limiter=self._light)


def committed_at(database: Path) -> float | None:
    """When a collection was last committed to, in seconds of the epoch; None where it never was."""
    with closing(connect(database, readonly=True)) as connection:
        (created,) = connection.execute("SELECT max(created) FROM generations").fetchone()
    return None if created is None else datetime.fromisoformat(created).timestamp()


def service_of(request: Request) -> Service:
    """The service of the server that got the request."""
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(service_of)]
