"""Qdrant in its client's local mode (in memory, exact)."""

from __future__ import annotations

from core.protocols import Encoder, Floats
from evals.baselines.dense import DenseBaseline

BATCH = 512


class QdrantLocal(DenseBaseline):
    """``QdrantClient(":memory:")`` over our sentence vectors of whole documents."""

    name = "qdrant-local"
    description = "qdrant-client in local mode, in memory, over our sentence vectors of whole documents"

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        from qdrant_client import QdrantClient, models

        self._models = models
        self._client = QdrantClient(":memory:")

    def store(self, vectors: Floats) -> None:
        """Upsert in batches."""
        models = self._models
        if self._client.collection_exists("documents"):
            self._client.delete_collection("documents")
        size = models.VectorParams(size=vectors.shape[1], distance=models.Distance.DOT)
        self._client.create_collection("documents", vectors_config=size)
        for start in range(0, len(vectors), BATCH):
            part = vectors[start : start + BATCH]
            points = [models.PointStruct(id=start + i, vector=v.tolist()) for i, v in enumerate(part)]
            self._client.upsert("documents", points)

    def nearest(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """Query by vector."""
        found = self._client.query_points("documents", query=vector.tolist(), limit=k).points
        return [(self._ids[int(point.id)], float(point.score)) for point in found]
