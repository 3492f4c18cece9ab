"""One contract for all language models; each backend runs a real model or a real local endpoint."""

from __future__ import annotations

import http.server
import itertools
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from pydantic import SecretStr

from core.errors import BackendUnavailable, InputError, MissingDependency, SettingsError
from core.protocols import Prompt
from core.settings import LLMSettings
from models.llm import get_language_model
from models.llm.base import StreamingModel
from models.llm.langchain_chat import LangChainChat
from models.llm.openai_model import OpenAIModel

GONE = threading.Event()
"""Set once the endpoint has seen its client leave."""


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
        if body["model"] == "endless":
            self.endless()
            return
        for word in f"You said: {body['messages'][-1]['content']}".split(" ")[
            : body.get("max_tokens") or body["max_completion_tokens"]
        ]:
            event = {"id": "1", "choices": [{"index": 0, "delta": {"role": "assistant", "content": word + " "}}]}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def endless(self) -> None:
        """Words until the client has gone."""
        event = {"id": "1", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "word "}}]}
        try:
            while True:
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
                time.sleep(0.01)
        except OSError:
            GONE.set()

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


@pytest.fixture(scope="module")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a Llama of random weights and a vocabulary of words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<unk>", "</s>", *(f"w{n}" for n in range(30)), "Say", "hello", ".", "user"]
    rules = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    rules.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    folder = str(tmp_path_factory.mktemp("llama"))
    PreTrainedTokenizerFast(tokenizer_object=rules, unk_token="<unk>", eos_token="</s>").save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=128,
        bos_token_id=None,
        eos_token_id=None,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(params=["xllamacpp", "transformers", "openai", "langchain", "langchain-openai"])
def model(request: pytest.FixtureRequest) -> StreamingModel:
    match request.param:
        case "xllamacpp":
            loaded: StreamingModel = request.getfixturevalue("bundled")
            return loaded
        case "transformers":
            from models.llm.transformers_model import TransformersModel

            return TransformersModel(
                LLMSettings(backend="transformers", model=request.getfixturevalue("tiny_llama"), timeout_seconds=20)
            )
        case "openai":
            url = request.getfixturevalue("endpoint")
            return OpenAIModel(LLMSettings(backend="openai", base_url=url, model="echo"))
        case "langchain":
            fake = GenericFakeChatModel(messages=itertools.repeat("You said: say hello, and hello it is."))
            return LangChainChat(fake, "fake")
    url = request.getfixturevalue("endpoint")
    named = LLMSettings(backend="langchain", model="openai:echo", base_url=url, api_key=SecretStr("k"))
    chat = get_language_model(named)
    assert isinstance(chat, StreamingModel)
    return chat


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


@pytest.mark.parametrize("backend", ["openai", "langchain"])
def test_an_endpoint_sees_that_nobody_reads_on(endpoint: str, backend: str) -> None:
    GONE.clear()
    if backend == "openai":
        chosen = LLMSettings(backend="openai", base_url=endpoint, model="endless")
    else:
        key = SecretStr("k")
        chosen = LLMSettings(backend="langchain", base_url=endpoint, model="openai:endless", api_key=key)
    model = get_language_model(chosen)
    assert model is not None
    pieces = list(itertools.islice(model.stream(PROMPT, max_tokens=4000, temperature=0.0, stop=lambda: False), 3))
    assert len(pieces) == 3
    seen: list[str] = []
    for piece in model.stream(PROMPT, max_tokens=4000, temperature=0.0, stop=lambda: len(seen) >= 2):
        seen.append(piece)
    assert len(seen) == 2
    assert GONE.wait(20)


def test_a_cancelled_local_generation_ends_at_once(bundled: StreamingModel, tiny_llama: str) -> None:
    """The next reply of the one engine does not wait for thousands of tokens that nobody reads."""
    from models.llm.transformers_model import TransformersModel

    long = Prompt(system="", user="Count from one to a thousand, in words.")
    folder = LLMSettings(backend="transformers", model=tiny_llama, timeout_seconds=20)
    for model, longest in ((bundled, 1500), (TransformersModel(folder), 120)):
        first = list(itertools.islice(stream := model.stream(long, max_tokens=longest, temperature=0.0), 2))
        assert len(first) == 2
        stream.close()  # type: ignore[attr-defined]
        before = threading.active_count()
        assert model.complete(PROMPT, max_tokens=2)
        assert threading.active_count() <= before


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


class Failing(GenericFakeChatModel):
    """A provider that breaks down after its first word."""

    def _stream(self, *arguments: Any, **options: Any) -> Iterator[Any]:
        yield next(super()._stream(*arguments, **options))
        raise ConnectionError("the line is dead")


def test_the_failure_of_a_provider_is_named() -> None:
    stream = LangChainChat(Failing(messages=iter(["two words"])), "broken").stream(
        PROMPT, max_tokens=5, temperature=0.0
    )
    assert next(stream) == "two"
    with pytest.raises(BackendUnavailable, match="broken failed: ConnectionError: the line is dead"):
        next(stream)


def test_a_closed_stream_closes_the_chat_model() -> None:
    ended: list[bool] = []

    class Watched(GenericFakeChatModel):
        def _stream(self, *arguments: Any, **options: Any) -> Iterator[Any]:
            try:
                yield from super()._stream(*arguments, **options)
            finally:
                ended.append(True)

    chat = LangChainChat(Watched(messages=iter(["many words that nobody waits for"])), "watched")
    stream = chat.stream(PROMPT, max_tokens=5, temperature=0.0)
    next(stream)
    assert not ended
    stream.close()  # type: ignore[attr-defined]
    assert ended


@pytest.mark.parametrize(
    ("name", "error"),
    [("", SettingsError), ("no-provider-has-this", SettingsError), ("mistralai:m", MissingDependency)],
)
def test_a_chat_model_that_cannot_be_had_is_refused(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        get_language_model(LLMSettings(backend="langchain", model=name))
