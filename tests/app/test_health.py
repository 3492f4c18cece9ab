from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app.api.server import create_app
from tests.app.conftest import BASE, Build, client_of, upload, wait_until


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_collection_of_another_encoder_keeps_the_server_from_being_ready(build: Build, tmp_path: Path) -> None:
    with client_of(build(tmp_path)) as client:
        upload(client, ("a.txt", "Bosons carry forces."))
    application = build(tmp_path, ingest__chunk_tokens=64)
    application.build_handbook()
    with TestClient(create_app(application, page=False), base_url=BASE) as client:
        wait_until(lambda: "models are being loaded" not in client.get("/readyz").text)
        response = client.get("/readyz")
        assert response.status_code == 503
        assert "'default'" in response.json()["detail"]
        assert "vouch migrate" in response.json()["detail"]


def test_what_is_counted(client: TestClient) -> None:
    client.post("/v1/ask", json={"question": "What is a zorb?", "risk": 1})
    client.get("/v1/documents/none")
    families = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}
    samples = {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families.values() for s in f.samples}
    assert samples[("vouch_answers_total", (("outcome", "answered"),))] >= 1
    assert samples[("vouch_citations_total", (("verdict", "supported"),))] >= 1
    assert samples[("vouch_stage_seconds_count", (("stage", "retrieval"),))] >= 1
    labels = (("method", "GET"), ("route", "/v1/documents/{id}"), ("status", "404"))
    assert samples[("vouch_requests_total", labels)] >= 1


def test_a_request_id_is_kept_or_made(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = client.get("/healthz", headers={"X-Request-ID": "a b\n"}).headers["x-request-id"]
    assert len(made) == 16


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/v1/nothing"])
def test_browsers_are_kept_from_asking_other_hosts(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_documentation_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "/v1/chat/completions" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_the_kept_schema_is_in_step(client: TestClient) -> None:
    """`python -m app.api.schema` writes it."""
    kept = json.loads(Path("docs/openapi.json").read_text(encoding="utf-8"))
    assert client.get("/openapi.json").json() == kept


def test_every_route_of_the_schema_declares_problems(client: TestClient) -> None:
    for methods in client.get("/openapi.json").json()["paths"].values():
        for operation in methods.values():
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]
            assert "422" not in operation["responses"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("PUT", "/v1/ask", 405)])
def test_unknown_routes_are_problems_too(client: TestClient, method: str, path: str, status: int) -> None:
    response: httpx.Response = client.request(method, path)
    assert response.status_code == status
    assert response.json()["fix"]


def test_a_failure_of_ours_is_a_problem_without_its_details(build: Build, tmp_path: Path) -> None:
    application = build(tmp_path)
    with client_of(application, raise_server_exceptions=False) as client:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(application.collections, "names", lambda: 1 / 0)
            response = client.get("/v1/collections")
        assert response.status_code == 500
        assert "division" not in response.text
        assert response.json()["fix"]
