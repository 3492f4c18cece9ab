"""Examine a collection: what is damaged, degenerate, doubled, missing or too long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from core.protocols import Encoder
from core.types import Frozen
from indexing.stores import database
from indexing.stores.embedded import SEGMENTS, EmbeddedSnapshot, EmbeddedStore, encoder_input
from indexing.stores.segments import damaged_files

Kind = Literal[
    "damaged_file", "degenerate_vector", "duplicate_vector", "truncated_chunk", "missing_vector", "text_changed"
]
DUPLICATE_SHARE = 0.05


class Finding(Frozen):
    """One thing that is wrong with a collection."""

    kind: Kind
    message: str


def examine(store: EmbeddedStore, encoder: Encoder) -> list[Finding]:
    """All findings of a collection; empty where it is sound."""
    damaged = list(damaged_segments(store))
    if damaged:
        return damaged
    snapshot = store.snapshot()
    return [*vectors(snapshot), *lengths(snapshot, encoder), *texts(store, snapshot)]


def damaged_segments(store: EmbeddedStore) -> Iterator[Finding]:
    """Segment files that differ from what was committed."""
    generation = database.current_generation(store.connection)
    for segment in database.segments_of(store.connection, generation):
        for name in damaged_files(store.folder / SEGMENTS, segment.name, segment.digests):
            yield Finding(kind="damaged_file", message=f"{name} is missing or differs from what was committed")


def vectors(snapshot: EmbeddedSnapshot) -> Iterator[Finding]:
    """Vectors that carry no meaning, and suspiciously many equal ones."""
    matrix = snapshot.dense_vectors(np.arange(len(snapshot)))
    norms = np.linalg.norm(matrix, axis=1)
    for row in np.flatnonzero(~np.isfinite(norms) | (np.abs(norms - 1) > 1e-2)):
        yield Finding(kind="degenerate_vector", message=f"chunk {row} has a vector of length {norms[row]:.3g}, not 1")
    if len(matrix) > 20:
        distinct = len(np.unique(matrix.round(5), axis=0))
        if distinct < (1 - DUPLICATE_SHARE) * len(matrix):
            yield Finding(
                kind="duplicate_vector",
                message=f"{len(matrix) - distinct} of {len(matrix)} chunks share their vector with another",
            )


def lengths(snapshot: EmbeddedSnapshot, encoder: Encoder) -> Iterator[Finding]:
    """Chunks longer than their encoder reads, and chunks without token vectors."""
    rows = np.arange(len(snapshot))
    chunks = snapshot.chunks(rows.tolist())
    counts = encoder.count_tokens([encoder_input(chunks[row]) for row in range(len(rows))]) if len(rows) else []
    _, offsets = snapshot.token_codes(rows)
    for row, (count, stored) in enumerate(zip(counts, np.diff(offsets).tolist(), strict=True)):
        if count > encoder.max_tokens:
            yield Finding(kind="truncated_chunk", message=f"chunk {chunks[row].id} has {count} tokens")
        elif stored != count:
            yield Finding(
                kind="missing_vector", message=f"chunk {chunks[row].id} has {stored} of {count} token vectors"
            )


def texts(store: EmbeddedStore, snapshot: EmbeddedSnapshot) -> Iterator[Finding]:
    """Documents whose text is not what was hashed."""
    import hashlib

    for summary in snapshot.documents():
        document = snapshot.document(summary.id)
        assert document is not None
        if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
            yield Finding(kind="text_changed", message=f"{document.source} differs from its committed hash")
