"""Measure speed: encoding, indexing, search by stage, growth, and peers beside ours in one run, in turn.

Machines are shared and noisy, so contenders take turns within a round and what is reported is a ratio of the same run with
its interval, beside the plain numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.protocols import Chunker, Encoder, Progress
from evals.baselines.base import Baseline
from evals.collection_index import as_document, embedded_store, encoded
from evals.datasets.collection import Passage
from evals.gpu import PARAMETERS_PER_LAYER, peak_flops
from evals.growth import LevelPoint
from evals.machine import folder_bytes, resident_bytes
from evals.peers import Cost, PeerResult, index_peer
from evals.statistics.intervals import Estimate, ratio_interval
from indexing.stores.base import Snapshot, Store
from indexing.stores.codec import get_codec
from retrieval.late_interaction import maxsim_scores
from retrieval.pipeline import Cascade

BATCH = 256
WARM_UP = 3


@dataclass(frozen=True)
class Throughput:
    """Work a second, one value a round.

    Attributes
    ----------
    unit : str
        What is counted.
    per_second : tuple of float
        One a round.
    """

    name: str
    unit: str
    per_second: tuple[float, ...]


@dataclass(frozen=True)
class GrowthPoint:
    """One size of the collection."""

    documents: int
    chunks: int
    index_seconds: float
    p50_ms: float
    p95_ms: float
    disk_bytes: int
    resident_bytes: int


@dataclass(frozen=True)
class EncodingCheck:
    """How encoding compares with the arithmetic that the machine can do, and with full precision.

    Attributes
    ----------
    texts, tokens : int
        How many were encoded.
    operations : float
        Floating-point operations of the layers' matrix products for all of them.
    peaks : dict
        Type → measured operations a second of a square matrix product in it.
    least_cosine : float
        Between sentence vectors and those of full precision, the least of all texts; NaN where that was not asked for.
    """

    texts: int
    tokens: int
    operations: float
    peaks: dict[str, float]
    least_cosine: float


@dataclass
class SpeedResult:
    """Everything that was measured.

    Attributes
    ----------
    encoding_check : EncodingCheck or None
        What the rates of `encoding` mean.
    peers : list of PeerResult
        One row a system: quality, speed, size.
    levels : list of LevelPoint
        Growth through kept levels.
    kernels : dict
        Kernel → milliseconds of each call.
    latencies_ms : dict
        Contender → milliseconds of each search.
    stages_ms : dict
        Stage of the full cascade → milliseconds of each search.
    ratios : dict
        Peer → our mean latency over its, with interval; below 1 we are faster.
    """

    encoding: list[Throughput] = field(default_factory=list)
    indexing: list[Throughput] = field(default_factory=list)
    latencies_ms: dict[str, list[float]] = field(default_factory=dict)
    stages_ms: dict[str, list[float]] = field(default_factory=dict)
    ratios: dict[str, Estimate] = field(default_factory=dict)
    growth: list[GrowthPoint] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    encoding_check: EncodingCheck | None = None
    peers: list[PeerResult] = field(default_factory=list)
    levels: list[LevelPoint] = field(default_factory=list)
    kernels: dict[str, list[float]] = field(default_factory=dict)


RIVALS = {
    "bm25s": "bm25",
    "faiss-flat": "dense",
    "sentence-transformers": "dense",
    "qdrant-local": "dense",
    "qdrant-edge": "dense",
    "txtai": "dense",
    "plaid": "full",
}
"""Peer → the subset of our cascade that does the same work."""


def measure_encoding(
    encoder: Encoder, texts: Sequence[str], rounds: int, peer: Callable[[Sequence[str]], object] | None = None
) -> list[Throughput]:
    """Texts a second of our encoder and of a peer, in turn.

    Raises
    ------
    InputError
        If there is no text.
    """
    if not texts:
        raise InputError("there is nothing to encode", fix="give documents")
    contenders: dict[str, Callable[[Sequence[str]], object]] = {"vouch": encoder.encode_documents}
    if peer is not None:
        contenders["SentenceTransformer.encode"] = peer
    for run in contenders.values():
        run(texts[:4])  # the first pass allocates and compiles
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name in turn(list(contenders), number):
            started = time.perf_counter()
            contenders[name](texts)
            found[name].append(len(texts) / (time.perf_counter() - started))
    return [Throughput(name, "texts", tuple(values)) for name, values in found.items()]


def check_encoding(
    encoder: Encoder, texts: Sequence[str], exact: Encoder | None, layers: int = 6, size: int = 2048
) -> EncodingCheck:
    """Operations, peaks of this machine and agreement with full precision.

    Parameters
    ----------
    exact : Encoder, optional
        The same weights in float32.
    layers : int
        Transformer layers of the encoder.
    size : int
        Side of the square matrices of which the peaks are measured.
    """
    tokens = sum(encoder.count_tokens(texts))
    width = encoder.token_dimension or encoder.dimension
    operations = 2.0 * PARAMETERS_PER_LAYER * width**2 * layers * tokens
    peaks = {dtype: peak_flops("cpu", dtype, size) for dtype in ("float32", "bfloat16")}
    cosine = float("nan")
    if exact is not None:
        pairs = zip(encoder.encode_documents(texts), exact.encode_documents(texts), strict=True)
        cosine = min(float(ours.sentence @ theirs.sentence) for ours, theirs in pairs)
    return EncodingCheck(len(texts), tokens, operations, peaks, cosine)


def measure_maxsim(
    encoder: Encoder, snapshot: Snapshot, queries: Sequence[str], candidates: int = 400
) -> dict[str, list[float]]:
    """Milliseconds of exact MaxSim over so many candidates, drawn anew for each query; nothing without token vectors."""
    rng = np.random.default_rng(0)
    count = min(candidates, len(snapshot))
    if not encoder.token_dimension or not count:
        return {}
    codec = get_codec(encoder.token_dimension)
    found = []
    for query in warmed(queries):
        encoding = encoder.encode_query(query)
        rows = np.sort(rng.choice(len(snapshot), count, replace=False))
        found.append(time_of(partial(maxsim_scores, snapshot, codec, encoding, rows)))
    return {f"MaxSim over {count} candidates": found[min(WARM_UP, len(queries)) :]}


def turn(names: Sequence[str], number: int) -> list[str]:
    """The names in an order that rotates from round to round, so that none always goes first.

    Examples
    --------
    >>> turn(["a", "b", "c"], 1)
    ['b', 'c', 'a']
    """
    start = number % len(names)
    return [*names[start:], *names[:start]]


def add_passages(store: Store, passages: Sequence[Passage], encoder: Encoder, chunker: Chunker) -> int:
    """Index passages in batches and return how many chunks were added."""
    chunks = 0
    for start in range(0, len(passages), BATCH):
        documents = [as_document(store.name, passage) for passage in passages[start : start + BATCH]]
        new = encoded(documents, encoder, chunker)
        store.commit(new, [])
        chunks += sum(len(item.chunks) for item in new)
    return chunks


def measure_growth(
    passages: Sequence[Passage],
    queries: Sequence[str],
    sizes: Sequence[int],
    encoder: Encoder,
    chunker: Chunker,
    cascade: Cascade,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[list[GrowthPoint], Snapshot]:
    """Grow one collection through `sizes` documents and search it at each; returns the last snapshot too."""
    store = embedded_store("speed", folder, encoder, chunker)
    points = []
    done = chunks = 0
    seconds = 0.0
    for size in sorted({min(size, len(passages)) for size in sizes}):
        started = time.perf_counter()
        chunks += add_passages(store, passages[done:size], encoder, chunker)
        seconds += time.perf_counter() - started
        done = size
        snapshot = store.snapshot()
        times = [time_of(partial(cascade.search, snapshot, text)) for text in warmed(queries)]
        kept = times[min(WARM_UP, len(times) - 1) :]
        p50, p95 = np.percentile(kept, [50, 95]).tolist()
        points.append(GrowthPoint(size, chunks, seconds, p50, p95, folder_bytes(folder), resident_bytes()))
        if progress is not None:
            progress(size, len(passages), "grow")
    return points, store.snapshot()


def warmed(queries: Sequence[str]) -> Iterator[str]:
    """The queries after a few of them that warm the caches."""
    yield from queries[:WARM_UP]
    yield from queries


def time_of(call: Callable[[], object]) -> float:
    """Milliseconds of a call."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def measure_search(
    contenders: dict[str, Callable[[str], object]],
    queries: Sequence[str],
    rounds: int,
    progress: Progress | None = None,
) -> dict[str, list[float]]:
    """Milliseconds of each search; for each query the contenders take turns, so that noise meets all of them alike."""
    if not queries:
        raise InputError("there is no query", fix="give queries")
    for search in contenders.values():
        for query in queries[:WARM_UP]:
            search(query)
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        for place, query in enumerate(queries):
            if progress is not None:
                progress(number * len(queries) + place, rounds * len(queries), "search")
            for name in turn(list(contenders), place + number):
                found[name].append(time_of(partial(contenders[name], query)))
    return found


