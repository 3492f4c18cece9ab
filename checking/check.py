"""Check documents: recompute what they claim, recognise known errors, and compare them with each other."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from checking.arithmetic import arithmetic_drafts
from checking.contradictions import Claim, contradiction_drafts, document_claims
from checking.decider import Decider
from checking.definitions import Functions, assignments
from checking.draft import Draft, Prove, finish
from checking.formulas import formula_drafts
from checking.grammar.tokens import tokenize
from checking.headings import HeadingIndex
from checking.known import known_drafts
from checking.ledger import Kept, Ledger
from checking.recognise import Recogniser, recogniser
from checking.regions import MAX_BLOCK, Region, regions, without_code_spans
from checking.snippets import snippet_drafts
from checking.tables import html_table_drafts, table_drafts
from checking.worked_examples import example_drafts
from core.protocols import Progress
from core.types import CheckReport, Document, Finding

DEFAULT_CONFIDENCE = 0.75
"""Findings below this are not reported unless asked for."""
MAX_CHARACTERS = 20_000_000
Cancelled = Callable[[], bool]
DIGIT = re.compile(r"\d")
log = logging.getLogger(__name__)


def check_documents(
    documents: Sequence[Document],
    prove: Prove | None = None,
    *,
    book: Recogniser | None = None,
    ledger: Ledger | None = None,
    minimum_confidence: float = DEFAULT_CONFIDENCE,
    progress: Progress | None = None,
    cancelled: Cancelled = lambda: False,
) -> CheckReport:
    """Findings in some documents, by source and position.

    Parameters
    ----------
    documents : sequence of Document
        Checked one by one, and against each other.
    prove : callable, optional
        Runs algorithms of the library; without it findings carry no execution.
    book : Recogniser, optional
        Finds known errors; without one those are found by their wording and forms alone.
    ledger : Ledger, optional
        Where checks at the default confidence are looked up and kept.
    minimum_confidence : float
        Findings that are less sure are left out.
    progress, cancelled : callable
        Told after each document; asked before each paragraph, a document that was not finished does not count.

    Examples
    --------
    >>> from checking.reading import from_text
    >>> report = check_documents([from_text("Half of it: 1/4 + 1/4 = 1/3.")])
    >>> [(f.quote, f.correct) for f in report.findings], report.checked
    ([('1/4 + 1/4 = 1/3', '1/4 + 1/4 = 0.5, not 1/3 (1/3 ≈ 0.333333).')], 1)
    """
    findings: list[Finding] = []
    claims: list[Claim] = []
    checked = 0
    known = recogniser() if book is None else book
    ledger = ledger if minimum_confidence == DEFAULT_CONFIDENCE else None
    with Decider() as decider:
        for number, document in enumerate(documents):
            kept = ledger.get(document) if ledger is not None else None
            if kept is None:
                try:
                    found = _checked(document, decider, known, prove, minimum_confidence, cancelled)
                except Stopped:
                    break
                kept = Kept(found, tuple(document_claims(document)))
                if ledger is not None:
                    ledger.put(document, kept)
            findings.extend(kept.findings)
            claims.extend(kept.claims)
            checked += 1
            if progress is not None:
                progress(number + 1, len(documents), document.source)
    by_source = {document.source: document for document in documents[:checked]}
    for source, draft in contradiction_drafts(claims):
        if draft.confidence >= minimum_confidence and (finding := finish(draft, by_source[source], prove)) is not None:
            findings.append(finding)
    ordered = sorted(findings, key=lambda f: (f.source, f.start, f.end, f.kind, f.claim))
    return CheckReport(findings=tuple(ordered), checked=checked)


def _checked(
    document: Document,
    decider: Decider,
    book: Recogniser,
    prove: Prove | None,
    minimum_confidence: float,
    cancelled: Cancelled,
) -> tuple[Finding, ...]:
    """Findings in one document by itself."""
    drafts = [d for d in document_drafts(document, decider, book, cancelled) if d.confidence >= minimum_confidence]
    finished = (finish(draft, document, prove) for draft in _merged(drafts))
    return tuple(finding for finding in finished if finding is not None)


class Stopped(Exception):
    """The check was cancelled."""


def document_drafts(
    document: Document, decider: Decider, book: Recogniser, cancelled: Cancelled = lambda: False
) -> Iterator[Draft]:
    """All that is found in one document by itself, in no particular order.

    Raises
    ------
    Stopped
        Once `cancelled` returns true, which is asked before each paragraph.
    """
    if len(document.text) > MAX_CHARACTERS:
        log.warning("%s has %d characters and is not checked", document.source, len(document.text))
        return
    headings = HeadingIndex(document.sections)
    yield from html_table_drafts(document.text, 0, len(document.text))
    section: list[str] = []
    functions = Functions()
    for region in regions(document.text, document.media_type):
        if cancelled():
            raise Stopped
        if headings.at(region.start) != section:
            section, functions = headings.at(region.start), Functions()
        if region.kind == "prose":
            yield from prose_drafts(document, region, headings, decider, book, functions)
        elif region.kind == "code":
            yield from snippet_drafts(document.text, region)
        else:
            yield from table_drafts(document.text, region)
            yield from known_drafts(document, region, headings, book)


def prose_drafts(
    document: Document,
    region: Region,
    headings: HeadingIndex,
    decider: Decider,
    book: Recogniser,
    functions: Functions,
) -> Iterator[Draft]:
    """Findings in one paragraph, which may define functions for the rest of its section."""
    if region.end - region.start > MAX_BLOCK:
        log.warning(
            "%s: %d characters without a paragraph's end are not checked", document.source, region.end - region.start
        )
        return
    if DIGIT.search(document.text, region.start, region.end):  # without a number there is nothing to recompute
        for start, end in without_code_spans(document.text, region):
            tokens = tokenize(document.text, start, end)
            functions.read(tokens)
            yield from arithmetic_drafts(document.text, tokens)
            if known := {**functions.known, **assignments(tokens)}:
                yield from arithmetic_drafts(document.text, tokens, known)
            yield from formula_drafts(document.text, tokens, decider, functions)
        yield from example_drafts(document.text, region.start, region.end)
    yield from known_drafts(document, region, headings, book)


def _merged(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts once each; what was recomputed inside a sentence that is a known error joins that error."""
    known = [d for d in drafts if d.kind == "erratum"]
    merged = {(d.start, d.end, d.claim): d for d in known}
    for draft in drafts:
        if draft.kind == "erratum":
            continue
        around = next((d for d in known if d.start <= draft.start and draft.end <= d.end), None)
        if around is None:
            merged.setdefault((draft.start, draft.end, draft.claim), draft)
        elif around.value is None and _is_about(around, draft):
            merged[around.start, around.end, around.claim] = replace(around, value=draft.value)
        else:
            merged.setdefault((draft.start, draft.end, draft.claim), draft)
    return list(merged.values())


def _is_about(erratum: Draft, draft: Draft) -> bool:
    """Whether the book's entry is the same slip: its claim states the same expression."""
    said = {c for c in erratum.claim if c.isdigit()}
    return draft.kind in {"arithmetic", "example"} and {c for c in draft.claim if c.isdigit()} <= said
