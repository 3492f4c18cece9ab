"""What a malicious client, page or document may try over REST: addresses that lead inside, bombs, other names of the server."""

from __future__ import annotations

import http.server
import io
import threading
import zipfile
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.app.conftest import Build, client_of, finished, upload

MIB = 2**20


class Inside(http.server.BaseHTTPRequestHandler):
    """A server of the private network that must never be asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the secret of the inside")

    def log_message(self, format: str, *arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def inside() -> Iterator[int]:
    Inside.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "①②⑦.⓪.⓪.①",
    ],
)
def test_no_form_of_an_inner_address_is_fetched(client: TestClient, inside: int, host: str) -> None:
    response = client.post("/v1/documents", json={"url": f"http://{host}:{inside}/", "collection": "web"})
    assert response.status_code == 202
    job = finished(client, response.json()["job_id"])
    (report,) = job["documents"]
    assert report["state"] == "refused"
    assert report["reason"] in {"url_refused", "url_failed"}
    assert Inside.asked == []
    assert client.get("/v1/documents?collection=web").json()["items"] == []
    client.delete("/v1/collections/web")


def bomb(megabytes: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("zeros.txt", "w") as member:
            for _ in range(megabytes):
                member.write(b"0" * MIB)
        archive.writestr("fine.txt", "A kaon is strange.")
    return packed.getvalue()


def test_a_zip_bomb_is_refused_with_its_reason(client: TestClient) -> None:
    packed = bomb(200)
    assert len(packed) < MIB  # 200 MiB in a fifth of one
    job = upload(client, ("bomb.zip", packed), collection="bombs")
    assert [(report["state"], report["reason"]) for report in job["documents"]] == [("refused", "unsafe_archive")]
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", packed)
        archive.writestr("fine.txt", "A kaon is strange.")
    nested = upload(client, ("outer.zip", outer.getvalue()), collection="bombs")
    states = {report["source"]: (report["state"], report["reason"]) for report in nested["documents"]}
    assert states["outer.zip/fine.txt"] == ("indexed", None)
    assert all(reason == "unsafe_archive" for state, reason in states.values() if state == "refused")
    assert any(state == "refused" for state, _ in states.values())
    client.delete("/v1/collections/bombs")


def test_an_office_file_that_is_a_bomb_is_refused(client: TestClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as member:
            for _ in range(200):
                member.write(b" " * MIB)
    job = upload(client, ("report.docx", packed.getvalue()), collection="bombs")
    assert [(report["state"], report["reason"]) for report in job["documents"]] == [("refused", "unsafe_archive")]
    client.delete("/v1/collections/bombs")


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "/etc/passwd", "..\\..\\x.txt", "a/../../b.txt", "C:\\x.txt", "\0x.txt"]
)
def test_no_name_of_an_upload_leads_out_of_its_folder(client: TestClient, name: str) -> None:
    job = upload(client, (name, "A pion is light."), collection="names")
    for report in job["documents"]:
        assert not report["source"].startswith("/")
        assert ".." not in report["source"]
        assert "/etc" not in report["source"]
    client.delete("/v1/collections/names")


def test_a_name_of_the_attackers_that_leads_here_is_no_name_of_ours(
    build: Build, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """DNS rebinding: the victim's browser resolves the attacker's name to this machine and sends its name and origin."""
    application = build(tmp_path_factory.mktemp("named"), server__allowed_hosts=("vouch.example",))
    with client_of(application) as client:
        for path in ("/v1/documents", "/v1/collections", "/metrics", "/docs"):
            rebound = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}
            assert client.get(path, headers=rebound).status_code == 421
            assert client.get(path, headers={"Host": "vouch.example"}).status_code == 200
        cross = {"Host": "vouch.example", "Origin": "http://evil.example:8000"}
        refused = client.post("/v1/collections", json={"name": "planted"}, headers=cross)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
        preflight = {**cross, "Access-Control-Request-Method": "DELETE"}
        assert client.options("/v1/documents/x", headers=preflight).status_code == 403
        assert "planted" not in client.get("/v1/collections").json()["items"]


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "99999999999999999999"])
def test_an_absurd_length_is_no_crash(client: TestClient, length: str) -> None:
    response = client.post(
        "/v1/search", content=b"{}", headers={"Content-Length": length, "Content-Type": "application/json"}
    )
    assert 400 <= response.status_code < 500
    assert response.json()["fix"]
