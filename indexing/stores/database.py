"""The SQLite database of a collection: documents, chunks, generations, jobs and feedback.

``added`` and ``removed`` are generations: a document or a segment is visible to a reader of generation g when added <= g and
it is not removed at or before g. One transaction names a new generation, so a reader sees all of an ingest or nothing.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import CorruptStore
from core.types import Chunk, Document, DocumentSummary, PageSpan, Section

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE generations (number INTEGER PRIMARY KEY, created TEXT NOT NULL);
CREATE TABLE segments (
  name TEXT PRIMARY KEY, first_row INTEGER NOT NULL, digests TEXT NOT NULL, added INTEGER NOT NULL, removed INTEGER);
CREATE TABLE documents (
  id TEXT NOT NULL, source TEXT NOT NULL, origin TEXT NOT NULL, title TEXT NOT NULL, media_type TEXT NOT NULL,
  text TEXT NOT NULL, sha256 TEXT NOT NULL, content_sha256 TEXT NOT NULL, sections TEXT NOT NULL, pages TEXT NOT NULL,
  added INTEGER NOT NULL, removed INTEGER, PRIMARY KEY (id, added));
CREATE INDEX documents_origin ON documents (origin);
CREATE TABLE chunks (
  row INTEGER PRIMARY KEY, id TEXT NOT NULL, document_id TEXT NOT NULL, added INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, page INTEGER, kind TEXT NOT NULL, context TEXT NOT NULL,
  heading_path TEXT NOT NULL, input_hash BLOB NOT NULL, names TEXT NOT NULL,
  FOREIGN KEY (document_id, added) REFERENCES documents (id, added));
CREATE INDEX chunks_document ON chunks (document_id, added);
CREATE INDEX chunks_input ON chunks (input_hash);
CREATE TABLE jobs (
  id TEXT PRIMARY KEY, created TEXT NOT NULL, state TEXT NOT NULL, request TEXT NOT NULL, documents TEXT NOT NULL,
  error TEXT, cancel INTEGER NOT NULL DEFAULT 0);
CREATE TABLE feedback (
  created TEXT NOT NULL, answer_id TEXT NOT NULL, rating INTEGER NOT NULL, document_id TEXT, start INTEGER,
  "end" INTEGER, comment TEXT);
"""
LOCKED_SECONDS = 30.0
MAKING_SECONDS = 5.0
"""How long a reader waits for the tables of a database that is still empty; making them takes a fraction of a second."""
VISIBLE = "d.added <= :generation AND (d.removed IS NULL OR d.removed > :generation)"


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """Open the database of a collection, creating its tables where it is new.

    Raises
    ------
    CorruptStore
        If the file is no database of this project or of another version.
    """
    connection: sqlite3.Connection | None = None
    try:
        if readonly:
            connection = sqlite3.connect(
                f"file:{path}?mode=ro", uri=True, check_same_thread=False, isolation_level=None, timeout=LOCKED_SECONDS
            )
        else:
            connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=LOCKED_SECONDS)
            log_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        connection.row_factory = sqlite3.Row
        version = awaited_version(connection) if readonly else version_of(connection)
        if version == 0 and not readonly:
            version = create_tables(connection)
    except sqlite3.DatabaseError as error:
        if connection is not None:
            connection.close()  # else a transaction that failed keeps the database locked
        raise CorruptStore(f"{path} is not a readable database: {error}", fix="restore it from a backup") from error
    if version != SCHEMA_VERSION:
        connection.close()
        raise CorruptStore(
            f"{path} has schema {version}, this version reads {SCHEMA_VERSION}",
            fix="index its sources again into a new collection",
        )
    return connection


def log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; SQLite does not wait by itself where two connections switch at once."""
    until = time.monotonic() + LOCKED_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def version_of(connection: sqlite3.Connection) -> int:
    """Version of the schema; 0 where there are no tables of ours."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def awaited_version(connection: sqlite3.Connection) -> int:
    """Version of the schema for a reader, who may come between the making of the file and that of its tables."""
    until = time.monotonic() + MAKING_SECONDS
    while not (version := version_of(connection)) and time.monotonic() < until:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            break  # tables without a version are somebody else's
        time.sleep(0.02)
    return version or version_of(connection)


