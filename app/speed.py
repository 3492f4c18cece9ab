"""Hands the built parts to the evaluation of speed and of an accelerator."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.application import Application
from app.bootstrap import build
from app.cli.progress import progress_bar
from core.errors import InputError
from core.protocols import Progress
from evals.baselines.base import Baseline, get_baseline
from evals.datasets.collection import Passage
from evals.datasets.open_collection import open_collection
from evals.document import fill
from evals.load import LoadResult, load_server
from evals.machine import describe_machine
from evals.report import write_report
from evals.speed import SpeedResult, Throughput, measure_encoding, measure_growth, measure_peers
from evals.speed_report import speed_report, speed_summary

ENCODED = 64


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
    passages = [passage for passage in collection.passages() if passage.text.strip()][: max(sizes)]
    asked = [text for text in collection.queries.values() if text.strip()][:queries]
    peers = [get_baseline(name, application.encoder) for name in systems]
    with progress_bar("speed") as progress:
        result = measure(application, passages, asked, sizes, peers, rounds, progress)
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
        fill(document, "speed", speed_summary(result, under_load, machine))
    return found


def measure(
    application: Application,
    passages: Sequence[Passage],
    queries: Sequence[str],
    sizes: Sequence[int],
    peers: Sequence[Baseline],
    rounds: int,
    progress: Progress,
) -> SpeedResult:
    """Growth first, since it makes the index that the peers are held against."""
    encoder, cascade = application.encoder, application.cascade
    with tempfile.TemporaryDirectory(prefix="vouch-speed-") as folder:
        growth, snapshot = measure_growth(
            passages, queries, sizes, encoder, application.chunker, cascade, Path(folder), progress
        )
        texts = [
            text for text in (f"{p.title}\n{p.text}".strip() for p in passages[:ENCODED]) if fits(application, text)
        ]
        result = measure_peers(cascade, snapshot, peers, passages, queries, rounds, progress=progress)
    peer = next((p for p in peers if hasattr(p, "encode")), None)
    if texts:
        result.encoding = measure_encoding(encoder, texts, rounds, peer.encode if peer is not None else None)
    last = growth[-1]
    result.indexing.insert(0, Throughput("vouch", "documents", (last.documents / last.index_seconds,)))
    result.indexing.insert(1, Throughput("vouch", "chunks", (last.chunks / last.index_seconds,)))
    result.growth = growth
    return result


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
