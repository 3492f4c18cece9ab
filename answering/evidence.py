"""Choose the sentences that answer: relevant, complementary, from several passages where the question has several parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answering.instructions import about_instructions, is_foreign, is_instruction, parted
from answering.route import Route
from core.protocols import Encoder, Encoding, Floats
from core.spans import Span
from core.types import Hit
from indexing.chunking.blocks import sentences
from indexing.chunking.lines import classify, read_lines
from retrieval.scoring.maxsim import maxima, similarities, weighted_maxsim

MAX_WORDS = {"explain": 170, "compare": 180, "compute": 60, "enumerate": 180, "check": 120}
MAX_SENTENCES = {"explain": 8, "compare": 9, "compute": 2, "enumerate": 12, "check": 5}
MAX_PASSAGES = {"explain": 4, "compare": 4, "compute": 1, "enumerate": 4, "check": 3}
LONGEST_PASSAGE = {"explain": 4, "compare": 4, "compute": 2, "enumerate": 8, "check": 3}
HITS = 8
REDUNDANT = 0.92
HIT_WEIGHT = 0.1
MEAN_WEIGHT = 0.5
GAIN_WEIGHT = 0.5
LARGEST_DROP = 0.12
LEANING = 0.08
"""Taken off a passage that opens with a sentence which needs the one before it."""
LEANS = re.compile(
    r"^(?:\W*)(?:it|its|this|that|these|those|they|their|such|moreover|furthermore|additionally|however|also|but|and|so|then|"
    r"thus|hence|therefore|instead|similarly|conversely|in contrast|on the other hand|for (?:example|instance)|here|he|she)\b",
    re.IGNORECASE,
)
LABEL_WORDS = 5
BESIDE_THE_TEXT = re.compile(
    r"\W*(?:also known as|references?\b|see also|refer to\b|refer\b|further reading|sources?:)", re.IGNORECASE
)
"""How sentences begin that tell about the text and not about its subject."""
RUN_IN_LABEL = re.compile(r"^\*\*\w[\w ]{0,30}\.\*\*\s+(?=\S)")
DEFINES = re.compile(
    r"^\W*(?:an? |the )?[^.;:!?]{1,60}?\b(?:is|are|means|refers? to|denotes?|stands? for|describes?|occurs?)\b"
)
DEFINITION_WANTED = re.compile(
    r"\b(?:what(?:'s| is| are| does)|define|definition|meaning|mean by|called|name for|tell me about)\b", re.I
)
QUANTITY_WANTED = re.compile(
    r"\b(?:how (?:many|much|large|long|big|often|high|low|deep|wide)|percent\w*|(?:which|what) (?:value|number|size|rate|year|"
    r"share|cutoff|threshold|range|ratio)|below which|above which|cut-?off)\b",
    re.IGNORECASE,
)
DEFINITION = 0.04
"""Added to a passage that opens with a definition, for a question that asks for one."""
QUANTITY = 0.06
"""Added to a passage that opens with a sentence that holds a number, for a question that asks for one."""


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
    continues : bool
        Whether it goes on in the line of the sentence before it.
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
    continues: bool = False


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
    question: Encoding, weights: Floats, hits: Sequence[Hit], encoder: Encoder, route: Route, wording: str = ""
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
    wording : str
        The question's words: where it asks for a definition or a number, a passage that opens with one counts a little more.
    """
    found = [(i, span) for i, hit in enumerate(hits[:HITS]) for span in candidate_spans(hit, wording)]
    if not found:
        return Evidence((), 0.0, 0.0)
    texts = [with_heading(hits[i], span) for i, span in found]
    encodings = encoder.encode_documents(texts)
    offsets = np.cumsum([0] + [len(e.token_ids) for e in encodings])  # (s + 1,)
    sims = similarities(question.tokens, np.concatenate([e.tokens for e in encodings]))  # (t, q)
    best = maxima(sims, offsets)  # (s, q)
    relevance = weighted_maxsim(best, weights)  # (s,)
    vectors = np.stack([e.sentence for e in encodings])  # (s, d)
    worth = HIT_WEIGHT * np.array([hit_value(hits, i) for i, _ in found])
    if wants_definition(wording):
        worth += [DEFINITION if DEFINES.match(hits[i].text[a:b]) else 0.0 for i, (a, b) in found]
    if QUANTITY_WANTED.search(wording):
        worth += [QUANTITY if re.search(r"\d", hits[i].text[a:b]) else 0.0 for i, (a, b) in found]
    pool = [make_sentence(hits[i], i, span, float(r)) for (i, span), r in zip(found, relevance, strict=True)]
    picked = pick(pool, best, weights, vectors, worth, route)
    coverage = float(weighted_maxsim(best.max(0, keepdims=True).clip(0, 1), weights)[0])
    order = list(dict.fromkeys(pool[p].hit for p in picked))  # hits are told in the order in which they were chosen
    ordered = sorted((pool[p] for p in picked), key=lambda s: (order.index(s.hit), s.start))
    return Evidence(tuple(ordered), float(relevance.max()), coverage)


def wants_definition(question: str) -> bool:
    """Whether a question asks what something is.

    Examples
    --------
    >>> wants_definition("What is dropout?"), wants_definition("Why does it diverge?")
    (True, False)
    """
    return DEFINITION_WANTED.search(question) is not None


