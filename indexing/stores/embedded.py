"""The embedded store: SQLite for what was said, memory-mapped segments for vectors, FAISS as a cache on top."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import CorruptStore, FingerprintMismatch
from core.protocols import Encoding, Floats
from indexing.stores import database
from indexing.stores.base import NewDocument, Store
from indexing.stores.codec import Codes, get_codec
from indexing.stores.compaction import merge_segments, plan
from indexing.stores.database import SegmentRecord, encoder_input
from indexing.stores.learned_fusion import LearnedFusion, write_learned
from indexing.stores.leases import Lease, oldest_leased, writer_lock
from indexing.stores.nearest import DenseIndex, build_inverted_file, is_stale
from indexing.stores.segments import Segment, build_segment, damaged_files, read_segment, write_segment
from indexing.stores.snapshot import CACHE, DATABASE, SEGMENTS, EmbeddedSnapshot

__all__ = ["CACHE", "DATABASE", "SEGMENTS", "EmbeddedSnapshot", "EmbeddedStore", "encoder_input"]
COLLECTED = "collected_before"
"""Meta key: generations before this one may have been collected and must not be opened any more."""


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
    readonly : bool
        Nothing is ever written, not even a lease: for collections that no one writes any more.
    dense_index : str
        How sentence vectors are searched; see `indexing.stores.nearest`.

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
        dense_index: DenseIndex = "auto",
    ) -> None:
        self.name = name
        self._folder = folder
        self._wait_seconds = wait_seconds
        self._codec = get_codec(token_dimension)
        self._readonly = readonly
        self._dense_index = dense_index
        self._segments: dict[str, Segment] = {}
        self._snapshot: EmbeddedSnapshot | None = None
        self._lock = threading.Lock()
        if not readonly:
            folder.mkdir(parents=True, exist_ok=True)
        self._connection = database.connect(folder / DATABASE, readonly=readonly)
        # a read on the writer's connection would see a transaction of another thread before it is committed
        self._reader = database.connect(folder / DATABASE, readonly=True)
        self._fingerprints = fingerprints(encoder_fingerprint, chunker_fingerprint, token_dimension)
        try:
            if not readonly:
                for key, value in self._fingerprints.items():
                    self._connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))
            self._check_fingerprints()
        except FingerprintMismatch:
            self.close()
            raise

    def _check_fingerprints(self) -> None:
        for key, value in self._fingerprints.items():
            stored = database.read_meta(self._reader, key)
            if stored != value:
                raise FingerprintMismatch(
                    f"collection {self.name!r} was made by {key} {stored}, the settings name {value}",
                    fix=f"run `vouch migrate --collection {self.name}`, or restore the setting",
                )

    @property
    def folder(self) -> Path:
        """Where the collection lives."""
        return self._folder

    @property
    def encoder_fingerprint(self) -> str:
        """Of the encoder and token codec that made it."""
        return self._fingerprints["encoder"]

    @property
    def connection(self) -> Any:
        """The database, for jobs and feedback."""
        return self._connection

    def snapshot(self) -> EmbeddedSnapshot:
        """The newest committed generation; the same object while nothing was committed.

        Raises
        ------
        CorruptStore
            If a segment is missing or cut short.
        FingerprintMismatch
            If another process has migrated the collection since it was opened.
        """
        with self._lock:
            generation = database.current_generation(self._reader)
            if self._snapshot is None or self._snapshot.generation != generation:
                self._check_fingerprints()
                self._snapshot = self._open(generation)
            return self._snapshot

    def _open(self, generation: int) -> EmbeddedSnapshot:
        lease = None if self._readonly else Lease(self._folder, generation)
        # the order matters: once the lease is held, a generation that was not yet given up stays
        if int(database.read_meta(self._reader, COLLECTED) or 0) > generation:
            return self._open(database.current_generation(self._reader))
        wanted = database.segments_of(self._reader, generation)
        names = {record.name for record in wanted}
        self._segments = {name: segment for name, segment in self._segments.items() if name in names}
        for record in wanted:
            if record.name not in self._segments:
                self._segments[record.name] = read_segment(self._folder / SEGMENTS, record.name)
        segments = [self._segments[record.name] for record in wanted]
        return EmbeddedSnapshot(self.name, self._folder, generation, segments, lease, self._dense_index)

    def origins(self, origin: str) -> dict[str, tuple[str, str]]:
        """Visible documents of one origin."""
        query = (
            f"SELECT d.source, d.id, d.content_sha256 FROM documents d WHERE d.origin = :origin AND {database.VISIBLE}"
        )
        with self._lock:
            generation = database.current_generation(self._reader)
            rows = self._reader.execute(query, {"origin": origin, "generation": generation}).fetchall()
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
            first_row = self._next_row()
            chunks = [chunk for item in added for chunk in item.chunks]
            encodings = [encoding for item in added for encoding in item.encodings]
            names = [keys for item in added for keys in item.names or [()] * len(item.chunks)]
            record = None
            if chunks:
                texts = [encoder_input(chunk) for chunk in chunks]
                segment = build_segment(first_row, texts, encodings, self._codec, names)
                name = self._new_name()
                record = SegmentRecord(name, first_row, write_segment(self._folder / SEGMENTS, name, segment))
            gone = {*removed, *(item.document.id for item in added)}
            with database.transaction(self._connection):
                generation = database.begin_generation(self._connection)
                if record is not None:
                    database.insert_segment(self._connection, record, generation)
                self._connection.executemany(
                    "UPDATE documents SET removed = ? WHERE id = ? AND removed IS NULL",
                    [(generation, id) for id in sorted(gone)],
                )
                for item in added:
                    database.insert_document(self._connection, item.document, item.content_sha256, generation)
                database.insert_chunks(self._connection, chunks, names, first_row, generation)
            return generation

    def keep_fusion(self, learned: LearnedFusion | None) -> int:
        """Keep learned weights of the fusion, or forget them, in a generation of their own, whose number is returned.

        Raises
        ------
        Busy
            If another process keeps writing for longer than `wait_seconds`.
        """
        with self.writing(), database.transaction(self._connection):
            generation = database.begin_generation(self._connection)
            write_learned(self._connection, learned)
        return generation

    def compress(self, encodings: Sequence[Encoding]) -> list[Encoding]:
        """The same with token codes in the place of token vectors, which take thirty times as much memory."""
        return [replace(item, tokens=self._codec.encode(item.tokens)) for item in encodings]

    def find_encodings(self, hashes: Iterable[bytes]) -> dict[bytes, tuple[Floats, Codes]]:
        """Sentence vector and token codes of texts that were encoded before, by the hash of the encoder's input."""
        wanted, snapshot = list(hashes), self.snapshot()
        rows: dict[bytes, int] = {}
        with self._lock:
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                query = f"SELECT input_hash, row FROM chunks WHERE input_hash IN ({','.join('?' * len(part))})"
                rows.update((bytes(row[0]), int(row[1])) for row in self._reader.execute(query, part))
        return {key: found for key, row in rows.items() if (found := snapshot.stored(row)) is not None}

    def _next_row(self) -> int:
        """First row that no chunk ever had: rows of collected chunks are not given out again."""
        return max(
            int(self._connection.execute("SELECT coalesce(max(row) + 1, 0) FROM chunks").fetchone()[0]),
            int(database.read_meta(self._connection, "next_row") or 0),
        )

    def _new_name(self) -> str:
        return f"{database.current_generation(self._connection) + 1:08d}"

    def maintain(self) -> None:
        """Merge small segments, collect what no reader sees any more, and build the caches that are due."""
        with self.writing():
            self._remove_orphans()
            self.compact()
            self.collect_garbage()
            self.build_caches()

    def compact(self) -> None:
        """Merge segments where there are many, or where many of their chunks are removed; call it as the writer.

        Raises
        ------
        CorruptStore
            If a segment to merge differs from what was committed; nothing is changed then.
        """
        generation = database.current_generation(self._connection)
        records = database.segments_of(self._connection, generation)
        segments = [read_segment(self._folder / SEGMENTS, record.name) for record in records]
        snapshot = EmbeddedSnapshot(self.name, self._folder, generation, segments)
        keeps = snapshot.keeps()
        snapshot.release()
        for first, last in plan([len(s) for s in segments], [int(keep.sum()) for keep in keeps]):
            # a merge would give damaged bytes a new and valid digest
            self._refuse_damage(records[first:last])
            names = [record.name for record in records[first:last]]
            if not any(keep.any() for keep in keeps[first:last]):
                self.replace_segments(names)
                continue
            name = self._new_name()
            digests = merge_segments(self._folder / SEGMENTS, name, segments[first:last], keeps[first:last])
            self.replace_segments(names, SegmentRecord(name, records[first].first_row, digests))

    def _refuse_damage(self, records: Sequence[SegmentRecord]) -> None:
        for record in records:
            damaged = damaged_files(self._folder / SEGMENTS, record.name, record.digests)
            if damaged:
                raise CorruptStore(f"{damaged[0]} differs from what was committed", fix="run `vouch doctor --repair`")

    def replace_segments(self, names: Sequence[str], *new: SegmentRecord) -> int:
        """Name a generation in which `new` stand for some segments; their files must be durable already."""
        with database.transaction(self._connection):
            generation = database.begin_generation(self._connection)
            database.retire_segments(self._connection, names, generation)
            for record in new:
                database.insert_segment(self._connection, record, generation)
        return generation

    def collect_garbage(self) -> None:
        """Delete removed documents, retired segments and old generations that no reader holds; call it as the writer."""
        current = database.current_generation(self._connection)
        # first nobody may begin to read them, then see who still does
        database.write_meta(self._connection, COLLECTED, str(current))
        with self._lock:
            self._snapshot = None  # its lease, unless somebody else uses it
        horizon = oldest_leased(self._folder, current)
        gone = "SELECT 1 FROM documents d WHERE d.id = document_id AND d.added = chunks.added AND d.removed <= ?"
        with database.transaction(self._connection):
            database.write_meta(self._connection, "next_row", str(self._next_row()))
            self._connection.execute(f"DELETE FROM chunks WHERE EXISTS ({gone})", (horizon,))
            self._connection.execute("DELETE FROM documents WHERE removed <= ?", (horizon,))
            self._connection.execute("DELETE FROM segments WHERE removed <= ?", (horizon,))
            self._connection.execute("DELETE FROM generations WHERE number < ?", (horizon,))
        self._remove_orphans()

    def build_caches(self, *, force: bool = False) -> None:
        """Build the inverted file where it is due; with `force` the present one is thrown away first. Call it as the writer."""
        records = database.segments_of(self._connection, database.current_generation(self._connection))
        segments = [read_segment(self._folder / SEGMENTS, record.name) for record in records]
        if force:
            shutil.rmtree(self._folder / CACHE, ignore_errors=True)
        if self._dense_index in {"auto", "ivf"} and is_stale(self._folder / CACHE, segments):
            build_inverted_file(self._folder / CACHE, segments)
            with self._lock:
                self._snapshot = None  # the next one opens the new cache

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the collection's writer lock, across threads and processes."""
        with writer_lock(self._folder, self.name, self._wait_seconds):
            yield

    def _remove_orphans(self) -> None:
        """Remove files of segments that the database does not name: of crashed commits, or collected."""
        folder = self._folder / SEGMENTS
        named = {row[0] for row in self._connection.execute("SELECT name FROM segments")}
        for path in folder.glob("*.npy") if folder.exists() else ():
            if path.name.split(".", 1)[0] not in named:
                path.unlink()

    def close(self) -> None:
        """Close the database; snapshots stay readable."""
        self._connection.close()
        self._reader.close()


def fingerprints(encoder: str, chunker: str, token_dimension: int) -> dict[str, str]:
    """What is noted in a collection's meta table about what made it."""
    return {"encoder": f"{encoder}:{get_codec(token_dimension).name}", "chunker": chunker}
