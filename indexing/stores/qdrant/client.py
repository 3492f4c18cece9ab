"""Points over ``qdrant-client``: a server or cluster by URL, or its local mode."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import BackendUnavailable, MissingDependency
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


def connect(settings: QdrantSettings) -> Any:
    """A client for a URL, a folder or ``:memory:``.

    Raises
    ------
    MissingDependency
        If ``qdrant-client`` is not installed.
    """
    try:
        from qdrant_client import QdrantClient
    except ImportError as error:
        raise MissingDependency("qdrant-client is not installed", fix="pip install 'vouch[cluster]'") from error
    if settings.url:
        key = settings.api_key.get_secret_value() or None
        return QdrantClient(
            url=settings.url, api_key=key, prefer_grpc=settings.grpc, timeout=int(settings.timeout_seconds)
        )
    return QdrantClient(":memory:") if settings.path == ":memory:" else QdrantClient(path=settings.path)


class ClientPoints(Points):
    """One collection, or an alias of it.

    Parameters
    ----------
    client : qdrant_client.QdrantClient
        Shared by all collections.
    name : str
        Collection or alias.
    settings : QdrantSettings
        Search parameters and batch size.
    """

    def __init__(self, client: Any, name: str, settings: QdrantSettings) -> None:
        super().__init__(settings)
        self.name = name
        self._client = client

    def create(self, dimension: int, token_dimension: int, exact_half: bool) -> None:
        """Make the collection and its payload indexes."""
        from qdrant_client import models as m

        s = self._settings
        quantization = {
            "none": None,
            "scalar": m.ScalarQuantization(scalar=m.ScalarQuantizationConfig(type=m.ScalarType.INT8, always_ram=True)),
            "binary": m.BinaryQuantization(binary=m.BinaryQuantizationConfig(always_ram=True)),
        }[s.quantization]
        # one bit against a float query, as in our own token codes; the graph (m = 0) would only cost memory, since
        # token vectors re-rank what the other two spaces found
        tokens = m.VectorParams(
            size=max(token_dimension, 1),
            distance=m.Distance.DOT,
            multivector_config=m.MultiVectorConfig(comparator=m.MultiVectorComparator.MAX_SIM),
            datatype=m.Datatype.FLOAT16 if exact_half else m.Datatype.FLOAT32,
            hnsw_config=m.HnswConfigDiff(m=0),
            quantization_config=m.BinaryQuantization(
                binary=m.BinaryQuantizationConfig(
                    always_ram=True, query_encoding=m.BinaryQuantizationQueryEncoding.SCALAR8BITS
                )
            )
            if exact_half
            else None,
            on_disk=s.on_disk,
        )
        dense = m.VectorParams(
            size=dimension,
            distance=m.Distance.DOT,
            hnsw_config=m.HnswConfigDiff(m=s.hnsw_m, ef_construct=s.hnsw_ef_construct),
            quantization_config=quantization,
            on_disk=s.on_disk,
        )
        self._call(
            "create_collection",
            self.name,
            vectors_config={DENSE: dense, TOKENS: tokens},
            sparse_vectors_config={
                STEMS: m.SparseVectorParams(modifier=m.Modifier.IDF, index=m.SparseIndexParams(on_disk=s.on_disk))
            },
            shard_number=s.shards,
            replication_factor=s.replicas,
            write_consistency_factor=s.write_consistency,
            on_disk_payload=True,
        )
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Payload indexes have no effect in the local Qdrant")
            for key in KEYWORDS:
                self._call("create_payload_index", self.name, key, m.PayloadSchemaType.KEYWORD, wait=True)
            for key in INTEGERS:
                self._call("create_payload_index", self.name, key, m.PayloadSchemaType.INTEGER, wait=True)

    def _upsert(self, batch: Sequence[Point]) -> None:
        """Acknowledged by as many replicas as `write_consistency` says."""
        from qdrant_client import models as m

        written = [
            m.PointStruct(
                id=p.id,
                payload=dict(p.payload),
                vector={name: self._raw(vector) for name, vector in p.vectors.items()},
            )
            for p in batch
        ]
        self._call("upsert", self.name, written, wait=True, ordering=m.WriteOrdering.STRONG)

    def set_payload(self, where: Conditions, payload: Mapping[str, Any]) -> None:
        """Overwrite some keys of what meets the conditions."""
        from qdrant_client import models as m

        self._call(
            "set_payload",
            self.name,
            payload=dict(payload),
            points=self._filter(where),
            wait=True,
            ordering=m.WriteOrdering.STRONG,
        )

    def delete(self, where: Conditions) -> None:
        """Delete what meets the conditions."""
        from qdrant_client import models as m

        selector = m.FilterSelector(filter=self._filter(where))
        self._call("delete", self.name, selector, wait=True, ordering=m.WriteOrdering.STRONG)

    def _retrieve(self, ids: Sequence[PointId], fields: Wanted, vectors: Wanted) -> Sequence[Any]:
        found: Sequence[Any] = self._call("retrieve", self.name, list(ids), with_payload=fields, with_vectors=vectors)
        return found

    def _page(self, where: Any, fields: Wanted, start: Any, size: int) -> tuple[Sequence[Any], Any]:
        found: tuple[Sequence[Any], Any] = self._call(
            "scroll", self.name, scroll_filter=where, limit=size, offset=start, with_payload=fields
        )
        return found

    def count(self, where: Conditions) -> int:
        """Exact count."""
        return int(self._call("count", self.name, count_filter=self._filter(where), exact=True).count)

    def query(
        self,
        nearest: Nearest,
        where: Conditions,
        fields: Sequence[str],
        vectors: Sequence[str] = (),
        prefetch: Sequence[Nearest] = (),
    ) -> list[Found]:
        """One call of the Query API."""
        from qdrant_client import models as m

        condition = self._filter(where)
        # the local mode compares everything anyway, and warns of parameters
        server = bool(self._settings.url)
        params = m.SearchParams(exact=self._settings.exact, hnsw_ef=self._settings.hnsw_ef) if server else None
        first = [
            m.Prefetch(query=self._raw(p.vector), using=p.using, limit=p.k, filter=condition, params=params)
            for p in prefetch
        ]
        answer = self._call(
            "query_points",
            self.name,
            query=self._raw(nearest.vector),
            using=nearest.using,
            limit=nearest.k,
            prefetch=first or None,
            query_filter=condition,
            search_params=params,
            with_payload=list(fields) or False,
            with_vectors=list(vectors) or False,
        )
        return [as_found(point) for point in answer.points]

    def flush(self) -> None:
        """Nothing: a server acknowledges what it has written to its log."""

    def close(self) -> None:
        """Nothing: the client is shared."""

    def _condition(self, where: Where) -> Any:
        from qdrant_client import models as m

        if where.any_of is not None:
            return m.FieldCondition(key=where.key, match=m.MatchAny(any=list(where.any_of)))
        return m.FieldCondition(key=where.key, range=m.Range(gt=where.above, lte=where.at_most))

    def _has_id(self, ids: Sequence[PointId]) -> Any:
        from qdrant_client import models as m

        return m.HasIdCondition(has_id=list(ids))

    def _all_of(self, must: list[Any]) -> Any:
        from qdrant_client import models as m

        return m.Filter(must=must)

    def _sparse(self, vector: Sparse) -> Any:
        from qdrant_client import models as m

        return m.SparseVector(indices=list(vector.indices), values=list(vector.values))

    def _call(self, method: str, *arguments: Any, **options: Any) -> Any:
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        try:
            return getattr(self._client, method)(*arguments, **options)
        except (ResponseHandlingException, UnexpectedResponse) as error:
            raise BackendUnavailable(
                f"Qdrant did not do {method} on {self.name!r}: {error}",
                fix="check `qdrant.url`, `qdrant.api_key` and the server's log",
            ) from error
