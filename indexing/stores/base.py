"""What a store offers: a writer that commits generations, and snapshots that keep the one they opened.

Every engine passes the contract suite in ``tests/contracts/``.
"""

from __future__ import annotations

import abc
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.protocols import Encoding, Floats
from core.types import Chunk, Document, DocumentSummary
from indexing.stores.learned_fusion import LearnedFusion

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class NewDocument:
    """A document with its chunks, their encodings and the keys of what begins in each, in the same order.

    Without `names` the document is found by its words only.
    """

    document: Document
    content_sha256: str
    chunks: Sequence[Chunk]
    encodings: Sequence[Encoding]
    names: Sequence[Collection[str]] = ()


@dataclass(frozen=True)
class FirstStages:
    """What the first stages of a search ask of an engine that ranks by itself.

    Attributes
    ----------
    stems : sequence of str
        For BM25; empty where that stage is not asked for.
    k1, b : float
        Of BM25.
    vector : (d,) float32, optional
        The query's sentence vector.
    tokens : (q, m) float32, optional
        Its token vectors in the space of the codes, each multiplied with its weight; the sum of their maxima is the score.
    k : int
        Candidates wanted of each of BM25 and the sentence vectors.
    within : (m,) int64, optional
        Only these rows are searched.
    """

    stems: Sequence[str]
    k1: float
    b: float
    vector: Floats | None
    tokens: Floats | None
    k: int
    within: Rows | None = None


@dataclass(frozen=True)
class StageScores:
    """Rows, ascending, and what each stage that was asked for gives them (r,); a stage that was not is empty."""

    rows: Rows
    bm25: NDArray[np.float64]
    dense: NDArray[np.float64]
    maxsim: NDArray[np.float64]


class Snapshot(abc.ABC):
    """One generation of a collection, unchanged while it is held; `n` live chunks, rows count from 0 among them."""

    generation: int
    ranks_itself: bool = False
    """Whether `first_stages` and `scores` are to be asked, because rows lie too far away to be read one by one."""
    fusion: LearnedFusion | None = None
    """What was learned of the weights of this collection's stages; None where nothing was, or the engine keeps none."""

    def first_stages(self, request: FirstStages) -> StageScores:
        """The `k` best of BM25 (positive scores only) and the `k` nearest sentence vectors together, with their scores."""
        raise NotImplementedError("this engine gives row-level access")

    def scores(self, request: FirstStages, rows: Rows) -> StageScores:
        """Scores of some rows, ascending."""
        raise NotImplementedError("this engine gives row-level access")

    def contains(self, stem: str) -> bool:
        """Whether any live chunk has this stem."""
        return bool(self.bm25([stem], 1.5, 0.75).any())

    @abc.abstractmethod
    def __len__(self) -> int:
        """Number of live chunks."""

    @abc.abstractmethod
    def bm25(self, stems: Sequence[str], k1: float, b: float) -> NDArray[np.float64]:
        """BM25 score of every live chunk (n,), 0 where no stem occurs."""

    def named(self, key: str) -> Rows:
        """Rows where something begins whose name has this key (`indexing.stores.names`), ascending; none where the engine
        keeps no such field."""
        return np.zeros(0, dtype=np.int64)

    @abc.abstractmethod
    def dense_search(self, vector: Floats, k: int) -> tuple[Rows, Floats]:
        """Rows and scores of the `k` live chunks nearest to a unit vector (d,), best first."""

    def dense_search_many(self, vectors: Floats, k: int) -> list[tuple[Rows, Floats]]:
        """`dense_search` of several vectors (q, d); an engine that can share a pass between them overrides this."""
        return [self.dense_search(vector, k) for vector in vectors]

    @abc.abstractmethod
    def dense_vectors(self, rows: Rows) -> Floats:
        """Sentence vectors (r, d)."""

    @abc.abstractmethod
    def token_codes(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Token codes of some chunks in turn (t, bytes), and where each begins (r + 1,)."""

    @abc.abstractmethod
    def names(self, rows: Rows) -> list[set[str]]:
        """Keys of the names of what begins in each chunk."""

    @abc.abstractmethod
    def token_frequencies(self, token_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """In how many chunks each vocabulary id occurs."""

    @abc.abstractmethod
    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row."""

    @abc.abstractmethod
    def document(self, id: str) -> Document | None:
        """A visible document."""

    @abc.abstractmethod
    def documents(self, after: str = "", limit: int = 1_000_000) -> list[DocumentSummary]:
        """Visible documents ordered by id."""

    def rows_of(self, documents: Sequence[str]) -> Rows:
        """Rows of the chunks of some documents, ascending; an engine that can look them up overrides this."""
        wanted = set(documents)
        found = self.chunks(range(len(self)))
        return np.array([row for row in sorted(found) if found[row].document_id in wanted], dtype=np.int64)


class Store(abc.ABC):
    """A collection that can be read and written."""

    name: str

    @abc.abstractmethod
    def snapshot(self) -> Snapshot:
        """The newest committed generation."""

    @abc.abstractmethod
    def commit(self, added: Sequence[NewDocument], removed: Sequence[str]) -> int:
        """Make a new generation in one step and return its number; a document added under an id replaces the old one."""

    def compress(self, encodings: Sequence[Encoding]) -> list[Encoding]:
        """What the store needs of some encodings, so that an ingest holds no more; by default all of it."""
        return list(encodings)

    def find_encodings(self, hashes: Iterable[bytes]) -> dict[bytes, tuple[Floats, NDArray[np.uint8]]]:
        """Sentence vector and token codes of texts encoded before; an engine without a look-up finds none."""
        return {}

    def maintain(self) -> None:  # noqa: B027 (an engine may have nothing to do)
        """Merge, collect and build caches after an ingest."""

    @abc.abstractmethod
    def origins(self, origin: str) -> dict[str, tuple[str, str]]:
        """Visible documents of one origin: source → (document id, SHA-256 of the bytes)."""

    @abc.abstractmethod
    def close(self) -> None:
        """Release files."""
