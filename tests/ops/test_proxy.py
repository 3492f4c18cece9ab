"""The proxy of the compose file, before two servers on this machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.app.conftest import wait_until

pytestmark = pytest.mark.enable_socket
PROXY = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin")


class Replica(ThreadingHTTPServer):
    """Answers with its name; ready or not."""

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = name
        self.ready = True


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Replica

    def do_GET(self) -> None:
        known = self.headers["Host"] == "127.0.0.1" or self.path != "/readyz"
        status = 421 if not known else 200 if self.server.ready or self.path != "/readyz" else 503
        body = self.server.name.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def replica(name: str) -> Iterator[Replica]:
    server = Replica(name)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def configured(port: int, servers: list[Replica]) -> str:
    """The configuration with addresses of this machine in the place of Docker's names."""
    text = Path("ops/haproxy.cfg").read_text(encoding="utf-8")
    head, _ = text.split("  server-template api", 1)
    head = head.replace("bind :8080", f"bind 127.0.0.1:{port}").replace(" init-addr none resolvers docker", "")
    return head + "".join(f"  server {s.name} 127.0.0.1:{s.server_port}\n" for s in servers)


@pytest.mark.skipif(PROXY is None, reason="haproxy is not installed")
def test_only_replicas_that_are_ready_are_asked(tmp_path: Path) -> None:
    assert PROXY is not None
    subprocess.run([PROXY, "-c", "-q", "-f", "ops/haproxy.cfg"], check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with ExitStack() as stack:
        one, other = (stack.enter_context(replica(name)) for name in ("one", "other"))
        file = tmp_path / "haproxy.cfg"
        file.write_text(configured(port, [one, other]))
        proxy = subprocess.Popen([PROXY, "-f", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(proxy.wait)
        stack.callback(proxy.kill)

        def asked() -> set[str]:
            try:
                return {httpx.get(f"http://127.0.0.1:{port}/v1/search", timeout=5).text for _ in range(8)}
            except httpx.TransportError:
                return set()

        wait_until(lambda: asked() == {"one", "other"})
        one.ready = False
        wait_until(lambda: asked() == {"other"})
        one.ready = True
        wait_until(lambda: asked() == {"one", "other"})
        other.shutdown()
        other.server_close()
        # nobody has noticed yet, and still no request fails: what can't be delivered goes to the other one
        assert asked() == {"one"}
