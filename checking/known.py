"""Known wrong claims of the errata book, found in a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checking.draft import Draft, Run
from checking.errata_book import Erratum
from checking.headings import HeadingIndex
from checking.recognise import recognise
from checking.regions import Region
from core.types import Document, Reference
from indexing.chunking.blocks import sentences

Recognise = Callable[[str, Sequence[str]], list[Erratum]]
CONFIDENCE = 0.9


def known_drafts(
    document: Document, region: Region, headings: HeadingIndex, find: Recognise = recognise
) -> Iterator[Draft]:
    """Errata that the sentences of a region make."""
    for start, end in sentences(document.text, region.start, region.end):
        for erratum in find(document.text[start:end], headings.at(start)):
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
