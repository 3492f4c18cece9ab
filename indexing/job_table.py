"""Ingest jobs written down: as rows of their collections' databases, or of one table that many machines share."""

from __future__ import annotations

import abc
import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.settings import QueueSettings
from core.types import DocumentReport, Frozen, JobState
from indexing.stores.database import connect
from indexing.stores.embedded import DATABASE

ID_TIME = "%Y%m%dT%H%M%S%f"
NOT_REACHED = {"failed": "the job failed", "cancelled": "the job was cancelled"}


class JobRequest(Frozen):
    """What a job is to index: uploaded files by name, or one URL.

    Attributes
    ----------
    key : str or None
        The caller's name for the request, so that sending it twice makes one job.
    digest : str or None
        Of what was sent under that name.
    """

    files: tuple[str, ...] = ()
    url: str | None = None
    key: str | None = None
    digest: str | None = None

    def waiting(self) -> list[DocumentReport]:
        """The documents as they stand before any work."""
        sources = self.files if self.url is None else (self.url,)
        return [DocumentReport(source=s, document_id=None, state="queued", reason=None) for s in sources]


class Job(Frozen):
    """One ingest job; members of an archive take the archive's place among `documents` when it is unpacked."""

    id: str
    collection: str
    state: JobState
    request: JobRequest
    documents: tuple[DocumentReport, ...]
    reason: str | None


def new_job() -> str:
    """Id for a new job; ids sort by time."""
    return f"{datetime.now(UTC).strftime(ID_TIME)}-{secrets.token_hex(4)}"


class JobTable(abc.ABC):
    """Reads and writes jobs; every backend passes the contract suite in ``tests/contracts/``.

    Attributes
    ----------
    request_key : str
        SQL of the idempotency key in a row's request.
    release : str
        SQL appended to assignments so that any worker may take the job.
    leased : bool
        Whether taking a job keeps other processes from it; without that, only one of those that share a home may work.
    """

    request_key: str
    release: str = ""
    leased: bool = False

    def add(self, id: str, collection: str, request: JobRequest) -> Job:
        """Write a new job down; once this returns it is not forgotten."""
        job = Job(
            id=id,
            collection=collection,
            state="queued",
            request=request,
            documents=tuple(request.waiting()),
            reason=None,
        )
        self._insert(job, datetime.now(UTC).isoformat())
        return job

    def get(self, id: str) -> Job | None:
        """A job by id, None where there is none."""
        found = self._select("id = ?", (id,))
        return next(iter(found), None)

    def by_key(self, key: str) -> Job | None:
        """The newest job of an idempotency key, None where there is none."""
        found = self._select(f"{self.request_key} = ?", (key,))
        return max(found, key=lambda job: job.id, default=None)

    def next_unfinished(self) -> Job | None:
        """The oldest job that has not ended, one that was interrupted included."""
        return min(self._select("state IN ('queued', 'running')", ()), key=lambda job: job.id, default=None)

    def waiting(self) -> tuple[int, float]:
        """How many jobs have not ended, and the age of the oldest in seconds."""
        unfinished = self._select("state IN ('queued', 'running')", ())
        oldest = min((job.id for job in unfinished), default=None)
        if oldest is None:
            return 0, 0.0
        made = datetime.strptime(oldest.split("-")[0], ID_TIME).replace(tzinfo=UTC)
        return len(unfinished), max(0.0, (datetime.now(UTC) - made).total_seconds())

    def begin(self, job: Job) -> None:
        """Set a job running, from its start."""
        self._update(job, "state = 'running', documents = ?", (dumped(job.request.waiting()),))

    def note(self, job: Job, reports: Iterable[DocumentReport]) -> None:
        """Note what became of some documents."""
        current = self.get(job.id)
        if current is None:
            return
        documents = list(current.documents)
        for report in reports:
            place = next(
                (i for i, d in enumerate(documents) if d.source == report.source and d.state == "queued"), None
            )
            if place is None:
                documents.append(report)
            else:
                documents[place] = report
        self._update(job, "documents = ?", (dumped(documents),))

    def end(self, job: Job, state: JobState, reason: str | None) -> None:
        """Note the outcome; documents that were not reached are refused with it, the place of an archive or URL is given up."""
        self._end(job, state, reason, anyones=False)

    def _end(self, job: Job, state: JobState, reason: str | None, *, anyones: bool) -> None:
        current = self.get(job.id)
        if current is None:
            return
        why = reason or NOT_REACHED.get(state)
        left = [
            d if d.state != "queued" else d.model_copy(update={"state": "refused", "reason": why})
            for d in current.documents
            if d.state != "queued" or why is not None
        ]
        self._update(job, "state = ?, documents = ?, error = ?", (state, dumped(left), reason), anyones=anyones)

    def again(self, job: Job) -> None:
        """Set a job that has ended back to its start."""
        changes = f"state = 'queued', cancel = 0, error = NULL, documents = ?{self.release}"
        self._update(job, changes, (dumped(job.request.waiting()),), anyones=True)

    def ask_to_cancel(self, job: Job) -> None:
        """Note that a job that has not ended is to end; one nobody began ends at once."""
        self._update(job, "cancel = 1", (), anyones=True)
        if job.state == "queued":
            self._end(job, "cancelled", None, anyones=True)

    @abc.abstractmethod
    def is_cancelled(self, job: Job) -> bool:
        """Whether a job is to end; one whose collection was deleted is."""

    @abc.abstractmethod
    def _insert(self, job: Job, created: str) -> None:
        """Write a new row."""

    @abc.abstractmethod
    def _select(self, condition: str, values: Sequence[str]) -> list[Job]:
        """Jobs that meet an SQL condition with ``?`` for its values."""

    @abc.abstractmethod
    def _update(self, job: Job, assignments: str, values: Sequence[str | None], *, anyones: bool = False) -> None:
        """Change a row; where several machines work, only a job that this one has taken, or `anyones`."""


