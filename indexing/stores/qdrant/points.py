"""What the store asks of a Qdrant engine, in as few words as both its client and its in-process edition can say.

The store's logic knows only these; `client` and `edge` translate them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

PointId = int | str
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


class Points(Protocol):
    """One physical collection of points."""

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points; one with a known id is replaced."""

    def set_payload(self, where: Conditions, payload: Mapping[str, Any]) -> None:
        """Overwrite some keys of all points that meet the conditions, each atomically."""

    def delete(self, where: Conditions) -> None:
        """Delete points."""

    def retrieve(
        self, ids: Sequence[PointId], fields: Sequence[str], vectors: Sequence[str] = ()
    ) -> dict[PointId, Found]:
        """Points by id with some of their payload and vectors; those that are missing are left out."""

    def scroll(
        self, where: Conditions, fields: Sequence[str], start: str | None = None, limit: int | None = None
    ) -> Iterator[Found]:
        """Points that meet the conditions, ordered by id."""

    def count(self, where: Conditions) -> int:
        """Exact number of points that meet the conditions."""

    def query(
        self,
        nearest: Nearest,
        where: Conditions,
        fields: Sequence[str],
        vectors: Sequence[str] = (),
        prefetch: Sequence[Nearest] = (),
    ) -> list[Found]:
        """Best first; with `prefetch` only what those find is scored, in the same call."""

    def flush(self) -> None:
        """Return once all that was written is durable, in the order it was written."""

    def close(self) -> None:
        """Release the connection or the files."""
