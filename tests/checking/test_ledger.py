"""Kept checks: what was checked is not checked again, and what has changed is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from algorithms.registry import load
from checking.check import check_documents
from checking.ledger import Ledger
from checking.reading import from_text
from checking.recognise import Recogniser
from core.types import Document, Execution

TEXT = "# Notes\n\nSo 3 × 4 = 13. Typical dropout is 0.1 to 0.3.\n"


def digest(algorithm: str) -> str | None:
    return load(algorithm).sha256


def prove(id: str, inputs: Any) -> Execution:
    entry = load(id)
    return Execution(
        algorithm=id, title="", inputs={}, inputs_from="request", output={"value": 12.0}, code=entry.code, path="",
        sha256=entry.sha256, ok=True, error=None, duration_ms=0.0, cached=False, figure=None,
    )  # fmt: skip


class Counting(Recogniser):
    """Counts the paragraphs it is asked about."""

    asked = 0

    def find_all(self, sentences: Any) -> Any:
        self.asked += 1
        return super().find_all(sentences)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Ledger]:
    def ledger(checker: str = "one", digest_of: Callable[[str], str | None] = digest) -> Ledger:
        return Ledger(tmp_path / "findings.sqlite", checker, digest_of)

    return ledger


def report(ledger: Ledger | None, *documents: Document) -> tuple[Any, int]:
    book = Counting([])
    found = check_documents(documents, prove, book=book, ledger=ledger)
    return found.model_dump(mode="json"), book.asked


def test_a_kept_check_is_the_check_without_the_work(make):
    document = from_text(TEXT)
    fresh, asked = report(None, document)
    first = report(make(), document)
    assert first == (fresh, asked) and asked > 0 and len(fresh["findings"]) == 1
    assert report(make(), document) == (fresh, 0)


def test_contradictions_with_later_documents_are_found_from_what_was_kept(make):
    first, second = from_text(TEXT, "a.md"), from_text("Typical dropout is 0.4 to 0.6.\n", "b.md")
    alone, _ = report(make(), first)
    assert [f["kind"] for f in alone["findings"]] == ["arithmetic"]
    together, _ = report(make(), first, second)
    assert sorted(f["kind"] for f in together["findings"]) == ["arithmetic", "contradiction"]
    assert report(make(), first, second) == (together, 0)
    assert together == report(None, first, second)[0]


def test_another_text_another_checker_or_another_proof_is_checked_anew(make):
    document = from_text(TEXT)
    report(make(), document)
    assert make().get(document) is not None
    assert make().get(from_text(TEXT.replace("13", "14"))) is None
    assert make("two").get(document) is None
    assert make(digest_of=lambda algorithm: "other code").get(document) is None


def test_a_check_at_another_confidence_is_neither_kept_nor_looked_up(make):
    document = from_text(TEXT)
    check_documents([document], ledger=make(), minimum_confidence=1.0)
    assert make().get(document) is None


def test_what_is_no_longer_there_is_forgotten(make):
    kept, removed = from_text(TEXT, "a.md"), from_text(TEXT, "b.md")
    report(make(), kept, removed)
    make().keep_only([kept])
    assert make().get(kept) is not None and make().get(removed) is None


def test_a_cancelled_check_is_not_kept(make):
    document = from_text(TEXT)
    check_documents([document], ledger=make(), cancelled=lambda: True)
    assert make().get(document) is None
