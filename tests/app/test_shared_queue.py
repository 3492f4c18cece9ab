"""Two servers over one queue: what one of them leaves behind when it is killed, the other does, and nothing twice."""

from __future__ import annotations

import signal
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import Build, wait_until
from tests.app.test_jobs import process
from tests.contracts.postgres_server import postgres

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.enable_socket
JOBS, FILES = 8, 3


def text(job: int, file: int) -> str:
    return f"# Note {job} {file}\n\n" + "".join(f"Gluon {job} {file} {n} binds quarks. " for n in range(120))


def test_a_killed_server_loses_no_job_and_none_is_done_twice(build: Build, tmp_path: Path) -> None:
    home, base = tmp_path / "home", tmp_path / "pg"
    home.mkdir()
    base.mkdir()
    with postgres(base) as url, ExitStack() as servers:
        variables = {"VOUCH_QUEUE__URL": url, "VOUCH_QUEUE__LEASE_SECONDS": "8"}
        (dying, one), (_, other) = (servers.enter_context(process(home, **variables)) for _ in range(2))
        connection: Any = servers.enter_context(closing(psycopg.connect(url, autocommit=True)))

        def table() -> dict[str, tuple[str, str | None]]:
            rows = connection.execute("SELECT id, state, worker FROM vouch_jobs").fetchall()
            return {id: (state, worker) for id, state, worker in rows}

        ids = []
        for job in range(JOBS):
            files = [("file", (f"{job}-{file}.md", text(job, file))) for file in range(FILES)]
            ids.append((one, other)[job % 2].post("/v1/documents", files=files).json()["job_id"])
        wait_until(lambda: sum(state == "running" for state, _ in table().values()) == 2, 120)
        dying.send_signal(signal.SIGKILL)
        dying.wait()
        at_death = table()
        wait_until(lambda: {state for state, _ in table().values()} == {"done"}, 240)

        ended = table()
        assert set(ended) == set(ids)
        moved = [id for id in ids if at_death[id][1] not in {None, ended[id][1]}]
        assert len(moved) == 1  # the dead server's job, and no other, changed hands
        assert len({worker for _, worker in at_death.values() if worker}) == 2  # both worked before
        for id in ids:
            reports = other.get(f"/v1/jobs/{id}").json()["documents"]
            states = [report["state"] for report in reports]
            # what is done a second time finds its documents unchanged
            assert len(states) == FILES and set(states) <= ({"indexed", "unchanged"} if id in moved else {"indexed"})
        sources = [item["source"] for item in other.get("/v1/documents").json()["items"]]
    assert sorted(sources) == sorted(f"{job}-{file}.md" for job in range(JOBS) for file in range(FILES))
    application = build(home)
    snapshot = application.collections.open("default").snapshot()
    chunks = snapshot.chunks(range(len(snapshot)))
    assert len({chunk.id for chunk in chunks.values()}) == len(chunks) > JOBS * FILES
    assert not list((home / "uploads").iterdir())
    application.close()
