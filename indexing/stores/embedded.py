"""The embedded store: SQLite for what was said, memory-mapped segments for vectors, FAISS as a cache on top."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Busy, FingerprintMismatch
from core.protocols import Floats
from core.types import Chunk, Document, DocumentSummary
from indexing.stores import database
from indexing.stores.base import NewDocument, Rows, Snapshot, Store
from indexing.stores.codec import get_codec
from indexing.stores.names import MARK
from indexing.stores.segments import Segment, build_segment, read_segment, write_segment

DATABASE = "vouch.sqlite"
SEGMENTS = "segments"


class EmbeddedSnapshot(Snapshot):
    """One generation, read through its own database connection."""

    def __init__(self, collection: str, folder: Path, generation: int, segments: Sequence[Segment]) -> None:
        self.generation = generation
        self._collection = collection
        self._connection = database.connect(folder / DATABASE, readonly=True)
        self._lock = threading.Lock()
        self._segments = segments
        total = sum(len(s) for s in segments)
        alive = np.ones(total, dtype=bool)
        alive[database.removed_rows(self._connection, generation)] = False
        self._live: Rows = np.flatnonzero(alive)  # (n,) global rows of live chunks
        self._bounds = np.cumsum([0] + [len(s) for s in segments])  # where each segment's rows begin
        self._rank_of = np.cumsum(alive) - 1  # (total,) position of a global row among the live ones

    def __len__(self) -> int:
        return len(self._live)

    @cached_property
    def _alive(self) -> NDArray[np.bool_]:
        alive = np.zeros(int(self._bounds[-1]), dtype=bool)
        alive[self._live] = True
        return alive

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        if not len(self._live):
            return np.zeros(0)
        return np.concatenate([s.lengths for s in self._segments])[self._live].astype(np.float64)

    @cached_property
    def _index(self) -> Any:
        import faiss

        matrix = self.dense_vectors(np.arange(len(self)))  # (n, d)
        index = faiss.IndexFlatIP(matrix.shape[1])
        index.add(matrix)
        return index

    @cached_property
    def _token_df(self) -> NDArray[np.int64]:
        counts = np.zeros(1, dtype=np.int64)
        for segment in self._segments:
            owners = np.repeat(np.arange(len(segment)), np.diff(segment.offsets))
            pairs = np.unique(owners.astype(np.int64) << 32 | segment.token_ids.astype(np.int64))
            found = np.bincount(pairs & 0xFFFFFFFF)
            if len(found) > len(counts):
                counts = np.pad(counts, (0, len(found) - len(counts)))
            counts[: len(found)] += found
        return counts

    def bm25(self, stems: Sequence[str], k1: float, b: float) -> NDArray[np.float64]:
        """BM25 with the idf of Lucene, ln(1 + (N - df + 0.5) / (df + 0.5)), over live chunks only."""
        scores = np.zeros(len(self))
        if not len(self):
            return scores
        norm = k1 * (1 - b + b * self._lengths / max(self._lengths.mean(), 1e-9))  # (n,)
        for stem in stems:
            ranks, counts = self._live_postings(stem)
            if len(ranks):
                idf = np.log1p((len(self) - len(ranks) + 0.5) / (len(ranks) + 0.5))
                scores[ranks] += idf * counts * (k1 + 1) / (counts + norm[ranks])
        return scores

    def named(self, key: str) -> Rows:
        """Rows of the postings of a name."""
        return np.sort(self._live_postings(MARK + key)[0]).astype(np.int64) if key else np.zeros(0, dtype=np.int64)

    def _live_postings(self, stem: str) -> tuple[Rows, NDArray[np.float64]]:
        rows, counts = [], []
        for segment in self._segments:
            found, occurrences = segment.postings(stem)
            rows.append(found.astype(np.int64) + segment.first_row)
            counts.append(occurrences)
        everywhere = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        occurrence = np.concatenate(counts) if counts else np.zeros(0, dtype=np.int32)
        keep = self._alive[everywhere]
        return self._rank_of[everywhere[keep]], occurrence[keep].astype(np.float64)

    def dense_search(self, vector: Floats, k: int) -> tuple[Rows, Floats]:
        """Exact search by FAISS; ties keep the order of rows."""
        if not len(self):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        with self._lock:
            scores, rows = self._index.search(vector[None, :].astype(np.float32), min(k, len(self)))
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def dense_vectors(self, rows: Rows) -> Floats:
        """Sentence vectors gathered from the segments."""
        if not self._segments:
            return np.zeros((0, 0), dtype=np.float32)
        everywhere = self._live[rows]
        vectors = np.empty((len(rows), self._segments[0].dense.shape[1]), dtype=np.float32)
        owner = np.searchsorted(self._bounds, everywhere, side="right") - 1
        for number in np.unique(owner):
            mask = owner == number
            vectors[mask] = self._segments[number].dense[everywhere[mask] - self._bounds[number]]
        return vectors

    def token_codes(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Token codes gathered from the segments."""
        parts = [segment.codes[start:end] for segment, start, end in self._token_slices(rows)]
        codes = np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.uint8)
        return codes, np.cumsum([0] + [len(part) for part in parts])

    def token_ids(self, rows: Rows) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Vocabulary ids gathered from the segments."""
        parts = [segment.token_ids[start:end] for segment, start, end in self._token_slices(rows)]
        ids = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
        return ids, np.cumsum([0] + [len(part) for part in parts])

    def _token_slices(self, rows: Rows) -> Iterator[tuple[Segment, int, int]]:
        for row in self._live[rows]:
            number = int(np.searchsorted(self._bounds, row, side="right")) - 1
            segment, local = self._segments[number], int(row - self._bounds[number])
            yield segment, int(segment.offsets[local]), int(segment.offsets[local + 1])

    @cached_property
    def _keys(self) -> list[set[str]]:
        return [keys for segment in self._segments for keys in segment.names()]

    def names(self, rows: Rows) -> list[set[str]]:
        """Keys of names gathered from the segments' postings."""
        return [self._keys[row] for row in self._live[rows].tolist()]

    def token_frequencies(self, token_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """Chunk frequency of vocabulary ids (removed chunks still counted: it only weighs query tokens)."""
        known = token_ids < len(self._token_df)
        return np.where(known, self._token_df[np.where(known, token_ids, 0)], 0)

    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row."""
        wanted = {int(self._live[row]): int(row) for row in rows}
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
            everywhere = np.array(database.rows_of(self._connection, documents, self.generation), dtype=np.int64)
        return np.sort(self._rank_of[everywhere]).astype(np.int64)


class EmbeddedStore(Store):
    """A collection in a folder of its own.

    Parameters
    ----------
    name : str
        Name of the collection.
    folder : Path
        Made where it does not exist.
    encoder_fingerprint, chunker_fingerprint : str
        What makes this index; another pair is refused.
    token_dimension : int
        Length of a token vector.
    wait_seconds : float
        How long a second writer waits before it gives up.

    Raises
    ------
    FingerprintMismatch
        If the collection was made by another encoder or chunker.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        encoder_fingerprint: str,
        chunker_fingerprint: str,
        token_dimension: int,
        wait_seconds: float = 30.0,
        readonly: bool = False,
    ) -> None:
        self.name = name
        self._folder = folder
        self._wait_seconds = wait_seconds
        self._codec = get_codec(token_dimension)
        self._segments: dict[str, Segment] = {}
        self._snapshot: EmbeddedSnapshot | None = None
        self._lock = threading.Lock()
        if not readonly:
            folder.mkdir(parents=True, exist_ok=True)
        self._connection = database.connect(folder / DATABASE, readonly=readonly)
        wanted = {"encoder": f"{encoder_fingerprint}:{self._codec.name}", "chunker": chunker_fingerprint}
        for key, value in wanted.items():
            stored = database.read_meta(self._connection, key)
            if stored is None and not readonly:
                database.write_meta(self._connection, key, value)
            elif stored != value:
                self._connection.close()
                raise FingerprintMismatch(
                    f"collection {name!r} was made by {key} {stored}, the settings name {value}",
                    fix="run `vouch migrate`, or restore the setting",
                )

    @property
    def folder(self) -> Path:
        """Where the collection lives."""
        return self._folder

    @property
    def connection(self) -> Any:
        """The database, for jobs and feedback."""
        return self._connection

    def snapshot(self) -> EmbeddedSnapshot:
        """The newest committed generation; the same object while nothing was committed."""
        with self._lock:
            generation = database.current_generation(self._connection)
            if self._snapshot is None or self._snapshot.generation != generation:
                wanted = database.segments_until(self._connection, generation)
                for item in wanted:
                    if item["name"] not in self._segments:
                        self._segments[item["name"]] = read_segment(
                            self._folder / SEGMENTS, item["name"], item["first_row"]
                        )
                segments = [self._segments[item["name"]] for item in wanted]
                self._snapshot = EmbeddedSnapshot(self.name, self._folder, generation, segments)
            return self._snapshot

    def origins(self, origin: str) -> dict[str, tuple[str, str]]:
        """Visible documents of one origin."""
        query = (
            f"SELECT d.source, d.id, d.content_sha256 FROM documents d WHERE d.origin = :origin AND {database.VISIBLE}"
        )
        generation = database.current_generation(self._connection)
        rows = self._connection.execute(query, {"origin": origin, "generation": generation})
        return {row[0]: (row[1], row[2]) for row in rows}

    def commit(self, added: Sequence[NewDocument], removed: Sequence[str]) -> int:
        """Write the segment, then name the new generation in one transaction.

        Raises
        ------
        Busy
            If another process keeps writing for longer than `wait_seconds`.
        """
        with self.writing():
            self._remove_orphans()
            generation = database.current_generation(self._connection) + 1
            first_row = int(self._connection.execute("SELECT coalesce(max(row) + 1, 0) FROM chunks").fetchone()[0])
            chunks = [chunk for item in added for chunk in item.chunks]
            encodings = [encoding for item in added for encoding in item.encodings]
            name, digests = None, {}
            if chunks:
                name = f"{generation:08d}"
                texts = [encoder_input(chunk) for chunk in chunks]
                names = [keys for item in added for keys in item.names or [()] * len(item.chunks)]
                segment = build_segment(first_row, texts, encodings, self._codec, names)
                digests = write_segment(self._folder / SEGMENTS, name, segment)
            gone = {*removed, *(item.document.id for item in added)}
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.execute(
                    "INSERT INTO generations VALUES (?, ?, ?, ?, ?)",
                    (generation, datetime.now(UTC).isoformat(), name, first_row, json.dumps(digests)),
                )
                self._connection.executemany(
                    "UPDATE documents SET removed = ? WHERE id = ? AND removed IS NULL",
                    [(generation, id) for id in sorted(gone)],
                )
                for item in added:
                    database.insert_document(self._connection, item.document, item.content_sha256, generation)
                database.insert_chunks(self._connection, chunks, first_row, generation)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            return generation

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the collection's writer lock, across threads and processes."""
        descriptor = os.open(self._folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + self._wait_seconds
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise Busy(
                            f"another process is writing to collection {self.name!r}",
                            fix="wait for it to finish, or stop it",
                        ) from None
                    time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)

    def _remove_orphans(self) -> None:
        folder = self._folder / SEGMENTS
        named = {
            row[0] for row in self._connection.execute("SELECT segment FROM generations WHERE segment IS NOT NULL")
        }
        for path in folder.glob("*.npy") if folder.exists() else ():
            if path.name.split(".", 1)[0] not in named:
                path.unlink()

    def close(self) -> None:
        """Close the database; snapshots stay readable."""
        self._connection.close()


def encoder_input(chunk: Chunk) -> str:
    """What the encoder reads for a chunk: its context on a line of its own, then its text.

    Examples
    --------
    >>> from core.types import Chunk
    >>> chunk = Chunk(id="d-0-2", document_id="d", source="s", title="t", heading_path=("A",), page=None, start=0,
    ...               end=2, text="ab", kind="prose", context="A")
    >>> encoder_input(chunk)
    'A\\nab'
    """
    return f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text
