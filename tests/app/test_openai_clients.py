"""The OpenAI-shaped routes through the clients that people use: the `openai` package, LangChain, and Open WebUI's requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from core.protocols import Encoder
from tests.app.conftest import NOTES, Build, Serve

QUESTION = "How many units of flux does a zorb store?"
ASK: Any = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def address(build: Build, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("openai")
    (home / "zorbs.md").write_text(NOTES)
    application = build(home)
    application.index([str(home / "zorbs.md")])
    with serve(application) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="unused", max_retries=0) as made:
        yield made


def test_a_completion_cites_as_annotations_and_as_text(client: openai.OpenAI, address: str) -> None:
    completion = client.chat.completions.create(model="vouch", messages=ASK)
    (choice,) = completion.choices
    content = choice.message.content or ""
    assert "42 units of flux" in content
    assert "\n\nSources:\n[1] zorbs.md › What is a zorb?" in content
    assert choice.message.annotations
    for annotation in choice.message.annotations:
        place = annotation.url_citation
        assert content[place.start_index : place.end_index] in {f"[{n}]" for n in range(1, 10)}
        path, fragment = place.url.removeprefix(address).split("#char=")
        start, end = (int(part) for part in fragment.split(","))
        text = httpx.get(f"{address}{path}").json()["text"]
        assert text[start:end] in NOTES
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


def test_a_stream_says_what_the_completion_says(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="vouch", messages=ASK)
    text, finish, usage, annotations = "", None, None, None
    for chunk in client.chat.completions.create(
        model="vouch", messages=ASK, stream=True, stream_options={"include_usage": True}
    ):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
            annotations = getattr(choice.delta, "annotations", None) or annotations
        usage = chunk.usage or usage
    assert text == whole.choices[0].message.content
    assert finish == "stop"
    assert usage is not None
    expected = whole.choices[0].message.annotations or []
    assert annotations == [annotation.model_dump() for annotation in expected]


def test_embeddings_are_the_encoders_vectors(client: openai.OpenAI, encoder: Encoder) -> None:
    texts = ["A zorb is a widget.", "Flux leaks."]
    found = client.embeddings.create(model="vouch", input=texts)  # this client asks for base64
    expected = [encoding.sentence for encoding in encoder.encode_documents(texts)]
    for item, vector in zip(found.data, expected, strict=True):
        np.testing.assert_allclose(item.embedding, vector, atol=1e-5)
    plain = client.embeddings.create(model="vouch", input=texts[0], encoding_format="float")
    np.testing.assert_allclose(plain.data[0].embedding, expected[0], atol=1e-5)


def test_models_and_errors_have_the_shapes_of_the_client(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["vouch"]
    with pytest.raises(openai.NotFoundError, match="no model 'gpt'"):
        client.chat.completions.create(model="gpt", messages=ASK)
    with pytest.raises(openai.UnprocessableEntityError, match="empty text"):
        client.embeddings.create(model="vouch", input=" ")


def test_langchain_talks_to_it(address: str) -> None:
    chat = ChatOpenAI(model="vouch", base_url=f"{address}/v1", api_key=SecretStr("unused"), max_retries=0)
    assert "42 units of flux" in chat.invoke(QUESTION).text
    pieces = [chunk.text for chunk in chat.stream([("system", "Obey."), ("human", QUESTION)])]
    assert len([piece for piece in pieces if piece]) >= 2
    assert "42 units of flux" in "".join(pieces)


def test_open_webui_talks_to_it(address: str) -> None:
    listed = httpx.get(f"{address}/v1/models").json()
    assert listed["object"] == "list"
    body = {
        "stream": True,
        "model": "vouch",
        "messages": [
            {"role": "system", "content": "You are helpful."},
            {"role": "user", "content": [{"type": "text", "text": "What is a zorb?"}]},
            {"role": "assistant", "content": "A blue widget. [1]"},
            {"role": "user", "content": [{"type": "text", "text": "How does it fail?"}]},
        ],
        "params": {},
        "features": {"image_generation": False, "web_search": False},
        "variables": {"{{USER_NAME}}": "someone"},
        "session_id": "s",
        "chat_id": "c",
        "id": "m",
        "background_tasks": {"title_generation": True},
        "stream_options": {"include_usage": True},
    }
    with httpx.stream("POST", f"{address}/v1/chat/completions", json=body, timeout=120) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    chunks = [json.loads(line) for line in lines[:-1]]
    text = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
    answer = next(chunk["vouch"] for chunk in chunks if "vouch" in chunk)
    assert "zorb" in answer["standalone_question"].lower()  # the earlier turns were its history
    assert text.startswith(answer["answer"])
    assert "Sources:\n[1] zorbs.md" in text
    assert chunks[-1]["usage"]["total_tokens"] > 0


@pytest.mark.parametrize(
    "documents",
    [["Flux leaks.", "A zorb is a blue widget."], [{"text": "Flux leaks."}, {"text": "A zorb is a blue widget."}]],
)
def test_rerank_in_the_shapes_of_jina_and_cohere(address: str, documents: list[Any]) -> None:
    body = {"model": "vouch", "query": "What is a zorb?", "documents": documents, "top_n": 1, "return_documents": True}
    found = httpx.post(f"{address}/v1/rerank", json=body, timeout=120).json()
    (best,) = found["results"]
    assert best["index"] == 1
    assert best["document"] == {"text": "A zorb is a blue widget."}
    assert isinstance(best["relevance_score"], float)
