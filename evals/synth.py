"""Question sets from a user's own documents: headings, definitions and numbers, kept where search finds them again.

No model writes a question. A heading that asks is a question already; a heading with a body becomes "What is …?" only where
its body begins by defining it; a sentence that defines a term becomes a question for the term; a sentence with one number
becomes a question for that number. The round trip keeps a question only where its own passage is among the first hits, so
that a pronoun or a lost heading does not make a question that nobody could answer; what it drops is counted. Questions made
so are easier than people's: use them to catch regressions, not to compare products.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.types import Document
from evals.metrics.key_facts import content_stems

SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\d)[^.!?\n]+)*[.!?]")
DEFINITION = re.compile(
    r"^(?P<article>(?:An?|The)\s)?(?P<term>\w[\w-]*(?:\s[\w-]+){0,4}?)\s(?P<verb>is|are)\s(?:an?|the|one|any)\s.{20,}$"
)
NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?:\s?%)?(?![\w]|\.\d)")
PRONOUN_WORDS = "it this that these those they he she we you there here which what who such both each one"
PRONOUNS = frozenset(PRONOUN_WORDS.split())
LEAST_WORDS, MOST_WORDS = 6, 45
SIMILAR = 0.8


@dataclass(frozen=True)
class Question:
    """A question with the passage that answers it."""

    type: str
    question: str
    document: Document
    start: int
    end: int
    key_facts: tuple[str, ...]
    expected: tuple[float, ...] = ()

    @property
    def quote(self) -> str:
        """The passage."""
        return self.document.text[self.start : self.end]

    def as_seed(self) -> dict[str, Any]:
        """In the format of question sets; the document is named by its file name without the ending."""
        stem = self.document.source.rsplit("/", 1)[-1]
        digest = hashlib.sha256(f"{self.document.source}\0{self.start}\0{self.question}".encode()).hexdigest()[:10]
        evidence = {"doc": stem, "start": self.start, "end": self.end, "quote": self.quote, "group": 0}
        seed: dict[str, Any] = {
            "id": f"{self.type}-{digest}",
            "type": self.type,
            "question": self.question,
            "evidence": [evidence],
            "key_facts": list(self.key_facts),
            "algorithms": [],
        }
        if self.expected:
            seed |= {"expected": list(self.expected), "expected_text": [], "tolerance": 1e-9}
        return seed


@dataclass
class Synthesis:
    """What was made and what was dropped, by reason."""

    questions: list[Question] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str) -> None:
        """Count one."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1


def synthesise(
    documents: Iterable[Document],
    find: Callable[[str], Sequence[tuple[str, int, int]]],
    limit: int | None = None,
) -> Synthesis:
    """Questions of some documents.

    Parameters
    ----------
    documents : iterable of Document
        Whose text is asked about.
    find : callable
        Question → hits as (document id, start, end), best first: the round trip.
    limit : int, optional
        Stop after so many questions; documents take turns, so that a long one does not crowd out the rest.
    """
    result = Synthesis()
    kept: list[set[str]] = []
    for question in in_turn([candidates(document) for document in documents]):
        if limit is not None and len(result.questions) >= limit:
            break
        stems = content_stems(question.question)
        if len(stems) < 1:
            result.drop("too vague")
        elif any(jaccard(stems, other) >= SIMILAR for other in kept):
            result.drop("asked already")
        elif not found_again(question, find(question.question)):
            result.drop("not found again")
        else:
            kept.append(stems)
            result.questions.append(question)
    return result


def in_turn(sources: Sequence[Iterable[Question]]) -> Iterable[Question]:
    """Elements of several sources, one of each in turn."""
    open_sources = [iter(source) for source in sources]
    while open_sources:
        still = []
        for source in open_sources:
            question = next(source, None)
            if question is not None:
                yield question
                still.append(source)
        open_sources = still


def candidates(document: Document) -> Iterable[Question]:
    """All questions a document gives: headings, definitions, numbers, in that order."""
    yield from heading_questions(document)
    for match in SENTENCE.finditer(document.text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        yield from sentence_questions(document, start, match.end())


def heading_questions(document: Document) -> Iterable[Question]:
    """Headings that ask, with the section below them as the answer."""
    for section in document.sections:
        body = document.text[section.body_start : section.end]
        first = SENTENCE.search(body)
        if section.heading.rstrip().endswith("?") and first is not None:
            start = section.body_start + first.start() + len(first[0]) - len(first[0].lstrip())
            end = section.body_start + first.end()
            fact = " ".join(document.text[start:end].split())
            yield Question("definition", section.heading.strip(), document, start, end, (fact,))


def sentence_questions(document: Document, start: int, end: int) -> Iterable[Question]:
    """Questions that one sentence answers."""
    sentence = " ".join(document.text[start:end].split())
    words = sentence.split()
    if not LEAST_WORDS <= len(words) <= MOST_WORDS or words[0].lower().strip(",") in PRONOUNS:
        return
    definition = DEFINITION.match(sentence)
    if definition and definition["term"].split()[0].lower() not in PRONOUNS:
        article = (definition["article"] or "").strip().lower()
        term = definition["term"] if article else decapitalised(definition["term"])
        asked = " ".join(part for part in ("What", definition["verb"], article, term) if part) + "?"
        yield Question("definition", asked, document, start, end, (sentence,))
    numbers = NUMBER.findall(sentence)
    if len(numbers) == 1 and not sentence.startswith(numbers[0]):
        cloze = NUMBER.sub("…", sentence, count=1).rstrip(".!? ")
        value = float(numbers[0].replace(",", "").rstrip(" %"))
        question = f"Which number is missing: {cloze}?"
        yield Question("numeric", question, document, start, end, (sentence,), (value,))


def decapitalised(term: str) -> str:
    """A term inside a sentence: its first letter small unless it is a name or an abbreviation.

    Examples
    --------
    >>> decapitalised("Dropout"), decapitalised("BERT")
    ('dropout', 'BERT')
    """
    first, *rest = term.split(" ", 1)
    small = first.lower() if first[1:].islower() else first
    return " ".join([small, *rest])


def jaccard(a: set[str], b: set[str]) -> float:
    """Shared share of two sets."""
    return len(a & b) / len(a | b) if a | b else 0.0


def found_again(question: Question, hits: Sequence[tuple[str, int, int]]) -> bool:
    """Whether a hit of the same document holds at least half of the passage."""
    needed = 0.5 * (question.end - question.start)
    return any(
        id == question.document.id and min(end, question.end) - max(start, question.start) >= needed
        for id, start, end in hits
    )


def feedback_qrels(
    rows: Iterable[dict[str, Any]], chunk_of: Callable[[str, int, int], str]
) -> dict[str, dict[str, int]]:
    """Judgements from readers' ratings: answer id → chunk → 1 where rated up, 0 where rated down.

    Parameters
    ----------
    rows : iterable of dict
        Rows with ``answer_id``, ``rating``, ``document_id``, ``start``, ``end``; those without a passage say nothing of a
        document and are left out. The last rating of a passage counts.
    chunk_of : callable
        (document id, start, end) → id of what is judged.
    """
    qrels: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["document_id"] is None or row["start"] is None:
            continue
        target = chunk_of(row["document_id"], row["start"], row["end"])
        qrels.setdefault(row["answer_id"], {})[target] = int(row["rating"] > 0)
    return qrels
