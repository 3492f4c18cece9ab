from __future__ import annotations

import asyncio
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from app.api.server import LastingServer, create_app
from app.ui.conversation import respond
from core.protocols import Prompt
from models.llm.base import StreamingModel
from tests.app.conftest import BASE, Build, Serve, answers, client_of, wait_until

QUESTION = {"question": "What is dropout?", "risk": 1}
LAST_WORD = 5000


class SlowModel(StreamingModel):
    """Speaks a word every 20 ms until it is stopped."""

    def __init__(self) -> None:
        self.speaking = threading.Event()
        self.ended = threading.Event()
        self.words = 0

    @property
    def name(self) -> str:
        return "slow"

    def _pieces(self, prompt: Prompt, max_tokens: int, temperature: float) -> Iterator[str]:
        try:
            for self.words in range(1, LAST_WORD + 1):
                self.speaking.set()
                time.sleep(0.02)
                yield "word "
        finally:
            self.ended.set()


@pytest.mark.parametrize("streamed", [False, True])
def test_generation_stops_when_the_client_leaves(build: Build, serve: Serve, tmp_path: Path, streamed: bool) -> None:
    model = SlowModel()
    application = build(tmp_path, lambda: model, llm__backend="xllamacpp", server__max_concurrent=1)
    body = json.dumps({**QUESTION, "stream": streamed}).encode()
    with serve(application) as address:
        host = address.removeprefix("http://")
        head = f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        with socket.create_connection(("127.0.0.1", int(host.rsplit(":", 1)[1]))) as client:
            client.sendall(head.encode() + b"\r\n\r\n" + body)
            assert model.speaking.wait(120)
        assert model.ended.wait(120)
        assert model.words < LAST_WORD
        wait_until(lambda: "vouch_in_flight 0.0" in httpx.get(f"{address}/metrics", timeout=120).text, 120)


def test_heartbeats_keep_a_silent_stream_open(build: Build, serve: Serve, tmp_path: Path) -> None:
    application = build(tmp_path, SlowModel, llm__backend="xllamacpp", server__timeout_seconds=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.api.service.HEARTBEAT_SECONDS", 0.3)
        with serve(application) as address:
            response = httpx.post(f"{address}/v1/ask", json={**QUESTION, "stream": True}, timeout=120)
    assert response.text.count(": heartbeat\n\n") >= 2
    assert "event: error\n" in response.text
    assert "server.timeout_seconds" in response.text


def test_a_question_that_takes_too_long_ends_with_503(build: Build, tmp_path: Path) -> None:
    application = build(tmp_path, SlowModel, llm__backend="xllamacpp", server__timeout_seconds=1.5)
    with client_of(application) as client:
        response = client.post("/v1/ask", json=QUESTION)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"


def test_more_questions_than_slots_and_places_in_the_queue_are_turned_away(
    build: Build, serve: Serve, tmp_path: Path
) -> None:
    model = SlowModel()
    application = build(
        tmp_path,
        lambda: model,
        llm__backend="xllamacpp",
        server__max_concurrent=1,
        server__max_waiting=1,
        server__max_wait_seconds=120,
        server__timeout_seconds=120,
    )
    with serve(application) as address:
        waited: list[httpx.Response] = []
        second = threading.Thread(
            target=lambda: waited.append(httpx.post(f"{address}/v1/search", json={"query": "dropout"}, timeout=120))
        )
        with httpx.stream("POST", f"{address}/v1/ask", json={**QUESTION, "stream": True}, timeout=120):
            assert model.speaking.wait(120)
            second.start()
            wait_until(lambda: "vouch_waiting 1.0" in httpx.get(f"{address}/metrics", timeout=120).text)
            refused = httpx.post(f"{address}/v1/search", json={"query": "dropout"}, timeout=120)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.json()["type"] == "urn:vouch:Busy"
            assert httpx.get(f"{address}/healthz", timeout=120).status_code == 200
        second.join()
        assert [response.status_code for response in waited] == [200]


def test_a_stopping_server_ends_its_streams_cleanly(build: Build, tmp_path: Path) -> None:
    model = SlowModel()
    application = build(tmp_path, lambda: model, llm__backend="xllamacpp")
    app = create_app(application, page=False)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=60)
    server = LastingServer(config, app.state.service)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    address = f"{BASE}:{listener.getsockname()[1]}"
    wait_until(lambda: answers(f"{address}/readyz"), 240)
    with httpx.stream("POST", f"{address}/v1/ask", json={**QUESTION, "stream": True}, timeout=120) as response:
        assert model.speaking.wait(120)
        server.handle_exit(signal.SIGTERM, None)
        text = response.read().decode()
    assert text.endswith("\n\n")
    *_, last = text.strip().split("\n\n")
    assert "event: error" in last
    assert "the server is stopping" in last
    assert model.ended.wait(120)
    thread.join(120)
    assert not thread.is_alive()
    listener.close()


def test_a_reader_who_presses_stop_stops_the_generation(build: Build, tmp_path: Path) -> None:
    model = SlowModel()
    with client_of(build(tmp_path, lambda: model, llm__backend="xllamacpp")) as client:
        service = client.app.state.service  # type: ignore[attr-defined]

        async def press_stop() -> None:
            async def read() -> None:
                async for _ in respond(service, "What is dropout?", [], "default", 1.0, True):
                    pass

            waiting = asyncio.ensure_future(read())
            while not model.speaking.is_set():
                await asyncio.sleep(0.05)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

        asyncio.run(asyncio.wait_for(press_stop(), 300))
        assert model.ended.wait(120)
        wait_until(lambda: "vouch_in_flight 0.0" in client.get("/metrics").text)


def test_work_that_takes_too_long_is_given_up_but_keeps_its_slot_until_it_ends(build: Build, tmp_path: Path) -> None:
    application = build(tmp_path, server__timeout_seconds=0.5, server__max_concurrent=1, server__max_waiting=0)
    go = threading.Event()
    with client_of(application) as client, pytest.MonkeyPatch.context() as patch:
        patch.setattr(application, "search", lambda *arguments: go.wait(120))
        late = client.post("/v1/search", json={"query": "zorb"})
        assert (late.status_code, late.json()["type"]) == (503, "urn:vouch:BackendUnavailable")
        assert client.post("/v1/search", json={"query": "zorb"}).json()["type"] == "urn:vouch:Busy"
        go.set()
        wait_until(lambda: "vouch_in_flight 0.0" in client.get("/metrics").text)
