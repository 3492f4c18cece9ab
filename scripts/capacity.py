"""What docs/scaling.md says of this machine: ``python scripts/capacity.py agreement | costs | queue FOLDER``.

All three copy the handbook's index and encode nothing. ``agreement`` asks the embedded store and another engine the same
questions; ``costs`` measures both as they grow; ``queue`` asks the copy in Qdrant's engine that ``costs`` left at several
rates and compares with what the simulator predicts. The last line of output is a JSON document.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from app.application import Application
from app.bootstrap import build
from core.settings import QdrantSettings
from evals.capacity import slowest
from evals.capacity_measure import agreement, bytes_a_chunk, encoding_cost, grow, line, query_costs, sample, timed
from evals.capacity_run import open_loop, replay, reproduce
from evals.machine import describe_machine
from indexing.collections import HANDBOOK
from indexing.stores.base import Snapshot, Store
from indexing.stores.database import encoder_input
from indexing.stores.embedded import EmbeddedStore
from indexing.stores.qdrant.client import connect
from indexing.stores.qdrant.collection import QdrantCollections, open_edge
from indexing.stores.transfer import questions_of

TIMED = 40
LOADS = ((1, 0.25), (1, 0.5), (1, 0.7), (2, 0.7))
SHARDS = 4


def say(text: str) -> None:
    """A line of progress."""
    sys.stderr.write(text + "\n")


def embedded(application: Application, folder: Path) -> EmbeddedStore:
    """The embedded copy."""
    return application._open_store("copy", folder, False)


def edge(application: Application, folder: Path) -> Store:
    """A copy in Qdrant's engine."""
    return open_edge("copy", folder, QdrantSettings(), application.encoder, application.chunker)


def until(source: Snapshot, sizes: list[int]) -> list[list[Any]]:
    """Documents to add for each size in chunks."""
    steps: list[list[Any]] = [[] for _ in sizes]
    chunks, step = 0, 0
    for document in sample(source.documents()):
        while step < len(sizes) and chunks >= sizes[step]:
            step += 1
        if step == len(sizes):
            break
        steps[step].append(document)
        chunks += document.chunks
    return steps


def costs(application: Application, folder: Path, sizes: list[int], number: int) -> dict[str, Any]:
    """Bytes, encoding and queries at each size."""
    source = application.collections.open(HANDBOOK).snapshot()
    encoder, cascade = application.encoder, application.cascade
    points: list[dict[str, Any]] = []
    with (
        closing(embedded(application, folder / "embedded")) as ours,
        closing(edge(application, folder / "edge")) as theirs,
    ):
        for wanted in until(source, sizes):
            writing = grow(source, [ours, theirs], encoder, wanted)
            here, there = ours.snapshot(), theirs.snapshot()
            questions = questions_of(here, number)[:TIMED]
            points.append(
                {
                    "chunks": len(here),
                    "edge_writing": writing,
                    "embedded_bytes": bytes_a_chunk(folder / "embedded", here),
                    "edge_bytes": bytes_a_chunk(folder / "edge", there),
                    "embedded": table(query_costs(here, cascade, encoder, questions)),
                    "edge": table(query_costs(there, cascade, encoder, questions)),
                }
            )
            say(json.dumps(points[-1]))
        whole = ours.snapshot()
        chunks = whole.chunks(range(min(256, len(whole))))
        texts = [encoder_input(chunk) for chunk in chunks.values()]
        codes, _ = whole.token_codes(np.arange(len(whole)))
        return {
            "points": points,
            "fits": fits(points),
            "encode_seconds": encoding_cost(encoder, texts),
            "tokens_a_chunk": len(codes) / len(whole),
            "text_bytes": float(np.mean([len(text.encode()) for text in texts])),
        }


def fits(points: list[dict[str, Any]]) -> dict[str, Any]:
    """Straight lines through the costs, with the error at the worst measured size."""
    sizes = [point["chunks"] for point in points]

    def seconds(engine: str, work: str) -> list[float]:
        return [float(point[engine][work]["cpu_seconds"]) for point in points]

    return {
        "embedded, whole search": asdict(line(sizes, seconds("embedded", "whole search"))),
        "edge, whole search": asdict(line(sizes, seconds("edge", "whole search"))),
        "edge, one call": asdict(line(sizes, seconds("edge", "all in one call"))),
        "edge, BM25": asdict(line(sizes, seconds("edge", "BM25"))),
    }


