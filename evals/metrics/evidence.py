"""Whether gold passages were found among the hits, and whether the citations are theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evals.datasets.seeds import Evidence

BUDGET = 6000
"""Characters of hits that count, so that huge hits gain nothing."""
GRAM = 5
LEAST_OVERLAP = 0.5


def folded(text: str) -> str:
    """Lower-case words with everything else made one blank.

    Examples
    --------
    >>> folded("A, *b*\\n c!")
    'a b c'
    """
    return re.sub(r"\W+", " ", text.lower()).strip()


def holds_quote(text: str, quote: str) -> bool:
    """Whether a text holds a quote after folding, or at least half of the quote's 5-grams of words.

    Examples
    --------
    >>> holds_quote("see: One two, three.", "one two three")
    True
    """
    wanted, found = folded(quote), folded(text)
    if wanted in found:
        return True
    words = wanted.split()
    grams = [" ".join(words[i : i + GRAM]) for i in range(max(1, len(words) - GRAM + 1))]
    return sum(gram in found for gram in grams) / len(grams) >= LEAST_OVERLAP


def visible(texts: Sequence[str], k: int, budget: int = BUDGET) -> list[str]:
    """The first `k` texts, cut where the budget of characters ends.

    Examples
    --------
    >>> visible(["abc", "def", "g"], k=3, budget=4)
    ['abc', 'd']
    """
    left, seen = budget, []
    for text in texts[:k]:
        seen.append(text[: max(0, left)])
        left -= len(seen[-1])
    return [text for text in seen if text]


def groups(evidence: Sequence[Evidence], found: Sequence[bool]) -> dict[int, bool]:
    """One verdict a group: alternatives within a group, all groups needed."""
    verdicts: dict[int, bool] = {}
    for item, hit in zip(evidence, found, strict=True):
        verdicts[item.group] = verdicts.get(item.group, False) or hit
    return verdicts


def evidence_recall(evidence: Sequence[Evidence], hits: Sequence[str], k: int, budget: int = BUDGET) -> float:
    """Share of the groups of evidence whose quote stands in the first `k` hits, of which `budget` characters count."""
    texts = visible(hits, k, budget)
    verdicts = groups(evidence, [any(holds_quote(text, item.quote) for text in texts) for item in evidence])
    return sum(verdicts.values()) / len(verdicts)


def cited_groups(evidence: Sequence[Evidence], quotes: Sequence[str]) -> float:
    """Share of the groups of which a citation quotes the evidence, or a part of it."""
    found = [any(holds_quote(q, e.quote) or folded(q) in folded(e.quote) for q in quotes) for e in evidence]
    verdicts = groups(evidence, found)
    return sum(verdicts.values()) / len(verdicts)


def same_document(source: str, doc: str) -> bool:
    """Whether the file that was cited is the one that the evidence names by its beginning.

    Examples
    --------
    >>> same_document("corpus/002_notes.txt", "002")
    True
    """
    return source.rsplit("/", 1)[-1].startswith(doc)


def overlap(citation: Mapping[str, Any], item: Evidence) -> int:
    """Characters that a citation and a passage share; 0 in different documents."""
    if not same_document(citation["source"], item.doc):
        return 0
    start, end = int(citation["start"]), int(citation["end"])
    return max(0, min(end, item.end) - max(start, item.start))


def span_precision(evidence: Sequence[Evidence], citations: Sequence[Mapping[str, Any]]) -> float:
    """Share of the citations of which at least half lies in gold passages, or that cover at least half of one.

    Notes
    -----
    A floor: gold passages need not be all that support an answer.
    """
    right = [any(supports(citation, item) for item in evidence) for citation in citations]
    return sum(right) / len(right)


def span_recall(evidence: Sequence[Evidence], citations: Sequence[Mapping[str, Any]]) -> float:
    """Share of the groups of which a passage is cited, by the same rule."""
    found = [any(supports(citation, item) for citation in citations) for item in evidence]
    verdicts = groups(evidence, found)
    return sum(verdicts.values()) / len(verdicts)


def supports(citation: Mapping[str, Any], item: Evidence) -> bool:
    """Whether a citation and a passage share half of either."""
    shared = overlap(citation, item)
    lengths = (citation["end"] - citation["start"], item.end - item.start)
    return any(length > 0 and shared >= LEAST_OVERLAP * length for length in lengths)
