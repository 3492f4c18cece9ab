"""One contract for all language models; each backend runs a real model or a real local endpoint."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from core.errors import BackendUnavailable, InputError, SettingsError
from core.protocols import Prompt
from core.settings import LLMSettings
from models.llm import get_language_model
from models.llm.base import StreamingModel
from models.llm.openai_model import OpenAIModel


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body["model"] == "missing":
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b"no such model")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for word in f"You said: {body['messages'][-1]['content']}".split(" ")[: body["max_tokens"]]:
            event = {"choices": [{"delta": {"content": word + " "}}]}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def bundled() -> StreamingModel:
    model = get_language_model(LLMSettings(threads=2))
    assert isinstance(model, StreamingModel)
    return model


@pytest.fixture(params=["xllamacpp", "openai"])
def model(request: pytest.FixtureRequest) -> StreamingModel:
    if request.param == "xllamacpp":
        loaded: StreamingModel = request.getfixturevalue("bundled")
        return loaded
    return OpenAIModel(LLMSettings(backend="openai", base_url=request.getfixturevalue("endpoint"), model="echo"))


PROMPT = Prompt(system="", user="Say hello.")


def test_greedy_replies_repeat(model: StreamingModel) -> None:
    first = model.complete(PROMPT, max_tokens=12)
    assert first.strip()
    assert model.complete(PROMPT, max_tokens=12) == first


def test_streaming_ends_when_told(model: StreamingModel) -> None:
    pieces: list[str] = []
    for piece in model.stream(PROMPT, max_tokens=40, temperature=0.0, stop=lambda: len(pieces) >= 2):
        pieces.append(piece)
    assert len(pieces) == 2


def test_closing_early_leaves_the_model_usable(model: StreamingModel) -> None:
    stream = model.stream(PROMPT, max_tokens=40, temperature=0.0)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert model.complete(PROMPT, max_tokens=4).strip()


@pytest.mark.parametrize(
    ("prompt", "limit", "temperature"), [(Prompt("", " "), 5, 0.0), (PROMPT, 0, 0.0), (PROMPT, 5, 9.0)]
)
def test_senseless_requests_are_refused(model: StreamingModel, prompt: Prompt, limit: int, temperature: float) -> None:
    with pytest.raises(InputError):
        list(model.stream(prompt, max_tokens=limit, temperature=temperature))


def test_a_grammar_holds(bundled: StreamingModel) -> None:
    prompt = Prompt("", "Is fire hot?", grammar='root ::= "yes" | "no"')
    assert bundled.complete(prompt, max_tokens=8) in {"yes", "no"}


def test_an_endpoint_that_fails_is_named(endpoint: str) -> None:
    missing = OpenAIModel(LLMSettings(backend="openai", base_url=endpoint, model="missing"))
    with pytest.raises(BackendUnavailable, match="404"):
        missing.complete(PROMPT, max_tokens=5)
    gone = OpenAIModel(LLMSettings(backend="openai", base_url="http://127.0.0.1:9/v1", model="m", timeout_seconds=2))
    with pytest.raises(BackendUnavailable, match="did not answer"):
        gone.complete(PROMPT, max_tokens=5)


def test_incomplete_settings_are_refused() -> None:
    with pytest.raises(SettingsError, match="base_url"):
        OpenAIModel(LLMSettings(backend="openai"))
    with pytest.raises(BackendUnavailable, match="GGUF"):
        get_language_model(LLMSettings(model="/nowhere.gguf"))
    assert get_language_model(LLMSettings(backend="none")) is None
