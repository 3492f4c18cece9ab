"""The overlay: wrong sentences leave the evidence and come back corrected, cited as contradicted, with a warning."""

from __future__ import annotations

from types import SimpleNamespace

from answering.evidence import Sentence
from answering.overlay import correct, prove, review
from checking.errata_book import Erratum, errata
from core.types import Hit

TEXT = "Ridge is the L1 penalty. Both shrink the weights."
RIDGE = next(entry for entry in errata() if entry.id == "ridge-l1-lasso-l2")


def hit(text: str = TEXT) -> Hit:
    return Hit(
        rank=1,
        chunk_id="c",
        document_id="d",
        source="notes.md",
        title="notes",
        heading_path=("Regularisation",),
        page=None,
        start=100,
        end=100 + len(text),
        text=text,
        score=1.0,
        stages={},
    )


def sentence(start: int, end: int) -> Sentence:
    quote = TEXT[start:end]
    return Sentence(0, 100 + start, 100 + end, quote, quote, item=False, relevance=0.9)


class FakeExecutor:
    def __init__(self, ok: bool = True) -> None:
        self.ok = ok
        self.calls: list[tuple[str, object, str]] = []

    def execute(self, entry, inputs, inputs_from):
        self.calls.append((entry.id, inputs, inputs_from))
        return SimpleNamespace(algorithm=entry.id, ok=self.ok)


ENTRIES = {"l2-regularization": SimpleNamespace(id="l2-regularization")}


def test_a_wrong_sentence_leaves_the_evidence():
    wrong, fine = sentence(0, 24), sentence(25, len(TEXT))
    reviewed = review("Which penalty is ridge?", [wrong, fine], [hit()])
    assert reviewed.clean == (fine,)
    assert [(one.erratum.id, one.sentence) for one in reviewed.refuted] == [(RIDGE.id, wrong)]


def test_an_unchosen_claim_counts_where_the_question_is_about_it():
    reviewed = review("Which penalty is ridge?", [sentence(25, len(TEXT))], [hit()])
    assert [one.erratum.id for one in reviewed.refuted] == [RIDGE.id]
    assert reviewed.refuted[0].sentence.start == 100
    assert review("How many trees does a forest need?", [sentence(25, len(TEXT))], [hit()]).refuted == ()


def test_a_correction_names_claim_and_fact_and_cites_the_wrong_span():
    refuted = review("Which penalty is ridge?", [sentence(0, 24)], [hit()]).refuted
    executions: list = []
    (made,) = correct(refuted, [hit()], 3, executions, ENTRIES, FakeExecutor())
    assert RIDGE.correct in made.block.text and "[3]" in made.block.text and "wrong" in made.block.text
    assert (made.citation.verdict, made.citation.marker, made.citation.quote) == ("contradicted", 3, TEXT[:24])
    assert (made.warning.kind, made.warning.marker, made.warning.execution) == ("erratum", 3, 0)
    assert [execution.algorithm for execution in executions] == ["l2-regularization"]


def test_a_run_that_is_there_already_is_the_proof():
    executor = FakeExecutor()
    executions = [SimpleNamespace(algorithm="l2-regularization", ok=True)]
    assert prove(RIDGE, executions, ENTRIES, executor) == 0
    assert executor.calls == []


def test_a_failed_or_missing_proof_is_left_out():
    executions: list = []
    assert prove(RIDGE, executions, ENTRIES, FakeExecutor(ok=False)) is None
    assert prove(RIDGE, executions, {}, FakeExecutor()) is None
    assert executions == []


def test_inputs_of_a_proof_are_run():
    entry = Erratum(**{**RIDGE.model_dump(), "inputs": {"x": 1}})
    executor = FakeExecutor()
    assert prove(entry, [SimpleNamespace(algorithm="l2-regularization", ok=True)], ENTRIES, executor) == 1
    assert executor.calls == [("l2-regularization", {"x": 1}, "request")]