def create_tables(connection: sqlite3.Connection) -> int:
    """Make the tables unless another connection has just made them, and return the schema's version."""
    connection.execute("BEGIN IMMEDIATE")
    version = version_of(connection)
    if version == 0:
        for statement in SCHEMA.split(";"):  # executescript would commit first, and the check above would mean nothing
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        version = SCHEMA_VERSION
    connection.execute("COMMIT")
    return version


def current_generation(connection: sqlite3.Connection) -> int:
    """Number of the newest committed generation, 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(number), 0) FROM generations").fetchone()[0])


def read_meta(connection: sqlite3.Connection, key: str) -> str | None:
    """A value of the meta table."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def is_index(path: Path) -> bool:
    """Whether a database holds a collection, not only the jobs and feedback of one that lies in the cluster."""
    if not path.exists():
        return False
    with closing(connect(path, readonly=True)) as connection:
        return read_meta(connection, "encoder") is not None


def write_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Set a value of the meta table."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


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


def input_hash(text: str) -> bytes:
    """Sixteen bytes that name what an encoder reads, by which vectors are found again.

    Examples
    --------
    >>> len(input_hash("a"))
    16
    """
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def insert_document(connection: sqlite3.Connection, document: Document, content_sha256: str, generation: int) -> None:
    """Add one document to a generation."""
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        (
            document.id,
            document.source,
            document.origin,
            document.title,
            document.media_type,
            document.text,
            document.sha256,
            content_sha256,
            json.dumps([s.model_dump() for s in document.sections], ensure_ascii=False),
            json.dumps([p.model_dump() for p in document.pages]),
            generation,
        ),
    )


def insert_chunks(
    connection: sqlite3.Connection,
    chunks: Sequence[Chunk],
    names: Sequence[Collection[str]],
    first_row: int,
    generation: int,
) -> None:
    """Add the chunks of a generation and the keys of what begins in each, in the order of their vectors."""
    connection.executemany(
        "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                first_row + index,
                chunk.id,
                chunk.document_id,
                generation,
                chunk.start,
                chunk.end,
                chunk.page,
                chunk.kind,
                chunk.context,
                json.dumps(chunk.heading_path, ensure_ascii=False),
                input_hash(encoder_input(chunk)),
                json.dumps(sorted(keys), ensure_ascii=False),
            )
            for index, (chunk, keys) in enumerate(zip(chunks, names, strict=True))
        ],
    )


def read_names(connection: sqlite3.Connection, rows: Sequence[int]) -> list[list[str]]:
    """Keys of what begins in each of some chunks."""
    query = "SELECT names FROM chunks WHERE row = ?"
    return [json.loads(connection.execute(query, (row,)).fetchone()[0]) for row in rows]


def names_of_document(connection: sqlite3.Connection, id: str, generation: int) -> set[str]:
    """Keys of all that a document is called, as it stands in a generation."""
    query = (
        "SELECT c.names FROM chunks c JOIN documents d ON d.id = c.document_id AND d.added = c.added "
        f"WHERE d.id = :id AND {VISIBLE}"
    )
    found = connection.execute(query, {"id": id, "generation": generation})
    return {key for row in found for key in json.loads(row[0])}


def document_of(row: sqlite3.Row) -> Document:
    """A `Document` from its row."""
    return Document(
        id=row["id"],
        source=row["source"],
        origin=row["origin"],
        title=row["title"],
        media_type=row["media_type"],
        text=row["text"],
        sha256=row["sha256"],
        sections=tuple(Section(**s) for s in json.loads(row["sections"])),
        pages=tuple(PageSpan(**p) for p in json.loads(row["pages"])),
    )


def read_document(connection: sqlite3.Connection, id: str, generation: int) -> Document | None:
    """The document `id` as a generation sees it."""
    row = connection.execute(
        f"SELECT * FROM documents d WHERE d.id = :id AND {VISIBLE}", {"id": id, "generation": generation}
    ).fetchone()
    return None if row is None else document_of(row)


def read_chunks(connection: sqlite3.Connection, rows: Iterable[int]) -> dict[int, Chunk]:
    """Chunks by row."""
    wanted = sorted(set(rows))
    found: dict[int, Chunk] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ",".join("?" * len(part))
        # substr counts characters from 1, as Python's slices count them from 0
        query = f"""SELECT c.*, d.source, d.title, substr(d.text, c.start + 1, c."end" - c.start) AS words
            FROM chunks c JOIN documents d ON d.id = c.document_id AND d.added = c.added WHERE c.row IN ({marks})"""
        for row in connection.execute(query, part):
            found[row["row"]] = Chunk(
                id=row["id"],
                document_id=row["document_id"],
                source=row["source"],
                title=row["title"],
                heading_path=tuple(json.loads(row["heading_path"])),
                page=row["page"],
                start=row["start"],
                end=row["end"],
                text=row["words"],
                kind=row["kind"],
                context=row["context"],
            )
    return found


