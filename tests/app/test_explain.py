from __future__ import annotations

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.explain import interaction
from core.errors import InputError
from core.protocols import Encoder
from tests.app.conftest import NOTES


def document(client: TestClient) -> str:
    return str(client.get("/v1/documents").json()["items"][0]["id"])


def test_each_token_says_what_it_covers_and_how_similar_it_is(client: TestClient, encoder: Encoder) -> None:
    start = NOTES.index("A zorb is")
    end = NOTES.index("flux.") + 5
    body = {"query": "units of flux", "document_id": document(client), "start": start, "end": end}
    found = client.post("/v1/explain", json=body).json()
    query = encoder.encode_query("units of flux").tokens.astype(np.float64)
    (passage,) = encoder.encode_documents([NOTES[start:end]])
    covered = [vector for span, vector in zip(passage.token_spans, passage.tokens, strict=True) if span[0] < span[1]]
    best = [max(float(np.dot(row, vector)) for vector in covered) for row in query]
    assert found["score"] == pytest.approx(sum(best) / len(best), abs=1e-3)
    assert [token["similarity"] for token in found["query_tokens"]] == pytest.approx(best, abs=1e-3)
    flux = next(token for token in found["query_tokens"] if token["text"] == "flux")
    chosen = found["tokens"][flux["token"]]
    assert NOTES[chosen["start"] : chosen["end"]] == "flux"
    assert len(found["tokens"]) == len(covered)


def test_a_long_passage_is_read_in_windows(encoder: Encoder) -> None:
    text = " ".join(f"word{n} naïve 𝛼" for n in range(400))
    found = interaction(encoder, "naïve", "d", text, 3, len(text) - 1)
    assert len(found.tokens) > encoder.max_tokens
    starts = [token.start for token in found.tokens]
    assert starts == sorted(starts)
    assert found.tokens[0].start >= 3
    assert found.tokens[-1].end <= len(text) - 1
    assert {len(token.similarities) for token in found.tokens} == {len(found.query_tokens)}


@pytest.mark.parametrize(("start", "end"), [(5, 5), (0, 10_000_000), (7, 3)])
def test_what_is_no_span_is_refused(client: TestClient, start: int, end: int) -> None:
    body = {"query": "flux", "document_id": document(client), "start": start, "end": end}
    response = client.post("/v1/explain", json=body)
    assert response.status_code in {413, 422}
    assert response.json()["fix"]


def test_an_unknown_document_is_not_found(client: TestClient) -> None:
    body = {"query": "flux", "document_id": "none", "start": 0, "end": 5}
    assert client.post("/v1/explain", json=body).status_code == 404


def test_blank_spans_and_queries_are_refused(encoder: Encoder) -> None:
    with pytest.raises(InputError, match="no span"):
        interaction(encoder, "flux", "d", "a   b", 1, 3)
    with pytest.raises(InputError, match="empty"):
        interaction(encoder, " ", "d", "a b", 0, 3)
