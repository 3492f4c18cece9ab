from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import BackendUnavailable
from indexing.job_table import JobRequest, JobTable, SqliteJobTable, new_job
from indexing.stores.database import connect
from indexing.stores.embedded import DATABASE
from tests.contracts.job_table_contract import JobTableContract, report
from tests.contracts.postgres_server import postgres

psycopg = pytest.importorskip("psycopg")


class TestSqlite(JobTableContract):
    def make_table(self, folder: Path) -> SqliteJobTable:
        home = folder / "collections" / "notes"
        home.mkdir(parents=True)
        connect(home / DATABASE).close()
        return SqliteJobTable(folder)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("pg")) as url:
        yield url


@pytest.mark.enable_socket
class TestPostgres(JobTableContract):
    @pytest.fixture
    def table(self, server: str) -> Iterator[JobTable]:
        from indexing.job_table_postgres import PostgresJobTable

        table = PostgresJobTable(server)
        table._run("TRUNCATE vouch_jobs")
        yield table
        table.close()

    def make_table(self, folder: Path) -> JobTable:
        raise NotImplementedError

    def test_no_two_workers_take_the_same_job(self, server: str, table: JobTable) -> None:
        from indexing.job_table_postgres import PostgresJobTable

        ids = {table.add(f"{n:04d}", "notes", JobRequest(files=("a",))).id for n in range(24)}
        taken: list[str] = []
        workers = [PostgresJobTable(server) for _ in range(4)]

        def work(mine: JobTable) -> None:
            while (job := mine.next_unfinished()) is not None:
                mine.begin(job)
                taken.append(job.id)
                mine.end(job, "done", None)

        threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for worker in workers:
            worker.close()
        assert sorted(taken) == sorted(ids)

    def test_the_job_of_a_silent_worker_is_taken_over_and_its_late_notes_are_dropped(
        self, server: str, table: JobTable
    ) -> None:
        from indexing.job_table_postgres import PostgresJobTable

        slow, quick = PostgresJobTable(server, lease_seconds=0.0), PostgresJobTable(server)
        id = table.add(new_job(), "notes", JobRequest(files=("a",))).id
        first = slow.next_unfinished()
        assert first is not None
        slow.begin(first)
        second = quick.next_unfinished()  # the lease of no seconds has run out
        assert second is not None and second.id == id
        assert slow.is_cancelled(first)
        slow.note(first, [report("a", "refused")])
        slow.end(first, "failed", "late")
        quick.note(second, [report("a")])
        quick.end(second, "done", None)
        found = table.get(id)
        assert found is not None and (found.state, found.documents[0].state) == ("done", "indexed")
        slow.close()
        quick.close()

    def test_any_worker_takes_a_job_that_begins_again(self, server: str, table: JobTable) -> None:
        from indexing.job_table_postgres import PostgresJobTable

        other = PostgresJobTable(server)
        table.add(new_job(), "notes", JobRequest(files=("a",)))
        taken = table.next_unfinished()
        assert taken is not None
        table.begin(taken)
        table.end(taken, "failed", "disk full")
        other.again(taken)  # asked of a machine that never had it
        mine = other.next_unfinished()
        assert mine is not None and mine.id == taken.id
        assert table.next_unfinished() is None
        other.close()

    def test_a_dropped_connection_is_opened_again(self, table: JobTable) -> None:
        job = table.add(new_job(), "notes", JobRequest(files=("a",)))
        table._connection.close()  # type: ignore[attr-defined]
        assert table.get(job.id) == job

    def test_a_server_that_is_not_there_is_named(self) -> None:
        from indexing.job_table_postgres import PostgresJobTable

        with pytest.raises(BackendUnavailable, match=r"queue\.url"):
            PostgresJobTable("postgresql://vouch@/postgres?host=/nowhere")
