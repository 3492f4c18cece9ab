"""Hands the built parts to the evaluation of speed and of an accelerator."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.application import Application
from app.bootstrap import build
from app.cli.progress import progress_bar
from core.errors import InputError, NotFound
from core.protocols import Progress
from evals.baselines.base import Baseline, get_baseline
from evals.collection_index import CollectionIndex, as_document
from evals.datasets.beir import read_passages
from evals.datasets.collection import Passage, Qrels, sample_queries
from evals.datasets.open_collection import open_collection
from evals.document import fill
from evals.growth import LevelPoint, StretchedEncoder, build_level, measure_levels
from evals.load import LoadResult, load_server
from evals.machine import describe_machine, folder_bytes
from evals.peak_memory import PeakMemory
from evals.peers import Cost, engine_searches, judge, peer_searches
from evals.report import write_report
from evals.speed import (
    SpeedResult,
    Throughput,
    check_encoding,
    measure_encoding,
    measure_growth,
    measure_maxsim,
    measure_peers,
)
from evals.speed_report import speed_report, speed_summary
from indexing.stores.embedded import CACHE, SEGMENTS
from models.encoders import get_encoder
from models.encoders.precision import pick_device
from retrieval.pipeline import Cascade

ENCODED = 256
"""Texts that are encoded in each round, at most."""
PARTS = {"vouch bm25": ("bm25",), "vouch dense": ("dense",), "vouch full": None}


@dataclass(frozen=True)
class Growth:
    """Levels of growth.

    Attributes
    ----------
    corpora : sequence of Path
        Folders with a ``corpus.jsonl`` (or ``.gz``), read one after the other.
    chunks : sequence of int
        Chunks of each level.
    encoded : int
        How many different chunks are really encoded.
    folder : Path
        Where levels are kept, so that an interrupted run goes on.
    """

    corpora: Sequence[Path]
    chunks: Sequence[int]
    encoded: int
    folder: Path


@dataclass(frozen=True)
class Load:
    """A load test of a running server."""

    url: str
    api_key: str | None
    route: str
    clients: Sequence[int]
    rates: Sequence[float]
    requests: int


def evaluate_speed(
    dataset: Path,
    sizes: Sequence[int],
    systems: Sequence[str],
    *,
    queries: int,
    rounds: int,
    split: str | None = None,
    growth: Growth | None = None,
    load: Load | None = None,
    device: str | None = None,
    out: Path,
    document: Path | None = None,
) -> dict[str, dict[str, Any]]:
    """Measure, write ``results.json`` and the report, and return a summary.

    Raises
    ------
    InputError
        If there is no size, or a baseline is unknown.
    """
    if not sizes:
        raise InputError("no size to grow through", fix="give --sizes 1000")
    application = build(flags={"llm.backend": "none", "encoder.device": device})
    collection = open_collection(dataset)
    whole = [passage for passage in collection.passages() if passage.text.strip()]
    passages = whole[: max(sizes)]
    judgements = collection.qrels(collection.split(split)) if len(passages) == len(whole) else {}
    texts = {
        id: text for id, text in collection.queries.items() if text.strip() and (not judgements or id in judgements)
    }
    chosen = sample_queries(texts, queries)
    peers = [get_baseline(name, application.encoder) for name in systems]
    with progress_bar("speed") as progress:
        result = measure(application, passages, chosen, judgements, sizes, peers, rounds, progress)
        if growth is not None:
            result.levels = grow(application, growth, list(chosen.values()), rounds, progress)
    asked = list(chosen.values())
    under_load: list[LoadResult] = []
    if load is not None:
        under_load = asyncio.run(
            load_server(
                load.url,
                asked,
                clients=load.clients,
                rates=load.rates,
                requests=load.requests,
                api_key=load.api_key,
                route=load.route,
            )
        )
    machine = describe_machine()
    found = summary(result, under_load, machine)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    write_report(out, speed_report(result, under_load, machine))
    if document is not None:
        fill(document, ("speed",), speed_summary(result, under_load, machine))
    return found


def measure(
    application: Application,
    passages: Sequence[Passage],
    queries: Mapping[str, str],
    judgements: Qrels,
    sizes: Sequence[int],
    peers: Sequence[Baseline],
    rounds: int,
    progress: Progress,
) -> SpeedResult:
    """Growth first, since it makes the index that the peers are held against."""
    encoder, cascade = application.encoder, application.cascade
    asked = list(queries.values())
    with tempfile.TemporaryDirectory(prefix="vouch-speed-") as name:
        folder = Path(name)
        with PeakMemory() as memory:
            growth, snapshot = measure_growth(
                passages, asked, sizes, encoder, application.chunker, cascade, folder, progress
            )
        last = growth[-1]
        size = sum(folder_bytes(folder / part) for part in (SEGMENTS, CACHE) if (folder / part).is_dir())
        result = measure_peers(cascade, snapshot, peers, passages, asked, rounds, progress=progress)
        ours = next(peer for peer in result.peers if peer.name == "vouch full")
        ours.cost = Cost(last.chunks, size, last.index_seconds, memory.grown())
        ids = {as_document("speed", passage).id: passage.id for passage in passages}
        narrow = application.settings.retrieval.model_copy(update={"hit_characters": 0})
        plain = Cascade(encoder, application.reranker, narrow, application.settings.reranker.candidates)
        searches = engine_searches(plain, CollectionIndex(snapshot, ids, folder), PARTS) | peer_searches(peers)
        quality = judge(searches, queries, judgements, progress)
        for peer in result.peers:
            peer.quality = quality.get(peer.name, {})
        result.kernels = measure_maxsim(encoder, snapshot, asked)
    measure_all_encoding(application, passages, peers, rounds, result)
    result.indexing.insert(0, Throughput("vouch", "documents", (last.documents / last.index_seconds,)))
    result.indexing.insert(1, Throughput("vouch", "chunks", (last.chunks / last.index_seconds,)))
    result.growth = growth
    return result


def measure_all_encoding(
    application: Application, passages: Sequence[Passage], peers: Sequence[Baseline], rounds: int, result: SpeedResult
) -> None:
    """Throughput of encoding beside the peer's, the peak of the machine, and agreement with full precision."""
    encoder, settings = application.encoder, application.settings.encoder
    texts = [text for text in (f"{p.title}\n{p.text}".strip() for p in passages[:ENCODED]) if fits(application, text)]
    if not texts:
        return
    peer = next((p for p in peers if hasattr(p, "encode")), None)
    result.encoding = measure_encoding(encoder, texts, rounds, peer.encode if peer is not None else None)
    if pick_device(settings.device) == "cpu" and settings.backend == "bundled":
        exact = get_encoder(settings.model_copy(update={"precision": "fp32"}))
        result.encoding_check = check_encoding(encoder, texts, exact)


