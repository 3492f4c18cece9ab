"""Evaluate systems on test collections: index, run, write, then score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.application import Application
from app.bootstrap import build
from app.cli.progress import progress_bar
from app.evaluation.keeping import Keeping
from app.evaluation.weights import context, weights
from core.errors import InputError, InputTooLarge
from core.protocols import Encoder, Progress
from evals.baselines.base import PACKAGES, BaselineSystem, get_baseline
from evals.collection_index import CollectionIndex, index_collection
from evals.datasets.collection import Collection
from evals.datasets.open_collection import open_collection
from evals.history import read_history
from evals.machine import describe_machine
from evals.metrics.ranking import MEASURES, parse_measures
from evals.report import Block
from evals.report import write_report as write_pages
from evals.retrieval import CollectionResult, evaluate_collection, to_json
from evals.retrieval_report import headline_of, retrieval_report, retrieval_summary
from evals.systems import DEPTH, RememberingEncoder, System, engine_system

SHOWN_IN_HISTORY = 6


@dataclass(frozen=True)
class RetrievalOptions:
    """What is run.

    Attributes
    ----------
    systems : sequence of str
        Names of `evals.systems.ENGINE`, stages joined by ``+``, or baselines.
    split : str or None
        Judgements to score by; see `Collection.split`.
    device : str or None
        Encode and search on ``auto``, ``cpu`` or ``cuda``; None leaves the setting.
    runs : sequence of Path
        Run files of other systems to score beside.
    measures : sequence of str
        ir_measures names.
    max_queries, max_documents : int or None
        Run a sample of the queries; refuse larger collections.
    depth : int
        Documents a run holds for each query.
    resume : bool
        Keep runs that would come out the same.
    """

    systems: Sequence[str]
    split: str | None = None
    device: str | None = None
    runs: Sequence[Path] = ()
    measures: Sequence[str] = field(default=MEASURES)
    max_queries: int | None = None
    max_documents: int | None = None
    depth: int = DEPTH
    resume: bool = False


def evaluate_retrieval(datasets: Sequence[Path], options: RetrievalOptions, keeping: Keeping) -> list[CollectionResult]:
    """Evaluate systems on collections and write ``results.json`` and the report after each.

    Raises
    ------
    InputError, NotFound
        If a collection, system, measure or split is unknown; all are looked at before anything is run.
    """
    parse_measures(options.measures)
    collections = [open_collection(folder) for folder in datasets]
    for collection in collections:
        collection.split(options.split)
    application = build(flags={"llm.backend": "none", "encoder.device": options.device})
    results: list[CollectionResult] = []
    for collection in collections:
        with progress_bar(collection.name) as progress:
            results.append(evaluate_one(application, collection, options, keeping.out, progress))
        write(results, application, keeping)
        keeping.fill(("retrieval",), retrieval_summary(results, weights(application), describe_machine()))
    if keeping.history is not None:
        keeping.remember("retrieval", application.encoder.fingerprint, headlines(results), context(application))
        write(results, application, keeping)
    return results


def headlines(results: Sequence[CollectionResult]) -> dict[str, float]:
    """``<dataset> <system> <measure>`` → its mean."""
    return {
        f"{result.dataset} {name} {headline_of(result)}": system.estimates[headline_of(result)].value
        for result in results
        for name, system in result.systems.items()
    }


def evaluate_one(
    application: Application, collection: Collection, options: RetrievalOptions, out: Path, progress: Progress
) -> CollectionResult:
    """One collection: index it where an engine system is asked for, run, score."""
    documents = sum(1 for _ in collection.passages())
    if options.max_documents is not None and documents > options.max_documents:
        raise InputTooLarge(f"{collection.name} has {documents} documents", fix="raise --max-documents")
    index: CollectionIndex | None = None
    encoder = RememberingEncoder(application.encoder)
    if any(name not in PACKAGES for name in options.systems):
        index = device_index(application, collection, options.device, progress)
    if index is not None and "learned" in options.systems:
        refuse_contaminated(collection, options.split, index)
    builders = [builder(application, name, collection, index, encoder, options.depth) for name in options.systems]
    own = [file for file in options.runs if file.name.startswith(f"{collection.name}.") or len(options.runs) == 1]
    return evaluate_collection(
        collection,
        builders,
        out,
        split=options.split,
        external=own,
        measures=options.measures,
        max_queries=options.max_queries,
        resume=options.resume,
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


def device_index(
    application: Application, collection: Collection, device: str | None, progress: Progress
) -> CollectionIndex:
    """The index of a collection; on an accelerator its vectors and token codes are searched there."""
    from models.encoders.precision import pick_device

    index = index_collection(
        collection, application.encoder, application.chunker, application.home / "evals" / "indexes", progress
    )
    chosen = pick_device(application.settings.encoder.device if device is None else device)  # type: ignore[arg-type]
    return index.on_device(chosen, application.encoder.token_dimension) if chosen == "cuda" else index


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


def write(results: Sequence[CollectionResult], application: Application, keeping: Keeping) -> None:
    """``results.json``, ``report.html`` and ``report.md``, complete up to the last collection."""
    keeping.results(to_json(results))
    past: list[Block] = []
    if keeping.history is not None:
        rows = read_history(keeping.history, "retrieval")
        shown = list(dict.fromkeys(name for row in rows for name in row["values"] if " full " in name))
        past = keeping.past("retrieval", shown[:SHOWN_IN_HISTORY], "nDCG@10 of full")
    write_pages(keeping.out, retrieval_report(results, weights(application), past, describe_machine()))
