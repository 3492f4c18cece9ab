"""Passages that do not agree: an answer shows both values side by side instead of choosing or averaging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answering.compose import Block
from answering.evidence import Sentence
from checking.contradictions import Claim, find_contradictions, hit_claims
from core.types import Citation, Hit, Warning
from indexing.stores.analysis import stems

MOST = 2
"""More than this many disagreements are for `vouch check` to list."""


@dataclass(frozen=True)
class Disagreement:
    """What an answer says about two passages that state different values of one quantity."""

    block: Block
    citations: tuple[Citation, Citation]
    warning: Warning


def disagreements(
    question: str, sentences: Sequence[Sentence], hits: Sequence[Hit], others: Sequence[Hit], first_marker: int
) -> list[Disagreement]:
    """Contradictions between the sentences of an answer and the passages at hand, on what the question names.

    Parameters
    ----------
    question : str
        The standalone question; a quantity of something that it does not name is left alone.
    sentences : sequence of Sentence
        Of the answer.
    hits : sequence of Hit
        Where they stand.
    others : sequence of Hit
        Further passages, such as the handbook's.
    first_marker : int
        The markers begin here, two for each disagreement.
    """
    spans = {(hits[s.hit].source, s.start, s.end) for s in sentences}
    claims = hit_claims([*hits, *others])
    said = [c for c in claims if any(c.source == source and a <= c.start and c.end <= b for source, a, b in spans)]
    asked = set(stems(question))
    found: list[Disagreement] = []
    for pair in find_contradictions(said, claims):
        if len(found) == MOST or not set(stems(pair.first.subject)) & asked:
            continue
        marker = first_marker + 2 * len(found)
        citations = (
            cite_claim(pair.first, [*hits, *others], marker),
            cite_claim(pair.second, [*hits, *others], marker + 1),
        )
        text = pair.explain()
        warning = Warning(
            kind="contradiction",
            marker=marker,
            claim=pair.first.quote,
            correct=text,
            execution=None,
            reference=None,
        )
        found.append(
            Disagreement(
                Block(f"The passages do not agree: {text} [{marker}][{marker + 1}]", False), citations, warning
            )
        )
    return found


def cite_claim(claim: Claim, hits: Sequence[Hit], marker: int) -> Citation:
    """Citation of the words that make a claim."""
    hit = next(h for h in hits if h.source == claim.source and h.start <= claim.start and claim.end <= h.end)
    return Citation(
        marker=marker,
        document_id=hit.document_id,
        source=hit.source,
        heading_path=hit.heading_path,
        page=hit.page,
        start=claim.start,
        end=claim.end,
        quote=claim.quote,
        support=1.0,
        verdict="supported",
    )
