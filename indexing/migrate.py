"""Migration: another encoder or chunker, built beside the index in use and put in its place in one step.

The texts in the database are the source of truth. `fill` brings any store to the same documents, in batches that are kept,
so a migration that was stopped goes on where it was; what is written to the collection meanwhile is caught up with. The new
generation is examined before the switch, which is one SQLite transaction; readers of the old generation keep it until they
let go.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import CorruptStore, FingerprintMismatch
from core.protocols import Chunker, Encoder, Progress
from core.types import Chunk, Document, Frozen
from indexing.doctor import examine
from indexing.encode_once import encode_once
from indexing.stores import database
from indexing.stores.base import NewDocument, Store
from indexing.stores.database import SegmentRecord, encoder_input
from indexing.stores.embedded import DATABASE, SEGMENTS, EmbeddedStore, fingerprints
from indexing.stores.leases import writer_lock
from indexing.stores.names import chunk_names
from indexing.stores.segments import ARRAYS, read_segment, write_segment

SHADOW = "shadow"
BATCH_CHARACTERS = 1_000_000
WAIT_SECONDS = 30.0


class Migrated(Frozen):
    """What a migration did.

    Attributes
    ----------
    documents, chunks : int
        In the new generation.
    generation : int
        Its number.
    switched : bool
        False where it was stopped before the switch, or there was nothing to do.
    """

    documents: int
    chunks: int
    generation: int
    switched: bool


@dataclass(frozen=True)
class Moved:
    """A document on its way to another index: the hash of its bytes and the keys of all that it is called."""

    document: Document
    content_sha256: str
    names: set[str]


@dataclass(frozen=True)
class Difference:
    """What a target lacks of a source of truth, and what it has too much."""

    missing: Sequence[str]
    surplus: Sequence[str]


def migrate(
    name: str,
    folder: Path,
    encoder: Encoder,
    chunker: Chunker,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Migrated:
    """Rebuild a collection with an encoder and chunker and switch to it.

    Parameters
    ----------
    name : str
        Of the collection.
    folder : Path
        Where it lives.
    encoder, chunker
        What makes the new generation.
    progress, cancelled : callable, optional
        Told how far it is; asked between batches whether to stop. What was built is kept for the next time.

    Raises
    ------
    CorruptStore
        If the new generation does not pass its examination; the old one stays in use.
    Busy
        If another process keeps writing at the moment of the switch.
    """
    wanted = fingerprints(encoder.fingerprint, chunker.fingerprint, encoder.token_dimension)
    with closing(database.connect(folder / DATABASE)) as connection:
        if all(database.read_meta(connection, key) == value for key, value in wanted.items()):
            return outcome(connection, switched=False)
        shadow = open_shadow(name, folder / SHADOW, encoder, chunker)
        with closing(shadow):
            if not fill(connection, shadow, encoder, chunker, progress, cancelled):
                return outcome(connection, switched=False)
            with writer_lock(folder, name, WAIT_SECONDS):
                # what others wrote while the last batch was built; nobody can write any more
                fill(connection, shadow, encoder, chunker, progress, lambda: False)
                with shadow.writing():
                    shadow.compact()
                    shadow.collect_garbage()
                verify(connection, shadow, encoder)
                switch(connection, folder, shadow, wanted)
        shutil.rmtree(folder / SHADOW)
        return outcome(connection, switched=True)


def open_shadow(name: str, folder: Path, encoder: Encoder, chunker: Chunker) -> EmbeddedStore:
    """The store that is built; one begun with other settings is thrown away."""

    def opened() -> EmbeddedStore:
        return EmbeddedStore(
            name,
            folder,
            encoder_fingerprint=encoder.fingerprint,
            chunker_fingerprint=chunker.fingerprint,
            token_dimension=encoder.token_dimension,
        )

    try:
        return opened()
    except FingerprintMismatch:
        shutil.rmtree(folder)
        return opened()


def fill(
    source: sqlite3.Connection,
    target: Store,
    encoder: Encoder,
    chunker: Chunker,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Bring any store to the documents of a collection's database; False where it was stopped before it was done.

    Each batch is committed, so the same call goes on where an earlier one stopped. The target may be of another engine.
    """
    while True:
        gap = difference(source, target)
        if not gap.missing and not gap.surplus:
            return True
        if gap.surplus:
            target.commit([], gap.surplus)
        done = 0
        for batch in batches(source, gap.missing):
            if cancelled():
                return False
            if progress is not None:
                progress(done, len(gap.missing), batch[0].document.source)
            target.commit(encoded(batch, target, encoder, chunker), [])
            done += len(batch)


def difference(source: sqlite3.Connection, target: Store) -> Difference:
    """Ids of documents that differ, by their content and by what is said of them."""
    generation = database.current_generation(source)
    wanted = {
        d.id: d.model_copy(update={"chunks": 0}) for d in database.list_documents(source, target.name, generation)
    }
    present = {d.id: d.model_copy(update={"chunks": 0}) for d in target.snapshot().documents()}
    # in the order in which they came: chunks whose scores are equal keep their order
    arrived = [row[0] for row in source.execute("SELECT id FROM documents ORDER BY rowid")]
    missing = [id for id in dict.fromkeys(arrived) if id in wanted and present.get(id) != wanted[id]]
    return Difference(missing, [id for id in present if id not in wanted])


