"""Durable ingest jobs: what was acknowledged is indexed, even if the process is killed in between.

A job is a row of its collection's database; uploaded bytes lie in ``$VOUCH_HOME/uploads/<job>/`` until it has ended. One
thread of one process works through the jobs (a file lock decides which); at start it takes up again what another left
behind. Work is idempotent, since a document that was committed is skipped by its content hash::

    queued → running → done       every document was indexed, found unchanged, or refused with a reason
                     → failed     an error that no single document is to blame for; can be retried for a day
    queued, running → cancelled   what was committed before stays
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import json
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from core.errors import Conflict, InputError, NotFound, VouchError
from core.protocols import Progress
from core.settings import IngestSettings
from core.types import IngestReport, JobState
from indexing.collections import Collections
from indexing.job_table import Job, JobRequest, JobTable, SqliteJobTable, new_job
from indexing.sources.archive import unpack
from indexing.sources.item import SourceItem
from indexing.sources.upload import ORIGIN, from_upload

ITEMS_A_COMMIT = 8
WAIT_SECONDS = 1.0
ORPHAN_SECONDS = 3600.0
RETRY_SECONDS = 86_400.0
"""How long the uploads of a failed job are kept."""
log = logging.getLogger(__name__)


class Indexer(Protocol):
    """The write path, as `app.application.Application` offers it."""

    def index(
        self,
        sources: Sequence[str],
        collection: str,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = ...,
    ) -> IngestReport:
        """Index URLs."""

    def index_items(
        self,
        items: Sequence[SourceItem],
        collection: str,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] = ...,
    ) -> IngestReport:
        """Index items at hand."""


class Interrupted(Exception):
    """Raised in the middle of encoding where the job was cancelled or the process is stopping; nothing is committed."""


class Jobs:
    """Takes jobs in and works through them.

    Parameters
    ----------
    home : Path
        ``$VOUCH_HOME``.
    collections : callable
        Gives the collections when they are first needed, since opening them takes the encoder.
    indexer : Indexer
        Does the work.
    settings : IngestSettings
        Limits on archives.
    ended : callable
        Told the state of each job that has ended.
    table : JobTable, optional
        Where jobs are written down; rows of the collections' databases by default.
    """

    def __init__(
        self,
        home: Path,
        collections: Callable[[], Collections],
        indexer: Indexer,
        settings: IngestSettings,
        ended: Callable[[str], None] = lambda state: None,
        table: JobTable | None = None,
    ) -> None:
        self._home = home
        self._collections = collections
        self._indexer = indexer
        self._settings = settings
        self._ended = ended
        self._table = table or SqliteJobTable(home)
        self._submitting = threading.Lock()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def folder(self, id: str) -> Path:
        """Where the uploads of a job lie."""
        return self._home / "uploads" / id

    def reserve(self) -> tuple[str, Path]:
        """Id of a job to come, and the new folder its files are to be written to."""
        id = new_job()
        folder = self.folder(id)
        folder.mkdir(parents=True)
        return id, folder

    def abandon(self, id: str) -> None:
        """Drop what was uploaded for a job that is not to be."""
        shutil.rmtree(self.folder(id), ignore_errors=True)

    def submit_uploads(self, id: str, collection: str, names: Sequence[str], key: str | None = None) -> Job:
        """Acknowledge a job over the files ``0``, ``1``, … of its folder, called `names`.

        With an idempotency key that was used before, the job of then is returned and nothing new is begun.

        Raises
        ------
        InputError
            If two names are alike, the collection's name is invalid or the handbook's, or the key was used for another request.
        """
        sources = tuple(from_upload(name, b"").source for name in names)
        twice = next((source for source in sources if sources.count(source) > 1), None)
        if twice is not None:
            raise InputError(f"two files are named {twice!r}", fix="rename one, or upload them one after the other")
        sync(self.folder(id))
        digest = None if key is None else digest_of(collection, sources, self.folder(id))
        return self._submit(id, collection, JobRequest(files=sources, key=key, digest=digest))

    def submit_url(self, collection: str, url: str, key: str | None = None) -> Job:
        """Acknowledge a job over one URL; an idempotency key has the effect that it has on uploads.

        Raises
        ------
        InputError
            If the URL is neither http nor https, the collection's name is invalid, or the key was used for another request.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise InputError(f"{url[:80]!r} is no http or https address", fix="upload the file itself")
        digest = None if key is None else digest_of(collection, (url,), None)
        return self._submit(new_job(), collection, JobRequest(url=url, key=key, digest=digest))

    def _submit(self, id: str, collection: str, request: JobRequest) -> Job:
        with self._submitting:  # two requests of one key that arrive at once must not both find it unused
            before = None if request.key is None else self._table.by_key(request.key)
            if before is None:
                self._collections().open_or_create(collection)
                job = self._table.add(id, collection, request)
                self._wake.set()
                return job
        if before.request.digest != request.digest:
            raise InputError("this idempotency key was used for another request", fix="send a new Idempotency-Key")
        self.abandon(id)
        return before

    def retry(self, id: str) -> Job:
        """Begin a failed or cancelled job once more; one that is still under way stays as it is.

        Raises
        ------
        NotFound
            If there is none.
        Conflict
            If it is done, or its uploads are kept no longer.
        """
        job = self.get(id)
        if job.state in {"queued", "running"}:
            return job
        if job.state == "done":
            raise Conflict(f"job {id!r} is done", fix="upload the refused files again, corrected")
        if job.request.url is None and not self.folder(id).is_dir():
            raise Conflict(f"the uploads of job {id!r} are kept no longer", fix="upload the files again")
        self._table.again(job)
        self._wake.set()
        return self.get(id)

    def waiting(self) -> tuple[int, float]:
        """How many jobs have not ended, and for how many seconds the oldest has been there."""
        return self._table.waiting()

    def get(self, id: str) -> Job:
        """A job by id.

        Raises
        ------
        NotFound
            If there is none.
        """
        job = self._table.get(id)
        if job is None:
            raise NotFound(f"no job {id!r}", fix="the answer to an upload holds its job's id")
        return job

    def cancel(self, id: str) -> Job:
        """Ask a job to end; one that has ended stays as it is."""
        job = self.get(id)
        self._table.ask_to_cancel(job)
        self._wake.set()
        return self.get(id)

    def start(self) -> None:
        """Begin to work in the background."""
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop working; a job in progress stays ``running`` and is taken up at the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        self._home.mkdir(parents=True, exist_ok=True)
        with open(self._home / "jobs.lock", "w", encoding="ascii") as lock:
            while not self._table.leased and not self._stopping.is_set() and not acquired(lock.fileno()):
                self._stopping.wait(WAIT_SECONDS)
            self._remove_orphans()
            while not self._stopping.is_set():
                self._wake.clear()
                job = self._next()
                if job is None:
                    self._wake.wait(WAIT_SECONDS)
                else:
                    self._run(job)

    def _next(self) -> Job | None:
        try:
            return self._table.next_unfinished()
        except (sqlite3.Error, VouchError):  # one broken collection must not end the thread
            log.exception("the jobs could not be read")
            return None

    def _run(self, job: Job) -> None:
        """Work on one job; whatever goes wrong is its outcome, so that the next one gets its turn."""
        state: JobState | None
        reason = None
        try:
            state = self._attempt(job)
        except VouchError as error:
            state, reason = "failed", str(error)
        except Exception as error:
            log.exception("job %s failed", job.id)
            state, reason = "failed", f"internal error: {error}"
        if state is None:
            return
        try:
            self._table.end(job, state, reason)
        except (sqlite3.Error, VouchError):
            log.exception("job %s: its outcome %s could not be noted", job.id, state)
            self._stopping.wait(WAIT_SECONDS)
            return
        if (
            state != "failed" or self._table.get(job.id) is None
        ):  # the collection may have been deleted, its jobs with it
            self.abandon(job.id)
        self._ended(state)

    def _attempt(self, job: Job) -> JobState | None:
        """Outcome of a job; None where the process is stopping."""

        def cancelled() -> bool:
            return self._stopping.is_set() or self._table.is_cancelled(job)

        def progress(done: int, total: int, what: str) -> None:
            if cancelled():
                raise Interrupted

        try:
            progress(0, 0, "")
            self._table.begin(job)
            if job.request.url is None:
                self._index_uploads(job, progress, cancelled)
            else:
                report = self._indexer.index([job.request.url], job.collection, progress=progress, cancelled=cancelled)
                self._table.note(job, report.documents)
        except Interrupted:
            return None if self._stopping.is_set() else "cancelled"
        return "done"

    def _index_uploads(self, job: Job, progress: Progress, cancelled: Callable[[], bool]) -> None:
        seen: set[str] = set()
        for group in batched(self._items(job), ITEMS_A_COMMIT):
            fresh = list({item.source: item for item in group if item.source not in seen}.values())
            seen.update(item.source for item in fresh)
            report = self._indexer.index_items(fresh, job.collection, progress=progress, cancelled=cancelled)
            self._table.note(job, report.documents)
            if cancelled():
                raise Interrupted

    def _items(self, job: Job) -> Iterator[SourceItem]:
        for number, name in enumerate(job.request.files):
            load = (self.folder(job.id) / str(number)).read_bytes
            yield from unpack(SourceItem(name, ORIGIN, name, load=load), self._settings)

    def _remove_orphans(self) -> None:
        """Remove uploads that nothing will index: never acknowledged (young ones may still be arriving), or failed long ago."""
        for folder in (self._home / "uploads").glob("*"):
            age = time.time() - folder.stat().st_mtime
            job = self._table.get(folder.name)
            if (job is None and age > ORPHAN_SECONDS) or (
                job is not None and job.state not in {"queued", "running"} and age > RETRY_SECONDS
            ):
                self.abandon(folder.name)


def digest_of(collection: str, sources: Sequence[str], folder: Path | None) -> str:
    """SHA-256 of what a request is about: the collection, the names, and the bytes of the files ``0``, ``1``, … of `folder`."""
    digest = hashlib.sha256(json.dumps([collection, *sources]).encode())
    for number in range(len(sources) if folder is not None else 0):
        assert folder is not None
        with (folder / str(number)).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def acquired(descriptor: int) -> bool:
    """Take a file lock without waiting."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def batched(items: Iterator[SourceItem], size: int) -> Iterator[list[SourceItem]]:
    """Groups of at most `size` items, in order."""
    while group := list(itertools.islice(items, size)):
        yield group


def sync(folder: Path) -> None:
    """Have the files of a folder, and the folder, on disk before anything is promised."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
