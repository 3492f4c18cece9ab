"""Searching some documents of a collection only: a view of its snapshot with the other chunks left out.

The filter holds at every stage, before candidates are chosen, so that `k` hits are found wherever `k` chunks pass it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from core.protocols import Floats
from core.types import Chunk, Document, DocumentSummary, Frozen
from indexing.stores.base import FirstStages, Rows, Snapshot, StageScores


class Filters(Frozen):
    """Which documents are searched; both conditions hold where both are given.

    Attributes
    ----------
    source : str, optional
        A source, or what sources begin with.
    document_id : str or tuple of str, optional
        One of these.
    """

    source: str | None = Field(None, min_length=1, max_length=4096, description="a source, or how it begins")
    document_id: str | tuple[str, ...] | None = Field(None, description="one id, or several of which any will do")

    def lets_through(self, document: DocumentSummary) -> bool:
        """Whether a document is searched.

        Examples
        --------
        >>> document = DocumentSummary(id="a", collection="default", source="notes/loss.md", title="", media_type="",
        ...                            characters=1, chunks=1, sha256="", pages=0)
        >>> Filters(source="notes/").lets_through(document), Filters(document_id="b").lets_through(document)
        (True, False)
        """
        ids = (self.document_id,) if isinstance(self.document_id, str) else self.document_id
        return (self.source is None or document.source.startswith(self.source)) and (ids is None or document.id in ids)


def filtered(snapshot: Snapshot, filters: Filters | None) -> Snapshot:
    """The snapshot as the filters show it."""
    if filters is None or filters == Filters():
        return snapshot
    ids = [document.id for document in snapshot.documents() if filters.lets_through(document)]
    return FilteredSnapshot(snapshot, snapshot.rows_of(ids))


class FilteredSnapshot(Snapshot):
    """Some rows of another snapshot, numbered anew; statistics (idf, lengths) stay those of the whole.

    Parameters
    ----------
    whole : Snapshot
        What it is a part of.
    rows : (m,) int64
        Rows of `whole` that are kept, ascending.
    """

    def __init__(self, whole: Snapshot, rows: Rows) -> None:
        self.generation = whole.generation
        self.ranks_itself = whole.ranks_itself
        self.fusion = whole.fusion
        self._whole = whole
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def first_stages(self, request: FirstStages) -> StageScores:
        """Candidates among the kept rows."""
        found = self._whole.first_stages(replace(request, within=self._rows))
        return replace(found, rows=np.searchsorted(self._rows, found.rows))

    def scores(self, request: FirstStages, rows: Rows) -> StageScores:
        """Scores of kept rows."""
        return replace(self._whole.scores(request, self._rows[rows]), rows=rows)

    def bm25(self, stems: Sequence[str], k1: float, b: float) -> NDArray[np.float64]:
        """BM25 scores of the kept rows."""
        return self._whole.bm25(stems, k1, b)[self._rows]

    def named(self, key: str) -> Rows:
        """Kept rows where something of this name begins."""
        return np.flatnonzero(np.isin(self._rows, self._whole.named(key)))

    def dense_search(self, vector: Floats, k: int) -> tuple[Rows, Floats]:
        """Exact search among the kept rows; ties keep their order."""
        if not len(self):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        scores = self._whole.dense_vectors(self._rows) @ vector  # (m,)
        order = np.argsort(-scores, kind="stable")[:k]
        return order.astype(np.int64), scores[order]

    def dense_vectors(self, rows: Rows) -> Floats:
        """Sentence vectors (r, d)."""
        return self._whole.dense_vectors(self._rows[rows])

    def token_codes(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Token codes of some chunks and where each begins."""
        return self._whole.token_codes(self._rows[rows])

    def names(self, rows: Rows) -> list[set[str]]:
        """Keys of names of some chunks."""
        return self._whole.names(self._rows[rows])

    def token_frequencies(self, token_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """Chunk frequencies in the whole."""
        return self._whole.token_frequencies(token_ids)

    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row."""
        wanted = {int(self._rows[row]): int(row) for row in rows}
        return {wanted[row]: chunk for row, chunk in self._whole.chunks(wanted).items()}

    def document(self, id: str) -> Document | None:
        """A visible document."""
        return self._whole.document(id)

    def documents(self, after: str = "", limit: int = 1_000_000) -> list[DocumentSummary]:
        """Visible documents ordered by id."""
        return self._whole.documents(after, limit)

    def rows_of(self, documents: Sequence[str]) -> Rows:
        """Kept rows of the chunks of some documents."""
        return np.flatnonzero(np.isin(self._rows, self._whole.rows_of(documents)))
