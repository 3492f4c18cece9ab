"""Known wrong claims of the errata book, found in a document."""

from __future__ import annotations

from collections.abc import Iterator

from checking.draft import Draft, Run
from checking.errata_book import Erratum
from checking.headings import HeadingIndex
from checking.recognise import Recogniser
from checking.regions import Region
from checking.statements import statements
from core.types import Document, Reference

CONFIDENCE = 0.9


def known_drafts(document: Document, region: Region, headings: HeadingIndex, book: Recogniser) -> Iterator[Draft]:
    """Errata that the sentences of a region make."""
    told = list(statements(document.text, region.start, region.end, headings.at(region.start)))
    found = book.find_all([(document.text[start:end], names) for (start, end), names in told])
    for ((start, end), _), claims in zip(told, found, strict=True):
        for erratum in claims:
            yield Draft(
                start=start,
                end=end,
                claim=erratum.claim,
                kind="erratum",
                verdict=erratum.verdict,
                correct=erratum.correct,
                confidence=CONFIDENCE,
                severity=erratum.severity,
                proof=_proof(erratum),
            )


def _proof(erratum: Erratum) -> Run | Reference | None:
    if erratum.proof is not None:
        return Run(erratum.proof, erratum.inputs)
    return Reference(reference=erratum.reference) if erratum.reference is not None else None