def list_documents(
    connection: sqlite3.Connection, collection: str, generation: int, after: str = "", limit: int = 1_000_000
) -> list[DocumentSummary]:
    """Visible documents ordered by id, from the one after `after`."""
    query = f"""SELECT d.id, d.source, d.title, d.media_type, length(d.text) AS characters, d.sha256, d.pages,
        (SELECT count(*) FROM chunks c WHERE c.document_id = d.id AND c.added = d.added) AS chunks
        FROM documents d WHERE {VISIBLE} AND d.id > :after ORDER BY d.id LIMIT :limit"""
    return [
        DocumentSummary(
            id=row["id"],
            collection=collection,
            source=row["source"],
            title=row["title"],
            media_type=row["media_type"],
            characters=row["characters"],
            chunks=row["chunks"],
            sha256=row["sha256"],
            pages=len(json.loads(row["pages"])),
        )
        for row in connection.execute(query, {"generation": generation, "after": after, "limit": limit})
    ]


def rows_of(connection: sqlite3.Connection, documents: Sequence[str], generation: int) -> list[int]:
    """Rows of the chunks of visible documents."""
    query = f"""SELECT c.row FROM chunks c JOIN documents d ON d.id = c.document_id AND d.added = c.added
        WHERE d.id = :id AND {VISIBLE}"""
    found: list[int] = []
    for id in documents:
        found.extend(int(row[0]) for row in connection.execute(query, {"id": id, "generation": generation}))
    return found


def chunk_rows(connection: sqlite3.Connection) -> NDArray[np.int64]:
    """Rows of all chunks, of whatever generation."""
    return np.fromiter((row[0] for row in connection.execute("SELECT row FROM chunks")), dtype=np.int64)


def removed_rows(connection: sqlite3.Connection, generation: int) -> list[int]:
    """Rows of chunks whose document is gone in a generation."""
    query = """SELECT c.row FROM chunks c JOIN documents d ON d.id = c.document_id AND d.added = c.added
        WHERE d.removed <= ? ORDER BY c.row"""
    return [int(row[0]) for row in connection.execute(query, (generation,))]


@dataclass(frozen=True)
class SegmentRecord:
    """What the database knows of a segment.

    Attributes
    ----------
    name : str
        Its files are called ``<name>.<array>.npy``.
    first_row : int
        Row of its first chunk.
    digests : dict
        SHA-256 of each file by array name.
    """

    name: str
    first_row: int
    digests: dict[str, str]


def segments_of(connection: sqlite3.Connection, generation: int) -> list[SegmentRecord]:
    """The segments of a generation, in the order of their rows."""
    query = """SELECT name, first_row, digests FROM segments
        WHERE added <= :generation AND (removed IS NULL OR removed > :generation) ORDER BY first_row"""
    rows = connection.execute(query, {"generation": generation})
    return [SegmentRecord(row[0], int(row[1]), json.loads(row[2])) for row in rows]


def begin_generation(connection: sqlite3.Connection) -> int:
    """Name the next generation inside a transaction and return its number."""
    generation = current_generation(connection) + 1
    connection.execute("INSERT INTO generations VALUES (?, ?)", (generation, datetime.now(UTC).isoformat()))
    return generation


def insert_segment(connection: sqlite3.Connection, segment: SegmentRecord, generation: int) -> None:
    """Add a segment to a generation."""
    connection.execute(
        "INSERT INTO segments VALUES (?, ?, ?, ?, NULL)",
        (segment.name, segment.first_row, json.dumps(segment.digests), generation),
    )


def retire_segments(connection: sqlite3.Connection, names: Iterable[str], generation: int) -> None:
    """Take segments out of a generation and those after it; readers of earlier ones keep them."""
    connection.executemany(
        "UPDATE segments SET removed = ? WHERE name = ? AND removed IS NULL", [(generation, name) for name in names]
    )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # a full disk may have ended the transaction already
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
