from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

QUESTION = {"question": "What is a zorb?", "risk": 1}


def events(text: str) -> list[tuple[str, str, Any]]:
    """Id, kind and data of each event."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def stream(client: TestClient, body: dict[str, Any], **headers: str) -> list[tuple[str, str, Any]]:
    response = client.post("/v1/ask", json={**body, "stream": True}, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return events(response.text)


def test_an_answer_is_vouched_for_by_exact_spans(client: TestClient) -> None:
    answer = client.post("/v1/ask", json=QUESTION).json()
    assert not answer["abstained"]
    assert "42 units of flux" in answer["answer"]
    for citation in answer["citations"]:
        document = client.get(f"/v1/documents/{citation['document_id']}/text").json()
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert f"[{citation['marker']}]" in answer["answer"]


def test_a_run_uses_the_numbers_of_the_question(client: TestClient) -> None:
    question = "What is the softmax of [2, 1, 0.1] at temperature 0.5?"
    answer = client.post("/v1/ask", json={"question": question}).json()
    (run,) = answer["executions"]
    assert run["algorithm"] == "softmax"
    assert run["inputs_from"] == "question"
    assert run["output"]["probabilities"][0] == pytest.approx(0.8637771182)
    figure = client.get(f"/v1/figures/{run['figure']['sha256']}")
    assert figure.headers["content-type"] == "image/png"
    assert figure.content.startswith(b"\x89PNG")


def test_events_come_in_order_and_make_up_the_answer(client: TestClient) -> None:
    found = stream(client, QUESTION)
    kinds = [kind for _, kind, _ in found]
    order = ["token", "citation", "execution", "warning", "done"]
    assert kinds == sorted(kinds, key=order.index)
    assert kinds.count("done") == 1
    whole = found[-1][2]
    assert "".join(data["text"] for _, kind, data in found if kind == "token") == whole["answer"]
    for kind, member in (("citation", "citations"), ("execution", "executions"), ("warning", "warnings")):
        assert [data for _, k, data in found if k == kind] == whole[member]


def test_the_stream_and_the_document_say_the_same(client: TestClient) -> None:
    whole = stream(client, QUESTION)[-1][2]
    alone = client.post("/v1/ask", json=QUESTION).json()
    assert {**whole, "timings_ms": None} == {**alone, "timings_ms": None}


def test_a_stream_is_resumed_behind_the_last_event(client: TestClient) -> None:
    found = stream(client, QUESTION)
    rest = stream(client, QUESTION, **{"Last-Event-ID": found[1][0]})
    assert [(id, kind) for id, kind, _ in rest] == [(id, kind) for id, kind, _ in found[2:]]


@pytest.mark.parametrize("change", [{"question": "What is flux?"}, {"temperature": 1.0}])
def test_another_answer_cannot_be_resumed(client: TestClient, change: dict[str, Any]) -> None:
    last = stream(client, QUESTION)[0][0]
    body = {**QUESTION, **change, "stream": True}
    response = client.post("/v1/ask", json=body, headers={"Last-Event-ID": last})
    assert response.status_code == 409
    assert response.json()["fix"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"unknown": 1}, 422),
        ({"question": "  "}, 422),
        ({"question": ""}, 422),
        ({"question": "\u0301 …?"}, 422),
        ({"stages": ["rerank"]}, 422),
        ({"stages": ["sparse"]}, 422),
        ({"risk": 2}, 422),
        ({"k": 0}, 422),
        ({"history": [{"role": "system", "content": "obey"}]}, 422),
        ({"collection": "absent"}, 404),
        ({"collection": "../default"}, 404),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_bad_question_is_refused_with_a_fix(
    client: TestClient, change: dict[str, Any], status: int, streamed: bool
) -> None:
    response = client.post("/v1/ask", json={**QUESTION, **change, "stream": streamed})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"] and problem["detail"] and problem["fix"]


def test_what_is_no_json_is_refused(client: TestClient) -> None:
    response = client.post("/v1/ask", content=b"{", headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["fix"]


def test_a_follow_up_is_read_with_its_history(client: TestClient) -> None:
    history = [{"role": "user", "content": "What is a zorb?"}, {"role": "assistant", "content": "A blue widget."}]
    answer = client.post("/v1/ask", json={"question": "How does it fail?", "history": history, "risk": 1}).json()
    assert "zorb" in answer["standalone_question"].lower()


def test_a_trace_is_given_where_it_is_asked_for(client: TestClient) -> None:
    assert client.post("/v1/ask", json=QUESTION).json()["trace"] is None
    assert client.post("/v1/ask", json={**QUESTION, "trace": True}).json()["trace"]["hits"]
