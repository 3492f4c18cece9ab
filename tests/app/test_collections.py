from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


def test_collections_are_made_listed_and_deleted(client: TestClient) -> None:
    assert client.post("/v1/collections", json={"name": "fresh"}).status_code == 201
    assert client.get("/v1/collections").json() == {"items": ["default", "fresh", "handbook"]}
    assert client.get("/v1/documents?collection=fresh").json() == {"items": [], "next": None}
    assert client.post("/v1/collections", json={"name": "fresh"}).status_code == 409
    assert client.delete("/v1/collections/fresh").json() == {"deleted": "fresh"}
    assert client.delete("/v1/collections/fresh").status_code == 404


@pytest.mark.parametrize("body", [{"name": "a/b"}, {"name": ""}, {"name": "handbook2", "more": 1}, {}])
def test_a_bad_name_is_refused_with_a_fix(client: TestClient, body: dict[str, object]) -> None:
    response = client.post("/v1/collections", json=body)
    assert response.status_code == 422
    assert response.json()["fix"]
