from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app.conftest import NOTES, finished, upload


def test_a_file_becomes_a_document(client: TestClient) -> None:
    job = upload(client, ("dir/../quarks.md", "# Quarks\n\nA quark has a colour."), collection="physics")
    assert job["state"] == "done"
    (report,) = job["documents"]
    assert (report["source"], report["state"], report["reason"]) == ("quarks.md", "indexed", None)
    document = client.get(f"/v1/documents/{report['document_id']}").json()
    assert (document["collection"], document["title"], document["chunks"]) == ("physics", "Quarks", 1)
    text = client.get(f"/v1/documents/{report['document_id']}/text").json()
    assert text["text"].startswith("# Quarks")
    assert client.delete(f"/v1/documents/{report['document_id']}").json() == {"removed": [report["document_id"]]}
    assert client.get(f"/v1/documents/{report['document_id']}").status_code == 404
    assert client.delete("/v1/collections/physics").json() == {"deleted": "physics"}


def test_the_same_bytes_are_indexed_once(client: TestClient) -> None:
    again = upload(client, ("zorbs.md", NOTES))
    assert [report["state"] for report in again["documents"]] == ["unchanged"]


def test_what_cannot_be_read_is_refused_with_its_reason_and_the_rest_is_indexed(client: TestClient) -> None:
    job = upload(client, ("empty.txt", ""), ("fine.txt", "Leptons have no colour."), collection="mixed")
    assert job["state"] == "done"
    assert {report["source"]: (report["state"], report["reason"]) for report in job["documents"]} == {
        "empty.txt": ("refused", "empty"),
        "fine.txt": ("indexed", None),
    }
    client.delete("/v1/collections/mixed")


def test_members_take_the_place_of_their_archive(client: TestClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(10):
            archive.writestr(f"notes/{number}.txt", f"Muon number {number} decays.")
    job = upload(client, ("muons.zip", packed.getvalue()), collection="packed")
    assert sorted(report["source"] for report in job["documents"]) == [f"muons.zip/notes/{n}.txt" for n in range(10)]
    assert {report["state"] for report in job["documents"]} == {"indexed"}
    client.delete("/v1/collections/packed")


def test_documents_are_listed_page_by_page(client: TestClient) -> None:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get("/v1/documents", params={"collection": "handbook", "limit": 3, "cursor": cursor}).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert len(found) == len(set(found)) == 4
    assert found == sorted(found)


def test_a_private_address_is_refused_with_its_reason(client: TestClient) -> None:
    response = client.post("/v1/documents", json={"url": "http://127.0.0.1:1/notes.html", "collection": "web"})
    assert response.status_code == 202
    job = finished(client, response.json()["job_id"])
    assert [report["reason"] for report in job["documents"]] == ["url_refused"]
    client.delete("/v1/collections/web")


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {"url": "file:///etc/passwd"}},
        {"json": {"url": "notes.md"}},
        {"json": {"url": "https://example.org", "more": 1}},
        {"json": {}},
        {"content": b"[]"},
        {"files": [("file", ("a.txt", "x"))], "data": {"collection": "handbook"}},
        {"files": [("file", ("a.txt", "x"))], "data": {"collection": "../up"}},
        {"files": [("file", ("a.txt", "x"))], "data": {"url": "https://example.org"}},
        {"files": [("file", ("a.txt", "x"))], "data": {"owner": "me"}},
        {"files": [("file", ("a.txt", "x")), ("file", ("b/a.txt", "y"))]},
    ],
)
def test_a_bad_upload_is_refused_with_a_fix(client: TestClient, request_: dict[str, Any]) -> None:
    response = client.post("/v1/documents", **request_)
    assert response.status_code == 422
    assert response.json()["fix"]
    uploads = client.app.state.service.application.home / "uploads"  # type: ignore[attr-defined]
    assert not list(uploads.iterdir())


def test_the_handbook_is_read_only(client: TestClient) -> None:
    id = client.get("/v1/documents?collection=handbook").json()["items"][0]["id"]
    assert client.delete(f"/v1/documents/{id}").status_code == 422
    assert client.delete("/v1/collections/handbook").status_code == 422


@pytest.mark.parametrize("path", ["/v1/documents/none", "/v1/documents/none/text", "/v1/documents?collection=none"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
