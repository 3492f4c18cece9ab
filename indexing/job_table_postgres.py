"""Ingest jobs in PostgreSQL, for several machines that work through one queue.

A worker takes a job by writing its name and a time into the row (``FOR UPDATE SKIP LOCKED``: no two take the same) and
renews the time whenever it asks whether the job was cancelled. The job of a worker that died is taken over once the time
has passed; work is idempotent, so what was committed is skipped. What was uploaded must lie where every worker reads it:
``$VOUCH_HOME/uploads`` on a shared volume.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import BackendUnavailable, MissingDependency
from indexing.job_table import Job, JobTable, dumped, job_of

TABLE = """CREATE TABLE IF NOT EXISTS vouch_jobs (
  id TEXT PRIMARY KEY, collection TEXT NOT NULL, created TEXT NOT NULL, state TEXT NOT NULL, request TEXT NOT NULL,
  documents TEXT NOT NULL, error TEXT, cancel INTEGER NOT NULL DEFAULT 0, worker TEXT,
  taken_until TIMESTAMPTZ NOT NULL DEFAULT 'epoch')"""
INDEX = """CREATE INDEX IF NOT EXISTS vouch_jobs_open ON vouch_jobs (id) WHERE state IN ('queued', 'running')"""
TAKE = """UPDATE vouch_jobs SET worker = %(worker)s, taken_until = now() + make_interval(secs => %(lease)s)
  WHERE id = (SELECT id FROM vouch_jobs WHERE state IN ('queued', 'running') AND (taken_until < now() OR worker = %(worker)s)
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING *"""
RENEW = """UPDATE vouch_jobs SET taken_until = now() + make_interval(secs => %(lease)s)
  WHERE id = %(id)s AND worker = %(worker)s RETURNING cancel"""
LOCK = 0x766F756368
"""Taken while the table is made: two servers starting at once would otherwise both try."""


class PostgresJobTable(JobTable):
    """Jobs in one table.

    Parameters
    ----------
    url : str
        ``postgresql://user:password@host:port/database``.
    lease_seconds : float
        After which the job of a silent worker is taken over.

    Raises
    ------
    MissingDependency
        If ``psycopg`` is not installed.
    BackendUnavailable
        If the server can't be reached.
    """

    request_key = "(request::json ->> 'key')"
    leased = True
    release = ", worker = NULL, taken_until = 'epoch'"

    def __init__(self, url: str, lease_seconds: float = 120.0) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise MissingDependency("psycopg is not installed", fix="pip install 'vouch[cluster]'") from error
        self._psycopg = psycopg
        self._url = url
        self._lease = lease_seconds
        self._worker = secrets.token_hex(8)
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()
        self._run("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            self._run(TABLE)
            self._run(INDEX)
        finally:
            self._run("SELECT pg_advisory_unlock(%s)", (LOCK,))

    def next_unfinished(self) -> Job | None:
        """Take the oldest job that nobody works on; it is this worker's until the lease runs out."""
        rows = self._run(TAKE, {"worker": self._worker, "lease": self._lease})
        return job_of(rows[0], rows[0]["collection"]) if rows else None

    def is_cancelled(self, job: Job) -> bool:
        """Whether a job is to end, or is no longer this worker's; renews the lease."""
        rows = self._run(RENEW, {"worker": self._worker, "lease": self._lease, "id": job.id})
        if rows:
            return bool(rows[0]["cancel"])
        asked = self._run("SELECT cancel, worker FROM vouch_jobs WHERE id = %s", (job.id,))
        return not asked or bool(asked[0]["cancel"]) or asked[0]["worker"] is not None

    def _insert(self, job: Job, created: str) -> None:
        self._run(
            "INSERT INTO vouch_jobs (id, collection, created, state, request, documents) VALUES (%s, %s, %s, %s, %s, %s)",
            (job.id, job.collection, created, job.state, job.request.model_dump_json(), dumped(job.documents)),
        )

    def _select(self, condition: str, values: Sequence[str]) -> list[Job]:
        rows = self._run(f"SELECT * FROM vouch_jobs WHERE {condition.replace('?', '%s')}", values)
        return [job_of(row, row["collection"]) for row in rows]

    def _update(self, job: Job, assignments: str, values: Sequence[str | None], *, anyones: bool = False) -> None:
        # a worker that lost its lease must not write over what its successor notes
        mine = "" if anyones else " AND (worker IS NULL OR worker = %s)"
        more = () if anyones else (self._worker,)
        changes = assignments.replace("?", "%s")
        self._run(f"UPDATE vouch_jobs SET {changes} WHERE id = %s{mine}", (*values, job.id, *more))

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _run(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """Run one statement in a transaction of its own; a connection that the server dropped is opened again."""
        from psycopg.rows import dict_row

        with self._lock:
            for last in (False, True):
                try:
                    if self._connection is None:
                        self._connection = self._psycopg.connect(self._url, autocommit=True, connect_timeout=10)
                    with self._connection.cursor(row_factory=dict_row) as cursor:
                        cursor.execute(statement, values)
                        return cursor.fetchall() if cursor.description is not None else []
                except self._psycopg.OperationalError as error:
                    if self._connection is not None:
                        self._connection.close()
                    self._connection = None
                    if last:
                        raise BackendUnavailable(
                            f"PostgreSQL did not answer: {error}", fix="check `queue.url` and that the server runs"
                        ) from error
        raise AssertionError("unreachable")
