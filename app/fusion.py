"""What ``vouch models fusion`` does: gather judged queries of a collection, study the weights, keep them where they gain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.application import Application
from app.bootstrap import build
from core.errors import InputError
from core.protocols import Progress
from core.types import Chunk, StageName
from evals.collection_index import index_collection
from evals.datasets.beir import json_lines
from evals.datasets.collection import Qrels
from evals.datasets.open_collection import open_collection
from evals.datasets.trec import read_trec_qrels
from evals.fusion import MEASURE, JudgedQuery, study_fusion
from indexing.stores.base import Snapshot
from indexing.stores.embedded import EmbeddedStore
from indexing.stores.learned_fusion import LearnedFusion
from retrieval.fusion import fuse, name_bonus
from retrieval.pipeline import Cascade

CANDIDATE_STAGES: tuple[StageName, ...] = ("bm25", "dense", "neighbours", "colbert")


def learn_from_files(collection: str, queries: Path, qrels: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Learn for an indexed collection.

    Parameters
    ----------
    queries : Path
        JSON lines with ``_id`` and ``text``.
    qrels : Path
        TREC judgements of chunk ids, document ids or sources.

    Raises
    ------
    NotFound
        If there is no such collection or file.
    InputError
        If too few queries are judged.
    """
    application = build(flags={"llm.backend": "none"})
    store = application.collections.open(collection)
    texts = {str(row["_id"]): str(row["text"]) for row in json_lines(queries)}
    judgements = read_trec_qrels(qrels)
    judged = {id for grades in judgements.values() for id in grades}

    def unit(chunk: Chunk) -> str:
        return next((id for id in (chunk.id, chunk.document_id, chunk.source) if id in judged), chunk.document_id)

    return learn(application, store, texts, judgements, unit, f"{qrels.name}, {queries.name}", progress)


def learn_from_dataset(folder: Path, split: str, progress: Progress | None = None) -> dict[str, Any]:
    """Learn for the index of a test collection, from the judgements of one split.

    Raises
    ------
    NotFound
        If there is no such folder or split.
    InputError
        If too few queries are judged.
    """
    application = build(flags={"llm.backend": "none"})
    collection = open_collection(folder)
    chosen = collection.split(split)
    index = index_collection(
        collection, application.encoder, application.chunker, application.home / "evals" / "indexes", progress
    )
    store = EmbeddedStore(
        collection.name,
        index.folder,
        encoder_fingerprint=application.encoder.fingerprint,
        chunker_fingerprint=application.chunker.fingerprint,
        token_dimension=application.encoder.token_dimension,
    )

    def unit(chunk: Chunk) -> str:
        return index.passage_ids[chunk.document_id]

    judgements = collection.qrels(chosen)
    return learn(
        application, store, dict(collection.queries), judgements, unit, f"{collection.name}, split {chosen}", progress
    )


def forget(collection: str) -> dict[str, Any]:
    """Go back to the label-free default.

    Raises
    ------
    NotFound
        If there is no such collection.
    """
    embedded(build(flags={"llm.backend": "none"}).collections.open(collection)).keep_fusion(None)
    return {"kept": False, "collection": collection, "why": "forgotten as asked"}


def learn(
    application: Application,
    store: Any,
    texts: Mapping[str, str],
    judgements: Qrels,
    unit: Callable[[Chunk], str],
    described: str,
    progress: Progress | None,
) -> dict[str, Any]:
    """Study the weights and write them into the collection; the record says so where they did not gain."""
    target = embedded(store)
    queries = judged_queries(application.cascade, target.snapshot(), texts, judgements, unit, application, progress)
    found = study_fusion(queries, progress=progress)
    weights = {"bm25": 0.0, "dense": 0.0, "colbert": 0.0} | found.setting.of(found.stages)
    learned = LearnedFusion(
        **weights,
        scale=found.setting.scale,
        kept=found.kept,
        measure=MEASURE,
        default=float(found.default.mean()),
        learned=float(found.learned.mean()),
        p_value=found.p_value,
        queries=len(queries),
        folds=found.folds,
        judgements=described,
        query_ids=tuple(sorted(query.id for query in queries)),
        encoder=target.encoder_fingerprint,
    )
    target.keep_fusion(learned)
    return {"collection": target.name, **learned.model_dump(mode="json", exclude={"query_ids"})}


def embedded(store: Any) -> EmbeddedStore:
    """The store, if it is one that keeps weights.

    Raises
    ------
    InputError
        If it lies in another engine.
    """
    if not isinstance(store, EmbeddedStore):
        raise InputError(
            "a collection of the cluster keeps no weights of its own",
            fix="set `retrieval.bm25_weight`, `dense_weight` and `colbert_weight` in the settings instead",
        )
    return store


def judged_queries(
    cascade: Cascade,
    snapshot: Snapshot,
    texts: Mapping[str, str],
    judgements: Qrels,
    unit: Callable[[Chunk], str],
    application: Application,
    progress: Progress | None,
) -> list[JudgedQuery]:
    """Candidates of every judged query with their stages' scores; queries without a relevant document say nothing."""
    settings = application.settings.retrieval
    found = []
    units: dict[int, str] = {}
    for number, (id, grades) in enumerate(judgements.items()):
        if id not in texts or not texts[id].strip() or not any(grade > 0 for grade in grades.values()):
            continue
        if progress is not None:
            progress(number, len(judgements), "search")
        candidates = cascade.candidates(snapshot, texts[id], CANDIDATE_STAGES)
        rows = [int(row) for row in candidates.rows]
        units |= {row: unit(chunk) for row, chunk in snapshot.chunks([r for r in rows if r not in units]).items()}
        found.append(
            JudgedQuery(
                id=id,
                scores=dict(candidates.scores),
                default=fuse(candidates, settings),
                bonus=name_bonus(candidates, settings),
                documents=[units[row] for row in rows],
                grades=grades,
            )
        )
    return found
