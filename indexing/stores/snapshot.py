"""One generation of an embedded collection: SQLite for what was said, memory-mapped segments for vectors and postings."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.protocols import Floats
from core.types import Chunk, Document, DocumentSummary
from indexing.stores import database
from indexing.stores.base import Rows, Snapshot
from indexing.stores.learned_fusion import read_learned
from indexing.stores.leases import Lease
from indexing.stores.names import MARK
from indexing.stores.nearest import (
    IVF_FROM,
    DenseIndex,
    DeviceVectors,
    InvertedFile,
    exact_search,
    inverted_search,
    merge,
    open_inverted_file,
)
from indexing.stores.segments import Segment

DATABASE = "vouch.sqlite"
SEGMENTS = "segments"
CACHE = "cache"


class EmbeddedSnapshot(Snapshot):
    """One generation, read through its own database connection.

    A chunk has a *row* in the database, a *position* among all chunks of the segments in turn, and a *rank* among the live
    ones, which is what the outside calls its row.

    Parameters
    ----------
    collection : str
        Name.
    folder : Path
        Of the collection.
    generation : int
        What is read.
    segments : sequence of Segment
        Of that generation, in the order of their rows.
    lease : Lease or None
        Keeps the generation from being collected.
    dense_index : str
        How sentence vectors are searched; see `indexing.stores.nearest`.
    """

    def __init__(
        self,
        collection: str,
        folder: Path,
        generation: int,
        segments: Sequence[Segment],
        lease: Lease | None = None,
        dense_index: DenseIndex = "auto",
    ) -> None:
        self.generation = generation
        self._collection = collection
        self._folder = folder
        self._lease = lease
        self._dense_index = dense_index
        self._connection = database.connect(folder / DATABASE, readonly=True)
        self.fusion = read_learned(self._connection)
        self._lock = threading.Lock()
        self._segments = segments
        self._bounds = np.cumsum([0] + [len(s) for s in segments])  # where each segment's positions begin
        self._rows = np.concatenate([s.rows for s in segments]) if segments else np.zeros(0, dtype=np.int64)
        # a segment may hold rows that were collected from the database and not yet from it
        self._alive = np.isin(self._rows, database.chunk_rows(self._connection))  # (positions,)
        removed = database.removed_rows(self._connection, generation)
        if removed:
            self._alive &= ~np.isin(self._rows, np.array(removed, dtype=np.int64))
        self._live: Rows = np.flatnonzero(self._alive)  # (n,) positions of live chunks
        self._rank_of = (np.cumsum(self._alive) - 1).astype(np.int64)  # (positions,)

    def __len__(self) -> int:
        return len(self._live)

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        if not len(self._live):
            return np.zeros(0)
        return np.concatenate([s.lengths for s in self._segments])[self._live].astype(np.float64)

    @cached_property
    def _mean_length(self) -> float:
        return float(max(self._lengths.mean(), 1e-9))

    @cached_property
    def _inverted(self) -> InvertedFile | None:
        wanted = self._dense_index == "ivf" or (self._dense_index == "auto" and len(self) >= IVF_FROM)
        return open_inverted_file(self._folder / CACHE) if wanted else None

    @cached_property
    def _device(self) -> DeviceVectors:
        assert self._dense_index in {"torch", "faiss-gpu"}
        return DeviceVectors(self.dense_vectors(np.arange(len(self))), self._dense_index)

    @cached_property
    def _token_df(self) -> NDArray[np.int64]:
        size = max((int(s.vocabulary[-1]) + 1 for s in self._segments if len(s.vocabulary)), default=1)
        counts = np.zeros(size, dtype=np.int64)
        for segment in self._segments:
            counts[segment.vocabulary] += segment.token_frequencies
        return counts

    @property
    def segments(self) -> Sequence[Segment]:
        """The segments of this generation."""
        return self._segments

    @property
    def approximate(self) -> bool:
        """Whether sentence vectors are searched through the inverted file."""
        return self._inverted is not None

    def keeps(self) -> list[NDArray[np.bool_]]:
        """For each segment which of its chunks are live."""
        return [self._alive[low:high] for low, high in zip(self._bounds[:-1], self._bounds[1:], strict=True)]

    def stored(self, row: int) -> tuple[Floats, NDArray[np.uint8]] | None:
        """Sentence vector and token codes under a row of the database, removed or not; None where no segment has it."""
        position = int(np.searchsorted(self._rows, row))
        if position == len(self._rows) or self._rows[position] != row:
            return None
        number = int(np.searchsorted(self._bounds, position, side="right")) - 1
        segment, local = self._segments[number], position - int(self._bounds[number])
        codes = segment.codes[segment.offsets[local] : segment.offsets[local + 1]]
        return segment.dense[local].copy(), codes.copy()

    def database_rows(self, rows: Rows) -> Rows:
        """Rows in the database of some chunks."""
        return self._rows[self._live[rows]]

    def bm25(self, stems: Sequence[str], k1: float, b: float) -> NDArray[np.float64]:
        """BM25 with the idf of Lucene, ln(1 + (N - df + 0.5) / (df + 0.5)), over live chunks only."""
        scores = np.zeros(len(self))
        if not len(self):
            return scores
        for stem in stems:
            ranks, counts = self._live_postings(stem)
            if len(ranks):
                idf = np.log1p((len(self) - len(ranks) + 0.5) / (len(ranks) + 0.5))
                norm = k1 * (1 - b) + (k1 * b / self._mean_length) * self._lengths[ranks]
                scores[ranks] += idf * (k1 + 1) * (counts / (counts + norm))
        return scores

    def named(self, key: str) -> Rows:
        """Rows of the postings of a name."""
        return np.sort(self._live_postings(MARK + key)[0]).astype(np.int64) if key else np.zeros(0, dtype=np.int64)

    def _live_postings(self, stem: str) -> tuple[Rows, NDArray[np.float64]]:
        positions, counts = [], []
        for segment, base in zip(self._segments, self._bounds[:-1], strict=True):
            found, occurrences = segment.postings(stem)
            if len(found):
                positions.append(found + base)
                counts.append(occurrences)
        if not positions:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        everywhere, occurrence = np.concatenate(positions), np.concatenate(counts)
        if len(self._live) < len(self._rows):
            keep = self._alive[everywhere]
            everywhere, occurrence = everywhere[keep], occurrence[keep]
        return self._rank_of[everywhere], occurrence.astype(np.float64)

    def dense_search(self, vector: Floats, k: int) -> tuple[Rows, Floats]:
        """Nearest live chunks; ties keep the order of rows."""
        return self.dense_search_many(vector[None, :], k)[0]

    def dense_search_many(self, vectors: Floats, k: int) -> list[tuple[Rows, Floats]]:
        """Nearest live chunks of several vectors in one pass over the vectors."""
        k = min(k, len(self))
        if not k:
            return [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)) for _ in vectors]
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if self._dense_index in {"torch", "faiss-gpu"}:
            with self._lock:
                ranks, scores = self._device.search(vectors, k)
            return list(zip(ranks, scores, strict=True))
        positions, scores = self._search(vectors, k)
        return [
            (self._rank_of[found[np.isfinite(score)]], score[np.isfinite(score)])
            for found, score in zip(positions, scores, strict=True)
        ]

    def _search(self, vectors: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
        cache = self._inverted
        if cache is None:
            return exact_search(self._segments, self._alive, vectors, k)
        positions, scores = inverted_search(cache, vectors, k, self._vectors_of_rows)
        newer = [s for s in self._segments if len(s) and s.rows[-1] > cache.last_row]
        if newer:
            base = int(self._bounds[len(self._segments) - len(newer)])
            tail, found = exact_search(newer, self._alive[base:], vectors, k)
            # a segment that the inverted file knows in part would give its first chunks twice
            found = np.where(self._rows[tail + base] > cache.last_row, found, -np.inf)
            positions = np.concatenate([positions, tail + base], axis=1)
            scores = np.concatenate([scores, found], axis=1)
        return merge(positions, scores, k)

    def _vectors_of_rows(self, rows: Rows) -> tuple[NDArray[np.int64], Floats]:
        positions = np.minimum(np.searchsorted(self._rows, rows), len(self._rows) - 1)
        positions = positions[(self._rows[positions] == rows) & self._alive[positions]]
        return positions, self._vectors_at(positions)

    def dense_vectors(self, rows: Rows) -> Floats:
        """Sentence vectors gathered from the segments."""
        return self._vectors_at(self._live[rows])

    def _vectors_at(self, positions: NDArray[np.int64]) -> Floats:
        if not self._segments:
            return np.zeros((0, 0), dtype=np.float32)
        vectors = np.empty((len(positions), self._segments[0].dense.shape[1]), dtype=np.float32)
        owner = np.searchsorted(self._bounds, positions, side="right") - 1
        for number in np.unique(owner):
            mask = owner == number
            vectors[mask] = self._segments[number].dense[positions[mask] - self._bounds[number]]
        return vectors

    def token_codes(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Token codes gathered from the segments."""
        positions = self._live[rows]
        owner = np.searchsorted(self._bounds, positions, side="right") - 1
        parts, sizes = [], [0]
        for number, local in zip(owner.tolist(), (positions - self._bounds[owner]).tolist(), strict=True):
            segment = self._segments[number]
            start, end = segment.offsets[local], segment.offsets[local + 1]
            parts.append(segment.codes[start:end])
            sizes.append(int(end - start))
        codes = np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.uint8)
        return codes, np.cumsum(sizes)

    def token_counts(self) -> NDArray[np.int64]:
        """Token vectors of every live chunk (n,)."""
        if not self._segments:
            return np.zeros(0, dtype=np.int64)
        return np.concatenate([np.diff(s.offsets) for s in self._segments])[self._live]

    def names(self, rows: Rows) -> list[set[str]]:
        """Keys of names as the database has them."""
        with self._lock:
            return [set(keys) for keys in database.read_names(self._connection, self.database_rows(rows).tolist())]

    def token_frequencies(self, token_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """Chunk frequency of vocabulary ids (removed chunks still counted: it only weighs query tokens)."""
        known = token_ids < len(self._token_df)
        return np.where(known, self._token_df[np.where(known, token_ids, 0)], 0)

    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row."""
        wanted = {int(self._rows[self._live[row]]): int(row) for row in rows}
        with self._lock:
            found = database.read_chunks(self._connection, wanted)
        return {wanted[row]: chunk for row, chunk in found.items()}

    def document(self, id: str) -> Document | None:
        """A visible document."""
        with self._lock:
            return database.read_document(self._connection, id, self.generation)

    def documents(self, after: str = "", limit: int = 1_000_000) -> list[DocumentSummary]:
        """Visible documents ordered by id."""
        with self._lock:
            return database.list_documents(self._connection, self._collection, self.generation, after, limit)

    def rows_of(self, documents: Sequence[str]) -> Rows:
        """Rows of the chunks of some documents, ascending."""
        with self._lock:
            rows = np.array(sorted(database.rows_of(self._connection, documents, self.generation)), dtype=np.int64)
        return self._rank_of[np.searchsorted(self._rows, rows)]

    def release(self) -> None:
        """Let garbage collection have this generation; the snapshot must not be used afterwards."""
        if self._lease is not None:
            self._lease.release()
        self._connection.close()
