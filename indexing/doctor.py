"""Examine a collection: what is damaged, degenerate, doubled, missing, too long, or found by exact search only; and repair it.

Everything is read in blocks, so that a large collection is examined in little memory. Repair goes back to the source of
truth, the texts in the database: segments with findings are encoded anew, caches are built anew.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import CorruptStore
from core.protocols import Encoder, Floats, Progress
from core.types import Frozen
from indexing.stores import database
from indexing.stores.base import Snapshot
from indexing.stores.codec import get_codec
from indexing.stores.database import SegmentRecord, encoder_input
from indexing.stores.embedded import CACHE, SEGMENTS, EmbeddedSnapshot, EmbeddedStore
from indexing.stores.nearest import cache_state, exact_search, is_stale
from indexing.stores.segments import Segment, build_segment, damaged_files, read_segment, write_segment

Kind = Literal[
    "damaged_file",
    "damaged_database",
    "damaged_cache",
    "stale_cache",
    "low_recall",
    "degenerate_vector",
    "duplicate_vector",
    "truncated_chunk",
    "missing_vector",
    "missing_chunk",
    "content_changed",
    "wrong_count",
    "text_changed",
]
DUPLICATE_SHARE = 0.05
RECALL_QUERIES = 64
RECALL_AT = 10
RECALL_FLOOR = 0.95
BLOCK = 2048


class Finding(Frozen):
    """One thing that is wrong with a collection; `segment` or `document` name what it lies in, where it lies in one."""

    kind: Kind
    message: str
    segment: str | None = None
    document: str | None = None


class Repair(Frozen):
    """What was done about the findings.

    Attributes
    ----------
    segments : tuple of str
        Segments that were encoded anew; in the cluster, documents.
    caches : bool
        Whether caches were built anew.
    remaining : tuple of Finding
        What no repair from the texts can mend.
    """

    segments: tuple[str, ...]
    caches: bool
    remaining: tuple[Finding, ...]


def examine(store: EmbeddedStore, encoder: Encoder) -> list[Finding]:
    """All findings of a collection; empty where it is sound."""
    found = list(damaged_database(store))
    if found:
        return found
    found.extend(texts(store))
    records = database.segments_of(store.connection, database.current_generation(store.connection))
    broken: set[str] = set()
    for record in records:
        damaged = damaged_files(store.folder / SEGMENTS, record.name, record.digests)
        broken.update([record.name] if damaged else [])
        found.extend(
            Finding(
                kind="damaged_file",
                message=f"{name} is missing or differs from what was committed",
                segment=record.name,
            )
            for name in damaged
        )
    sound = [record for record in records if record.name not in broken]
    for record in sound:
        segment = read_segment(store.folder / SEGMENTS, record.name)
        found.extend(vectors(record, segment))
        found.extend(lengths(store, record, segment, encoder))
    if not broken:
        found.extend(duplicates(store.snapshot()))
        found.extend(caches(store))
    return found


def damaged_database(store: EmbeddedStore) -> Iterator[Finding]:
    """Pages of the database that do not fit together, by SQLite's own check."""
    try:
        lines = [row[0] for row in store.connection.execute("PRAGMA integrity_check(20)")]
    except sqlite3.DatabaseError as error:  # so damaged that the check itself cannot go on
        lines = [str(error)]
    for line in lines:
        if line != "ok":
            yield Finding(kind="damaged_database", message=f"the database: {line}")


def vectors(record: SegmentRecord, segment: Segment) -> Iterator[Finding]:
    """Vectors that carry no meaning."""
    for start in range(0, len(segment), BLOCK):
        norms = np.linalg.norm(segment.dense[start : start + BLOCK], axis=1)
        for row in np.flatnonzero(~np.isfinite(norms) | (np.abs(norms - 1) > 1e-2)):
            yield Finding(
                kind="degenerate_vector",
                message=f"chunk {segment.rows[start + row]} has a vector of length {norms[row]:.3g}, not 1",
                segment=record.name,
            )


def duplicates(snapshot: Snapshot) -> Iterator[Finding]:
    """Suspiciously many equal vectors of different texts: an encoder that reads nothing gives the same for all."""
    count = len(snapshot)
    if count <= 20:
        return
    seen: dict[bytes, set[bytes]] = {}
    for rows in blocks(count):
        found = snapshot.dense_vectors(rows).round(5)
        chunks = snapshot.chunks(rows.tolist())
        for row, vector in zip(rows.tolist(), found, strict=True):
            key = hashlib.blake2b(vector.tobytes(), digest_size=16).digest()
            seen.setdefault(key, set()).add(database.input_hash(encoder_input(chunks[row])))
    doubled = sum(len(hashes) - 1 for hashes in seen.values())
    if doubled > DUPLICATE_SHARE * count:
        yield Finding(
            kind="duplicate_vector", message=f"{doubled} of {count} chunks share their vector with another text"
        )