def candidate_spans(hit: Hit, wording: str = "") -> list[Span]:
    """Spans of the document that could stand in an answer: sentences with words enough, neither headings nor questions.

    Orders to whoever answers are no evidence, unless the question is about such orders.
    """
    headings = {fold(heading) for heading in hit.heading_path}
    spans: list[Span] = []
    if headings & {"references", "further reading", "bibliography"}:
        return spans
    told = about_instructions(wording)
    if not told and any(is_instruction(heading) for heading in hit.heading_path):
        return spans
    whole = sentences(hit.text, 0, len(hit.text))
    for start, end in (part for span in whole for part in ([span] if told else parted(hit.text, *span))):
        text = display(hit.text[start:end])
        kinds = {line.kind for line in read_lines(hit.text[start:end])}
        if kinds & {"fence", "code"} or re.fullmatch(r"\*\*[^*]+\*\*\W*", text):
            continue  # code is shown by runs; a label alone says nothing
        words = re.findall(r"[^\W\d_]{2,}", text)
        if not told and (is_instruction(hit.text[start:end]) or is_foreign(hit.text[start:end], hit.text)):
            continue
        if BESIDE_THE_TEXT.match(text) or is_label(hit.text[start:end], words):
            continue
        if len(words) < 3 or text.endswith("?") or fold(text) in headings or text.endswith((":", ": -")):
            continue
        spans.append((start, end))
    return spans


def is_label(quote: str, words: Sequence[str]) -> bool:
    """Whether a line only names what follows: few words, neither ended nor an item of a list.

    Examples
    --------
    >>> is_label("Precomputing the vectors", ["Precomputing", "the", "vectors"])
    True
    >>> is_label("- fast and simple", ["fast", "and", "simple"]), is_label("It works well.", ["It", "works", "well"])
    (False, False)
    """
    ended = re.search(r"[.!?;:)$|\]]\W*$", quote) is not None
    item = classify(quote.splitlines()[0]).kind in {"bullet", "numbered", "stray"}
    return len(words) <= LABEL_WORDS and not ended and not item


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
        continues=bool(hit.text[: span[0]].rpartition("\n")[2].strip(" \t-*•")),
    )


@dataclass(frozen=True)
class Stretch:
    """Sentences of one hit in a row, as a candidate passage of the answer.

    Attributes
    ----------
    rows : tuple of int
        Positions in the pool.
    covered : (q,) float
        Best match of each question token in any of them.
    value : float
        Worth by itself: half the mean relevance of its sentences, half what they cover together, and its hit's place.
    words : int
        As the answer shows them.
    """

    rows: tuple[int, ...]
    covered: NDArray[np.float64]
    value: float
    words: int


def stretches(
    pool: Sequence[Sentence], best: Floats, share: NDArray[np.float64], worth: NDArray[np.float64], longest: int
) -> list[Stretch]:
    """All rows of up to `longest` sentences that follow each other in one hit; items of a list run on up to `longest`."""
    found = []
    for first in range(len(pool)):
        covered = np.zeros(best.shape[1])
        total, words = 0.0, 0
        for last in range(first, min(first + longest, len(pool))):
            if pool[last].hit != pool[first].hit:
                break
            covered = np.maximum(covered, best[last])
            total += float(best[last] @ share)
            words += len(pool[last].text.split())
            mean = total / (last - first + 1)
            value = MEAN_WEIGHT * mean + (1 - MEAN_WEIGHT) * float(covered @ share) + float(worth[first])
            value -= LEANING if LEANS.match(pool[first].text) else 0.0
            found.append(Stretch(tuple(range(first, last + 1)), covered, value, words))
    return found


def pick(
    pool: Sequence[Sentence],
    best: Floats,
    weights: Floats,
    vectors: Floats,
    worth: NDArray[np.float64],
    route: Route,
) -> list[int]:
    """Greedy choice of passages by value plus what each adds to the question's covered tokens, the best first.

    A passage that repeats a sentence of an earlier one is passed over, so that alternatives complement each other; the
    search ends where the next passage falls far below the first.
    """
    share = np.asarray(weights / (weights.sum() or 1.0), dtype=np.float64)  # (q,)
    options = stretches(pool, best, share, worth, LONGEST_PASSAGE[route])
    covered = np.zeros(best.shape[1])
    chosen: list[int] = []
    words = 0
    first: float | None = None
    for _ in range(MAX_PASSAGES[route]):
        allowed = [
            option
            for option in options
            if (not chosen or words + option.words <= MAX_WORDS[route])
            and len(chosen) + len(option.rows) <= MAX_SENTENCES[route]
            and not (set(option.rows) & set(chosen))
            and not (chosen and (vectors[list(option.rows)] @ vectors[chosen].T > REDUNDANT).any())
        ]
        if not allowed:
            break
        following = max(
            allowed, key=lambda o: o.value + GAIN_WEIGHT * float(np.clip(o.covered - covered, 0, None) @ share)
        )
        if first is not None and following.value < first - LARGEST_DROP:
            break
        first = following.value if first is None else first
        chosen.extend(following.rows)
        words += following.words
        covered = np.maximum(covered, following.covered)
    return chosen


def hit_value(hits: Sequence[Hit], index: int) -> float:
    """Score of a hit on a scale from 0 to 1 between the worst and the best of these hits."""
    scores = [hit.score for hit in hits[:HITS]]
    low, high = min(scores), max(scores)
    return (hits[index].score - low) / (high - low) if high > low else 1.0


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
    joined = RUN_IN_LABEL.sub("", " ".join(lines))
    return joined.replace("**", "") if joined.count("**") % 2 else joined


def fold(text: str) -> str:
    """Lower-case words only.

    Examples
    --------
    >>> fold("**What is X?**")
    'what is x'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))
