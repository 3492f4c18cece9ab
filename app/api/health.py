"""Whether the server runs, whether it can be asked, and what it has counted."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.api.service import ServiceOf
from core.errors import BackendUnavailable
from core.types import Frozen

router = APIRouter(tags=["operation"])


class Health(Frozen):
    """All is well."""

    status: str


@router.get("/healthz")
async def healthz() -> Health:
    """The process runs."""
    return Health(status="ok")


@router.get("/readyz")
async def readyz(service: ServiceOf) -> Health:
    """All collections and the handbook can be asked; 503 with the reason where they cannot."""
    reason = await service.light(service.not_ready)
    if reason is not None:
        raise BackendUnavailable(f"not ready: {reason}", fix="wait, or look in the server's log")
    return Health(status="ready")


@router.get("/metrics", responses={200: {"content": {"text/plain": {}}}}, response_class=Response)
async def metrics(service: ServiceOf) -> Response:
    """Counters and histograms in the Prometheus format."""
    await service.light(service.measure)
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)
