"""Peers beside ours on the same texts in one run: quality, speed, size, time to index and memory of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from core.protocols import Progress
from evals.baselines.base import Baseline
from evals.collection_index import CollectionIndex
from evals.datasets.collection import Passage, Qrels
from evals.metrics.ranking import score_run
from evals.peak_memory import PeakMemory
from evals.run_file import Run
from evals.systems import best_of_documents
from retrieval.pipeline import Cascade

MEASURES = ("nDCG@10", "R@100")
DEPTH = 100
CHUNKS_A_DOCUMENT = 4


@dataclass(frozen=True)
class Cost:
    """What indexing took.

    Attributes
    ----------
    units : int
        Vectors or postings lists: chunks for ours, whole documents for peers.
    index_bytes : int
        On disk or in memory, without the texts.
    seconds : float
        Encoding included.
    peak_bytes : int
        Largest growth of this process meanwhile.
    """

    units: int
    index_bytes: int
    seconds: float
    peak_bytes: int

    @property
    def bytes_a_unit(self) -> float:
        """Bytes a chunk or document."""
        return self.index_bytes / max(1, self.units)


@dataclass
class PeerResult:
    """One system's row.

    Attributes
    ----------
    quality : mapping
        Measure → mean over the judged queries; empty where nothing was judged.
    latencies_ms : list of float
        Of each search.
    cost : Cost or None
        None for a part of a cascade whose whole is listed.
    """

    name: str
    quality: Mapping[str, float] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)
    cost: Cost | None = None

    @property
    def queries_per_second(self) -> float:
        """One after the other."""
        return 1000 / float(np.mean(self.latencies_ms)) if self.latencies_ms else 0.0


def index_peer(peer: Baseline, passages: Sequence[Passage]) -> Cost:
    """Let a peer index everything."""
    with PeakMemory() as memory:
        started = time.perf_counter()
        peer.index(passages)
        seconds = time.perf_counter() - started
    return Cost(len(passages), peer.index_bytes(), seconds, memory.grown())


def judge(
    searches: Mapping[str, Callable[[str], Mapping[str, float]]],
    queries: Mapping[str, str],
    qrels: Qrels,
    progress: Progress | None = None,
) -> dict[str, dict[str, float]]:
    """Means of `MEASURES` of each system over the judged queries.

    Parameters
    ----------
    searches : mapping
        Name → gives the scores of the documents found for a query.
    queries : mapping
        Query id → text; judged ones only are run.
    """
    asked = {id: text for id, text in queries.items() if any(grade > 0 for grade in qrels.get(id, {}).values())}
    found: dict[str, dict[str, float]] = {}
    for number, (name, search) in enumerate(searches.items()):
        run: Run = {}
        for place, (id, text) in enumerate(asked.items()):
            if progress is not None:
                progress(number * len(asked) + place, len(searches) * len(asked), f"judge {name}")
            run[id] = dict(search(text))
        if asked:
            values = score_run(run, {id: qrels[id] for id in asked}, list(MEASURES))
            found[name] = {measure: float(np.mean(list(values[measure].values()))) for measure in MEASURES}
    return found


def engine_searches(
    cascade: Cascade, index: CollectionIndex, parts: Mapping[str, Sequence[str] | None]
) -> dict[str, Callable[[str], Mapping[str, float]]]:
    """Subsets of the cascade as searches of documents, named as in `parts`."""

    def search(stages: Sequence[str] | None, query: str) -> Mapping[str, float]:
        result = cascade.search(index.snapshot, query, CHUNKS_A_DOCUMENT * DEPTH, stages)
        return best_of_documents(result, index.passage_ids, DEPTH)

    return {name: partial(search, stages) for name, stages in parts.items()}


def peer_searches(peers: Sequence[Baseline]) -> dict[str, Callable[[str], Mapping[str, float]]]:
    """Peers as searches of documents."""

    def search(peer: Baseline, query: str) -> Mapping[str, float]:
        return dict(peer.search(query, DEPTH))

    return {peer.name: partial(search, peer) for peer in peers}
