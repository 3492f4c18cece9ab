"""What the reader learns from: questions with the passage that answers them and where, and with passages that do not.

Passages that do not answer are an unanswerable question's own (SQuAD 2, Rajpurkar et al., arXiv:1806.03822), a passage without
the sentence that holds the answer, and another passage of the same document, the one that looks most like the question.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.protocols import LexicalScorerFactory
from models.encoders.backbone import Backbone
from models.training.domain_pairs import sentences
from models.training.pairs import is_held_out, read_judgements, read_lines

Ids = NDArray[np.int32]
LONGEST_QUESTION = 48
LONGEST_PASSAGE = 288
"""Pairs with longer texts are left out of training, so that what decides is never cut off."""
NO_ANSWER = 0
UNKNOWN = -1
SHORTENED = 0.25
"""Share of the answered questions that also appear with the passage less its answer."""
NEIGHBOUR = 0.5
"""Share of the answered questions that also appear with another passage of the same document."""


@dataclass(frozen=True)
class Question:
    """A question with its passage as text.

    Attributes
    ----------
    text, passage : str
        Question and passage.
    answers : tuple of str
        As they stand in the passage; empty where it does not answer.
    kind : str
        ``answered``, ``impossible``, ``shortened`` or ``neighbour``.
    """

    text: str
    passage: str
    answers: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class ReadingExample:
    """A question with its passage as tokens.

    Attributes
    ----------
    question, passage : (t,) int32
        Ids with special tokens.
    start, end : int
        First and last token of the answer, counted in the passage; 0 where it holds none, −1 where it is not known.
    answered : bool
        Whether the passage answers.
    kind : str
        As in `Question`.
    """

    question: Ids
    passage: Ids
    start: int
    end: int
    answered: bool
    kind: str


def questions(
    folder: Path, lexical: LexicalScorerFactory, chance: random.Random, held_out: bool = False
) -> Iterator[Question]:
    """Questions of a folder whose queries carry answers, of the training split; held-out documents left out, or alone."""
    corpus = {row["_id"]: row["text"] for row in read_lines(folder / "corpus.jsonl")}
    judged: dict[str, list[str]] = defaultdict(list)
    for file in sorted((folder / "qrels").glob("train*.tsv")):
        for query, passage in read_judgements(file):
            judged[query].append(passage)
    documents: dict[str, list[str]] = defaultdict(list)
    for identity in corpus:
        documents[document(identity)].append(identity)
    wanted = {document(p) for passages in judged.values() for p in passages}
    scorers: dict[str, Any] = {}
    for row in read_lines(folder / "queries.jsonl"):
        about = row.get("metadata", {})
        own = about.get("passage") or next(iter(judged.get(row["_id"], [])), "")
        name = document(own)
        if own not in corpus or name not in wanted or is_held_out(own) != held_out:
            continue
        if about.get("is_impossible"):
            yield Question(row["text"], corpus[own], (), "impossible")
            continue
        answers = present(about.get("answers") or [], corpus[own])
        if not answers:
            continue
        yield Question(row["text"], corpus[own], answers, "answered")
        rest = [part for part in sentences(corpus[own]) if all(a.casefold() not in part.casefold() for a in answers)]
        if len(rest) >= 2 and chance.random() < SHORTENED:
            yield Question(row["text"], " ".join(rest), (), "shortened")
        others = [i for i in documents[name] if not any(a.casefold() in corpus[i].casefold() for a in answers)]
        if len(others) >= 2 and chance.random() < NEIGHBOUR:
            if name not in scorers:
                scorers[name] = lexical([corpus[i] for i in documents[name]])
            scores = dict(zip(documents[name], scorers[name].scores(row["text"]), strict=True))
            near = sorted(others, key=lambda i: -float(scores[i]))[:3]
            yield Question(row["text"], corpus[chance.choice(near)], (), "neighbour")


def document(passage: str) -> str:
    """The document that a passage belongs to, by its identity.

    Examples
    --------
    >>> document("Oil#3"), document("Snow-man@2"), document("alone")
    ('Oil', 'Snow-man', 'alone')
    """
    return passage.split("#")[0].split("@")[0]


def present(answers: Sequence[str], passage: str) -> tuple[str, ...]:
    """The answers that stand in the passage, the commonest first.

    Examples
    --------
    >>> present(["two", "ten", "two", "nine"], "Ten or two?")
    ('two', 'ten')
    """
    counts = Counter(a.strip() for a in answers if a.strip() and a.strip().casefold() in passage.casefold())
    return tuple(answer for answer, _ in counts.most_common())


def tokenized(asked: Sequence[Question], backbone: Backbone) -> list[ReadingExample]:
    """Examples of those questions that are short enough."""
    found: list[ReadingExample] = []
    heads = backbone.tokenizer.encode_batch([q.text for q in asked])
    texts = backbone.tokenizer.encode_batch([q.passage for q in asked])
    for question, head, text in zip(asked, heads, texts, strict=True):
        if len(head.ids) > LONGEST_QUESTION or len(text.ids) > LONGEST_PASSAGE:
            continue
        span = (NO_ANSWER, NO_ANSWER)
        if question.answers:
            begin = question.passage.casefold().find(question.answers[0].casefold())
            span = token_span(text.offsets, begin, begin + len(question.answers[0]))
        found.append(
            ReadingExample(
                np.asarray(head.ids, dtype=np.int32),
                np.asarray(text.ids, dtype=np.int32),
                *span,
                bool(question.answers),
                question.kind,
            )
        )
    return found


def token_span(offsets: Sequence[tuple[int, int]], begin: int, end: int) -> tuple[int, int]:
    """First and last token that overlap the characters [begin, end); −1 where none does.

    Examples
    --------
    >>> token_span([(0, 0), (0, 3), (3, 7), (8, 12), (0, 0)], 4, 9)
    (2, 3)
    """
    inside = [i for i, (first, last) in enumerate(offsets) if last > first and first < end and last > begin]
    return (inside[0], inside[-1]) if inside else (UNKNOWN, UNKNOWN)
