from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from core.errors import Conflict, CorruptStore, NotFound
from core.settings import IngestSettings
from core.types import IngestReport
from indexing.jobs import Jobs
from indexing.sources.item import SourceItem
from tests.app.conftest import Build, finished, wait_until

SERVER = """
import sys
from pathlib import Path
import app.application, app.handbook
from tests.app.conftest import small_handbook
app.application.handbook_items = small_handbook(app.handbook.handbook_items)
from app.api import server
from app.bootstrap import build
from functools import partial
server.create_app = partial(server.create_app, page=False)
server.serve(build(flags={"server.port": int(sys.argv[1]), "llm.backend": "none"}))
"""


@contextmanager
def process(home: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """A real server in a process of its own, ready to be asked."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "VOUCH_HOME": str(home), "PYTHONPATH": str(Path.cwd()), **variables}
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], env=environment, stderr=subprocess.DEVNULL)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)

    def ready() -> bool:
        assert server.poll() is None
        try:
            return client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(ready, 180)
        yield server, client
    finally:
        client.close()
        server.kill()
        server.wait()


def test_a_job_survives_the_kill_of_its_server(tmp_path: Path) -> None:
    texts = [f"# Note {n}\n\n" + f"Gluon {n} binds quarks. " * 60 for n in range(12)]
    with process(tmp_path) as (server, client):
        files = [("file", (f"{n}.md", text)) for n, text in enumerate(texts)]
        job = client.post("/v1/documents", files=files).json()["job_id"]
        wait_until(lambda: client.get(f"/v1/jobs/{job}").json()["state"] == "running")
        server.send_signal(signal.SIGKILL)
        server.wait()
    assert (tmp_path / "uploads" / job / "0").exists()
    with process(tmp_path) as (_, client):
        state = finished(client, job)
        assert state["state"] == "done"
        assert {report["state"] for report in state["documents"]} <= {"indexed", "unchanged"}
        assert len(client.get("/v1/documents").json()["items"]) == len(texts)
        wait_until(lambda: not (tmp_path / "uploads" / job).exists())


class Gated:
    """An indexer that reports progress until it is let go, or raises what it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.error = error

    def index(self, sources: Sequence[str], collection: str, **options: Any) -> IngestReport:
        return self.index_items([], collection, **options)

    def index_items(self, items: Sequence[SourceItem], collection: str, **options: Any) -> IngestReport:
        self.begun.set()
        if self.error is not None:
            raise self.error
        while not self.go.wait(0.02):
            options["progress"](0, 1, "encoding")
        return IngestReport(collection=collection, generation=1, documents=(), chunks_added=0, seconds=0)


@pytest.fixture
def jobs_of(build: Build, tmp_path: Path) -> Iterator[Callable[[Gated], Jobs]]:
    application = build(tmp_path)
    made: list[Jobs] = []

    def make(indexer: Gated) -> Jobs:
        jobs = Jobs(tmp_path, lambda: application.collections, indexer, IngestSettings())
        made.append(jobs)
        return jobs

    yield make
    for jobs in made:
        jobs.stop()
    application.close()


def submit(jobs: Jobs, collection: str = "default") -> str:
    id, folder = jobs.reserve()
    (folder / "0").write_bytes(b"text")
    return jobs.submit_uploads(id, collection, ["a.txt"]).id


def test_a_running_job_is_cancelled_in_the_middle_of_encoding(jobs_of: Callable[[Gated], Jobs]) -> None:
    indexer = Gated()
    jobs = jobs_of(indexer)
    id = submit(jobs)
    jobs.start()
    assert indexer.begun.wait(120)
    jobs.cancel(id)
    wait_until(lambda: jobs.get(id).state == "cancelled", 120)
    assert [d.reason for d in jobs.get(id).documents] == ["the job was cancelled"]
    wait_until(lambda: not jobs.folder(id).exists(), 120)
    assert jobs.cancel(id).state == "cancelled"


def test_a_queued_job_is_cancelled_at_once(jobs_of: Callable[[Gated], Jobs]) -> None:
    jobs = jobs_of(Gated())
    assert jobs.cancel(submit(jobs)).state == "cancelled"


def test_a_stopped_process_leaves_its_job_to_the_next(jobs_of: Callable[[Gated], Jobs]) -> None:
    indexer = Gated()
    jobs = jobs_of(indexer)
    id = submit(jobs)
    jobs.start()
    assert indexer.begun.wait(120)
    jobs.stop()
    assert jobs.get(id).state == "running"
    after = Gated()
    after.go.set()
    later = jobs_of(after)
    later.start()
    wait_until(lambda: later.get(id).state == "done", 120)


def test_only_one_process_works_at_a_time(jobs_of: Callable[[Gated], Jobs]) -> None:
    first, second = Gated(), Gated()
    one, two = jobs_of(first), jobs_of(second)
    one.start()
    id = submit(one)
    assert first.begun.wait(120)
    two.start()
    assert not second.begun.wait(1.5)
    first.go.set()
    wait_until(lambda: two.get(id).state == "done", 120)


@pytest.mark.parametrize("error", [CorruptStore("bytes are off", fix="restore"), ZeroDivisionError("by accident")])
def test_a_failure_is_told_and_the_next_job_gets_its_turn(jobs_of: Callable[[Gated], Jobs], error: Exception) -> None:
    indexer = Gated(error)
    jobs = jobs_of(indexer)
    first, second = submit(jobs), submit(jobs)
    jobs.start()
    for id in (first, second):
        wait_until(lambda id=id: jobs.get(id).state == "failed", 120)  # type: ignore[misc]
        (report,) = jobs.get(id).documents
        assert report.state == "refused"
        assert str(error.args[0]) in str(report.reason)


def test_a_job_whose_collection_is_deleted_ends(jobs_of: Callable[[Gated], Jobs]) -> None:
    indexer = Gated()
    jobs = jobs_of(indexer)
    id = submit(jobs, "gone")
    jobs.start()
    assert indexer.begun.wait(120)
    jobs._collections().delete("gone")
    wait_until(lambda: not jobs.folder(id).exists(), 120)
    with pytest.raises(NotFound):
        jobs.get(id)


def test_an_unknown_job_is_not_found(client: TestClient) -> None:
    for response in (client.get("/v1/jobs/none"), client.delete("/v1/jobs/none")):
        assert response.status_code == 404


def test_a_failed_job_is_retried_with_what_was_uploaded(jobs_of: Callable[[Gated], Jobs]) -> None:
    indexer = Gated(CorruptStore("bytes are off", fix="restore"))
    indexer.go.set()
    jobs = jobs_of(indexer)
    id = submit(jobs)
    jobs.start()
    wait_until(lambda: jobs.get(id).state == "failed")
    assert (jobs.folder(id) / "0").read_bytes() == b"text"
    indexer.error = None
    assert jobs.retry(id).state in {"queued", "running", "done"}
    wait_until(lambda: jobs.get(id).state == "done")
    wait_until(lambda: not jobs.folder(id).exists())
    with pytest.raises(Conflict, match="is done"):
        jobs.retry(id)


def test_a_job_without_its_uploads_cannot_be_retried(jobs_of: Callable[[Gated], Jobs]) -> None:
    jobs = jobs_of(Gated())
    id = submit(jobs)
    jobs.cancel(id)
    jobs.abandon(id)
    with pytest.raises(Conflict, match="kept no longer"):
        jobs.retry(id)
    url = jobs.submit_url("default", "https://example.org/a").id
    jobs.cancel(url)
    assert jobs.retry(url).state == "queued"


def test_how_long_jobs_wait(jobs_of: Callable[[Gated], Jobs]) -> None:
    jobs = jobs_of(Gated())
    assert jobs.waiting() == (0, 0.0)
    id = submit(jobs)
    count, seconds = jobs.waiting()
    assert count == 1
    assert 0 <= seconds < 600
    jobs.cancel(id)
    assert jobs.waiting() == (0, 0.0)


def test_a_request_sent_twice_makes_one_job(client: TestClient) -> None:
    def send(text: str, key: str) -> httpx.Response:
        files = [("file", ("once.md", text))]
        data = {"collection": "once"}
        return client.post("/v1/documents", files=files, data=data, headers={"Idempotency-Key": key})

    first, again = send("A graviton is light.", "k1"), send("A graviton is light.", "k1")
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    other = send("A graviton is heavy.", "k1")
    assert (other.status_code, "Idempotency-Key" in other.json()["fix"]) == (422, True)
    assert send("A graviton is heavy.", "k2").json() != first.json()
    assert finished(client, first.json()["job_id"])["state"] == "done"
    assert client.post(f"/v1/jobs/{first.json()['job_id']}/retry").status_code == 409
    assert client.post("/v1/jobs/none/retry").status_code == 404
    client.delete("/v1/collections/once")
