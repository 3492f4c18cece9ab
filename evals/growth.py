"""Growth: collections of several sizes from the same texts, searched in turn in one run.

A level is a collection of a number of chunks. Levels are built one after the other in a folder that is kept, so that an
interrupted run goes on; what building took is written beside each. Encoding a hundred thousand chunks takes hours on two
cores, and search does not care what the vectors mean: beyond a number of really encoded chunks a level may stretch them (see
`StretchedEncoder`), which its record says.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from core.protocols import Chunker, Encoder, Encoding, Progress
from core.types import Chunk, Document
from evals.collection_index import ORIGIN, as_document, embedded_store
from evals.datasets.collection import Passage
from evals.machine import folder_bytes
from evals.peak_memory import PeakMemory
from evals.systems import RememberingEncoder
from indexing.stores.base import NewDocument, Snapshot
from indexing.stores.codec import get_codec
from indexing.stores.embedded import CACHE, SEGMENTS, encoder_input
from retrieval.pipeline import Cascade

BATCH_CHUNKS = 2000
"""Chunks a commit: what an interruption costs at most."""
WARM_UP = 3
NOISE = 0.7
"""Length of what is added to a unit sentence vector before it is normalised again: cosine .82 to the one it comes from."""
RECORD = "level.json"


@dataclass(frozen=True)
class Level:
    """What building one collection took.

    Attributes
    ----------
    chunks, encoded : int
        Chunks, and how many of them were really encoded.
    seconds : float
        Of chunking, encoding and committing, over all runs.
    maintain_seconds : float
        Of merging segments and building the inverted file at the end.
    peak_bytes : int
        Largest growth of this process while it was built.
    """

    documents: int = 0
    chunks: int = 0
    encoded: int = 0
    seconds: float = 0.0
    maintain_seconds: float = 0.0
    peak_bytes: int = 0
    complete: bool = False


@dataclass(frozen=True)
class LevelPoint:
    """One level with what searching it took, and how much lies on disk."""

    level: Level
    disk_bytes: int
    index_bytes: int
    latencies_ms: tuple[float, ...]
    stages_ms: Mapping[str, float]

    @property
    def p50_ms(self) -> float:
        """Median latency."""
        return float(np.percentile(self.latencies_ms, 50))

    @property
    def p95_ms(self) -> float:
        """95th percentile of latency."""
        return float(np.percentile(self.latencies_ms, 95))


class StretchedEncoder(RememberingEncoder):
    """Really encodes the first texts and makes the others' vectors from theirs.

    A later text gets the token codes of one of the first texts, drawn at random, and its sentence vector moved by Gaussian noise;
    words, and so BM25, are its own. Queries are really encoded, and no text is encoded twice.

    Parameters
    ----------
    encoder : Encoder
        The real one.
    real : int
        How many different texts are really encoded.
    seed : int
        Of the draws.
    """

    def __init__(self, encoder: Encoder, real: int, seed: int = 0) -> None:
        super().__init__(encoder)
        self._inner = encoder
        self._codec = get_codec(encoder.token_dimension)
        self._real = real
        self._known: dict[str, Encoding] = {}
        self._pool: list[Encoding] = []
        self._rng = np.random.default_rng(seed)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        """Real encodings, their token vectors as codes, while they last; then stretched ones."""
        room = max(0, self._real - len(self._known))
        new = [text for text in dict.fromkeys(texts) if text not in self._known][:room]
        for text, encoding in zip(new, self._inner.encode_documents(new, progress), strict=True):
            # codes take a thirtieth of the memory
            self._known[text] = replace(encoding, tokens=self._codec.encode(encoding.tokens))
            self._pool.append(self._known[text])
        return [self._known.get(text) or self._stretched() for text in texts]

    def knows(self, texts: Sequence[str]) -> int:
        """How many of the texts were really encoded."""
        return sum(text in self._known for text in texts)

    def _stretched(self) -> Encoding:
        base = self._pool[int(self._rng.integers(len(self._pool)))]
        noise = self._rng.standard_normal(len(base.sentence)) * (NOISE / np.sqrt(len(base.sentence)))
        moved = base.sentence + noise.astype(np.float32)
        return replace(base, sentence=moved / np.linalg.norm(moved))


def build_level(
    name: str,
    passages: Iterator[Passage],
    chunks: int,
    encoder: StretchedEncoder,
    chunker: Chunker,
    folder: Path,
    progress: Progress | None = None,
) -> Level:
    """Build a collection of a number of chunks, or go on with one that was begun.

    Parameters
    ----------
    passages : iterator of Passage
        From the first; those that are there already are passed over.
    chunks : int
        It stops at the first document that reaches so many, or where the passages end.
    folder : Path
        Of the collection.
    """
    record = folder / RECORD
    level = read_level(record)
    if level.complete:
        return level
    store = embedded_store(name, folder, encoder, chunker)
    known = set(store.origins(ORIGIN))
    level = replace(level, documents=len(known), chunks=len(store.snapshot()))
    fresh = (document for document in (as_document(name, p) for p in passages) if document.source not in known)
    with PeakMemory() as memory:
        started = time.perf_counter()
        for batch in batches(fresh, chunker, chunks - level.chunks):
            texts = [encoder_input(chunk) for _, parts in batch for chunk in parts]
            encodings = iter(encoder.encode_documents(texts))
            new = [NewDocument(d, d.sha256, parts, [next(encodings) for _ in parts]) for d, parts in batch]
            store.commit(new, [])
            now = time.perf_counter()
            level = replace(
                level,
                documents=level.documents + len(batch),
                chunks=level.chunks + len(texts),
                encoded=level.encoded + encoder.knows(texts),
                seconds=level.seconds + now - started,
                peak_bytes=max(level.peak_bytes, memory.grown()),
            )
            write_level(record, level)
            started = now
            if progress is not None:
                progress(level.chunks, chunks, f"grow to {chunks}")
        started = time.perf_counter()
        store.maintain()
    spent = time.perf_counter() - started
    level = replace(level, maintain_seconds=spent, peak_bytes=max(level.peak_bytes, memory.grown()), complete=True)
    write_level(record, level)
    store.close()
    return level


def batches(
    documents: Iterable[Document], chunker: Chunker, wanted: int
) -> Iterator[list[tuple[Document, list[Chunk]]]]:
    """Documents with their chunks, about `BATCH_CHUNKS` at a time, until `wanted` chunks are reached."""
    batch: list[tuple[Document, list[Chunk]]] = []
    held = total = 0
    for document in documents:
        if total >= wanted:
            break
        parts = chunker.chunk(document)
        batch.append((document, parts))
        held += len(parts)
        total += len(parts)
        if held >= BATCH_CHUNKS:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def read_level(record: Path) -> Level:
    """The record of a level; an empty one where there is none."""
    return Level(**json.loads(record.read_text(encoding="utf-8"))) if record.is_file() else Level()


def write_level(record: Path, level: Level) -> None:
    """Write the record in one step."""
    made = record.with_suffix(".building")
    made.write_text(json.dumps(asdict(level)), encoding="utf-8")
    made.replace(record)


def measure_levels(
    levels: Mapping[Path, Level],
    queries: Sequence[str],
    rounds: int,
    encoder: Encoder,
    chunker: Chunker,
    cascade: Cascade,
    progress: Progress | None = None,
) -> list[LevelPoint]:
    """Search all levels, in turn for each query.

    Parameters
    ----------
    levels : mapping
        Folder of each collection → its record.
    """
    snapshots: dict[Path, Snapshot] = {
        folder: embedded_store("speed", folder, encoder, chunker).snapshot() for folder in levels
    }
    times: dict[Path, list[float]] = {folder: [] for folder in levels}
    stages: dict[Path, dict[str, list[float]]] = {folder: {} for folder in levels}
    warm = list(queries[:WARM_UP])
    asked = [*warm, *(query for _ in range(rounds) for query in queries)]
    for number, query in enumerate(asked):
        if progress is not None:
            progress(number, len(asked), "search levels")
        for folder, snapshot in snapshots.items():
            started = time.perf_counter()
            result = cascade.search(snapshot, query)
            spent = (time.perf_counter() - started) * 1000
            if number >= len(warm):
                times[folder].append(spent)
                for stage, value in result.timings_ms.items():
                    stages[folder].setdefault(stage, []).append(value)
    return [
        LevelPoint(
            level,
            folder_bytes(folder),
            sum(folder_bytes(folder / part) for part in (SEGMENTS, CACHE) if (folder / part).is_dir()),
            tuple(times[folder]),
            {stage: float(np.median(values)) for stage, values in stages[folder].items()},
        )
        for folder, level in levels.items()
    ]
