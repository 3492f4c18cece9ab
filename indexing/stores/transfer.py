"""Moving a collection from one engine to another without encoding anything again.

Documents travel in the order of their ids, some at a time, each batch one commit of the target; a transfer that was
interrupted goes on after what the target already has. Then both sides are compared: numbers, digests of everything that
was moved, and the rankings of the same questions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CorruptStore
from core.protocols import Encoding, Progress
from core.types import Chunk, Document, DocumentSummary
from indexing.stores.agreement import padded, rank_biased_overlap
from indexing.stores.base import NewDocument, Rows, Snapshot, Store
from indexing.stores.codec import TokenCodec
from indexing.stores.database import encoder_input

CHUNKS_A_COMMIT = 256
DIGEST_ROWS = 256
LEAST_AGREEMENT = 0.98
TokenIds = Callable[[Sequence[str]], list[NDArray[np.int32]]]
Ranker = Callable[[Snapshot, str], Sequence[str]]
"""Ids of the best ten chunks for a question."""


@dataclass(frozen=True)
class Verification:
    """What a comparison of both sides found.

    Attributes
    ----------
    documents, chunks : int
        Alike on both sides.
    checksum : str
        SHA-256 over all documents, chunks, vectors and codes, alike on both sides.
    questions : int
        Asked of both sides.
    agreement : float
        Mean rank-biased overlap of their top ten.
    least : float
        That of the worst question.
    """

    documents: int
    chunks: int
    checksum: str
    questions: int
    agreement: float
    least: float


def transfer(
    source: Snapshot,
    target: Store,
    codec: TokenCodec,
    token_ids: TokenIds,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    digests: Callable[[Document], str] | None = None,
) -> int:
    """Bring the target to what the snapshot holds; returns how many documents were written.

    Parameters
    ----------
    source : Snapshot
        Kept for the whole transfer; what is committed afterwards takes another run.
    target : Store
        Made by the same encoder and chunker.
    codec : TokenCodec
        Of the token vectors of both.
    token_ids : callable
        `Encoder.token_ids` of the encoder that made both: a store keeps how often an id occurs, not where.
    progress, cancelled
        Shown, and asked before each commit.
    digests : callable, optional
        SHA-256 of the bytes a document was read from, so that indexing them again finds it unchanged.
    """
    there = {document.id: document.sha256 for document in target.snapshot().documents()}
    here = source.documents()
    wanted = [document for document in here if there.get(document.id) != document.sha256]
    written = 0
    for batch in batches(wanted):
        if cancelled():
            return written
        if progress is not None:
            progress(written, len(wanted), batch[0].source)
        target.commit([stored(source, document, codec, token_ids, digests) for document in batch], [])
        written += len(batch)
    gone = sorted(set(there) - {document.id for document in here})
    if gone and not cancelled():
        target.commit([], gone)
    return written


def source_digests(store: Store, snapshot: Snapshot) -> Callable[[Document], str]:
    """Looks up the SHA-256 of the bytes that a snapshot's documents were read from.

    The store tells those of its newest generation: once another was committed they may be of other bytes, and a document
    without one is merely read again the next time it is indexed.
    """
    known: dict[str, dict[str, tuple[str, str]]] = {}

    def digest(document: Document) -> str:
        if document.origin not in known:
            found = store.origins(document.origin)
            known[document.origin] = found if store.snapshot().generation == snapshot.generation else {}
        return known[document.origin].get(document.source, ("", ""))[1]

    return digest


def questions_of(snapshot: Snapshot, number: int) -> list[str]:
    """Questions that a collection's own titles and headings make, spread over its documents.

    Every other one is asked in words: a name alone and a question about it take different ways through a search.
    """
    names: dict[str, None] = {}
    documents = snapshot.documents()
    for summary in documents[:: max(1, len(documents) // max(number, 1))]:
        document = snapshot.document(summary.id)
        names[summary.title] = None
        for section in () if document is None else document.sections[:3]:
            names[section.heading] = None
    kept = [name for name in names if name.strip()][:number]
    return [f"What is {name}?" if place % 2 else name for place, name in enumerate(kept)]


def batches(documents: Sequence[DocumentSummary]) -> Iterator[list[DocumentSummary]]:
    """Runs of documents of about `CHUNKS_A_COMMIT` chunks."""
    batch: list[DocumentSummary] = []
    for document in documents:
        batch.append(document)
        if sum(d.chunks for d in batch) >= CHUNKS_A_COMMIT:
            yield batch
            batch = []
    if batch:
        yield batch


def stored(
    source: Snapshot,
    summary: DocumentSummary,
    codec: TokenCodec,
    token_ids: TokenIds,
    digests: Callable[[Document], str] | None = None,
) -> NewDocument:
    """A document as it lies in a snapshot, ready to be committed elsewhere.

    Raises
    ------
    CorruptStore
        If its chunks can't be read.
    """
    document = source.document(summary.id)
    rows = source.rows_of([summary.id])
    if document is None or len(rows) != summary.chunks:
        raise CorruptStore(f"document {summary.id} can't be read whole", fix="run `vouch doctor --repair`")
    found = source.chunks(rows.tolist())
    chunks = [found[int(row)] for row in rows]
    digest = summary.sha256 if digests is None else digests(document)
    vocabulary = token_ids([encoder_input(chunk) for chunk in chunks]) if chunks else []
    encodings = read_encodings(source, rows, codec, vocabulary)
    return NewDocument(document, digest, chunks, encodings, source.names(rows))


def read_encodings(
    source: Snapshot, rows: Rows, codec: TokenCodec, vocabulary: Sequence[NDArray[np.int32]]
) -> list[Encoding]:
    """Encodings whose sentence vectors and token codes are those stored; where a token stood is not kept.

    Raises
    ------
    CorruptStore
        If a chunk has token vectors and not one for each id of its `vocabulary`.
    """
    dense = source.dense_vectors(rows)
    codes, ends = source.token_codes(rows)
    found = []
    for i in range(len(rows)):
        part = slice(int(ends[i]), int(ends[i + 1]))
        tokens = codec.restore(codes[part]).astype(np.float32)
        if len(tokens) not in {0, len(vocabulary[i])}:  # 0: an encoder without late interaction
            raise CorruptStore(
                f"chunk {int(rows[i])} has {len(tokens)} token vectors for {len(vocabulary[i])} tokens",
                fix="run `vouch doctor --repair`",
            )
        spans = np.zeros((len(tokens), 2), dtype=np.int32)
        found.append(Encoding(dense[i], tokens, vocabulary[i][: len(tokens)], spans))
    return found


def verify(
    source: Snapshot, target: Snapshot, rank: Ranker, questions: Sequence[str], progress: Progress | None = None
) -> Verification:
    """Compare both sides.

    Raises
    ------
    CorruptStore
        If numbers or digests differ, or the rankings agree by less than `LEAST_AGREEMENT`.
    """
    sizes = [(len(side.documents()), len(side)) for side in (source, target)]
    if sizes[0] != sizes[1]:
        raise CorruptStore(
            f"{sizes[0][0]} documents with {sizes[0][1]} chunks became {sizes[1][0]} with {sizes[1][1]}",
            fix="run the same command again: it goes on where it stopped",
        )
    sums = [checksum(side, progress) for side in (source, target)]
    if sums[0] != sums[1]:
        raise CorruptStore("both sides have the same number of chunks but not the same content", fix="start anew")
    overlaps = []
    for number, question in enumerate(questions):
        if progress is not None:
            progress(number, len(questions), "asking both sides")
        one, other = (rank(side, question) for side in (source, target))
        overlaps.append(rank_biased_overlap(*padded(one, other)))
    agreement = float(np.mean(overlaps)) if overlaps else 1.0
    if agreement < LEAST_AGREEMENT:
        raise CorruptStore(
            f"the top ten of {len(questions)} questions agree by {agreement:.3f} only",
            fix="set `store.qdrant.exact`, or raise `hnsw_ef` and `oversampling`, and migrate again",
        )
    return Verification(*sizes[0], sums[0], len(questions), agreement, min(overlaps, default=1.0))


def checksum(snapshot: Snapshot, progress: Progress | None = None) -> str:
    """SHA-256 over documents ordered by id with their chunks, names, sentence vectors and token codes.

    Order of rows, generations and engines make no difference.
    """
    digest = hashlib.sha256()
    documents = snapshot.documents()
    for number, summary in enumerate(documents):
        if progress is not None:
            progress(number, len(documents), "adding up")
        document = snapshot.document(summary.id)
        digest.update(b"" if document is None else document.model_dump_json().encode())
        rows = snapshot.rows_of([summary.id])
        for start in range(0, len(rows), DIGEST_ROWS):
            add(digest.update, snapshot, rows[start : start + DIGEST_ROWS])
    return digest.hexdigest()


def add(update: Callable[[bytes], None], snapshot: Snapshot, rows: Rows) -> None:
    """Add some rows of one document to a digest."""
    chunks: dict[int, Chunk] = snapshot.chunks(rows.tolist())
    for row, names in zip(rows.tolist(), snapshot.names(rows), strict=True):
        update(chunks[row].model_dump_json().encode())
        update("\0".join(sorted(names)).encode())
    update(snapshot.dense_vectors(rows).astype("<f4").tobytes())
    codes, ends = snapshot.token_codes(rows)
    update(codes.tobytes() + ends.astype("<i8").tobytes())
