from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

CHAT = {"model": "vouch", "messages": [{"role": "user", "content": "What is a zorb?"}], "user": "ignored"}


def chunks(text: str) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_a_completion_has_the_shape_clients_expect(client: TestClient) -> None:
    body = client.post("/v1/chat/completions", json=CHAT).json()
    assert body["object"] == "chat.completion"
    (choice,) = body["choices"]
    assert choice["finish_reason"] == "stop"
    message = choice["message"]
    assert message["role"] == "assistant"
    assert "Sources:\n[1] zorbs.md" in message["content"]
    assert body["usage"]["total_tokens"] == body["usage"]["prompt_tokens"] + body["usage"]["completion_tokens"]


def test_annotations_point_at_markers_and_spans(client: TestClient) -> None:
    body = client.post("/v1/chat/completions", json=CHAT).json()
    message = body["choices"][0]["message"]
    assert len(message["annotations"]) == len(body["vouch"]["citations"])
    for annotation, citation in zip(message["annotations"], body["vouch"]["citations"], strict=True):
        place = annotation["url_citation"]
        assert message["content"][place["start_index"] : place["end_index"]] == f"[{citation['marker']}]"
        assert place["url"].endswith(f"#char={citation['start']},{citation['end']}")


def test_chunks_make_up_the_completion(client: TestClient) -> None:
    whole = client.post("/v1/chat/completions", json=CHAT).json()["choices"][0]["message"]
    options = {"stream": True, "stream_options": {"include_usage": True}}
    found = chunks(client.post("/v1/chat/completions", json={**CHAT, **options}).text)
    deltas = [chunk["choices"][0]["delta"] for chunk in found if chunk["choices"]]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == whole["content"]
    assert found[-2]["choices"][0]["finish_reason"] == "stop"
    assert found[-1]["usage"]["prompt_tokens"] > 0
    assert {chunk["object"] for chunk in found} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in found}) == 1


def test_parts_and_history_are_read_and_the_system_is_not(client: TestClient) -> None:
    messages = [
        {"role": "system", "content": "Speak like a pirate."},
        {"role": "user", "content": "What is a zorb?"},
        {"role": "assistant", "content": "A blue widget."},
        {"role": "user", "content": [{"type": "text", "text": "How does it fail?"}, {"type": "image_url"}]},
    ]
    body = client.post("/v1/chat/completions", json={**CHAT, "messages": messages}).json()
    assert body["vouch"]["question"] == "How does it fail?"
    assert "zorb" in body["vouch"]["standalone_question"].lower()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/chat/completions", {"messages": []}, 422),
        ("/v1/chat/completions", {"messages": [{"role": "assistant", "content": "hi"}]}, 422),
        ("/v1/chat/completions", {**CHAT, "model": "gpt-4o"}, 404),
        ("/v1/chat/completions", {**CHAT, "collection": "none"}, 404),
        ("/v1/embeddings", {"input": ""}, 422),
        ("/v1/embeddings", {"input": []}, 422),
        ("/v1/embeddings", {"input": "word " * 2000}, 413),
        ("/v1/rerank", {"query": "q", "documents": []}, 422),
        ("/v1/rerank", {"query": "q", "documents": [{"title": "t"}]}, 422),
    ],
)
def test_errors_carry_the_objects_of_both_worlds(
    client: TestClient, path: str, body: dict[str, Any], status: int
) -> None:
    response = client.post(path, json=body)
    assert response.status_code == status
    problem = response.json()
    assert problem["fix"]
    assert set(problem["error"]) == {"message", "type", "code", "param"}


def test_the_one_model_is_listed(client: TestClient) -> None:
    assert [model["id"] for model in client.get("/v1/models").json()["data"]] == ["vouch"]


def test_embeddings_are_unit_vectors_in_the_order_of_the_input(client: TestClient) -> None:
    body = client.post("/v1/embeddings", json={"model": "vouch", "input": ["a cat", "a feline", "tax law"]}).json()
    vectors = np.array([item["embedding"] for item in body["data"]])
    assert [item["index"] for item in body["data"]] == [0, 1, 2]
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    coded = client.post("/v1/embeddings", json={"input": "a cat", "encoding_format": "base64"}).json()
    decoded = np.frombuffer(base64.b64decode(coded["data"][0]["embedding"]), dtype="<f4")
    assert np.allclose(decoded, vectors[0], atol=2e-2)


def test_reranking_puts_the_relevant_document_first(client: TestClient) -> None:
    long = "Nothing of the kind. " * 300 + "A zorb stores flux."
    documents = ["Cats sleep all day.", {"text": "Zorbs store 42 units of flux."}, long, " "]
    request = {"query": "How much flux does a zorb store?", "documents": documents, "return_documents": True}
    body = client.post("/v1/rerank", json=request).json()
    assert [result["index"] for result in body["results"]][:2] == [1, 2]
    assert body["results"][0]["document"] == {"text": "Zorbs store 42 units of flux."}
    scores = [result["relevance_score"] for result in body["results"]]
    assert scores == sorted(scores, reverse=True)
    assert len(client.post("/v1/rerank", json={**request, "top_n": 1}).json()["results"]) == 1
