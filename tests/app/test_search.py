from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient


def test_hits_are_exact_and_explain_themselves(client: TestClient) -> None:
    result = client.post("/v1/search", json={"query": "flux of a zorb", "k": 3}).json()
    scores = [hit["score"] for hit in result["hits"]]
    assert scores == sorted(scores, reverse=True)
    for rank, hit in enumerate(result["hits"], start=1):
        text = client.get(f"/v1/documents/{hit['document_id']}/text").json()["text"]
        assert text[hit["start"] : hit["end"]] == hit["text"]
        assert hit["rank"] == rank
        assert set(hit["stages"]) == {"bm25", "dense", "neighbours", "colbert", "rerank"}
    assert set(result["stages_missing"]) == {"rerank"}


def test_only_the_stages_asked_for_run(client: TestClient) -> None:
    result = client.post("/v1/search", json={"query": "zorb", "stages": ["bm25"]}).json()
    assert result["stages_run"] == ["bm25"]
    assert all(set(hit["stages"]) == {"bm25"} for hit in result["hits"])


@pytest.mark.parametrize(
    ("filters", "sources"),
    [
        ({"source": "handbook/articles/"}, {"dropout.md", "softmax.md", "attention-scaling.md"}),
        ({"source": "handbook/articles/regularization/dropout.md"}, {"dropout.md"}),
        ({"source": "elsewhere/"}, set()),
        ({}, {"dropout.md", "softmax.md", "attention-scaling.md", "softmax"}),
    ],
)
def test_filters_hold_before_hits_are_chosen(client: TestClient, filters: dict[str, Any], sources: set[str]) -> None:
    body = {"query": "softmax of attention logits", "k": 60, "collection": "handbook", "filters": filters}
    hits = client.post("/v1/search", json=body).json()["hits"]
    assert {hit["source"].rsplit("/", 1)[-1] for hit in hits} == sources


def test_documents_are_filtered_by_id(client: TestClient) -> None:
    items = client.get("/v1/documents?collection=handbook").json()["items"]
    ids = [item["id"] for item in items][:2]
    for wanted in (ids, ids[0]):
        body = {"query": "training", "k": 60, "collection": "handbook", "filters": {"document_id": wanted}}
        hits = client.post("/v1/search", json=body).json()["hits"]
        assert {hit["document_id"] for hit in hits} == set([wanted] if isinstance(wanted, str) else wanted)


def test_a_filter_changes_no_text_of_a_hit(client: TestClient) -> None:
    body = {"query": "dropout at inference", "k": 1, "collection": "handbook"}
    free = client.post("/v1/search", json=body).json()["hits"][0]
    held = client.post("/v1/search", json={**body, "filters": {"source": free["source"]}}).json()["hits"][0]
    assert (held["chunk_id"], held["text"]) == (free["chunk_id"], free["text"])


def test_a_query_whose_tokens_weigh_nothing_has_numbers_for_scores(client: TestClient) -> None:
    response = client.post("/v1/search", json={"query": "\u0301", "k": 3, "collection": "handbook"})
    assert response.status_code == 200  # NaN is no JSON
    assert all(isinstance(hit["score"], float) for hit in response.json()["hits"])


@pytest.mark.parametrize(
    "change", [{"query": " "}, {"k": 0}, {"filters": {"author": "x"}}, {"more": 1}, {"stages": []}]
)
def test_a_bad_search_is_refused_with_a_fix(client: TestClient, change: dict[str, Any]) -> None:
    response = client.post("/v1/search", json={"query": "zorb", **change})
    assert response.status_code == 422
    assert response.json()["fix"]