def grow(
    application: Application, growth: Growth, queries: Sequence[str], rounds: int, progress: Progress
) -> list[LevelPoint]:
    """Build the levels that are missing and search all of them in turn."""
    encoder = StretchedEncoder(application.encoder, growth.encoded)
    levels = {}
    for chunks in sorted(growth.chunks):
        folder = growth.folder / str(chunks)
        levels[folder] = build_level(
            "speed", texts_of(growth.corpora), chunks, encoder, application.chunker, folder, progress
        )
    return measure_levels(
        levels, queries, rounds, application.encoder, application.chunker, application.cascade, progress
    )


def texts_of(corpora: Sequence[Path]) -> Iterator[Passage]:
    """Documents of several folders, their ids made different.

    Raises
    ------
    NotFound
        If a folder has no corpus.
    """
    for folder in corpora:
        file = next((path for path in (folder / "corpus.jsonl", folder / "corpus.jsonl.gz") if path.is_file()), None)
        if file is None:
            raise NotFound(f"{folder} has no corpus.jsonl", fix="name folders in BEIR layout")
        for passage in read_passages(file):
            if passage.text.strip():
                yield replace(passage, id=f"{folder.name}-{passage.id}")


def fits(application: Application, text: str) -> bool:
    """Whether both encoders read the whole text, so that neither is given less to do: 256 tokens is the peer's limit."""
    return application.encoder.count_tokens([text])[0] <= min(256, application.encoder.max_tokens)


def summary(result: SpeedResult, load: Sequence[LoadResult], machine: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What goes to standard output and ``results.json``."""
    return {
        "machine": machine,
        "throughput_per_second": {
            f"{row.name} {row.unit}": round(float(np.mean(row.per_second)), 2)
            for row in (*result.encoding, *result.indexing)
        },
        "latency_ms": {
            name: {f"p{q}": round(float(np.percentile(values, q)), 3) for q in (50, 95, 99)}
            for name, values in result.latencies_ms.items()
        },
        "stages_ms": {
            name: {f"p{q}": round(float(np.percentile(values, q)), 3) for q in (50, 95, 99)}
            for name, values in result.stages_ms.items()
            if values
        },
        "encoding": {} if result.encoding_check is None else vars(result.encoding_check),
        "beside_others": {
            peer.name: {
                **peer.quality,
                "queries_per_second": round(peer.queries_per_second, 1),
                **({} if peer.cost is None else {**vars(peer.cost), "bytes_a_unit": round(peer.cost.bytes_a_unit, 1)}),
            }
            for peer in result.peers
        },
        "levels": {
            str(point.level.chunks): {
                **vars(point.level),
                "index_bytes": point.index_bytes,
                "disk_bytes": point.disk_bytes,
                "p50_ms": round(point.p50_ms, 2),
                "p95_ms": round(point.p95_ms, 2),
                "stages_ms": dict(point.stages_ms),
            }
            for point in result.levels
        },
        "kernels_ms": {
            name: {f"p{q}": round(float(np.percentile(values, q)), 3) for q in (50, 95)}
            for name, values in result.kernels.items()
        },
        "ratio_ours_over_peer": {name: estimate.as_dict() for name, estimate in result.ratios.items()},
        "growth": {str(p.documents): {k: v for k, v in vars(p).items() if k != "documents"} for p in result.growth},
        "load": {
            f"{r.kind} {r.offered:g}": {
                "answers_per_second": round(r.throughput, 2),
                **{
                    f"p{q}_ms": round(float(np.percentile(r.latencies_ms, q)), 2)
                    for q in (50, 95, 99)
                    if r.latencies_ms
                },
                "failures": r.failures,
            }
            for r in load
        },
    }
