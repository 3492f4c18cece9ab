"""FAISS, exact inner product."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.protocols import Encoder, Floats
from evals.baselines.dense import DenseBaseline


class FaissFlat(DenseBaseline):
    """``IndexFlatIP`` over our sentence vectors of whole documents."""

    name = "faiss-flat"
    description = "FAISS IndexFlatIP over our sentence vectors of whole documents"

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        import faiss

        self._faiss = faiss
        self._index: Any = None

    def store(self, vectors: Floats) -> None:
        """Add all vectors."""
        self._index = self._faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def nearest(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """Exact search."""
        scores, rows = self._index.search(vector[None, :].astype(np.float32), k)
        return [(self._ids[row], float(score)) for row, score in zip(rows[0], scores[0], strict=True)]
