from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.protocols import Prompt
from models.llm.base import StreamingModel
from tests.app.conftest import Build, Serve, client_of, wait_until

QUESTION = {"question": "What is dropout?", "risk": 1}


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
            for self.words in range(1, 5000):
                self.speaking.set()
                time.sleep(0.02)
                yield "word "
        finally:
            self.ended.set()


@pytest.mark.parametrize("streamed", [False, True])
def test_generation_stops_when_the_client_leaves(build: Build, serve: Serve, tmp_path: Path, streamed: bool) -> None:
    model = SlowModel()
    application = build(tmp_path, lambda: model, llm__backend="xllamacpp", server__max_concurrent=1)
    with serve(application) as address:
        with (
            pytest.raises(httpx.ReadTimeout),
            httpx.stream("POST", f"{address}/v1/ask", json={**QUESTION, "stream": streamed}, timeout=3) as response,
        ):
            response.read()
        assert model.speaking.is_set()
        assert model.ended.wait(5)
        wait_until(lambda: "vouch_in_flight 0.0" in httpx.get(f"{address}/metrics").text, 5)


def test_heartbeats_keep_a_silent_stream_open(build: Build, serve: Serve, tmp_path: Path) -> None:
    application = build(tmp_path, SlowModel, llm__backend="xllamacpp", server__timeout_seconds=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.api.service.HEARTBEAT_SECONDS", 0.3)
        with serve(application) as address:
            response = httpx.post(f"{address}/v1/ask", json={**QUESTION, "stream": True}, timeout=20)
    assert response.text.count(": heartbeat\n\n") >= 2
    assert "event: error\n" in response.text
    assert "server.timeout_seconds" in response.text


def test_a_question_that_takes_too_long_ends_with_503(build: Build, tmp_path: Path) -> None:
    application = build(tmp_path, SlowModel, llm__backend="xllamacpp", server__timeout_seconds=1.5)
    with client_of(application) as client:
        response = client.post("/v1/ask", json=QUESTION)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"


def test_more_questions_than_slots_are_turned_away(build: Build, serve: Serve, tmp_path: Path) -> None:
    model = SlowModel()
    application = build(
        tmp_path, lambda: model, llm__backend="xllamacpp", server__max_concurrent=1, server__timeout_seconds=4
    )
    with serve(application) as address:
        wait_until(lambda: "vouch_in_flight 0.0" in httpx.get(f"{address}/metrics").text)
        first = threading.Thread(target=lambda: httpx.post(f"{address}/v1/ask", json=QUESTION, timeout=20))
        first.start()
        assert model.speaking.wait(20)
        refused = httpx.post(f"{address}/v1/search", json={"query": "dropout"})
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["type"] == "urn:vouch:Busy"
        assert httpx.get(f"{address}/healthz").status_code == 200
        first.join()
