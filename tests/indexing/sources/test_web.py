from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from core.errors import UnreadableDocument
from core.settings import IngestSettings
from indexing.parsing.base import parse
from indexing.sources.expand import expand
from indexing.sources.web import Fetcher

PUBLIC = {"a.test": ["93.184.216.34"], "b.test": ["2606:2800:220:1:248:1893:25c8:1946"], "in.test": ["10.0.0.7"]}


def resolver(host: str, port: int) -> list[str]:
    return PUBLIC.get(host, [host])


def fetcher(answer: Callable[[httpx.Request], httpx.Response], max_bytes: int = 1000) -> Fetcher:
    return Fetcher(max_bytes, resolver=resolver, transport=httpx.MockTransport(answer))


def page(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"# Loss", headers={"content-type": "text/markdown; charset=utf-8"})


def reason_of(url: str, answer: Callable[[httpx.Request], httpx.Response] = page, max_bytes: int = 1000) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        fetcher(answer, max_bytes).fetch(url)
    assert fetcher(answer, max_bytes).item(url).reason == caught.value.reason
    return caught.value.reason


def test_item_of_a_page() -> None:
    item = fetcher(page).item("https://a.test/notes/loss?x=1#top")
    assert (item.source, item.origin, item.name) == ("loss", "https://a.test/notes/loss?x=1#top", "loss.md")
    assert item.read() == b"# Loss"
    assert parse(item.name, item.read()).media_type == "text/markdown"


@pytest.mark.parametrize(
    ("url", "address"),
    [("https://a.test:8443/x", "93.184.216.34"), ("http://b.test/x", "2606:2800:220:1:248:1893:25c8:1946")],
)
def test_connection_goes_to_the_checked_address_under_the_host_s_name(url: str, address: str) -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return page(request)

    fetcher(answer).fetch(url)
    (request,) = seen
    original = httpx.URL(url)
    assert request.url.host == address
    assert request.url.port == original.port
    assert request.headers["host"] == original.netloc.decode()
    assert request.extensions["sni_hostname"] == original.host


def test_name_is_resolved_once_a_hop() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return page(request)

    Fetcher(1000, resolver=lambda host, port: next(answers), transport=httpx.MockTransport(answer)).fetch(
        "http://a.test/"
    )
    assert seen == ["93.184.216.34"]


@pytest.mark.parametrize(
    "url",
    [
        "http://in.test/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "ftp://a.test/x",
        "http://",
        "http://user:secret@a.test/",
        "http://[/",
        "http://a.test:99999/",
    ],
)
def test_refused_urls(url: str) -> None:
    assert reason_of(url) == "url_refused"


@pytest.mark.parametrize(
    "target", ["http://in.test/", "http://127.0.0.1:80/", "file:///etc/passwd", "//169.254.169.254/x"]
)
def test_redirects_are_checked_too(target: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"location": target})

    assert reason_of("http://a.test/", answer) == "url_refused"
    assert set(asked) == {"93.184.216.34"}


@pytest.mark.parametrize("status", [204, 304, 400, 401, 404, 429, 500, 503])
def test_status(status: int) -> None:
    assert reason_of("http://a.test/", lambda request: httpx.Response(status, content=b"no")) == "url_failed"


def test_endless_redirects() -> None:
    assert (
        reason_of("http://a.test/", lambda request: httpx.Response(301, headers={"location": "/again"})) == "url_failed"
    )


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("odd")]
)
def test_network_errors(error: Exception) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    assert reason_of("http://a.test/", answer) == "url_failed"


def test_size_is_limited_before_and_after_unpacking() -> None:
    assert reason_of("http://a.test/", lambda request: httpx.Response(200, content=b"x" * 1001)) == "too_large"
    packed = gzip.compress(bytes(5000))
    assert len(packed) < 1000
    headers = {"content-encoding": "gzip"}
    assert (
        reason_of("http://a.test/", lambda request: httpx.Response(200, content=packed, headers=headers)) == "too_large"
    )


def test_slow_answers_end_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexing.sources.web.SECONDS_IN_ALL", -1.0)
    assert reason_of("http://a.test/") == "url_failed"


def test_declared_encoding_reaches_the_parser() -> None:
    headers = {"content-type": "text/plain; charset=cp850"}
    item = fetcher(lambda request: httpx.Response(200, content="é".encode("cp850"), headers=headers)).item(
        "http://a.test/e.txt"
    )
    assert item.read().decode() == "é"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/start":
            self.send_response(302)
            self.send_header("Location", "/page")
            self.end_headers()
        elif self.path == "/page":
            body = f"<html><body><h1>Loss</h1><p>Host {self.headers['Host']} says hello.</p></body></html>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            self.send_error(404)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_real_server_by_name(port: int) -> None:
    url = f"http://docs.test:{port}/start"
    options = {"resolver": lambda host, number: ["127.0.0.1"], "allow_private": True}
    (item,) = expand([url], IngestSettings(), **options)
    assert (item.source, item.name, item.reason) == ("start", "page.html", None)
    assert parse(item.name, item.read()).text == f"# Loss\n\nHost docs.test:{port} says hello."
    (missing,) = expand([f"http://docs.test:{port}/missing"], IngestSettings(), **options)
    assert missing.reason == "url_failed"


def test_real_server_is_refused_by_default(port: int) -> None:
    (item,) = expand([f"http://127.0.0.1:{port}/page"], IngestSettings())
    assert item.reason == "url_refused"
