from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.keys import KeyFile
from app.api.server import check_keys, create_app
from app.bootstrap import build as build_application
from app.configuration import configure
from core.errors import InputError, NotFound, SettingsError
from tests.app.conftest import BASE, Build, client_of


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
def test_other_names_of_this_address_are_refused(client: TestClient, host: str) -> None:
    response = client.get("/v1/models", headers={"Host": host})
    assert response.status_code == 421
    assert response.json()["fix"]


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:9"])
def test_loopback_names_are_served(client: TestClient, host: str) -> None:
    assert client.get("/v1/models", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example"])
def test_pages_of_other_sites_cannot_use_the_server(client: TestClient, origin: str) -> None:
    files = [("file", ("a.txt", "planted"))]
    assert client.post("/v1/documents", files=files, headers={"Origin": origin}).status_code == 403


def test_our_own_page_can(client: TestClient) -> None:
    assert client.get("/v1/models", headers={"Origin": "http://localhost:8000"}).status_code == 200


@pytest.fixture(scope="module")
def guarded(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, KeyFile]]:
    home = tmp_path_factory.mktemp("guarded")
    application = build(home, server__keys="required", server__requests_a_minute=60)
    with client_of(application) as client:
        yield client, KeyFile(home)


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


REQUESTS: list[tuple[str, str, str | None]] = [
    ("GET", "/healthz", None),
    ("GET", "/readyz", None),
    ("GET", "/v1/models", "ask"),
    ("GET", "/v1/documents", "ask"),
    ("GET", "/openapi.json", "ask"),
    ("POST", "/v1/documents", "ingest"),
    ("DELETE", "/v1/documents/none", "ingest"),
    ("GET", "/v1/jobs/none", "ingest"),
    ("POST", "/v1/collections", "ingest"),
    ("DELETE", "/v1/collections/none", "admin"),
    ("GET", "/metrics", "admin"),
]


@pytest.mark.parametrize(("method", "path", "scope"), REQUESTS)
@pytest.mark.parametrize("held", [None, "ask", "ingest", "admin"])
def test_each_route_takes_its_scope(
    guarded: tuple[TestClient, KeyFile], method: str, path: str, scope: str | None, held: str | None
) -> None:
    client, keys = guarded
    headers = bearer(keys.create([held])[1]) if held else {}
    status = client.request(method, path, headers=headers).status_code
    if scope is None or held in {scope, "admin"}:
        assert status not in {401, 403}
    else:
        assert status == (403 if held else 401)


@pytest.mark.parametrize("text", ["", "nonsense", "vouch_00000000_" + "A" * 43])
def test_a_wrong_key_is_refused(guarded: tuple[TestClient, KeyFile], text: str) -> None:
    response = guarded[0].get("/v1/models", headers=bearer(text))
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "vouch keys create" in response.json()["fix"]


def test_the_id_of_a_key_is_no_key(guarded: tuple[TestClient, KeyFile]) -> None:
    key, text = guarded[1].create(["ask"])
    forged = text[:-43] + "B" * 43
    assert key.id in forged
    assert guarded[0].get("/v1/models", headers=bearer(forged)).status_code == 401


def test_a_revoked_key_is_refused_from_the_next_request_on(guarded: tuple[TestClient, KeyFile]) -> None:
    client, keys = guarded
    key, text = keys.create(["ask"])
    assert client.get("/v1/models", headers=bearer(text)).status_code == 200
    keys.revoke(key.id)
    assert client.get("/v1/models", headers=bearer(text)).status_code == 401


def test_each_key_has_its_own_rate(guarded: tuple[TestClient, KeyFile]) -> None:
    client, keys = guarded
    first, second = keys.create(["ask"])[1], keys.create(["ask"])[1]
    answers = [client.get("/v1/models", headers=bearer(first)) for _ in range(62)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1
    assert client.get("/v1/models", headers=bearer(second)).status_code == 200


def test_a_browser_signs_in_once(guarded: tuple[TestClient, KeyFile]) -> None:
    client, keys = guarded
    visit = client.get("/docs", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (visit.status_code, visit.headers["location"]) == (303, "/signin")
    assert client.post("/signin", data={"key": "wrong"}).status_code == 401
    signed = client.post("/signin", data={"key": keys.create(["ask"])[1]}, follow_redirects=False)
    cookie = signed.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/docs").status_code == 200
    client.cookies.clear()


def test_an_upload_over_the_limit_is_refused_before_it_is_read(build: Build, tmp_path: Path) -> None:
    with client_of(build(tmp_path, server__max_upload_bytes=1000)) as client:
        declared = client.post("/v1/documents", files=[("file", ("a.txt", b"x" * 200_000))])

        def undeclared() -> Iterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            for _ in range(200):
                yield b"x" * 1000

        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        streamed = client.post("/v1/documents", content=undeclared(), headers=headers)
        large = client.post("/v1/search", content=b" " * (9 * 2**20), headers={"Content-Type": "application/json"})
    for response in (declared, streamed, large):
        assert response.status_code == 413
        assert response.json()["fix"]
    assert not list((tmp_path / "uploads").glob("*"))


@pytest.mark.parametrize("flags", [{"server.host": "0.0.0.0"}, {"server.keys": "required"}])
def test_nothing_is_served_to_others_without_a_key(tmp_path: Path, flags: dict[str, Any]) -> None:
    application = build_application(configure(flags, environment={"VOUCH_HOME": str(tmp_path)}, folder=tmp_path))
    with pytest.raises(SettingsError, match="vouch keys create"):
        check_keys(application)
    KeyFile(tmp_path).create(["ask"])
    check_keys(application)


def test_on_another_address_keys_are_asked_for(build: Build, tmp_path: Path) -> None:
    application = build(tmp_path, server__host="0.0.0.0")
    with TestClient(create_app(application, page=False), base_url=BASE) as client:
        assert client.get("/v1/models", headers={"Host": "any.example"}).status_code == 401


def test_the_file_of_keys_holds_no_key_and_is_private(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    key, text = keys.create(["admin", "ask"], "laptop")
    content = (tmp_path / "keys.json").read_text()
    assert text not in content
    assert text[-43:] not in content
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert keys.find(text) == key
    assert key.scopes == ("ask", "admin")


def test_bad_scopes_and_ids_are_refused(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    for scopes in ([], ["root"]):
        with pytest.raises(InputError):
            keys.create(scopes)
    with pytest.raises(NotFound):
        keys.revoke("none")


def test_a_damaged_file_lets_nobody_in(build: Build, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    application = build(tmp_path, server__keys="required")
    with TestClient(create_app(application, page=False), base_url=BASE) as client:
        response = client.get("/v1/models", headers=bearer("x"))
    assert response.status_code == 500
    assert "keys.json" in response.json()["detail"]


def test_keys_are_read_while_they_are_written(tmp_path: Path) -> None:
    keys, other = KeyFile(tmp_path), KeyFile(tmp_path)
    texts = [keys.create(["ask"])[1]]
    failures: list[Exception] = []

    def read() -> None:
        try:
            for _ in range(200):
                assert other.find(texts[0]) is not None
        except Exception as error:  # shown by the assertion below
            failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        keys.create(["ask"])
    reader.join()
    assert not failures
    assert len(json.loads((tmp_path / "keys.json").read_text())) == 21