def batches(source: sqlite3.Connection, ids: Sequence[str]) -> Iterator[list[Moved]]:
    """Documents, about a million characters at a time."""
    batch: list[Moved] = []
    for id in ids:
        generation = database.current_generation(source)
        query = f"SELECT d.* FROM documents d WHERE d.id = :id AND {database.VISIBLE}"
        row = source.execute(query, {"id": id, "generation": generation}).fetchone()
        if row is None:  # removed since; the next round sees it
            continue
        names = database.names_of_document(source, id, generation)
        batch.append(Moved(database.document_of(row), row["content_sha256"], names))
        if sum(len(moved.document.text) for moved in batch) >= BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch


def encoded(batch: Sequence[Moved], target: Store, encoder: Encoder, chunker: Chunker) -> list[NewDocument]:
    """Chunks and encodings of a batch."""
    chunks = [chunker.chunk(moved.document) for moved in batch]
    found = iter(encode_once([encoder_input(chunk) for part in chunks for chunk in part], encoder, target))
    return [
        NewDocument(m.document, m.content_sha256, part, [next(found) for _ in part], renamed(m, part))
        for m, part in zip(batch, chunks, strict=True)
    ]


def renamed(moved: Moved, chunks: Sequence[Chunk]) -> list[set[str]]:
    """Names of the new chunks of a document; those that neither title nor headings give stay with the first."""
    names = chunk_names(moved.document, (), chunks)
    if names:
        names[0] |= moved.names - set().union(*names)
    return names


def verify(source: sqlite3.Connection, shadow: EmbeddedStore, encoder: Encoder) -> None:
    """Whether the new generation is sound and complete.

    Raises
    ------
    CorruptStore
        With the first finding.
    """
    findings = [f for f in examine(shadow, encoder) if f.kind != "duplicate_vector"]
    if findings:
        raise CorruptStore(
            f"the new generation has {len(findings)} findings, the first: {findings[0].message}",
            fix="run `vouch doctor`, then `vouch migrate` again; the old generation stays in use",
        )
    if difference(source, shadow) != Difference([], []):
        raise CorruptStore("the new generation lacks documents", fix="run `vouch migrate` again")


def switch(source: sqlite3.Connection, folder: Path, shadow: EmbeddedStore, wanted: dict[str, str]) -> None:
    """Put the shadow's generation in the place of the collection's, in one transaction; call it as the writer."""
    first = max(
        int(source.execute("SELECT coalesce(max(row) + 1, 0) FROM chunks").fetchone()[0]),
        int(database.read_meta(source, "next_row") or 0),
    )
    records = take_over(folder, shadow, database.current_generation(source) + 1, first)
    # a closed database could not be attached while its own connection writes; the shadow only reads from here on
    source.execute("ATTACH DATABASE ? AS shadow", (str(folder / SHADOW / DATABASE),))
    try:
        with database.transaction(source):
            generation = database.begin_generation(source)
            seen = {"generation": generation, "first": first}
            names = [row[0] for row in source.execute("SELECT name FROM segments WHERE removed IS NULL")]
            database.retire_segments(source, names, generation)
            source.execute("UPDATE documents SET removed = :generation WHERE removed IS NULL", seen)
            source.execute(
                """INSERT INTO documents SELECT id, source, origin, title, media_type, text, sha256, content_sha256, sections,
                pages, :generation, NULL FROM documents WHERE removed = :generation""",
                seen,
            )
            source.execute(
                """INSERT INTO chunks SELECT c.row + :first, c.id, c.document_id, :generation, c.start, c."end", c.page, c.kind,
                c.context, c.heading_path, c.input_hash, c.names FROM shadow.chunks c
                JOIN shadow.documents d ON d.id = c.document_id AND d.added = c.added WHERE d.removed IS NULL""",
                seen,
            )
            for record in records:
                database.insert_segment(source, record, generation)
            for key, value in wanted.items():
                database.write_meta(source, key, value)
    finally:
        source.execute("DETACH DATABASE shadow")
    # a cache of the old vectors would pass for one of the new
    shutil.rmtree(folder / "cache", ignore_errors=True)


def take_over(folder: Path, shadow: EmbeddedStore, generation: int, first: int) -> list[SegmentRecord]:
    """Write the shadow's segments among the collection's, their rows moved behind all rows ever given out."""
    generation_built = database.current_generation(shadow.connection)
    made = []
    for number, record in enumerate(database.segments_of(shadow.connection, generation_built)):
        segment = read_segment(shadow.folder / SEGMENTS, record.name)
        arrays = {array: getattr(segment, array) for array in ARRAYS}
        arrays["rows"] = np.asarray(segment.rows) + first
        name = f"{generation:08d}-{number}"
        digests = write_segment(folder / SEGMENTS, name, type(segment)(**arrays))
        made.append(SegmentRecord(name, record.first_row + first, digests))
    return made


def outcome(connection: sqlite3.Connection, *, switched: bool) -> Migrated:
    """The state of a collection."""
    generation = database.current_generation(connection)
    count = f"SELECT count(*) FROM documents d WHERE {database.VISIBLE}"
    joined = "chunks c JOIN documents d ON d.id = c.document_id AND d.added = c.added"
    chunks = f"SELECT count(*) FROM {joined} WHERE {database.VISIBLE}"
    at = {"generation": generation}
    return Migrated(
        documents=int(connection.execute(count, at).fetchone()[0]),
        chunks=int(connection.execute(chunks, at).fetchone()[0]),
        generation=generation,
        switched=switched,
    )
