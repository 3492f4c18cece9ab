"""Keep known wrong claims of the sources out of an answer: say what is right instead, and warn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from algorithms.registry import Algorithm
from answering.compose import Block, cite
from answering.evidence import Sentence, candidate_spans, make_sentence
from answering.execute import Executor
from checking.errata_book import Erratum
from checking.recognise import compiled, recognise
from core.types import Citation, Execution, Hit, Warning
from indexing.stores.analysis import query_stems, stems

VERDICTS = {
    "wrong": "which is wrong",
    "contradiction": "which is wrong",
    "imprecise": "which is not quite right",
    "garbled": "which is garbled",
    "outdated": "which is outdated",
}
MAX_PROOFS = 2
NEAREST_HITS = 3
CONCERNED = 0.5
Recognise = Callable[[str, Sequence[str]], list[Erratum]]


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


def review(question: str, sentences: Sequence[Sentence], hits: Sequence[Hit], find: Recognise = recognise) -> Review:
    """Part the chosen sentences; wrong claims count where they concern the question, those of the nearest hits too.

    Parameters
    ----------
    question : str
        The standalone question.
    sentences : sequence of Sentence
        Chosen as evidence.
    hits : sequence of Hit
        Where they stand.
    find : callable
        Errata of a sentence under its headings.
    """
    clean: list[Sentence] = []
    wrong: list[Refuted] = []
    for sentence in sentences:
        found = find(sentence.quote, hits[sentence.hit].heading_path)
        wrong.extend(Refuted(erratum, sentence) for erratum in found)
        if not found:
            clean.append(sentence)
    # a wrong sentence beside the point is left out in silence, unless nothing else is left to say
    shown = [one for one in wrong if not clean or concerns(one.erratum, question)]
    refuted = {one.erratum.id: one for one in reversed(shown)}
    for index, hit in enumerate(hits[:NEAREST_HITS]):
        for span in candidate_spans(hit):
            for erratum in find(hit.text[span[0] : span[1]], hit.heading_path):
                if erratum.id not in refuted and concerns(erratum, question):
                    refuted[erratum.id] = Refuted(erratum, make_sentence(hit, index, span, 0.0))
    return Review(tuple(clean), tuple(refuted.values()))


def concerns(erratum: Erratum, question: str) -> bool:
    """Whether a question is about a claim: its topic is named, and half of the question's words stand in the entry.

    Examples
    --------
    >>> from checking.errata_book import errata
    >>> entry = next(e for e in errata() if e.id == "ridge-l1-lasso-l2")
    >>> concerns(entry, "Which penalty is ridge?"), concerns(entry, "How is a tree pruned?")
    (True, False)
    """
    words = f" {' '.join(stems(question))} "
    if not all(compiled(group).search(words) for group in erratum.topic):
        return False
    asked = set(query_stems(question))
    told = set(stems(" ".join((erratum.claim, erratum.correct, *erratum.examples, *erratum.topic, *erratum.says))))
    return len(asked & told) >= CONCERNED * len(asked)


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
    """Index of the run that shows the right fact, made here where the answer does not have it yet; None without one."""
    entry = entries.get(erratum.proof or "")
    if entry is None:
        return None
    for index, execution in enumerate(executions):
        if execution.algorithm == entry.id and execution.ok and erratum.inputs is None:
            return index
    execution = executor.execute(entry, erratum.inputs, "example" if erratum.inputs is None else "request")
    if not execution.ok:
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
