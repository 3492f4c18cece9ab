"""Examine a collection in Qdrant: what is missing, changed, degenerate, too long, miscounted, or found by exact search only.

Every commit writes a digest of a document's chunks beside it; it is computed again from what the engine gives back. Repair
goes back to the texts, as for the embedded store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from core.errors import CorruptStore
from core.protocols import Chunker, Encoder, Progress
from core.types import Chunk, Document
from indexing.doctor import RECALL_AT, RECALL_FLOOR, RECALL_QUERIES, Finding, Repair, drawn_queries, duplicates
from indexing.migrate import Moved, encoded
from indexing.stores.database import encoder_input
from indexing.stores.qdrant.points import DENSE, TOKENS, Conditions, Found, Where
from indexing.stores.qdrant.snapshot import QdrantSnapshot
from indexing.stores.qdrant.store import DIGESTED, QdrantStore, content_digest, visible

UNMENDABLE = "text_changed"


def examine(store: QdrantStore, encoder: Encoder, progress: Progress | None = None) -> list[Finding]:
    """All findings of a collection; empty where it is sound."""
    snapshot = store.snapshot()
    found: list[Finding] = []
    rows = words = 0
    for number, document in enumerate(documents(store, snapshot.generation)):
        if progress is not None:
            progress(number, len(snapshot), str(document.payload["source"]))
        found.extend(of_document(store, document, encoder))
        rows, words = rows + document.payload["rows"], words + document.payload["words"]
    missing = sum(finding.kind == "missing_chunk" for finding in found)
    found.extend(counts(store, snapshot.generation, rows, words, missing))
    if not found:
        found.extend(duplicates(snapshot))
        found.extend(recall(store, snapshot))
    return found


def documents(store: QdrantStore, generation: int) -> Iterator[Found]:
    """Points of the visible documents, with their texts."""
    wanted = ("document", "source", "sha256", "content_sha256", "first_row", "rows", "words", "digest", "whole")
    return store.points.scroll(Conditions((Where("kind", ("document",)), *visible(generation))), wanted)


def of_document(store: QdrantStore, document: Found, encoder: Encoder) -> Iterator[Finding]:
    """What is wrong with one document and its chunks."""
    payload = document.payload
    id, source = payload["document"], payload["source"]
    if hashlib.sha256(payload["whole"]["text"].encode()).hexdigest() != payload["sha256"]:
        yield Finding(kind=UNMENDABLE, message=f"{source} differs from its committed hash", document=id)
    rows = range(payload["first_row"], payload["first_row"] + payload["rows"])
    there = store.points.retrieve(list(rows), DIGESTED, (DENSE, TOKENS))
    for row in rows:
        if row not in there:
            yield Finding(kind="missing_chunk", message=f"chunk {row} of {source} is missing", document=id)
    chunks = [there[row] for row in rows if row in there]
    if len(chunks) == len(rows) and content_digest(chunks) != payload["digest"]:
        yield Finding(
            kind="content_changed", message=f"the chunks of {source} differ from what was committed", document=id
        )
        return
    yield from vectors(chunks, id, encoder)


def vectors(chunks: Sequence[Found], document: str, encoder: Encoder) -> Iterator[Finding]:
    """Vectors that carry no meaning, are missing, or cover a part of a text only."""
    texts = [encoder_input(Chunk(**point.payload["chunk"])) for point in chunks]
    counts = encoder.count_tokens(texts) if texts else []
    for point, count in zip(chunks, counts, strict=True):
        norm = float(np.linalg.norm(point.vectors[DENSE])) if DENSE in point.vectors else np.nan
        if not abs(norm - 1) <= 1e-2:
            yield Finding(
                kind="degenerate_vector",
                message=f"chunk {point.id} has a vector of length {norm:.3g}, not 1",
                document=document,
            )
        stored = len(point.vectors.get(TOKENS, ()))
        if count > encoder.max_tokens:
            yield Finding(kind="truncated_chunk", message=f"chunk {point.id} has {count} tokens", document=document)
        elif encoder.token_dimension and stored != count:
            yield Finding(
                kind="missing_vector",
                message=f"chunk {point.id} has {stored} of {count} token vectors",
                document=document,
            )


def counts(store: QdrantStore, generation: int, rows: int, words: int, missing: int) -> Iterator[Finding]:
    """Counters of the head that BM25 rests on, and chunks that belong to no document."""
    head = store.head()
    if head.generation != generation:
        return  # somebody committed meanwhile: its counters are of another generation
    if (head.live, head.words) != (rows, words):
        yield Finding(
            kind="wrong_count",
            message=f"the head counts {head.live} chunks of {head.words} words, the documents {rows} of {words}",
        )
    present = store.points.count(Conditions((Where("kind", ("chunk",)), *visible(generation))))
    if present != rows - missing:
        yield Finding(kind="wrong_count", message=f"{present} chunks are visible, {rows - missing} belong to documents")


def recall(store: QdrantStore, snapshot: QdrantSnapshot) -> Iterator[Finding]:
    """The engine's graph against its own exact search, on vectors between stored ones."""
    if not len(snapshot):
        return
    exact = store.exact_snapshot()
    shares = []
    for vector in drawn_queries(snapshot, RECALL_QUERIES):
        wanted = set(exact.dense_search(vector, RECALL_AT)[0].tolist())
        shares.append(len(wanted & set(snapshot.dense_search(vector, RECALL_AT)[0].tolist())) / len(wanted))
    share = float(np.mean(shares))
    if share < RECALL_FLOOR:
        yield Finding(
            kind="low_recall",
            message=f"the engine finds {share:.3f} of the {RECALL_AT} nearest, {RECALL_FLOOR} is the floor: raise `hnsw_ef`",
        )


def repair(
    store: QdrantStore,
    encoder: Encoder,
    chunker: Chunker,
    findings: Sequence[Finding],
    progress: Progress | None = None,
) -> Repair:
    """Chunk and encode documents with findings anew from their texts, and count again.

    Raises
    ------
    CorruptStore
        If a text itself is not what was committed, which only a backup mends.
    """
    if any(finding.kind == UNMENDABLE for finding in findings):
        raise CorruptStore("a text in the cluster is damaged", fix="run `vouch restore FILE` with the newest backup")
    wanted = {finding.document for finding in findings if finding.document is not None}
    points = [point for point in documents(store, store.snapshot().generation) if point.payload["document"] in wanted]
    for point in points:
        payload = point.payload
        rows = range(payload["first_row"], payload["first_row"] + payload["rows"])
        there = store.points.retrieve(list(rows), ("names",)).values()
        names = set().union(*(found.payload["names"] for found in there))
        moved = Moved(Document(**payload["whole"]), payload["content_sha256"], names)
        store.commit(encoded([moved], store, encoder, chunker), [])
    if any(finding.kind == "wrong_count" for finding in findings):
        store.recount()
    remaining = examine(store, encoder, progress)
    mended = tuple(sorted(point.payload["source"] for point in points))
    return Repair(segments=mended, caches=False, remaining=tuple(remaining))
