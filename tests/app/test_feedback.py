from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexing.stores.database import connect
from indexing.stores.embedded import DATABASE


def rows(client: TestClient) -> list[tuple[Any, ...]]:
    home = client.app.state.service.application.home  # type: ignore[attr-defined]
    connection = connect(home / "collections" / "default" / "vouch.sqlite", readonly=True)
    found = connection.execute('SELECT answer_id, rating, document_id, start, "end", comment FROM feedback').fetchall()
    connection.close()
    return [tuple(row) for row in found]


def test_feedback_is_kept_with_its_passage(client: TestClient) -> None:
    id = client.get("/v1/documents").json()["items"][0]["id"]
    body = {"answer_id": "a1", "rating": -1, "document_id": id, "start": 0, "end": 5, "comment": "not this"}
    response = client.post("/v1/feedback", json=body)
    assert (response.status_code, response.json()) == (201, {"collection": "default"})
    assert ("a1", -1, id, 0, 5, "not this") in rows(client)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"rating": 0}, 422),
        ({"answer_id": ""}, 422),
        ({"start": 1}, 422),
        ({"document_id": "none"}, 404),
        ({"stars": 5}, 422),
    ],
)
def test_bad_feedback_is_refused(client: TestClient, change: dict[str, Any], status: int) -> None:
    response = client.post("/v1/feedback", json={"answer_id": "a2", "rating": 1, **change})
    assert response.status_code == status
    assert response.json()["fix"]


def test_a_passage_must_lie_within_its_document(client: TestClient) -> None:
    id = client.get("/v1/documents").json()["items"][0]["id"]
    body = {"answer_id": "a3", "rating": 1, "document_id": id, "start": 5, "end": 1_000_000}
    assert client.post("/v1/feedback", json=body).status_code == 422


def test_a_collection_that_another_writer_holds_is_busy(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    application = client.app.state.service.application  # type: ignore[attr-defined]
    database = application.collections.open("default").folder / DATABASE

    def impatient(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA busy_timeout = 20")
        return connection

    monkeypatch.setattr("indexing.feedback.connect", impatient)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = client.post("/v1/feedback", json={"answer_id": "a", "rating": 1})
        other.execute("ROLLBACK")
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["type"] == "urn:vouch:Busy"
