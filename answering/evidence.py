"""Choose the sentences that answer: relevant, complementary, from several passages where the question has several parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answering.route import Route
from core.protocols import Encoder, Encoding, Floats
from core.spans import Span
from core.types import Hit
from indexing.chunking.blocks import sentences
from indexing.chunking.lines import classify, read_lines
from retrieval.scoring.maxsim import maxima, similarities, weighted_maxsim

MAX_WORDS = {"explain": 150, "compare": 180, "compute": 60, "enumerate": 180, "check": 110}
MAX_SENTENCES = {"explain": 6, "compare": 8, "compute": 2, "enumerate": 12, "check": 4}
HITS = 6
REDUNDANT = 0.92
HIT_WEIGHT = 0.35
COVERAGE_WEIGHT = 1.5


@dataclass(frozen=True)
class Sentence:
    """A sentence of a hit.

    Attributes
    ----------
    hit : int
        Index of its hit.
    start, end : int
        Characters of the document.
    quote : str
        ``document.text[start:end]``.
    text : str
        The words as the answer shows them: list marker and emphasis removed.
    item : bool
        Whether it stands in a list.
    table : bool
        Whether it is a table, which keeps its lines.
    relevance : float
        Weighted MaxSim of the question against it, about 0 to 1.
    """

    hit: int
    start: int
    end: int
    quote: str
    text: str
    item: bool
    relevance: float
    table: bool = False


@dataclass(frozen=True)
class Evidence:
    """Chosen sentences in reading order, and how well the question is covered.

    Attributes
    ----------
    sentences : tuple of Sentence
        In the order of their hits and positions.
    best : float
        Relevance of the most relevant sentence of all hits.
    coverage : float
        Weighted share of the question's tokens that some sentence of the hits matches closely.
    """

    sentences: tuple[Sentence, ...]
    best: float
    coverage: float


def choose_evidence(
    question: Encoding, weights: Floats, hits: Sequence[Hit], encoder: Encoder, route: Route
) -> Evidence:
    """Pick sentences from the hits.

    Parameters
    ----------
    question : Encoding
        Of the standalone question.
    weights : (q,) float32
        Weight of each question token.
    hits : sequence of Hit
        Best first.
    encoder : Encoder
        Encodes the sentences, each with the heading it stands under.
    route : Route
        Sets how long the answer may be.
    """
    found = [(i, span) for i, hit in enumerate(hits[:HITS]) for span in candidate_spans(hit)]
    if not found:
        return Evidence((), 0.0, 0.0)
    texts = [with_heading(hits[i], span) for i, span in found]
    encodings = encoder.encode_documents(texts)
    offsets = np.cumsum([0] + [len(e.token_ids) for e in encodings])  # (s + 1,)
    sims = similarities(question.tokens, np.concatenate([e.tokens for e in encodings]))  # (t, q)
    best = maxima(sims, offsets)  # (s, q)
    relevance = weighted_maxsim(best, weights)  # (s,)
    vectors = np.stack([e.sentence for e in encodings])  # (s, d)
    value = relevance + HIT_WEIGHT * np.array([hit_value(hits, i) for i, _ in found])
    pool = [make_sentence(hits[i], i, span, float(r)) for (i, span), r in zip(found, relevance, strict=True)]
    picked = pick(pool, best, weights, vectors, value, route)
    coverage = float(best.max(0).clip(0, 1) @ weights / weights.sum())
    ordered = sorted((pool[p] for p in picked), key=lambda s: (first_rank(pool, picked, s.hit), s.start))
    return Evidence(tuple(ordered), float(relevance.max()), coverage)


def candidate_spans(hit: Hit) -> list[Span]:
    """Spans of the document that could stand in an answer: sentences with words enough, neither headings nor questions."""
    headings = {fold(heading) for heading in hit.heading_path}
    spans = []
    for start, end in sentences(hit.text, 0, len(hit.text)):
        text = display(hit.text[start:end])
        kinds = {line.kind for line in read_lines(hit.text[start:end])}
        if kinds & {"fence", "code"} or re.fullmatch(r"\*\*[^*]+\*\*\W*", text):
            continue  # code is shown by runs; a label alone says nothing
        words = re.findall(r"[^\W\d_]{2,}", text)
        if len(words) < 3 or text.endswith("?") or fold(text) in headings or text.endswith((":", ": -")):
            continue
        spans.append((start, end))
    return spans


def with_heading(hit: Hit, span: Span) -> str:
    """What the encoder reads for a sentence: its innermost heading, then its words."""
    words = display(hit.text[span[0] : span[1]])
    return f"{hit.heading_path[-1]}\n{words}" if hit.heading_path else words


def make_sentence(hit: Hit, index: int, span: Span, relevance: float) -> Sentence:
    """A sentence with offsets in its document."""
    quote = hit.text[span[0] : span[1]]
    table = quote.lstrip().startswith("|") and quote.count("\n") >= 2
    return Sentence(
        hit=index,
        start=hit.start + span[0],
        end=hit.start + span[1],
        quote=quote,
        text=quote if table else display(quote),
        table=table,
        item=classify(quote.splitlines()[0]).kind in {"bullet", "numbered", "stray"},
        relevance=relevance,
    )


def pick(
    pool: Sequence[Sentence],
    best: Floats,
    weights: Floats,
    vectors: Floats,
    value: NDArray[np.float64],
    route: Route,
) -> list[int]:
    """Greedy choice by value plus what the sentence adds to the question's covered tokens; near copies are passed over."""
    share = weights / weights.sum()  # (q,)
    covered = np.zeros(best.shape[1])
    chosen: list[int] = []
    words = 0
    threshold = float(value.max()) - 0.28
    while len(chosen) < MAX_SENTENCES[route]:
        gain = np.clip(best - covered, 0, None) @ share  # (s,)
        score = value + COVERAGE_WEIGHT * gain
        for index in chosen:
            score[vectors @ vectors[index] > REDUNDANT] = -np.inf
            score[index] = -np.inf
        index = int(np.argmax(score))
        length = len(pool[index].text.split())
        if not np.isfinite(score[index]) or value[index] < threshold:
            break
        if words + length > MAX_WORDS[route] and chosen:
            value = value.copy()
            value[index] = -np.inf
            if not np.isfinite(value).any():
                break
            continue
        chosen.append(index)
        words += length
        covered = np.maximum(covered, best[index])
    return chosen