def lengths(store: EmbeddedStore, record: SegmentRecord, segment: Segment, encoder: Encoder) -> Iterator[Finding]:
    """Chunks longer than their encoder reads, and chunks without all their token vectors."""
    stored = np.diff(segment.offsets)
    for part in blocks(len(segment)):
        rows = segment.rows[part]
        chunks = database.read_chunks(store.connection, rows.tolist())
        present = [i for i, row in zip(part.tolist(), rows.tolist(), strict=True) if row in chunks]
        counts = encoder.count_tokens([encoder_input(chunks[int(segment.rows[i])]) for i in present]) if present else []
        for index, count in zip(present, counts, strict=True):
            chunk = chunks[int(segment.rows[index])]
            if count > encoder.max_tokens:
                yield Finding(
                    kind="truncated_chunk", message=f"chunk {chunk.id} has {count} tokens", segment=record.name
                )
            elif encoder.token_dimension and stored[index] != count:
                yield Finding(
                    kind="missing_vector",
                    message=f"chunk {chunk.id} has {stored[index]} of {count} token vectors",
                    segment=record.name,
                )


def texts(store: EmbeddedStore) -> Iterator[Finding]:
    """Documents whose text is not what was hashed."""
    generation = database.current_generation(store.connection)
    query = f"SELECT d.source, d.text, d.sha256 FROM documents d WHERE {database.VISIBLE}"
    for source, text, digest in store.connection.execute(query, {"generation": generation}):
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            yield Finding(kind="text_changed", message=f"{source} differs from its committed hash")


def caches(store: EmbeddedStore) -> Iterator[Finding]:
    """A cache that is damaged, far behind, or misses what exact search finds."""
    snapshot = store.snapshot()
    _, wrong = cache_state(store.folder / CACHE)
    if wrong:
        yield Finding(kind="damaged_cache", message=wrong)
    elif is_stale(store.folder / CACHE, snapshot.segments):
        yield Finding(
            kind="stale_cache", message="the cache of nearest vectors is missing or far behind; search is slower"
        )
    elif snapshot.approximate:
        recall = dense_recall(snapshot)
        if recall < RECALL_FLOOR:
            yield Finding(
                kind="low_recall",
                message=f"approximate search finds {recall:.3f} of the {RECALL_AT} nearest, {RECALL_FLOOR} is the floor",
            )


def dense_recall(snapshot: EmbeddedSnapshot, queries: int = RECALL_QUERIES, k: int = RECALL_AT, seed: int = 0) -> float:
    """Share of the exactly nearest `k` chunks that the snapshot's search finds, for chunks drawn as queries."""
    drawn = drawn_queries(snapshot, queries, seed)
    alive = np.concatenate(snapshot.keeps())
    rank_of = np.cumsum(alive) - 1
    exact, _ = exact_search(snapshot.segments, alive, drawn, k)
    found = snapshot.dense_search_many(drawn, k)
    shares = [len(set(rank_of[e].tolist()) & set(f.tolist())) / len(e) for e, (f, _) in zip(exact, found, strict=True)]
    return float(np.mean(shares))


def drawn_queries(snapshot: Snapshot, queries: int, seed: int = 0) -> Floats:
    """Vectors (q, d) to ask with: each a stored one moved halfway towards another, so that it is none of the collection's."""
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, len(snapshot), (2, queries))
    drawn = snapshot.dense_vectors(first) + 0.5 * snapshot.dense_vectors(second)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def repair(
    store: EmbeddedStore, encoder: Encoder, findings: Sequence[Finding], progress: Progress | None = None
) -> Repair:
    """Encode the segments with findings anew from their texts and build the caches anew.

    Raises
    ------
    Busy
        If another process is writing.
    CorruptStore
        If the database itself is damaged, which only a backup mends.
    """
    if any(finding.kind == "damaged_database" for finding in findings):
        raise CorruptStore("the database is damaged", fix="run `vouch restore FILE` with the newest backup")
    names = sorted({finding.segment for finding in findings if finding.segment is not None})
    with store.writing():
        for name in names:
            encode_again(store, name, encoder, progress)
        if findings:
            store.build_caches(force=True)
        store.collect_garbage()
    remaining = examine(store, encoder)
    return Repair(segments=tuple(names), caches=bool(findings), remaining=tuple(remaining))


def encode_again(store: EmbeddedStore, name: str, encoder: Encoder, progress: Progress | None) -> None:
    """Put a new segment in the place of a damaged one; call it as the writer."""
    connection = store.connection
    generation = database.current_generation(connection)
    records = database.segments_of(connection, generation)
    position = next(i for i, record in enumerate(records) if record.name == name)
    first = records[position].first_row
    after = records[position + 1].first_row if position + 1 < len(records) else 2**62
    query = "SELECT row FROM chunks WHERE row >= ? AND row < ? ORDER BY row"
    rows = np.array([int(row[0]) for row in connection.execute(query, (first, after))], dtype=np.int64)
    if not len(rows):
        store.replace_segments([name])
        return
    made: list[SegmentRecord] = []
    for number, part in enumerate(blocks(len(rows))):
        chunks = database.read_chunks(connection, rows[part].tolist())
        inputs = [encoder_input(chunks[row]) for row in rows[part].tolist()]
        encodings = encoder.encode_documents(inputs, progress)
        names = database.read_names(connection, rows[part].tolist())
        codec = get_codec(encoder.token_dimension)
        segment = build_segment(int(rows[part[0]]), inputs, encodings, codec, names, rows[part])
        new = f"{generation + 1:08d}-{number}"
        made.append(SegmentRecord(new, int(rows[part[0]]), write_segment(store.folder / SEGMENTS, new, segment)))
    store.replace_segments([name], *made)


def blocks(count: int) -> Iterator[NDArray[np.int64]]:
    """Numbers below `count`, some thousands at a time."""
    for start in range(0, count, BLOCK):
        yield np.arange(start, min(start + BLOCK, count))
