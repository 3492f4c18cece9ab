"""What the routes share: the application, the jobs, the slots for work, and whether the server is ready."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from app.api.metrics import Metrics
from app.application import Application
from core.errors import Busy, VouchError
from indexing.collections import HANDBOOK
from indexing.job_table import get_job_table
from indexing.jobs import Jobs

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
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self.jobs = Jobs(
            application.home,
            lambda: application.collections,
            application,
            application.settings.ingest,
            self.metrics.job,
            get_job_table(application.home, application.settings.queue),
        )
        self._slots = threading.BoundedSemaphore(self.settings.max_concurrent)
        self._heavy = CapacityLimiter(self.settings.max_concurrent)
        self._light = CapacityLimiter(LIGHT_THREADS)
        self._not_ready: str | None = "the models are being loaded"
        self._warming: threading.Thread | None = None

    def start(self) -> None:
        """Load the models and open the collections in the background, then begin with the jobs."""
        self._warming = threading.Thread(target=self._warm, name="warm-up", daemon=True)
        self._warming.start()

    def stop(self) -> None:
        """Let the work in progress end and close everything."""
        if self._warming is not None:
            self._warming.join()
        self.jobs.stop()
        self.application.close()

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

    def _prepare(self) -> None:
        """Load what only the first question would wait for: the language model and the sandbox."""
        try:
            self.application.language_model  # noqa: B018  (reading it builds it)
            self.application.worker.run("softmax")
        except VouchError as error:
            log.warning("not prepared: %s", error)

    def not_ready(self) -> str | None:
        """Why questions cannot be answered yet; None where they can."""
        if self._not_ready is not None:
            return self._not_ready
        for name in self.application.collections.names():
            try:
                self.application.collections.open(name).snapshot()
            except VouchError as error:
                return f"collection {name!r}: {error}"
        return None

    @contextmanager
    def slot(self) -> Iterator[None]:
        """One of the places for questions.

        Raises
        ------
        Busy
            If all are taken.
        """
        self.take_slot()
        try:
            yield
        finally:
            self.release_slot()

    def take_slot(self) -> None:
        """Take a place, to be given back by `release_slot`, on whichever thread.

        Raises
        ------
        Busy
            If all are taken.
        """
        if not self._slots.acquire(blocking=False):
            self.metrics.limited.labels("busy").inc()
            raise Busy(
                f"{self.settings.max_concurrent} requests are being worked on",
                fix="try again in a moment, or raise `server.max_concurrent`",
            )
        self.metrics.in_flight.inc()

    def release_slot(self) -> None:
        """Give a place back."""
        self._slots.release()
        self.metrics.in_flight.dec()

    async def heavy(self, work: Callable[[], T]) -> T:
        """Do work that takes a model, in a thread and one of the slots.

        Raises
        ------
        Busy
            If all slots are taken.
        """
        with self.slot():
            return await to_thread.run_sync(work, limiter=self._heavy)

    async def light(self, work: Callable[[], T]) -> T:
        """Do work that only reads files or the database, in a thread."""
        return await to_thread.run_sync(work, limiter=self._light)


def service_of(request: Request) -> Service:
    """The service of the server that got the request."""
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(service_of)]
