"""Logs, the audit log, traces and gauges: what is noted, and what never is."""

from __future__ import annotations

import gzip
import http.server
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.api.keys import KeyFile
from app.api.logs import AUDIT, JsonLines, audit_to
from app.api.metrics import has_model_sentence
from app.api.server import create_app
from tests.app.conftest import BASE, Build, client_of, upload
from tests.app.test_page import an_answer

SECRET = "the plan of the pink elephant"


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Path]:
    handler = audit_to(tmp_path)
    yield tmp_path / "audit.jsonl"
    AUDIT.removeHandler(handler)
    handler.close()


def test_actions_are_audited_without_their_content(build: Build, tmp_path: Path, audited: Path) -> None:
    application = build(tmp_path, server__keys="required")
    key, text = KeyFile(tmp_path).create(["ask", "ingest"])
    headers = {"Authorization": f"Bearer {text}"}
    with TestClient(create_app(application, page=False), base_url=BASE, headers=headers) as client:
        client.post("/v1/documents", files=[("file", ("a.md", SECRET))], data={"collection": "plans"})
        client.post("/v1/feedback", json={"answer_id": "a", "rating": 1, "comment": SECRET})
        client.delete("/v1/documents/none")
        client.delete("/v1/collections/plans")
        client.get("/v1/models")
        client.get("/v1/models", headers={"Authorization": "Bearer wrong"})
    lines = [json.loads(line) for line in audited.read_text().splitlines()]
    noted = [(line["message"], line["status"], line["key"]) for line in lines]
    assert ("POST /v1/documents", 202, key.id) in noted
    assert ("DELETE /v1/documents/{id}", 404, key.id) in noted
    assert ("DELETE /v1/collections/plans", 403, key.id) in noted
    assert ("GET /v1/models", 401, None) in noted
    assert not any(message.startswith("GET /v1/models") and status == 200 for message, status, _ in noted)
    assert next(line for line in lines if line["message"] == "DELETE /v1/documents/{id}")["id"] == "none"
    assert all(line["request_id"] for line in lines)
    content = audited.read_text()
    assert SECRET not in content
    assert text not in content
    assert audited.stat().st_mode & 0o077 == 0


def test_the_log_names_requests_but_not_their_content(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.handler.setFormatter(JsonLines())
    client.post("/v1/search", json={"query": SECRET}, headers={"X-Request-ID": "r-1"})
    line = next(json.loads(text) for text in caplog.text.splitlines() if '"r-1"' in text)
    assert (line["logger"], line["route"], line["status"]) == ("vouch.access", "/v1/search", 200)
    assert line["ms"] > 0
    assert SECRET not in caplog.text


class Collector(http.server.BaseHTTPRequestHandler):
    received: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.received.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        return


def test_traces_go_to_the_endpoint_that_is_set(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Collector.received = []
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    trace = "0af7651916cd43dd8448eb211c80319c"
    with client_of(build(tmp_path)) as client:
        body = {"question": SECRET, "risk": 1}
        client.post("/v1/ask", json=body, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    collector.shutdown()
    collector.server_close()
    spans = [s for r in Collector.received for p in r.resource_spans for scope in p.scope_spans for s in scope.spans]
    (asked,) = [span for span in spans if span.name == "POST /v1/ask"]
    assert asked.trace_id.hex() == trace
    noted = {attribute.key: attribute.value for attribute in asked.attributes}
    assert noted["http.response.status_code"].int_value == 200
    assert noted["vouch.total_ms"].double_value > 0
    assert not any(SECRET in str(request) for request in Collector.received)


def test_traces_are_off_by_default(client: TestClient) -> None:
    assert not client.app.state.service.tracing.on  # type: ignore[attr-defined]


def test_the_age_of_collections_and_of_the_queue_is_told(client: TestClient) -> None:
    text = client.get("/metrics").text
    (age,) = [line for line in text.splitlines() if line.startswith('vouch_index_age_seconds{collection="default"}')]
    assert 0 <= float(age.split()[1]) < 3600
    assert "vouch_jobs_waiting 0.0" in text
    upload(client, ("aged.md", "A tachyon is fast."), collection="aged")
    assert 'collection="aged"' in client.get("/metrics").text
    client.delete("/v1/collections/aged")
    assert 'collection="aged"' not in client.get("/metrics").text


@pytest.mark.parametrize(
    ("text", "kept"), [("A. [1]\n\n**In short:** B. [1]", True), ("A. [1] In short: B. [1]", False)]
)
def test_a_sentence_of_the_language_model_is_told_apart(text: str, kept: bool) -> None:
    assert has_model_sentence(an_answer("x", answer=text)) is kept
