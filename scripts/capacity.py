"""What docs/scaling.md says of this machine: ``python scripts/capacity.py costs FOLDER``, then ``... queue FOLDER``.

``costs`` copies the handbook's index, growing, into the embedded store, Qdrant's engine in process and, up to ``--local``
chunks, the local mode of Qdrant's client; it measures each and asks all of them the same questions. ``queue`` asks the
copy in Qdrant's engine at several rates and compares with what the simulator predicts. The last line of output is a JSON
document.
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


def costs(application: Application, folder: Path, sizes: list[int], local: int, number: int) -> dict[str, Any]:
    """Bytes, encoding and queries at each size, and the agreement of the engines."""
    source = application.collections.open(HANDBOOK).snapshot()
    encoder, cascade = application.encoder, application.cascade
    settings = QdrantSettings()
    with (
        closing(embedded(application, folder / "embedded")) as ours,
        closing(edge(application, folder / "edge")) as theirs,
        closing(QdrantCollections(connect(settings), settings).open("copy", encoder, application.chunker)) as memory,
    ):
        points: list[dict[str, Any]] = []
        agreements: dict[str, Any] = {}
        for wanted in until(source, sizes):
            with_local = len(ours.snapshot()) < local
            writing = grow(source, [*([memory] if with_local else []), ours, theirs], encoder, wanted)
            here, there = ours.snapshot(), theirs.snapshot()
            questions = questions_of(here, number)
            points.append(
                {
                    "chunks": len(here),
                    "edge_writing": writing,
                    "embedded_bytes": bytes_a_chunk(folder / "embedded", here),
                    "edge_bytes": bytes_a_chunk(folder / "edge", there),
                    "embedded": table(query_costs(here, cascade, encoder, questions[:TIMED])),
                    "edge": table(query_costs(there, cascade, encoder, questions[:TIMED])),
                }
            )
            say(json.dumps(points[-1]))
            sides = {"edge": there, **({"local": memory.snapshot()} if len(memory.snapshot()) == len(here) else {})}
            for name, side in sides.items():
                overlaps = agreement(cascade, here, side, questions)
                agreements[f"{name} at {len(here)}"] = {
                    "questions": len(overlaps),
                    "mean": float(np.mean(overlaps)),
                    "least": min(overlaps),
                    "equal": sum(overlap > 1 - 1e-9 for overlap in overlaps),
                }
            say(json.dumps(agreements))
        chunks = ours.snapshot().chunks(range(min(256, len(ours.snapshot()))))
        texts = [encoder_input(chunk) for chunk in chunks.values()]
        codes, _ = ours.snapshot().token_codes(np.arange(len(ours.snapshot())))
        fits = {
            engine: asdict(
                line(
                    [p["chunks"] for p in points],
                    [
                        p[engine]["whole search"]["cpu_seconds"] - p[engine]["query encoding"]["cpu_seconds"]
                        for p in points
                    ],
                )
            )
            for engine in ("embedded", "edge")
        }
        fits["edge, one call"] = asdict(
            line([p["chunks"] for p in points], [p["edge"]["all in one call"]["cpu_seconds"] for p in points])
        )
        return {
            "points": points,
            "agreement": agreements,
            "fits": fits,
            "encode_seconds": encoding_cost(encoder, texts),
            "tokens_a_chunk": len(codes) / len(ours.snapshot()),
            "text_bytes": float(np.mean([len(text.encode()) for text in texts])),
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
    parser.add_argument("what", choices=["costs", "queue"])
    parser.add_argument("folder", type=Path, help="of the copies")
    parser.add_argument("--sizes", default="700,1400,2800", help="chunks, ascending")
    parser.add_argument("--local", type=int, default=1400, help="chunks that the client's local mode gets too")
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args()
    application = build()
    try:
        if options.what == "costs":
            sizes = [int(size) for size in options.sizes.split(",")]
            found = costs(application, options.folder, sizes, options.local, options.questions)
        else:
            found = queue(application, options.folder, options.questions)
    finally:
        application.close()
    sys.stdout.write(json.dumps({"machine": describe_machine(), **found}) + "\n")


if __name__ == "__main__":
    main()
