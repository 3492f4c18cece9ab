"""A snapshot whose vectors and token codes lie on a device: exact search over all chunks, and MaxSim in batches.

It speaks to the cascade as an engine that ranks by itself (`Snapshot.ranks_itself`), so that every system of an evaluation
runs on the device without code of its own. BM25 and the texts stay where they are. Products are in float32: bf16 would
change ranks, and the encoder has already had its say about precision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.protocols import Floats
from core.types import Chunk, Document, DocumentSummary
from indexing.stores.base import FirstStages, Rows, Snapshot, StageScores
from indexing.stores.codec import get_codec
from retrieval.lexical import top_rows

BLOCK = 4096
"""Chunks whose codes are moved to the device at a time."""
TOKENS = 1_000_000
"""Token vectors decoded at a time: 1.5 GB at 384 dimensions."""


class DeviceSnapshot(Snapshot):
    """One generation of a collection, searched on a device.

    Parameters
    ----------
    inner : Snapshot
        Gives rows one by one.
    token_dimension : int
        Of the encoder; 0 where it has no late interaction.
    device : str
        As torch names it.
    """

    ranks_itself = True

    def __init__(self, inner: Snapshot, token_dimension: int, device: str) -> None:
        import torch

        self.generation = inner.generation
        if hasattr(inner, "fusion"):  # what a collection learned of its weights must not be lost on the way
            self.fusion = inner.fusion
        self._inner = inner
        self._torch = torch
        self._device = device
        rows = np.arange(len(inner))
        self._matrix = torch.from_numpy(np.array(inner.dense_vectors(rows), dtype=np.float32)).to(device)  # (n, d)
        self._codec = get_codec(token_dimension) if token_dimension else None
        parts, lengths = [], [np.zeros(1, dtype=np.int64)]
        for start in range(0, len(inner) if token_dimension else 0, BLOCK):
            codes, offsets = inner.token_codes(rows[start : start + BLOCK])
            parts.append(torch.from_numpy(np.array(codes)).to(device))
            lengths.append(np.diff(offsets))
        self._codes = torch.cat(parts) if parts else torch.zeros((0, 0), dtype=torch.uint8, device=device)  # (t, bytes)
        self._offsets = np.cumsum(np.concatenate(lengths))  # (n + 1,)
        self._nearest: dict[tuple[bytes, int], tuple[Rows, Floats]] = {}

    def prepare(self, vectors: Floats, k: int) -> None:
        """Search many vectors (q, d) in one product and keep what was found for `dense_search`."""
        for start in range(0, len(vectors), 256):
            part = np.ascontiguousarray(vectors[start : start + 256], dtype=np.float32)
            for vector, found in zip(part, self.dense_search_many(part, k), strict=True):
                self._nearest[vector.tobytes(), k] = found

    def first_stages(self, request: FirstStages) -> StageScores:
        """The best of BM25 and the nearest vectors together, with all their scores."""
        pools: list[Rows] = []
        if request.stems:
            pools.append(top_rows(self.bm25(request.stems, request.k1, request.b), request.k))
        if request.vector is not None:
            pools.append(self.dense_search(request.vector, request.k)[0])
        rows = np.unique(np.concatenate(pools)) if pools else np.zeros(0, dtype=np.int64)
        if request.within is not None:
            rows = np.intersect1d(rows, request.within)
        return self.scores(request, rows)

    def scores(self, request: FirstStages, rows: Rows) -> StageScores:
        """Scores of some rows, ascending."""
        nothing = np.zeros(0)
        lexical, dense, late = nothing, nothing, nothing
        if request.stems:
            lexical = self.bm25(request.stems, request.k1, request.b)[rows]
        if request.vector is not None:
            vector = self._torch.from_numpy(np.array(request.vector, dtype=np.float32)).to(self._device)
            picked = self._torch.from_numpy(np.array(rows, dtype=np.int64)).to(self._device)
            dense = (self._matrix[picked] @ vector).cpu().numpy().astype(np.float64)
        if request.tokens is not None:
            late = self._maxsim(request.tokens, rows)
        return StageScores(rows, lexical, dense, late)

    def _maxsim(self, tokens: Floats, rows: Rows) -> NDArray[np.float64]:
        """Sum over query tokens (q, m) of the best similarity in each row; minus infinity for a row without tokens."""
        torch = self._torch
        query = torch.from_numpy(np.array(tokens, dtype=np.float32)).to(self._device)  # (q, m)
        lengths = self._offsets[rows + 1] - self._offsets[rows]  # (r,)
        found = torch.full((len(rows), len(tokens)), -torch.inf, device=self._device)  # (r, q)
        for first, last in batches(lengths, TOKENS):
            part = lengths[first:last]
            places = np.repeat(self._offsets[rows[first:last]] - np.cumsum(part) + part, part) + np.arange(part.sum())
            decoded = self._decoded(torch.from_numpy(places).to(self._device), query.shape[1])  # (t, m)
            owner = torch.from_numpy(np.repeat(np.arange(first, last), part)).to(self._device)  # (t,)
            index = owner[:, None].expand(-1, len(tokens))
            found.scatter_reduce_(0, index, decoded @ query.T, reduce="amax")
        total: NDArray[np.float64] = found.double().sum(dim=1).cpu().numpy()
        return total

    def _decoded(self, places: Any, dimension: int) -> Any:
        """Token vectors (t, m) of some codes."""
        torch, codes = self._torch, self._codes[places]
        if self._codec is not None and self._codec.name == "int8":
            return codes.float() / 127 - 1
        shifts = torch.arange(7, -1, -1, dtype=torch.uint8, device=self._device)
        bits = (codes[:, :, None] >> shifts) & 1  # (t, bytes, 8), the first coordinate is the high bit
        return (bits.flatten(1)[:, :dimension].float() * 2 - 1) / dimension**0.5

    def dense_search(self, vector: Floats, k: int) -> tuple[Rows, Floats]:
        """Nearest chunks, best first, ties by row."""
        known = self._nearest.get((np.ascontiguousarray(vector, dtype=np.float32).tobytes(), k))
        return known if known is not None else self.dense_search_many(vector[None, :], k)[0]

    def dense_search_many(self, vectors: Floats, k: int) -> list[tuple[Rows, Floats]]:
        """Nearest chunks of several vectors by one product with all of them."""
        torch = self._torch
        k = min(k, len(self))
        if not k:
            return [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)) for _ in vectors]
        with torch.inference_mode():
            given = torch.from_numpy(np.array(vectors, dtype=np.float32)).to(self._device)
            best = torch.topk(given @ self._matrix.T, k, dim=1)
        found = []
        for rows, scores in zip(best.indices.cpu().numpy(), best.values.cpu().numpy(), strict=True):
            order = np.lexsort((rows, -scores))
            found.append((rows[order].astype(np.int64), scores[order]))
        return found

    def __len__(self) -> int:
        return len(self._inner)

    def bm25(self, stems: Sequence[str], k1: float, b: float) -> NDArray[np.float64]:
        """As the inner snapshot."""
        return self._inner.bm25(stems, k1, b)

    def named(self, key: str) -> Rows:
        """As the inner snapshot."""
        return self._inner.named(key)

    def dense_vectors(self, rows: Rows) -> Floats:
        """As the inner snapshot."""
        return self._inner.dense_vectors(rows)

    def token_codes(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """As the inner snapshot."""
        return self._inner.token_codes(rows)

    def names(self, rows: Rows) -> list[set[str]]:
        """As the inner snapshot."""
        return self._inner.names(rows)

    def token_frequencies(self, token_ids: NDArray[np.int32]) -> NDArray[np.int64]:
        """As the inner snapshot."""
        return self._inner.token_frequencies(token_ids)

    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """As the inner snapshot."""
        return self._inner.chunks(rows)

    def document(self, id: str) -> Document | None:
        """As the inner snapshot."""
        return self._inner.document(id)

    def documents(self, after: str = "", limit: int = 1_000_000) -> list[DocumentSummary]:
        """As the inner snapshot."""
        return self._inner.documents(after, limit)


def batches(lengths: NDArray[np.int64], most: int) -> Iterable[tuple[int, int]]:
    """Stretches of rows that hold at most `most` tokens together; a longer row stands alone.

    Examples
    --------
    >>> list(batches(np.array([3, 3, 9, 1]), 6))
    [(0, 2), (2, 3), (3, 4)]
    """
    first, held = 0, 0
    for place, length in enumerate(lengths.tolist()):
        if place > first and held + length > most:
            yield first, place
            first, held = place, 0
        held += length
    if first < len(lengths):
        yield first, len(lengths)
