"""``POST /v1/feedback``: what readers say about answers."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.service import ServiceOf
from core.types import Frozen
from indexing.feedback import Feedback, record

router = APIRouter(prefix="/v1", tags=["ask"])


class Kept(Frozen):
    """Where the feedback was kept."""

    collection: str


@router.post("/feedback", status_code=201)
async def give_feedback(body: Feedback, service: ServiceOf) -> Kept:
    """Rate an answer, or a passage that it used or should have used."""
    return Kept(collection=await service.light(lambda: record(service.application.collections, body)))
