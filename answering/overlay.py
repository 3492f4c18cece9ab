"""Keep known wrong claims of the sources out of an answer: say what is right instead, and warn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from algorithms.registry import Algorithm
from answering.compose import Block, cite
from answering.evidence import Sentence, candidate_spans, make_sentence, with_heading
from answering.execute import Executor
from checking.concern import Concern
from checking.errata_book import Erratum
from checking.recognise import Recogniser, recogniser
from checking.statements import statements
from core.types import Citation, Execution, Hit, Warning

VERDICTS = {
    "wrong": "which is wrong",
    "contradiction": "which is wrong",
    "imprecise": "which is not quite right",
    "garbled": "which is garbled",
    "outdated": "which is outdated",
}
MAX_PROOFS = 2
MAX_CORRECTIONS = 3
NO_CONCERN = Concern(0.0, 0.0)
ASKED = 0.98
"""From this nearness on a question asks about the claim itself, wherever that was found."""
ASKED_TOTAL = 1.42
CITED, CITED_TOTAL = 0.6, 1.1
"""Least concern where the wrong sentence is about as near the question as what is cited, and where it would be cited itself."""
SLACK, CITED_SLACK, HIDDEN_SLACK = 0.06, 0.03, 0.1
"""How much farther from the question it may stand then; labels and code are short and never chosen, however near."""


@dataclass(frozen=True)
class Refuted:
    """An erratum and the sentence that makes its claim."""

    erratum: Erratum
    sentence: Sentence


@dataclass(frozen=True)
class Review:
    """Evidence parted into what may be said and what must be put right."""

    clean: tuple[Sentence, ...]
    refuted: tuple[Refuted, ...]


@dataclass(frozen=True)
class Place:
    """A sentence of the hits that makes wrong claims.

    Attributes
    ----------
    chosen : Sentence or None
        The sentence of the evidence that it shares characters with.
    hidden : bool
        Whether it is a label or code, which is never chosen as evidence.
    """

    sentence: Sentence
    errata: tuple[Erratum, ...]
    text: str
    chosen: Sentence | None
    hidden: bool


def review(question: str, sentences: Sequence[Sentence], hits: Sequence[Hit], book: Recogniser | None = None) -> Review:
    """Part the chosen sentences; wrong claims count where the question asks about them or the answer would have made them.

    Parameters
    ----------
    question : str
        The standalone question.
    sentences : sequence of Sentence
        Chosen as evidence.
    hits : sequence of Hit
        Where they stand.
    book : Recogniser or None
        Knows the errata; None for that of the wording alone.
    """
    book = book or recogniser()
    wrong = wrong_places(sentences, hits, book)
    clean = tuple(s for s in sentences if not any(overlap(s, place.sentence) for place in wrong))
    refuted = concerned(question, wrong, sentences, hits, book)
    if (
        not clean and not refuted
    ):  # a wrong sentence beside the point goes in silence, unless nothing else is left to say
        refuted = [Refuted(place.errata[0], place.sentence) for place in wrong if place.chosen is not None][:1]
    return Review(clean, tuple(refuted))


def wrong_places(sentences: Sequence[Sentence], hits: Sequence[Hit], book: Recogniser) -> list[Place]:
    """The sentences of the hits that make wrong claims, in order."""
    told = [
        (index, span, headings)
        for index, hit in enumerate(hits)
        for span, headings in statements(hit.text, 0, len(hit.text), hit.heading_path)
    ]
    found = book.find_all([(hits[index].text[slice(*span)], headings) for index, span, headings in told])
    places = []
    for (index, span, _), errata in zip(told, found, strict=True):
        if errata:
            sentence = make_sentence(hits[index], index, span, 0.0)
            chosen = next((s for s in sentences if overlap(s, sentence)), None)
            hidden = chosen is None and span not in candidate_spans(hits[index])
            places.append(Place(sentence, tuple(errata), with_heading(hits[index], span), chosen, hidden))
    return places


def concerned(
    question: str, places: Sequence[Place], sentences: Sequence[Sentence], hits: Sequence[Hit], book: Recogniser
) -> list[Refuted]:
    """What is to be put right, once each, the nearest to the question first."""
    concern = book.concern(question)
    near = [place for place in places if any(concern.get(one.id, NO_CONCERN).nearness >= CITED for one in place.errata)]
    if not near:
        return []
    cited = [with_heading(hits[s.hit], (s.start - hits[s.hit].start, s.end - hits[s.hit].start)) for s in sentences]
    closeness = book.closeness(question, [*cited, *(place.text for place in near)])
    best = max(closeness[: len(cited)], default=0.0)
    made: dict[str, tuple[float, Refuted]] = {}
    for place, close in zip(near, closeness[len(cited) :], strict=True):
        for erratum in place.errata:
            about = concern.get(erratum.id, NO_CONCERN)
            if erratum.id not in made and is_concerned(about, best - close, place):
                made[erratum.id] = about.total, Refuted(erratum, place.chosen or place.sentence)
    return [one for _, one in sorted(made.values(), key=lambda scored: -scored[0])[:MAX_CORRECTIONS]]


def is_concerned(about: Concern, farther: float, place: Place) -> bool:
    """Whether a warning is due.

    Parameters
    ----------
    about : Concern
        Of the question with the claim.
    farther : float
        How much farther from the question than the nearest cited sentence the wrong one is, as a difference of cosines.
    place : Place
        Where the claim is made.
    """
    if about.nearness >= ASKED:
        return True
    if about.total >= ASKED_TOTAL and farther <= (HIDDEN_SLACK if place.hidden else SLACK):
        return True
    would_be_cited = place.chosen is not None or place.hidden
    slack = HIDDEN_SLACK if place.hidden else CITED_SLACK
    return would_be_cited and about.nearness >= CITED and about.total >= CITED_TOTAL and farther <= slack


def overlap(a: Sentence, b: Sentence) -> bool:
    """Whether two sentences share characters of one document."""
    return a.hit == b.hit and a.start < b.end and b.start < a.end


@dataclass(frozen=True)
class Correction:
    """What an answer says about one erratum."""

    block: Block
    citation: Citation
    warning: Warning


def correct(
    refuted: Sequence[Refuted],
    hits: Sequence[Hit],
    first_marker: int,
    executions: list[Execution],
    entries: Mapping[str, Algorithm],
    executor: Executor,
) -> list[Correction]:
    """Put refuted claims right, with markers from `first_marker` on; proof runs are added to `executions`."""
    corrections = []
    for number, one in enumerate(refuted):
        erratum = one.erratum
        marker = first_marker + number
        citation = cite(one.sentence, hits[one.sentence.hit], marker).model_copy(update={"verdict": "contradicted"})
        run = prove(erratum, executions, entries, executor) if number < MAX_PROOFS else None
        text = f"Your source says that {erratum.claim}, {VERDICTS[erratum.verdict]} [{marker}]: {erratum.correct}"
        warning = Warning(
            kind="erratum",
            marker=marker,
            claim=sentence_case(erratum.claim),
            correct=erratum.correct,
            execution=run,
            reference=erratum.reference,
        )
        corrections.append(Correction(Block(text, item=False), citation, warning))
    return corrections


def prove(
    erratum: Erratum, executions: list[Execution], entries: Mapping[str, Algorithm], executor: Executor
) -> int | None:
    """Index of the run that shows the right fact, made here where the answer does not have it yet; None without one.

    A run that fails, or whose output is not what the entry says it shows, is no proof.
    """
    entry = entries.get(erratum.proof or "")
    if entry is None:
        return None
    for index, execution in enumerate(executions):
        if execution.algorithm == entry.id and execution.ok and erratum.inputs is None:
            return index
    execution = executor.execute(entry, erratum.inputs, "example" if erratum.inputs is None else "request")
    if not execution.ok or not all(assertion.holds(execution.output) for assertion in erratum.shows):
        return None
    executions.append(execution)
    return len(executions) - 1


def sentence_case(clause: str) -> str:
    """A clause as a sentence.

    Examples
    --------
    >>> sentence_case("k-means finds clusters of any shape")
    'K-means finds clusters of any shape.'
    """
    return clause[:1].upper() + clause[1:] + "."