def hit_value(hits: Sequence[Hit], index: int) -> float:
    """Score of a hit on a scale from 0 to 1 between the worst and the best of these hits."""
    scores = [hit.score for hit in hits[:HITS]]
    low, high = min(scores), max(scores)
    return (hits[index].score - low) / (high - low) if high > low else 1.0


def first_rank(pool: Sequence[Sentence], picked: Sequence[int], hit: int) -> int:
    """When a hit's first sentence was chosen: hits are told in the order of their best sentences."""
    return min(order for order, p in enumerate(picked) if pool[p].hit == hit)


def display(quote: str) -> str:
    """Words of a quote as an answer shows them: list markers, heading marks and line breaks removed.

    Examples
    --------
    >>> display("- **Pros:** fast\\n  and simple")
    '**Pros:** fast and simple'
    """
    lines = []
    for raw in quote.splitlines():
        line = re.sub(r"^\s*(?:[-*+•]\s+|\d{1,3}[.)]\s+|#{1,6}\s+|[-*•]\s*$)", "", raw).strip()
        if line:
            lines.append(line)
    joined = " ".join(lines)
    return joined.replace("**", "") if joined.count("**") % 2 else joined


def fold(text: str) -> str:
    """Lower-case words only.

    Examples
    --------
    >>> fold("**What is X?**")
    'what is x'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))
