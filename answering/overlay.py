"""Keep known wrong claims of the sources out of an answer: say what is right instead, and warn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from algorithms.registry import Algorithm
from answering.compose import Block, cite
from answering.evidence import Sentence, candidate_spans, make_sentence
from answering.execute import Executor
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
CONCERNED = 0.82
SHOWN = 0.62
HIDDEN = 0.65
"""Least concern of the question with a claim: beside the evidence; in a sentence that was chosen as evidence; in a label or in
code, which are never chosen, however near the question."""


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


def review(question: str, sentences: Sequence[Sentence], hits: Sequence[Hit], book: Recogniser | None = None) -> Review:
    """Part the chosen sentences; wrong claims count where they concern the question, those of all other hits too.

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
    concern = book.concern(question)
    places = [
        (index, span, headings)
        for index, hit in enumerate(hits)
        for span, headings in statements(hit.text, 0, len(hit.text), hit.heading_path)
    ]
    found = book.find_all([(hits[index].text[slice(*span)], headings) for index, span, headings in places])
    choosable = [set(candidate_spans(hit)) for hit in hits]
    made: dict[str, tuple[float, Refuted]] = {}
    for (index, span, _), errata in zip(places, found, strict=True):
        for erratum in errata:
            if erratum.id in made:
                continue
            sentence = make_sentence(hits[index], index, span, 0.0)
            chosen = next((s for s in sentences if overlap(s, sentence)), None)
            bar = SHOWN if chosen is not None else CONCERNED if span in choosable[index] else HIDDEN
            if concern.get(erratum.id, 0.0) >= bar:
                made[erratum.id] = concern[erratum.id], Refuted(erratum, chosen or sentence)
    wrong = [make_sentence(hits[i], i, s, 0.0) for (i, s, _), errata in zip(places, found, strict=True) if errata]
    clean = tuple(s for s in sentences if not any(overlap(s, one) for one in wrong))
    refuted = [one for _, one in sorted(made.values(), key=lambda scored: -scored[0])[:MAX_CORRECTIONS]]
    if (
        not clean and not refuted
    ):  # a wrong sentence beside the point goes in silence, unless nothing else is left to say
        refuted = [
            Refuted(errata[0], make_sentence(hits[i], i, s, 0.0))
            for (i, s, _), errata in zip(places, found, strict=True)
            if errata and any(overlap(one, make_sentence(hits[i], i, s, 0.0)) for one in sentences)
        ][:1]
    return Review(clean, tuple(refuted))


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
