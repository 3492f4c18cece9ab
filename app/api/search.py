"""``POST /v1/search``: hits of a collection."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field

from app.api.service import ServiceOf
from core.types import Frozen, SearchResult
from retrieval.filtered import Filters

router = APIRouter(prefix="/v1", tags=["search"])


class SearchRequest(Frozen):
    """What to look for."""

    query: str = Field(min_length=1, max_length=20_000)
    k: int = Field(10, ge=1, le=1000)
    stages: tuple[str, ...] | None = Field(None, description="subset of bm25, dense, neighbours, colbert, rerank")
    collection: str = "default"
    filters: Filters | None = None


@router.post("/search")
async def search(request: Request, body: SearchRequest, service: ServiceOf) -> SearchResult:
    """Hits of a collection, best first, each with its rank and score at every stage."""
    result = await service.heavy(
        lambda: service.application.search(body.query, body.k, body.stages, body.collection, body.filters),
        request.is_disconnected,
    )
    service.metrics.stages(result.timings_ms)
    return result
