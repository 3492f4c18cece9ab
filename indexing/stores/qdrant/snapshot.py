"""Reading one generation of a collection in Qdrant.

The server finds candidates (sentence vectors, BM25 with its own idf) and scores them by MaxSim in one call of its Query
API. Its BM25 has the mean length of the moment a chunk was written and counts removed chunks, so what it finds is scored
again from the chunk's own stem counts with the live statistics: the scores are those of the embedded store.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.errors import CorruptStore, InputError
from core.protocols import Floats
from core.types import Chunk, Document, DocumentSummary
from indexing.stores.base import FirstStages, Rows, Snapshot, StageScores
from indexing.stores.codec import TokenCodec
from indexing.stores.qdrant.live_rows import LiveRows
from indexing.stores.qdrant.points import DENSE, STEMS, TOKENS, Conditions, Found, Nearest, Points, Sparse, Where

LIVE = 2**40
"""The generation that removes a live chunk: none ever will."""
SUMMARY = ("document", "source", "title", "media_type", "characters", "rows", "sha256", "pages")
LEXICAL = ("stems", "counts", "length")
NOTHING = np.zeros(0)


@dataclass(frozen=True)
class Head:
    """What names the newest generation; the last thing a commit writes."""

    generation: int
    live: int
    words: int
    next_row: int


class QdrantSnapshot(Snapshot):
    """One generation.

    Parameters
    ----------
    collection : str
        Name shown to people.
    points : Points
        The physical collection.
    head : Head
        Of the generation.
    codec : TokenCodec
        Of the token vectors.
    dimension : int
        Length of a sentence vector; 0 while nothing was committed.
    oversampling : float
        Lexical candidates asked for, times those wanted.
    """

    ranks_itself = True

    def __init__(
        self, collection: str, points: Points, head: Head, codec: TokenCodec, dimension: int, oversampling: float
    ) -> None:
        self.generation = head.generation
        self._collection = collection
        self._points = points
        self._head = head
        self._codec = codec
        self._dimension = dimension
        self._oversampling = oversampling
        self._document_frequency: dict[str, int] = {}
        self._token_frequency: dict[int, int] = {}
        gone = Conditions((Where("kind", ("document",)), Where("removed", at_most=head.generation)))
        self._rows = LiveRows(
            [(f.payload["first_row"], f.payload["rows"]) for f in points.scroll(gone, ("first_row", "rows"))]
        )

    def __len__(self) -> int:
        return self._head.live

    def _visible(self, kind: str, *also: Where, rows: Rows | None = None) -> Conditions:
        ids = None if rows is None else tuple(self._rows.places(rows).tolist())
        here = (Where("added", at_most=self.generation), Where("removed", above=self.generation))
        return Conditions((Where("kind", (kind,)), *here, *also), ids)

    def first_stages(self, request: FirstStages) -> StageScores:
        """Candidates and their scores; one call where token vectors are at hand, else one for each stage."""
        searches = []
        if request.vector is not None:
            searches.append(Nearest(DENSE, request.vector.astype(np.float32), request.k))
        if request.stems:
            searches.append(
                Nearest(STEMS, as_sparse(Counter(request.stems)), math.ceil(request.k * self._oversampling))
            )
        if not searches:
            return StageScores(np.zeros(0, dtype=np.int64), NOTHING, NOTHING, NOTHING)
        visible = self._visible("chunk", rows=request.within)
        if request.tokens is not None and len(request.tokens):
            found = self._points.query(
                self._maxsim(request.tokens, sum(s.k for s in searches)), visible, *self._wanted(request), searches
            )
        else:
            each = [self._points.query(search, visible, *self._wanted(request)) for search in searches]
            found = list({point.id: point for points in each for point in points}.values())
        scores = self._scored(request, found)
        kept = np.zeros(len(scores.rows), dtype=bool)
        if len(scores.bm25):
            order = np.argsort(-scores.bm25, kind="stable")[: request.k]
            kept[order[scores.bm25[order] > 0]] = True
        if len(scores.dense):
            kept[np.argsort(-scores.dense, kind="stable")[: request.k]] = True
        return StageScores(
            scores.rows[kept], *(s[kept] if len(s) else s for s in (scores.bm25, scores.dense, scores.maxsim))
        )

    def scores(self, request: FirstStages, rows: Rows) -> StageScores:
        """Scores of some rows."""
        if not len(rows):
            return StageScores(rows, NOTHING, NOTHING, NOTHING)
        fields, vectors = self._wanted(request)
        if request.tokens is not None and len(request.tokens):
            visible = self._visible("chunk", rows=rows)
            found = self._points.query(self._maxsim(request.tokens, len(rows)), visible, fields, vectors)
        else:
            found = list(self._read(rows, fields, vectors).values())
        return self._scored(request, found)

    def _wanted(self, request: FirstStages) -> tuple[Sequence[str], Sequence[str]]:
        return LEXICAL if request.stems else (), (DENSE,) if request.vector is not None else ()

    def _maxsim(self, tokens: Floats, k: int) -> Nearest:
        # an engine that keeps 16 bits a coordinate rounds the query to 16 bits too, and half precision has few digits left
        # for numbers as small as weighted coordinates are: send them stretched to 1, and shrink the scores
        return Nearest(TOKENS, (tokens / peak(tokens)).astype(np.float32), k)

    def _scored(self, request: FirstStages, found: Sequence[Found]) -> StageScores:
        ordered = sorted(found, key=lambda point: int(point.id))
        rows = self._rows.ranks(np.array([int(point.id) for point in ordered], dtype=np.int64))
        bm25 = dense = maxsim = NOTHING
        if request.stems:
            bm25 = self._bm25([point.payload for point in ordered], request.stems, request.k1, request.b)
        if request.vector is not None and ordered:
            dense = (np.stack([point.vectors[DENSE] for point in ordered]) @ request.vector).astype(np.float64)
        if request.tokens is not None:
            # stored coordinates are divided by the amplitude, so that 16 bits hold them without loss
            stretched = peak(request.tokens) * self._codec.amplitude if len(request.tokens) else 1.0
            maxsim = np.array([point.score for point in ordered]) * stretched
        return StageScores(rows, bm25, dense, maxsim)

    def _bm25(
        self, payloads: Sequence[Mapping[str, Any]], stems: Sequence[str], k1: float, b: float
    ) -> NDArray[np.float64]:
        scores = np.zeros(len(payloads))
        counts = [dict(zip(payload["stems"], payload["counts"], strict=True)) for payload in payloads]
        lengths = np.array([payload["length"] for payload in payloads], dtype=np.float64)
        norm = k1 * (1 - b + b * lengths / max(self._head.words / max(len(self), 1), 1e-9))  # (r,)
        for stem in stems:
            frequency = self._frequency_of(stem)
            idf = np.log1p((len(self) - frequency + 0.5) / (frequency + 0.5))
            tf = np.array([count.get(stem, 0) for count in counts], dtype=np.float64)
            scores += idf * tf * (k1 + 1) / np.where(tf > 0, tf + norm, 1.0)
        return scores

    def _frequency_of(self, stem: str) -> int:
        if stem not in self._document_frequency:
            self._document_frequency[stem] = self._points.count(self._visible("chunk", Where("stems", (stem,))))
        return self._document_frequency[stem]

    def contains(self, stem: str) -> bool:
        """Asked of the payload index."""
        return self._frequency_of(stem) > 0

    def bm25(self, stems: Sequence[str], k1: float, b: float) -> NDArray[np.float64]:
        """Read from every chunk that has one of the stems: for tools and tests, a search asks `first_stages`."""
        scores = np.zeros(len(self))
        if len(self) and stems:
            found = list(self._points.scroll(self._visible("chunk", Where("stems", tuple(set(stems)))), LEXICAL))
            rows = self._rows.ranks(np.array([int(point.id) for point in found], dtype=np.int64))
            scores[rows] = self._bm25([point.payload for point in found], stems, k1, b)
        return scores

    def named(self, key: str) -> Rows:
        """Asked of the payload index."""
        found = self._points.scroll(self._visible("chunk", Where("names", (key,))), ()) if key else ()
        return np.sort(self._rows.ranks(np.array([int(point.id) for point in found], dtype=np.int64)))

    def dense_search(self, vector: Floats, k: int) -> tuple[Rows, Floats]:
        """Asked of the engine: exact without a graph or with `qdrant.exact`; ties keep the order of rows."""
        if not len(self):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        found = self._points.query(Nearest(DENSE, vector.astype(np.float32), k), self._visible("chunk"), ())
        rows = self._rows.ranks(np.array([int(point.id) for point in found], dtype=np.int64))
        scores = np.array([point.score for point in found], dtype=np.float32)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def _read(self, rows: Rows, fields: Sequence[str], vectors: Sequence[str] = ()) -> dict[int, Found]:
        """Points of rows, in their order, by place.

        Raises
        ------
        CorruptStore
            If one is missing.
        """
        places = self._rows.places(np.asarray(rows, dtype=np.int64)).tolist()
        found = self._points.retrieve(places, fields, vectors)
        lost = [place for place in places if place not in found]
        if lost:
            raise CorruptStore(
                f"{len(lost)} chunks of collection {self._collection!r} are missing in Qdrant, the first at {lost[0]}",
                fix="restore a snapshot of the collection, or `vouch migrate` it again",
            )
        return {place: found[place] for place in places}

    def dense_vectors(self, rows: Rows) -> Floats:
        """Sentence vectors (r, d)."""
        found = self._read(rows, (), (DENSE,))
        places = self._rows.places(np.asarray(rows, dtype=np.int64)).tolist()
        vectors = [found[place].vectors[DENSE] for place in places]
        return np.stack(vectors) if vectors else np.zeros((0, self._dimension), dtype=np.float32)

    def token_codes(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Codes packed again from the stored vectors: for transfer and tools, a search has the server score them."""
        found = self._read(rows, (), (TOKENS,))
        places = self._rows.places(np.asarray(rows, dtype=np.int64)).tolist()
        parts = [self._codec.pack(found[place].vectors[TOKENS]) for place in places]
        codes = np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.uint8)
        return codes, np.cumsum([0] + [len(part) for part in parts])

    def names(self, rows: Rows) -> list[set[str]]:
        """Keys of names from the payload."""
        return [set(found.payload["names"]) for found in self._read(rows, ("names",)).values()]

    def token_frequencies(self, token_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """Asked of the payload index, once an id; removed chunks are still counted, as in the embedded store."""
        for id in token_ids.tolist():
            if id not in self._token_frequency:
                here = Conditions((Where("added", at_most=self.generation), Where("token_ids", (id,))))
                self._token_frequency[id] = self._points.count(here)
        return np.array([self._token_frequency[id] for id in token_ids.tolist()], dtype=np.int64)

    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row."""
        wanted = sorted({int(row) for row in rows})
        found = self._read(np.array(wanted, dtype=np.int64), ("chunk",)).values()
        return {row: Chunk(**point.payload["chunk"]) for row, point in zip(wanted, found, strict=True)}

    def document(self, id: str) -> Document | None:
        """A visible document."""
        found = self._points.scroll(self._visible("document", Where("document", (id,))), ("whole",), limit=1)
        return next((Document(**point.payload["whole"]) for point in found), None)

    def documents(self, after: str = "", limit: int = 1_000_000) -> list[DocumentSummary]:
        """Visible documents ordered by id; the ids of their points keep that order."""
        start = point_id(after, 2**48 - 1) if after else None
        found = self._points.scroll(self._visible("document"), SUMMARY, start=start, limit=limit)
        return [summary(point.payload, self._collection) for point in found]

    def rows_of(self, documents: Sequence[str]) -> Rows:
        """Rows of the chunks of some documents, ascending; a document's chunks stand side by side."""
        if not documents:
            return np.zeros(0, dtype=np.int64)
        where = self._visible("document", Where("document", tuple(documents)))
        runs = [(f.payload["first_row"], f.payload["rows"]) for f in self._points.scroll(where, ("first_row", "rows"))]
        places = [np.arange(first, first + rows, dtype=np.int64) for first, rows in sorted(runs)]
        return self._rows.ranks(np.concatenate(places)) if places else np.zeros(0, dtype=np.int64)


def point_id(document: str, generation: int) -> str:
    """Id of a document's point: sorts by document, then by the generation that added it.

    Raises
    ------
    InputError
        If the document's id is not 20 hexadecimal digits, as `indexing.pipeline.document_id` makes them.

    Examples
    --------
    >>> point_id("ff" * 10, 1)
    'ffffffff-ffff-ffff-ffff-000000000001'
    """
    try:
        number = int(document, 16)
    except ValueError:
        number = -1
    if len(document) != 20 or number < 0:
        raise InputError(f"{document!r} is no id of a document", fix="ids have 20 hexadecimal digits")
    return str(UUID(int=number << 48 | generation))


def peak(tokens: Floats) -> float:
    """Largest size of a coordinate, 1 where all are 0."""
    return float(np.abs(tokens).max()) or 1.0


def as_sparse(weights: Mapping[str, float]) -> Sparse:
    """A sparse vector over hashed stems; of two stems with one hash the weights are added.

    Examples
    --------
    >>> as_sparse({"gear": 2.0}).values
    (2.0,)
    """
    found: dict[int, float] = {}
    for stem, weight in weights.items():
        index = int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=4).digest(), "little")
        found[index] = found.get(index, 0.0) + weight
    ordered = sorted(found)
    return Sparse(tuple(ordered), tuple(float(found[index]) for index in ordered))


def summary(payload: Mapping[str, Any], collection: str) -> DocumentSummary:
    """A row of the list of documents."""
    return DocumentSummary(
        id=payload["document"],
        collection=collection,
        source=payload["source"],
        title=payload["title"],
        media_type=payload["media_type"],
        characters=payload["characters"],
        chunks=payload["rows"],
        sha256=payload["sha256"],
        pages=payload["pages"],
    )
