"""What every table of jobs must do; a backend's test class inherits it and provides `make_table`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from core.types import DocumentReport
from indexing.job_table import JobRequest, JobTable, new_job


def report(source: str, state: str = "indexed") -> DocumentReport:
    return DocumentReport.model_validate({"source": source, "document_id": "d", "state": state, "reason": None})


class JobTableContract(ABC):
    """Inherited by the test class of each backend."""

    @abstractmethod
    def make_table(self, folder: Path) -> JobTable: ...

    @pytest.fixture
    def table(self, tmp_path: Path) -> JobTable:
        return self.make_table(tmp_path)

    def test_a_job_is_read_back(self, table: JobTable) -> None:
        job = table.add(new_job(), "notes", JobRequest(files=("größer.md", "b'\"?%s.md")))
        assert table.get(job.id) == job
        assert (job.state, [d.state for d in job.documents]) == ("queued", ["queued", "queued"])
        assert table.get("none") is None

    def test_the_oldest_unfinished_job_comes_first_and_again_until_it_ends(self, table: JobTable) -> None:
        jobs = [table.add(f"2026010{n}", "notes", JobRequest(url="http://x/")) for n in (2, 1, 3)]
        first = table.next_unfinished()
        assert first is not None and first.id == "20260101"
        table.begin(first)
        again = table.next_unfinished()
        assert again is not None and (again.id, again.state) == ("20260101", "running")
        table.end(first, "done", None)
        second = table.next_unfinished()
        assert second is not None and second.id == "20260102"
        for job in jobs:
            table.end(job, "done", None)
        assert table.next_unfinished() is None

    def test_reports_take_the_places_of_what_waited(self, table: JobTable) -> None:
        job = table.add(new_job(), "notes", JobRequest(files=("a", "b.zip", "c")))
        assert table.next_unfinished() is not None
        table.begin(job)
        table.note(job, [report("a"), report("b.zip/x")])
        found = table.get(job.id)
        assert found is not None
        assert [(d.source, d.state) for d in found.documents] == [
            ("a", "indexed"),
            ("b.zip", "queued"),
            ("c", "queued"),
            ("b.zip/x", "indexed"),
        ]
        table.end(job, "failed", "disk full")
        ended = table.get(job.id)
        assert ended is not None and (ended.state, ended.reason) == ("failed", "disk full")
        assert [(d.source, d.state, d.reason) for d in ended.documents][1:3] == [
            ("b.zip", "refused", "disk full"),
            ("c", "refused", "disk full"),
        ]

    def test_beginning_again_forgets_half_of_the_work(self, table: JobTable) -> None:
        job = table.add(new_job(), "notes", JobRequest(files=("a",)))
        assert table.next_unfinished() is not None
        table.begin(job)
        table.note(job, [report("a")])
        table.begin(job)
        found = table.get(job.id)
        assert found is not None and [d.state for d in found.documents] == ["queued"]

    def test_the_newest_job_of_a_key_is_found(self, table: JobTable) -> None:
        table.add("20260101", "notes", JobRequest(files=("a",), key="it's 5%?"))
        table.add("20260102", "notes", JobRequest(files=("b",), key="it's 5%?", digest="d"))
        table.add("20260103", "notes", JobRequest(files=("c",), key="other"))
        table.add("20260104", "notes", JobRequest(files=("d",)))
        found = table.by_key("it's 5%?")
        assert found is not None and (found.id, found.request.digest) == ("20260102", "d")
        assert table.by_key("none") is None

    def test_an_ended_job_begins_again(self, table: JobTable) -> None:
        job = table.add(new_job(), "notes", JobRequest(files=("a",)))
        taken = table.next_unfinished()
        assert taken is not None
        table.begin(taken)
        table.ask_to_cancel(taken)
        table.end(taken, "failed", "disk full")
        assert table.waiting() == (0, 0.0)
        ended = table.get(job.id)
        assert ended is not None
        table.again(ended)
        assert table.get(job.id) == job
        number, age = table.waiting()
        assert number == 1 and age >= 0
        again = table.next_unfinished()
        assert again is not None and again.id == job.id and not table.is_cancelled(again)

    def test_a_waiting_job_ends_when_it_is_cancelled_a_running_one_is_told(self, table: JobTable) -> None:
        waiting, running = (table.add(new_job(), "notes", JobRequest(files=("a",))) for _ in range(2))
        table.ask_to_cancel(waiting)
        ended = table.get(waiting.id)
        assert ended is not None and ended.state == "cancelled"
        taken = table.next_unfinished()
        assert taken is not None and taken.id == running.id
        table.begin(taken)
        assert not table.is_cancelled(taken)
        found = table.get(running.id)
        assert found is not None
        table.ask_to_cancel(found)
        assert table.is_cancelled(taken)
        still = table.get(running.id)
        assert still is not None and still.state == "running"
