"""Ask a question set, in this process or over REST, and judge the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from algorithms.registry import catalog
from answering.abstain import calibration
from answering.assistant import Assistant
from answering.requests import Question
from app.application import Application
from app.bootstrap import build
from app.cli.progress import progress_bar
from app.evaluation.keeping import Keeping
from app.evaluation.weights import answer_weights, context
from core.errors import InputError
from evals.answers import AnswersResult, score_answers
from evals.answers_report import answers_report, answers_summary
from evals.asker import Asker, CallableAsker, RestAsker
from evals.asking import ask_all
from evals.collection_index import index_collection
from evals.datasets.collection import Collection, content_key
from evals.datasets.question_set import QuestionSet, read_question_set, sample_seeds
from evals.machine import describe_machine
from evals.provenance import Weight
from evals.report import write_report
from models.training.pairs import is_held_out


def in_process(application: Application, collection: str, *, handbook: bool) -> CallableAsker:
    """An asker that stays in this process."""

    def ask(question: str, history: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        given = {"question": question, "history": list(history), "collection": collection, "handbook": handbook}
        return application.ask(Question.model_validate(given)).model_dump(mode="json")

    def search(query: str, k: int) -> list[dict[str, Any]]:
        return [hit.model_dump(mode="json") for hit in application.search(query, k, collection=collection).hits]

    def text(id: str) -> str | None:
        return application.collections.find_document(id)[1].text

    return CallableAsker(ask, search, text)


def over_documents(application: Application, documents: Collection) -> CallableAsker:
    """An asker over the documents that a question set brings along, indexed once and kept; the handbook stays out."""
    cache = application.home / "evals" / "indexes"
    with progress_bar(documents.name) as progress:
        index = index_collection(documents, application.encoder, application.chunker, cache, progress)
    snapshot = index.snapshot
    assistant = Assistant(
        application.cascade,
        application.encoder,
        catalog(),
        application.executor,
        lambda: application.language_model,
        lambda name: snapshot if name == "default" else None,
        application.settings,
        application.errata,
        application.reader,
    )

    def ask(question: str, history: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        given = {"question": question, "history": list(history), "handbook": False}
        return assistant.ask(Question.model_validate(given)).model_dump(mode="json")

    def search(query: str, k: int) -> list[dict[str, Any]]:
        return [hit.model_dump(mode="json") for hit in application.cascade.search(snapshot, query, k).hits]

    def text(id: str) -> str | None:
        document = snapshot.document(id)
        return document.text if document is not None else None

    return CallableAsker(ask, search, text)


@dataclass(frozen=True)
class AnswersOptions:
    """What is asked, and whom.

    Attributes
    ----------
    url, api_key : str or None
        A running server to ask instead of this process.
    collection : str
        Collection to ask.
    handbook : bool
        Let the handbook answer too.
    k : int
        Hits that count for evidence recall.
    limit : int or None
        Ask a sample of the questions.
    types : sequence of str
        Types of questions to ask; all where empty.
    resume : bool
        Keep what an interrupted run left.
    held_out : bool
        Ask only about documents that training of our weights left out; for SQuAD folders, whose queries name their passage.
    device : str or None
        Encode on ``auto``, ``cpu`` or ``cuda``; None leaves the setting.
    """

    url: str | None = None
    api_key: str | None = None
    collection: str = "default"
    handbook: bool = False
    k: int = 5
    limit: int | None = None
    types: Sequence[str] = ()
    resume: bool = False
    device: str | None = None
    held_out: bool = False


def evaluate_answers(questions: Path, options: AnswersOptions, keeping: Keeping) -> AnswersResult:
    """Ask a question set, here or over REST, and write the answers, ``results.json`` and the report.

    Raises
    ------
    InputError
        If the file is malformed or no question is left.
    """
    given = read_question_set(questions)
    wanted = [seed for seed in given.seeds if not options.types or seed.type in options.types]
    if options.held_out:
        wanted = [seed for seed in wanted if seed.about and is_held_out(seed.about)]
    seeds = sample_seeds(wanted, options.limit)
    if not seeds:
        raise InputError("no question is left", fix="look at --types, --held-out and the file")
    application = build(flags={"encoder.device": options.device})
    asker = asker_for(application, given, options)
    with progress_bar("ask") as progress:
        system = system_asked(application, given, options)
        asked = ask_all(asker, seeds, keeping.out, resume=options.resume, system=system, progress=progress)
    result = score_answers(seeds, asked, options.k)
    values = {name: estimate.value for name, estimate in result.measures.items()}
    where = {"url": options.url} if options.url else context(application)
    keeping.remember("answers", questions.stem, values, where)
    keeping.results(answers_json(questions.stem, result))
    sources = (
        [Weight("everything", options.url, "a running server", "see there")]
        if options.url
        else answer_weights(application)
    )
    past = keeping.past("answers", HISTORY_OF_ANSWERS, "share")
    machine = describe_machine()
    write_report(
        keeping.out, answers_report(f"Answers: {questions.stem}", seeds, asked, result, sources, past, machine)
    )
    summary = answers_summary(seeds, result, sources, machine, sampled_from=len(wanted))
    keeping.fill((f"answers-{questions.stem}", "answers"), summary)
    return result


def system_asked(application: Application, given: QuestionSet, options: AnswersOptions) -> dict[str, Any]:
    """What decides an answer besides the question and the code: another one is asked again, not taken from `--resume`."""
    if options.url:
        return {"url": options.url, "collection": options.collection, "handbook": options.handbook}
    own = None
    if given.documents is None:
        snapshot = application.snapshot_or_none(options.collection)
        own = [options.collection, snapshot.generation if snapshot is not None else None, options.handbook]
    settings = application.settings
    return {
        **context(application),
        "answer": settings.answer.model_dump(mode="json"),
        "language model": settings.llm.model_dump(mode="json"),
        "abstention": calibration().weights,
        "documents": content_key(given.documents.passages()) if given.documents is not None else own,
    }


def asker_for(application: Application, given: QuestionSet, options: AnswersOptions) -> Asker:
    """Asks a server, the documents that the questions bring along, or what is indexed here."""
    if options.url:
        return RestAsker(options.url, options.collection, options.api_key, handbook=options.handbook)
    if given.documents is not None:
        return over_documents(application, given.documents)
    return in_process(application, options.collection, handbook=options.handbook)


HISTORY_OF_ANSWERS = (
    "evidence_recall@5",
    "key_fact_recall",
    "execute_right",
    "trap_repeated",
    "abstention_recall",
    "ECE",
)


def answers_json(name: str, result: AnswersResult) -> dict[str, Any]:
    """``{set: {"vouch": {measure: {value, low, high}}}}`` with the values of each question beside."""
    return {
        name: {"vouch": {measure: estimate.as_dict() for measure, estimate in result.measures.items()}},
        "per_question": result.per_question,
        "errors": result.errors,
    }
