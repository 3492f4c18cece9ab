"""Measuring what a capacity plan starts from: bytes a chunk, the cost of a query at several sizes, and whether engines agree.

Copies of one collection grow side by side in the engines; nothing is encoded again, so that only the engines differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from core.protocols import Encoder, Encoding
from core.settings import RetrievalSettings
from core.types import DocumentSummary
from evals.machine import folder_bytes
from indexing.stores.agreement import padded, rank_biased_overlap
from indexing.stores.analysis import query_stems
from indexing.stores.base import FirstStages, Snapshot, Store
from indexing.stores.codec import get_codec
from indexing.stores.transfer import batches, stored
from retrieval.late_interaction import maxsim_scores, weighted_tokens
from retrieval.pipeline import Cascade

GIVEN = 300
"""Chunks that the cost of MaxSim alone is measured on: what two stages of 150 candidates find."""


@dataclass(frozen=True)
class Cost:
    """Time of one kind of work on one collection, median over queries.

    Attributes
    ----------
    cpu_seconds : float
        Of this process, all threads.
    wall_seconds : float
        On the clock.
    """

    cpu_seconds: float
    wall_seconds: float


@dataclass(frozen=True)
class Fit:
    """A straight line through costs at several sizes: ``fixed + slope * chunks``.

    Attributes
    ----------
    worst : float
        Largest relative error at a measured size.
    """

    fixed: float
    slope: float
    worst: float


def sample(documents: Sequence[DocumentSummary], seed: int = 0) -> list[DocumentSummary]:
    """The documents in a drawn order, so that the first of them stand for all."""
    order = np.random.default_rng(seed).permutation(len(documents))
    return [documents[int(i)] for i in order]


def grow(source: Snapshot, targets: Sequence[Store], encoder: Encoder, wanted: Sequence[DocumentSummary]) -> float:
    """Copy documents into every target; seconds of CPU that the last one took a chunk."""
    codec = get_codec(encoder.token_dimension)
    seconds, chunks = 0.0, 0
    for batch in batches(wanted):
        items = [stored(source, document, codec, encoder.token_ids) for document in batch]
        chunks += sum(len(item.chunks) for item in items)
        for target in targets:
            started = time.process_time()
            target.commit(items, [])
            seconds = seconds + time.process_time() - started if target is targets[-1] else seconds
    return seconds / max(chunks, 1)


def timed(work: Callable[[int], object], number: int, warm_up: int = 3) -> Cost:
    """Median cost of `work(i)` for `i` below `number`."""
    for i in range(min(warm_up, number)):
        work(i)
    cpu, wall = np.zeros(number), np.zeros(number)
    for i in range(number):
        begun = time.perf_counter(), time.process_time()
        work(i)
        wall[i], cpu[i] = time.perf_counter() - begun[0], time.process_time() - begun[1]
    return Cost(float(np.median(cpu)), float(np.median(wall)))


def query_costs(snapshot: Snapshot, cascade: Cascade, encoder: Encoder, questions: Sequence[str]) -> dict[str, Cost]:
    """Cost of each stage alone and of a whole search, by name."""
    encodings = [encoder.encode_query(question) for question in questions]
    stages = staged(snapshot, encoder, questions, encodings)
    found = {name: timed(work, len(questions)) for name, work in stages}
    found["query encoding"] = timed(lambda i: encoder.encode_query(questions[i]), len(questions))
    found["whole search"] = timed(lambda i: cascade.search(snapshot, questions[i], 10), len(questions))
    return found


def staged(
    snapshot: Snapshot, encoder: Encoder, questions: Sequence[str], encodings: Sequence[Encoding]
) -> Iterator[tuple[str, Callable[[int], object]]]:
    """Work of each stage, by name, as this engine does it."""
    codec, settings = get_codec(encoder.token_dimension), RetrievalSettings()
    k1, b, k = settings.bm25_k1, settings.bm25_b, settings.candidates
    stems = [query_stems(question) for question in questions]
    rng = np.random.default_rng(0)
    given = np.sort(rng.permutation(len(snapshot))[:GIVEN]).astype(np.int64)
    if not snapshot.ranks_itself:
        yield "sentence vectors", lambda i: snapshot.dense_search(encodings[i].sentence, k)
        yield "BM25", lambda i: snapshot.bm25(stems[i], k1, b)
        yield "MaxSim of 300", lambda i: maxsim_scores(snapshot, codec, encodings[i], given)
        return
    tokens = [weighted_tokens(snapshot, codec, encoding) for encoding in encodings]
    request = partial(FirstStages, k1=k1, b=b, k=k)
    yield (
        "sentence vectors",
        lambda i: snapshot.first_stages(request((), vector=encodings[i].sentence, tokens=None)),
    )
    yield "BM25", lambda i: snapshot.first_stages(request(stems[i], vector=None, tokens=None))
    yield "MaxSim of 300", lambda i: snapshot.scores(request((), vector=None, tokens=tokens[i]), given)
    yield (
        "all in one call",
        lambda i: snapshot.first_stages(request(stems[i], vector=encodings[i].sentence, tokens=tokens[i])),
    )


def encoding_cost(encoder: Encoder, texts: Sequence[str]) -> float:
    """Seconds of CPU to encode a text, after a warm-up."""
    encoder.encode_documents(list(texts[:16]))
    started = time.process_time()
    encoder.encode_documents(list(texts))
    return (time.process_time() - started) / len(texts)


def bytes_a_chunk(folder: Path, snapshot: Snapshot) -> float:
    """Bytes on disk a chunk."""
    return folder_bytes(folder) / max(len(snapshot), 1)


def agreement(
    cascade: Cascade, first: Snapshot, second: Snapshot, questions: Sequence[str], depth: int = 10
) -> list[float]:
    """Rank-biased overlap of the best `depth` chunks of each question."""

    def ids(side: Snapshot, question: str) -> list[str]:
        return [hit.chunk_id for hit in cascade.search(side, question, depth).hits]

    return [rank_biased_overlap(*padded(ids(first, question), ids(second, question))) for question in questions]


def line(sizes: Sequence[int], seconds: Sequence[float]) -> Fit:
    """Least squares through costs at sizes, neither part below 0.

    Examples
    --------
    >>> found = line([100, 200, 400], [0.03, 0.04, 0.06])
    >>> round(found.fixed, 6), round(found.slope, 8), found.worst < 1e-9
    (0.02, 0.0001, True)
    >>> line([100, 200], [0.04, 0.03]).slope  # what falls with size is no cost of size
    0.0
    """
    x, y = np.asarray(sizes, dtype=np.float64), np.asarray(seconds, dtype=np.float64)
    slope = max(0.0, float(np.polyfit(x, y, 1)[0])) if len(x) > 1 else 0.0
    fixed = float((y - slope * x).mean())
    if fixed < 0:
        fixed, slope = 0.0, float((x * y).sum() / (x * x).sum())
    return Fit(fixed, slope, float(np.abs((fixed + slope * x) / y - 1).max()))
