"""The self-check of an accelerator."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from algorithms.registry import catalog
from app.application import Application
from app.bootstrap import build
from app.cli.progress import progress_bar
from core.protocols import Encoder
from evals.collection_index import CollectionIndex, index_collection
from evals.datasets.collection import Collection, sample_queries
from evals.datasets.open_collection import open_collection
from evals.gpu import LEAST_OVERLAP, Measured, SelfCheck, run_overlap, self_check
from evals.retrieval import evaluate_collection
from evals.systems import EngineSystem, RememberingEncoder, engine_system

SYSTEMS = ("bm25", "dense", "colbert", "hybrid", "full")
PARITY_QUERIES = 50


def check_device(
    device: str, language_model: bool, dataset: Path | None = None, max_queries: int | None = None
) -> SelfCheck:
    """Compare the encoder on a device with the one on the processor in fp32, and measure the device.

    Parameters
    ----------
    dataset : Path, optional
        A collection that is evaluated as a whole on the device, the clock running from its files to its figures; the ranks
        of some queries are compared with the processor's over the same index.
    max_queries : int, optional
        Sample of its queries.

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
    found = self_check(reference, application.encoder, str(chosen), texts, queries, language_model=model)
    if dataset is None:
        return found
    overlap, measured = whole_evaluation(application, open_collection(dataset), str(chosen), max_queries)
    return replace(
        found,
        parity={**found.parity, "whole_run_overlap": overlap},
        measured=(*found.measured, *measured),
        passed=found.passed and overlap >= LEAST_OVERLAP,
    )


def whole_evaluation(
    application: Application, collection: Collection, device: str, max_queries: int | None
) -> tuple[float, list[Measured]]:
    """Index, run and score a collection on a device with nothing kept from earlier; agreement of ranks, and seconds."""
    encoder: Encoder = RememberingEncoder(application.encoder)
    settings = application.settings
    with tempfile.TemporaryDirectory() as folder, progress_bar(collection.name) as progress:
        started = time.perf_counter()
        index = index_collection(collection, application.encoder, application.chunker, Path(folder) / "index", progress)
        indexed = time.perf_counter()
        moved = index.on_device(device, application.encoder.token_dimension)

        def system(name: str, over: CollectionIndex = moved) -> EngineSystem:
            reranker, rules = application.reranker, settings.retrieval
            return engine_system(name, over, encoder, reranker, rules, settings.reranker.candidates)

        evaluate_collection(
            collection,
            [partial(system, name) for name in SYSTEMS],
            Path(folder) / "out",
            max_queries=max_queries,
            progress=progress,
        )
        done = time.perf_counter()
        sample = sample_queries(collection.queries, PARITY_QUERIES)
        overlap = run_overlap(system("full", index).run(sample), system("full").run(sample))
    name = f"whole evaluation of {collection.name}"
    return overlap, [
        Measured(name, done - started, "s"),
        Measured(f"{name}, indexing", indexed - started, "s"),
        Measured(f"{name}, runs and scores", done - indexed, "s"),
    ]