def cascade_contenders(
    cascade: Cascade, snapshot: Snapshot, k: int, stages_ms: dict[str, list[float]]
) -> dict[str, Callable[[str], object]]:
    """Subsets of the cascade as contenders; the full one notes its stages' times."""

    def full(query: str) -> object:
        result = cascade.search(snapshot, query, k)
        for stage, value in result.timings_ms.items():
            stages_ms.setdefault(stage, []).append(value)
        return result

    return {
        "vouch bm25": lambda query: cascade.search(snapshot, query, k, ("bm25",)),
        "vouch dense": lambda query: cascade.search(snapshot, query, k, ("dense",)),
        "vouch full": full,
    }


def measure_peers(
    cascade: Cascade,
    snapshot: Snapshot,
    peers: Sequence[Baseline],
    passages: Sequence[Passage],
    queries: Sequence[str],
    rounds: int,
    k: int = 10,
    progress: Progress | None = None,
) -> SpeedResult:
    """Index each peer, then search with all of them and with ours in turn."""
    result = SpeedResult()
    costs: dict[str, Cost] = {}
    for peer in peers:
        before = resident_bytes()
        costs[peer.name] = index_peer(peer, passages)
        result.indexing.append(Throughput(peer.name, "documents", (len(passages) / costs[peer.name].seconds,)))
        result.memory[peer.name] = max(0, resident_bytes() - before)
    contenders = cascade_contenders(cascade, snapshot, k, result.stages_ms)
    contenders |= {peer.name: partial(peer.search, k=k) for peer in peers}
    result.latencies_ms = measure_search(contenders, queries, rounds, progress)
    for name in result.stages_ms:
        result.stages_ms[name] = result.stages_ms[name][WARM_UP:]
    for peer in peers:
        ours = result.latencies_ms[f"vouch {RIVALS.get(peer.name, 'full')}"]
        result.ratios[peer.name] = ratio_interval(ours, result.latencies_ms[peer.name])
    result.peers = [
        PeerResult(name, latencies_ms=values, cost=costs.get(name)) for name, values in result.latencies_ms.items()
    ]
    return result
