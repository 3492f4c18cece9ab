"""``POST /v1/explain``: token-level MaxSim between a query and a passage."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field

from app.api.service import ServiceOf
from app.explain import Interaction, interaction
from core.errors import InputTooLarge
from core.types import Frozen

router = APIRouter(prefix="/v1", tags=["search"])
LONGEST = 20_000


class ExplainRequest(Frozen):
    """A query, and a passage by its document and characters."""

    query: str = Field(min_length=1, max_length=20_000)
    document_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)


@router.post("/explain")
async def explain(request: Request, body: ExplainRequest, service: ServiceOf) -> Interaction:
    """Which tokens of a passage the tokens of a query are most similar to, for a heat map."""
    if body.end - body.start > LONGEST:
        raise InputTooLarge(f"the passage is over {LONGEST} characters", fix="name a shorter one")
    _, document = await service.light(lambda: service.application.collections.find_document(body.document_id))
    encoder = service.application.encoder
    return await service.heavy(
        lambda: interaction(encoder, body.query, document.id, document.text, body.start, body.end),
        request.is_disconnected,
    )
