"""What the store asks of a Qdrant engine, in as few words as both its client and its in-process edition can say.

The store's logic knows only these; the adapters in `client` and `edge` translate them.
"""

from __future__ import annotations

import abc
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from core.settings import QdrantSettings

PointId = int | str
Wanted = list[str] | Literal[False]
PAGE = 256
DENSE, STEMS, TOKENS = "dense", "stems", "tokens"
KEYWORDS = ("kind", "document", "origin", "stems", "names")
INTEGERS = ("added", "removed", "token_ids")


@dataclass(frozen=True)
class Sparse:
    """A sparse vector: u32 indices and their values."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


Vector = NDArray[np.float32] | Sparse


@dataclass(frozen=True)
class Point:
    """A point to be written; a document or the head has no vectors."""

    id: PointId
    payload: Mapping[str, Any]
    vectors: Mapping[str, Vector] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A point that was read."""

    id: PointId
    payload: Mapping[str, Any]
    vectors: Mapping[str, NDArray[np.float32]]
    score: float = 0.0


@dataclass(frozen=True)
class Where:
    """A condition on one payload key: one of `any_of`, or in the interval ``above < value <= at_most``."""

    key: str
    any_of: tuple[str | int, ...] | None = None
    above: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class Conditions:
    """All of `all_of` hold, and the id is among `ids` where that is not None."""

    all_of: tuple[Where, ...] = ()
    ids: tuple[PointId, ...] | None = None


@dataclass(frozen=True)
class Nearest:
    """The `k` points nearest to a vector in one named space."""

    using: str
    vector: Vector
    k: int


class Points(abc.ABC):
    """One physical collection of points: what every engine does alike is here, the words of each in its adapter.

    Parameters
    ----------
    settings : QdrantSettings
        Search parameters and batch size.
    """

    def __init__(self, settings: QdrantSettings) -> None:
        self._settings = settings

    @abc.abstractmethod
    def create(self, dimension: int, token_dimension: int, exact_half: bool) -> None:
        """Make the collection and its payload indexes.

        Parameters
        ----------
        dimension, token_dimension : int
            Lengths of sentence and token vectors.
        exact_half : bool
            Whether 16 bits hold the stored token coordinates without loss.
        """

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points; one with a known id is replaced."""
        for start in range(0, len(points), self._settings.batch_points):
            self._upsert(points[start : start + self._settings.batch_points])

    @abc.abstractmethod
    def _upsert(self, batch: Sequence[Point]) -> None:
        """Write a batch."""

    @abc.abstractmethod
    def set_payload(self, where: Conditions, payload: Mapping[str, Any]) -> None:
        """Overwrite some keys of all points that meet the conditions, each atomically."""

    @abc.abstractmethod
    def delete(self, where: Conditions) -> None:
        """Delete points."""

    def retrieve(
        self, ids: Sequence[PointId], fields: Sequence[str], vectors: Sequence[str] = ()
    ) -> dict[PointId, Found]:
        """Points by id with some of their payload and vectors; those that are missing are left out."""
        found: dict[PointId, Found] = {}
        for start in range(0, len(ids), PAGE):
            records = self._retrieve(ids[start : start + PAGE], list(fields) or False, list(vectors) or False)
            found.update((point.id, point) for point in map(as_found, records))
        return found

    @abc.abstractmethod
    def _retrieve(self, ids: Sequence[PointId], fields: Wanted, vectors: Wanted) -> Sequence[Any]:
        """Records of a page of ids."""

    def scroll(
        self, where: Conditions, fields: Sequence[str], start: str | None = None, limit: int | None = None
    ) -> Iterator[Found]:
        """Points that meet the conditions, ordered by id, page by page."""
        offset: Any = start
        left = limit
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            records, offset = self._page(self._filter(where), list(fields) or False, offset, size)
            yield from map(as_found, records)
            left = None if left is None else left - len(records)
            if offset is None:
                return

    @abc.abstractmethod
    def _page(self, where: Any, fields: Wanted, start: Any, size: int) -> tuple[Sequence[Any], Any]:
        """Records of a page from an id on, and where the next begins."""

    @abc.abstractmethod
    def count(self, where: Conditions) -> int:
        """Exact number of points that meet the conditions."""

    @abc.abstractmethod
    def query(
        self,
        nearest: Nearest,
        where: Conditions,
        fields: Sequence[str],
        vectors: Sequence[str] = (),
        prefetch: Sequence[Nearest] = (),
    ) -> list[Found]:
        """Best first; with `prefetch` only what those find is scored, in the same call."""

    def exactly(self) -> Self:
        """The same points, asked without any approximation of the engine's."""
        other = copy.copy(self)
        other._settings = self._settings.model_copy(update={"exact": True})
        return other

    @abc.abstractmethod
    def flush(self) -> None:
        """Return once all that was written is durable, in the order it was written."""

    @abc.abstractmethod
    def close(self) -> None:
        """Release the connection or the files."""

    def _filter(self, where: Conditions) -> Any:
        """A filter in the engine's words; None where there is no condition."""
        must = [self._condition(condition) for condition in where.all_of]
        if where.ids is not None:
            must.append(self._has_id(where.ids))
        return self._all_of(must) if must else None

    @abc.abstractmethod
    def _condition(self, where: Where) -> Any:
        """A condition on a payload key in the engine's words."""

    @abc.abstractmethod
    def _has_id(self, ids: Sequence[PointId]) -> Any:
        """A condition on the id."""

    @abc.abstractmethod
    def _all_of(self, must: list[Any]) -> Any:
        """A filter of conditions that must all hold."""

    def _raw(self, vector: Vector) -> Any:
        """A vector as the engine takes it."""
        return self._sparse(vector) if isinstance(vector, Sparse) else vector.tolist()

    @abc.abstractmethod
    def _sparse(self, vector: Sparse) -> Any:
        """A sparse vector as the engine takes it."""


def as_found(record: Any) -> Found:
    """A record of either engine; sparse vectors are never asked for."""
    vectors = record.vector if isinstance(record.vector, dict) else {}
    return Found(
        id=record.id if isinstance(record.id, int) else str(record.id),
        payload=record.payload or {},
        vectors={name: np.asarray(vector, dtype=np.float32) for name, vector in vectors.items()},
        score=float(getattr(record, "score", 0.0)),
    )
