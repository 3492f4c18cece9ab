from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.server import create_app
from app.ui.conversation import answer_markdown
from app.ui.markdown import safe_markdown
from app.ui.render import document_rows, panel, passage
from core.types import Answer, Citation, DocumentSummary, Execution, ModelInfo, Warning
from tests.app.conftest import BASE, Build, wait_until

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}} \"'`"


def an_answer(text: str, **changes: Any) -> Answer:
    citation = Citation(
        marker=1,
        document_id="d1",
        source=text,
        heading_path=(text,),
        page=3,
        start=2,
        end=2 + len(text),
        quote=text,
        support=0.9,
        verdict="supported",
    )
    run = Execution(
        algorithm="softmax",
        title=text,
        inputs={"x": text},
        inputs_from="question",
        output={"y": text},
        code=text,
        path="p.py",
        sha256="0",
        ok=True,
        error=None,
        duration_ms=1,
        cached=False,
        figure=None,
    )
    warning = Warning(kind="erratum", marker=1, claim=text, correct=text, execution=0, reference=text)
    values: dict[str, Any] = {
        "question": text,
        "standalone_question": text,
        "answer": f"{text} [1]",
        "abstained": False,
        "confidence": 0.9,
        "citations": (citation,),
        "executions": (run,),
        "warnings": (warning,),
        "closest": None,
        "answer_id": "a",
        "model": ModelInfo(llm=text, profile="bundled"),
        "timings_ms": {"total": 5.0},
        "trace": {"route": text, "hits": []},
    }
    return Answer(**{**values, **changes})


def test_nothing_untrusted_becomes_a_tag() -> None:
    html = panel([an_answer(HOSTILE)], lambda id: f"a {HOSTILE} z")
    summary = DocumentSummary(
        id="d1",
        collection="c",
        source=HOSTILE,
        title=HOSTILE,
        media_type="",
        characters=1,
        chunks=1,
        sha256="",
        pages=0,
    )
    html += document_rows([summary], read_only=False)
    assert "<script" not in html
    assert "<img" not in html
    assert "onerror" in html  # shown, not obeyed
    assert re.findall(r"on\w+=", re.sub(r"&lt;.*?&gt;", "", html)) == []


def test_the_cited_characters_are_marked() -> None:
    text = "word " * 200 + "the <cited> span" + " word" * 200
    start = text.index("the <")
    html = passage(text, start, start + 16)
    assert "<mark>the &lt;cited&gt; span</mark>" in html
    assert html.startswith('<div class="v-passage">… word')
    assert html.endswith("word …</div>")


def test_a_removed_document_is_still_quoted() -> None:
    assert "has been removed since" in panel([an_answer("quote")], lambda id: None)


def test_runs_lead_where_the_question_gave_the_numbers() -> None:
    html = panel([an_answer("x")], lambda id: "a x z")
    assert html.index("<h3>Runs</h3>") < html.index("<h3>Sources</h3>")


def test_warnings_come_first_and_markers_are_links() -> None:
    shown = answer_markdown(an_answer("plain"), 4)
    assert shown.startswith("> ⚠ ***A source is wrong:*** “plain” – plain")
    assert "plain [1](#cite-4-1)" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$$a\n< b$$", r"\[a \lt b\]"),
        (r"\(x\) and \[y\]", r"\(x\) and \[y\]"),
        ("costs $5 or $6", "costs $5 or $6"),
        ("US$ and $x$", r"US$ and \(x\)"),
        ("```\n$a$ <b>\n```", "```\n$a$ <b>\n```"),
        ("`$a$ [1]` [1]", "`$a$ [1]` [1](#cite-0-1)"),
        ("[1](http://e) [2]", "[1](http://e) [2]"),
        ("a & b &lt; <i>", "a &amp; b &amp;lt; &lt;i&gt;"),
        ("> quoted", "> quoted"),
    ],
)
def test_markdown_keeps_meaning_and_loses_tags(text: str, shown: str) -> None:
    assert safe_markdown(text, 0, [1]) == shown


@pytest.fixture(scope="module")
def page(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    application = build(tmp_path_factory.mktemp("page"))
    with TestClient(create_app(application), base_url=BASE) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


def test_the_page_is_served_beside_the_api(page: TestClient) -> None:
    response = page.get("/")
    assert response.status_code == 200
    assert "text/html" in response.headers["content-type"]
    for method, path, status in (("GET", "/v1/nothing", 404), ("PUT", "/v1/ask", 405)):
        refused = page.request(method, path)
        assert refused.status_code == status
        assert refused.json()["fix"]
    assert page.get("/docs").status_code == 200


def test_the_page_loads_nothing_from_elsewhere(page: TestClient) -> None:
    html = page.get("/").text
    loading = re.findall(r"""<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=["'](https?:[^"']+)""", html)
    assert loading == []
    assert "fonts.googleapis" not in page.get("/theme.css").text


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/proxy=http://e/", "/monitoring"])
def test_what_the_page_does_not_use_is_closed(page: TestClient, path: str) -> None:
    assert page.post(path).status_code == 404
    assert page.get(path).status_code == 404


def test_files_of_the_server_cannot_be_read(page: TestClient) -> None:
    for path in ("/etc/passwd", str(Path("pyproject.toml").absolute()), "pyproject.toml"):
        assert page.get(f"/gradio_api/file={path}").status_code in {403, 404}


def test_what_the_language_model_was_given_is_shown_and_escaped() -> None:
    said = {"system": "Use only these facts.", "user": HOSTILE, "reply": HOSTILE}
    answer = an_answer("x", trace={"route": "explain", "hits": [], "llm_sentence": False, "exchanges": [said]})
    html = panel([answer], lambda id: "a x z")
    assert "the verifier left it out" in html
    assert "Use only these facts." in html
    assert "<script" not in html
    assert "was not asked" in panel([an_answer("x")], lambda id: "a x z")
