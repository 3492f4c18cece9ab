from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.cli.main import app
from app.ui.report import render_report
from checking.check import check_documents
from checking.reading import from_text
from core.types import CheckReport
from tests.app.conftest import upload

WRONG = "# Notes\n\nSo 3 × 4 = 13 <b>of</b> them, & 2 + 2 = 4.\n"


@pytest.fixture
def wrong_document(client: TestClient) -> Iterator[str]:
    job = upload(client, ("wrong.md", WRONG), collection="wrong")
    yield job["documents"][0]["document_id"]
    client.delete("/v1/collections/wrong")


def check(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/check", json=body)


def test_a_text_is_checked_with_the_run_that_proves_it(client: TestClient) -> None:
    reply = check(client, text=WRONG)
    assert reply.status_code == 200
    body = reply.json()
    assert body["checked"] == 1
    (found,) = body["findings"]
    assert WRONG[found["start"] : found["end"]] == found["quote"] == "3 × 4 = 13"
    assert (found["kind"], found["verdict"], found["value"], found["severity"]) == ("arithmetic", "wrong", 12, 1)
    assert found["proof"]["algorithm"] == "expression-evaluation" and found["proof"]["output"]["value"] == 12.0
    assert CheckReport.model_validate(body).model_dump(mode="json") == body


def test_documents_and_collections_are_checked(client: TestClient, wrong_document: str) -> None:
    for body in ({"document_id": wrong_document}, {"collection": "wrong"}):
        (found,) = check(client, **body).json()["findings"]
        assert (found["source"], found["quote"]) == ("wrong.md", "3 × 4 = 13")
        text = client.get(f"/v1/documents/{wrong_document}/text").json()["text"]
        assert text[found["start"] : found["end"]] == found["quote"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": "a", "collection": "default"}, 422),
        ({"text": ""}, 422),
        ({"text": "  "}, 422),
        ({"text": "a", "more": 1}, 422),
        ({"text": "a" * 2_000_001}, 422),
        ({"document_id": "none"}, 404),
        ({"collection": "none"}, 404),
    ],
)
def test_what_is_no_request_is_refused(client: TestClient, body: dict[str, Any], status: int) -> None:
    reply = client.post("/v1/check", json=body)
    assert reply.status_code == status
    assert reply.json()["fix"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path / "home"))
    return CliRunner()


def test_the_command_reports_and_leaves_with_3(run: CliRunner, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "b.md").write_text(WRONG)
    (folder / "a.txt").write_text("5 + 5 = 11.\n")
    (folder / "c.bin").write_bytes(bytes(range(256)))
    result = run.invoke(app, ["check", str(folder), "--json", "--html", str(tmp_path / "report.html")])
    assert result.exit_code == 3
    report = json.loads(result.stdout)
    assert [(f["source"], f["quote"]) for f in report["findings"]] == [
        ("notes/a.txt", "5 + 5 = 11"),
        ("notes/b.md", "3 × 4 = 13"),
    ]
    assert report["checked"] == 2
    assert "not checked: notes/c.bin" in result.stderr
    assert "3 × 4 = 13" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_command_is_silent_where_nothing_is_wrong(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "right.md").write_text("2 + 2 = 4\n")
    result = run.invoke(app, ["check", str(tmp_path / "right.md")])
    assert (result.exit_code, result.stdout) == (0, "0 findings in 1 document\n")


@pytest.mark.parametrize("arguments", [["check"], ["check", "nowhere.md"], ["check", "--collection", "nowhere"]])
def test_the_command_says_what_is_missing(run: CliRunner, arguments: list[str]) -> None:
    from core.errors import VouchError

    result = run.invoke(app, arguments)
    assert result.exit_code == 1 and isinstance(result.exception, VouchError) and result.exception.fix


class Outline(HTMLParser):
    """Tags, and the text inside ``.text``."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if self._depth or dict(attrs).get("class") == "text":
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        self._depth -= bool(self._depth)

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.text += data


def test_the_report_shows_the_document_as_text_only() -> None:
    hostile = "</div><script>alert(1)</script> <img src=x onerror=alert(2)> 3 × 4 = 13 & 'so' \"on\" &lt;\n"
    document = from_text(hostile)
    page = render_report(check_documents([document]), [document])
    outline = Outline()
    outline.feed(page)
    assert outline.text == document.text
    assert outline.tags.count("script") == 1 and "img" not in outline.tags and "link" not in outline.tags
    assert outline.tags.count("mark") == 1
    assert "http://" not in page and "https://" not in page


def test_overlapping_findings_share_a_mark() -> None:
    text = "ab cd ef"
    document = from_text(text)
    base = check_documents([from_text("3 × 4 = 13")]).findings[0]
    spans = [(0, 5, 2), (3, 8, 1)]
    findings = tuple(
        base.model_copy(update={"source": document.source, "start": a, "end": b, "quote": text[a:b], "severity": s})
        for a, b, s in spans
    )
    page = render_report(CheckReport(findings=findings, checked=1), [document])
    marks = [
        's2" data-findings="0" tabindex="0">ab <',
        's1" data-findings="0 1" tabindex="0">cd<',
        '"1" tabindex="0"> ef<',
    ]
    assert all(mark in page for mark in marks)
