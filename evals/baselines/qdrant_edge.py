"""Qdrant Edge: the engine of Qdrant in this process, on disk."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from core.protocols import Encoder, Floats
from evals.baselines.dense import DenseBaseline

BATCH = 512


class QdrantEdge(DenseBaseline):
    """An ``EdgeShard`` in a temporary folder over our sentence vectors of whole documents."""

    name = "qdrant-edge"
    description = "Qdrant Edge in process, on disk, over our sentence vectors of whole documents"

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        import qdrant_edge

        self._edge = qdrant_edge
        self._shard: Any = None
        self._folder = ""

    def store(self, vectors: Floats) -> None:
        """Upsert in batches, then let it optimise."""
        edge = self._edge
        self._folder = folder = tempfile.mkdtemp(prefix="qdrant-edge-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        config = edge.EdgeConfig(vectors=edge.EdgeVectorParams(size=vectors.shape[1], distance=edge.Distance.Dot))
        self._shard = edge.EdgeShard.create(folder, config)
        for start in range(0, len(vectors), BATCH):
            part = vectors[start : start + BATCH]
            points = [edge.Point(id=start + i, vector=v.tolist(), payload={}) for i, v in enumerate(part)]
            self._shard.update(edge.UpdateOperation.upsert_points(points))
        self._shard.optimize()

    def index_bytes(self) -> int:
        """Blocks that its folder takes: its files are made large and mostly empty."""
        return sum(path.stat().st_blocks * 512 for path in Path(self._folder).rglob("*") if path.is_file())

    def nearest(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """Query by vector."""
        request = self._edge.QueryRequest(query=self._edge.Query.Nearest(vector.tolist()), limit=k)
        return [(self._ids[int(point.id)], float(point.score)) for point in self._shard.query(request)]