def agree(application: Application, folder: Path, engine: str, size: int, number: int) -> dict[str, Any]:
    """The same questions, asked of the embedded store and another engine with the same documents."""
    source = application.collections.open(HANDBOOK).snapshot()
    settings = QdrantSettings()
    ours = embedded(application, folder / f"embedded{size}")
    if engine == "edge":
        theirs = edge(application, folder / f"edge{size}")
    else:
        theirs = QdrantCollections(connect(settings), settings).open("copy", application.encoder, application.chunker)
    with closing(ours), closing(theirs):
        (wanted,) = until(source, [size])
        for store in (ours, theirs):
            if not len(store.snapshot()):
                grow(source, [store], application.encoder, wanted)
        here = ours.snapshot()
        overlaps = agreement(application.cascade, here, theirs.snapshot(), questions_of(here, number))
        return {
            "engine": engine,
            "documents": len(here.documents()),
            "chunks": len(here),
            "questions": len(overlaps),
            "mean": float(np.mean(overlaps)),
            "least": min(overlaps),
            "equal": sum(overlap > 1 - 1e-9 for overlap in overlaps),
        }


def table(found: dict[str, Any]) -> dict[str, Any]:
    """Costs as plain numbers."""
    return {name: asdict(cost) for name, cost in found.items()}


def queue(application: Application, folder: Path, number: int) -> dict[str, Any]:
    """Measured beside predicted response times, and the slowest of several shards."""
    cascade = application.cascade
    with closing(edge(application, folder / "edge")) as store:
        side = store.snapshot()
        questions = questions_of(side, 200)

        def answer(i: int) -> object:
            return cascade.search(side, questions[i % len(questions)], 10)

        alone = timed(answer, 60).wall_seconds
        loops = []
        for workers, load in LOADS:
            run = open_loop(answer, load * workers / alone, number, workers, seed=workers)
            found = {"workers": workers, "rate": run.rate, "load": run.rate * run.services.mean() / workers}
            for name, compared in (("predicted", reproduce(run)), ("replayed", replay(run))):
                found[name] = {**asdict(compared), "mean_error": compared.mean_error, "p95_error": compared.p95_error}
            loops.append(found)
            say(json.dumps(found))
    return {"alone": alone, "loops": loops, "fan_out": fan_out(application, folder)}


def fan_out(application: Application, folder: Path) -> dict[str, Any]:
    """The slowest of shards that are asked alone, against the order statistics of all single times."""
    source = application.collections.open(HANDBOOK).snapshot()
    documents = sample(source.documents())[: 40 * SHARDS]
    times = []
    for shard in range(SHARDS):
        with closing(edge(application, folder / f"shard{shard}")) as store:
            if not len(store.snapshot()):
                grow(source, [store], application.encoder, documents[shard::SHARDS])
            side = store.snapshot()
            questions = questions_of(source, 180)
            times.append([one(application, side, question) for question in questions])
    each = np.array(times)  # (shards, questions)
    worst = each.max(axis=0)
    return {
        "correlation": [float(c) for c in np.corrcoef(each)[np.triu_indices(SHARDS, 1)]],
        **{
            f"p{round(q * 100)}": {
                "measured": float(np.quantile(worst, q)),
                "order_statistics": slowest(each.ravel(), SHARDS, q),
            }
            for q in (0.5, 0.9, 0.95)
        },
    }


def one(application: Application, side: Snapshot, question: str) -> float:
    """Wall time of one search."""
    return timed(lambda i: application.cascade.search(side, question, 10), 1, warm_up=0).wall_seconds


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("what", choices=["agreement", "costs", "queue"])
    parser.add_argument("folder", type=Path, help="of the copies")
    parser.add_argument("--sizes", default="700,1400,2800", help="chunks, ascending; agreement takes the first")
    parser.add_argument("--engine", choices=["edge", "local"], default="edge", help="of agreement")
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    application = build()
    try:
        if options.what == "agreement":
            found = agree(application, options.folder, options.engine, sizes[0], options.questions)
        elif options.what == "costs":
            found = costs(application, options.folder, sizes, options.questions)
        else:
            found = queue(application, options.folder, options.questions)
    finally:
        application.close()
    sys.stdout.write(json.dumps({"machine": describe_machine(), **found}) + "\n")


if __name__ == "__main__":
    main()