class SqliteJobTable(JobTable):
    """Jobs beside the documents they brought, each time through a connection of its own.

    A connection shared with the store would put a job's rows into whichever transaction the store has open.

    Parameters
    ----------
    home : Path
        ``$VOUCH_HOME``.
    """

    request_key = "json_extract(request, '$.key')"

    def __init__(self, home: Path) -> None:
        self._home = home

    def _insert(self, job: Job, created: str) -> None:
        with closing(connect(self._database(job.collection))) as connection:
            connection.execute(
                "INSERT INTO jobs (id, created, state, request, documents) VALUES (?, ?, ?, ?, ?)",
                (job.id, created, job.state, job.request.model_dump_json(), dumped(job.documents)),
            )

    def is_cancelled(self, job: Job) -> bool:
        """Whether a job is to end; one whose collection was deleted is."""
        path = self._database(job.collection)
        if not path.exists():
            return True
        with closing(connect(path)) as connection:
            row = connection.execute("SELECT cancel FROM jobs WHERE id = ?", (job.id,)).fetchone()
        return row is None or bool(row[0])

    def _database(self, collection: str) -> Path:
        return self._home / "collections" / collection / DATABASE

    def _select(self, condition: str, values: Sequence[str]) -> list[Job]:
        found: list[Job] = []
        for path in sorted((self._home / "collections").glob(f"*/{DATABASE}")):
            with closing(connect(path)) as connection:
                rows = connection.execute(f"SELECT * FROM jobs WHERE {condition}", values)
                found.extend(job_of(row, path.parent.name) for row in rows)
        return found

    def _update(self, job: Job, assignments: str, values: Sequence[str | None], *, anyones: bool = False) -> None:
        path = self._database(job.collection)
        if path.exists():
            with closing(connect(path)) as connection:
                connection.execute(f"UPDATE jobs SET {assignments} WHERE id = ?", (*values, job.id))


def get_job_table(home: Path, settings: QueueSettings) -> JobTable:
    """The table that the settings name."""
    if not settings.url.get_secret_value():
        return SqliteJobTable(home)
    from indexing.job_table_postgres import PostgresJobTable

    return PostgresJobTable(settings.url.get_secret_value(), settings.lease_seconds)


def job_of(row: Mapping[str, Any] | sqlite3.Row, collection: str) -> Job:
    """A job from its row."""
    return Job(
        id=row["id"],
        collection=collection,
        state=row["state"],
        request=JobRequest(**json.loads(row["request"])),
        documents=tuple(DocumentReport(**d) for d in json.loads(row["documents"])),
        reason=row["error"],
    )


def dumped(documents: Iterable[DocumentReport]) -> str:
    """Reports as JSON."""
    return json.dumps([document.model_dump() for document in documents], ensure_ascii=False)
