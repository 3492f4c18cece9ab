"""How many of the known errors of the five documents that the book was made for are found where they stand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from checking.check import check_documents
from checking.errata_book import errata
from checking.paraphrases import Paraphrases
from checking.reading import read_document
from checking.recognise import Recogniser
from core.types import Document, Finding
from indexing.sources.upload import from_upload
from tests.bundled import encoder

FOLDER = Path(__file__).parents[2].parent / "shared"
CATALOG, CORPUS = FOLDER / "catalog" / "errata.csv", FOLDER / "corpus"
LEAST = {"1": 0.97, "2": 0.9}
pytestmark = pytest.mark.skipif(not CATALOG.exists(), reason="the documents that the book was made for are not there")


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    found = [read_document(from_upload(path.name, path.read_bytes())) for path in sorted(CORPUS.glob("*.txt"))]
    return {document.source[:3]: document for document in found}


@pytest.fixture(scope="module")
def findings(documents) -> list[Finding]:
    book = Recogniser(errata(), Paraphrases(errata(), encoder(), None))
    return list(check_documents(list(documents.values()), book=book).findings)


def lines_of(places: str) -> Iterator[int]:
    """Line numbers of ``12,20-22``."""
    for part in places.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit():
            yield from range(int(first), int(last or first) + 1)


def spans(document: Document, lines: set[int]) -> list[tuple[int, int]]:
    starts = [0]
    for line in document.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return [(starts[n - 1], starts[n]) for n in lines if 0 < n < len(starts)]


def _is_found(documents: dict[str, Document], findings: list[Finding], place: str) -> bool:
    """Whether a finding touches one of the lines of ``002:309,312-314``."""
    name, _, lines = place.partition(":")
    document = documents[name]
    here = [f for f in findings if f.source == document.source]
    return any(f.start < end and start < f.end for f in here for start, end in spans(document, set(lines_of(lines))))


def test_lines_are_read() -> None:
    assert list(lines_of("12,20-22")) == [12, 20, 21, 22]


@pytest.mark.parametrize("severity", ["1", "2"])
def test_errors_are_found_where_they_stand(documents, findings, severity) -> None:
    with CATALOG.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["severity"] == severity]
    missed = []
    for row in rows:
        if not any(_is_found(documents, findings, place) for place in row["source"].split(";")):
            missed.append((row["id"], row["source"]))
    assert len(rows) > 80 and len(missed) <= (1 - LEAST[severity]) * len(rows), missed
