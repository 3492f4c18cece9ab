"""Points in a folder over ``qdrant-edge-py``: Qdrant's own engine inside this process, one shard and no server."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import Busy, MissingDependency
from core.settings import QdrantSettings
from indexing.stores.qdrant.points import (
    DENSE,
    INTEGERS,
    KEYWORDS,
    STEMS,
    TOKENS,
    Conditions,
    Found,
    Nearest,
    Point,
    PointId,
    Points,
    Sparse,
    Wanted,
    Where,
    as_found,
)

IN_USE = "WouldBlock"


class EdgePoints(Points):
    """One shard in a folder.

    Parameters
    ----------
    folder : Path
        Of the shard; `create` makes it.
    settings : QdrantSettings
        Search parameters and batch size.

    Raises
    ------
    MissingDependency
        If ``qdrant-edge-py`` is not installed.
    """

    def __init__(self, folder: Path, settings: QdrantSettings) -> None:
        super().__init__(settings)
        try:
            import qdrant_edge
        except ImportError as error:
            raise MissingDependency("qdrant-edge-py is not installed", fix="pip install 'vouch[cluster]'") from error
        self._q: Any = qdrant_edge
        self._folder = folder
        self._shard: Any = None
        self._lock = threading.Lock()  # writes and the closing of the shard; reads are safe beside each other

    def exists(self) -> bool:
        """Whether a shard lies in the folder."""
        return self._folder.exists() and any(self._folder.iterdir())

    def open(self) -> None:
        """Open the shard.

        Raises
        ------
        Busy
            If another process holds it.
        """
        try:
            self._shard = self._q.EdgeShard.load(str(self._folder))
        except Exception as error:  # the binding raises plain exceptions
            if IN_USE not in str(error):
                raise
            raise Busy(
                f"another process holds the shard in {self._folder.name}", fix="wait for it to finish, or stop it"
            ) from error

    def create(self, dimension: int, token_dimension: int, exact_half: bool) -> None:
        """Make the shard and its payload indexes; as `ClientPoints.create` does."""
        q, s = self._q, self._settings
        quantization = {
            "none": None,
            "scalar": q.ScalarQuantizationConfig(q.ScalarType.Int8),
            "binary": q.BinaryQuantizationConfig(),
        }[s.quantization]
        datatype = q.VectorStorageDatatype.Float16 if exact_half else q.VectorStorageDatatype.Float32
        one_bit = q.BinaryQuantizationConfig(query_encoding=q.BinaryQuantizationQueryEncoding.Scalar8Bits)
        tokens = q.EdgeVectorParams(
            max(token_dimension, 1),
            q.Distance.Dot,
            multivector_config=q.MultiVectorConfig(q.MultiVectorComparator.MaxSim),
            datatype=datatype,
            quantization_config=one_bit if exact_half else None,
            hnsw_config=q.HnswIndexConfig(m=0, ef_construct=s.hnsw_ef_construct, full_scan_threshold=10_000),
        )
        graph = q.HnswIndexConfig(m=s.hnsw_m, ef_construct=s.hnsw_ef_construct, full_scan_threshold=10_000)
        dense = q.EdgeVectorParams(dimension, q.Distance.Dot, quantization_config=quantization, hnsw_config=graph)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._shard = q.EdgeShard.create(
            str(self._folder),
            q.EdgeConfig(
                vectors={DENSE: dense, TOKENS: tokens},
                sparse_vectors={STEMS: q.EdgeSparseVectorParams(modifier=q.Modifier.Idf)},
            ),
        )
        for key in KEYWORDS:
            self._shard.update(q.UpdateOperation.create_field_index(key, q.PayloadSchemaType.Keyword))
        for key in INTEGERS:
            self._shard.update(q.UpdateOperation.create_field_index(key, q.PayloadSchemaType.Integer))

    def _upsert(self, batch: Sequence[Point]) -> None:
        """To the log first: what `flush` makes durable is a prefix of it."""
        q = self._q
        written = [q.Point(p.id, {name: self._raw(v) for name, v in p.vectors.items()}, dict(p.payload)) for p in batch]
        with self._lock:
            self._shard.update(q.UpdateOperation.upsert_points(written))

    def set_payload(self, where: Conditions, payload: Mapping[str, Any]) -> None:
        """Overwrite some keys of what meets the conditions."""
        with self._lock:
            self._shard.update(self._q.UpdateOperation.set_payload_by_filter(self._filter(where), dict(payload)))

    def delete(self, where: Conditions) -> None:
        """Delete what meets the conditions."""
        with self._lock:
            self._shard.update(self._q.UpdateOperation.delete_points_by_filter(self._filter(where)))

    def _retrieve(self, ids: Sequence[PointId], fields: Wanted, vectors: Wanted) -> Sequence[Any]:
        found: Sequence[Any] = self._shard.retrieve(list(ids), fields, vectors)
        return found

    def _page(self, where: Any, fields: Wanted, start: Any, size: int) -> tuple[Sequence[Any], Any]:
        request = self._q.ScrollRequest(offset=start, limit=size, filter=where, with_payload=fields)
        found: tuple[Sequence[Any], Any] = self._shard.scroll(request)
        return found

    def count(self, where: Conditions) -> int:
        """Exact count."""
        return int(self._shard.count(self._q.CountRequest(exact=True, filter=self._filter(where))))

    def query(
        self,
        nearest: Nearest,
        where: Conditions,
        fields: Sequence[str],
        vectors: Sequence[str] = (),
        prefetch: Sequence[Nearest] = (),
    ) -> list[Found]:
        """One query of the shard."""
        q, condition = self._q, self._filter(where)
        params = q.SearchParams(exact=self._settings.exact, hnsw_ef=self._settings.hnsw_ef)
        request = q.QueryRequest(
            limit=nearest.k,
            query=q.Query.Nearest(self._raw(nearest.vector), using=nearest.using),
            prefetches=[
                q.Prefetch(
                    limit=p.k,
                    query=q.Query.Nearest(self._raw(p.vector), using=p.using),
                    filter=condition,
                    params=params,
                )
                for p in prefetch
            ]
            or None,
            filter=condition,
            params=params,
            with_payload=list(fields) or False,
            with_vector=list(vectors) or False,
        )
        return [as_found(point) for point in self._shard.query(request)]

    def flush(self) -> None:
        """Wait for the disk."""
        with self._lock:
            self._shard.flush()

    def close(self) -> None:
        """Close the shard."""
        with self._lock:
            if self._shard is not None:
                self._shard.close()
                self._shard = None

    def _condition(self, where: Where) -> Any:
        q = self._q
        if where.any_of is not None:
            return q.FieldCondition(where.key, match=q.MatchAny(list(where.any_of)))
        return q.FieldCondition(where.key, range=q.RangeFloat(gt=where.above, lte=where.at_most))

    def _has_id(self, ids: Sequence[PointId]) -> Any:
        return self._q.HasIdCondition(set(ids))

    def _all_of(self, must: list[Any]) -> Any:
        return self._q.Filter(must=must)

    def _sparse(self, vector: Sparse) -> Any:
        return self._q.SparseVector(list(vector.indices), list(vector.values))
