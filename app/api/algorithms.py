"""``/v1/algorithms``: the library of reference implementations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from algorithms.registry import load
from app.api.service import ServiceOf
from app.application import describe_algorithm
from core.types import AlgorithmDetail, AlgorithmSummary, Execution, Frozen

router = APIRouter(prefix="/v1/algorithms", tags=["algorithms"])


class RunRequest(Frozen):
    """Inputs of a run; missing ones come from the example."""

    inputs: dict[str, Any] = Field(default_factory=dict)


@router.get("")
async def list_algorithms(
    request: Request,
    service: ServiceOf,
    family: Annotated[str | None, Query(description="only this family")] = None,
    query: Annotated[str | None, Query(max_length=1000, description="only what this is about, best first")] = None,
) -> list[AlgorithmSummary]:
    """All algorithms, those of a family, or those that a query is about."""
    if query:
        entries = await service.heavy(lambda: service.application.algorithms(family, query), request.is_disconnected)
    else:
        entries = await service.light(lambda: service.application.algorithms(family, None))
    return [AlgorithmSummary(**describe_algorithm(entry)) for entry in entries]


@router.get("/{id}")
async def get_algorithm(id: str, service: ServiceOf) -> AlgorithmDetail:
    """One algorithm with its article and code."""
    entry = await service.light(lambda: load(id))
    return AlgorithmDetail(**describe_algorithm(entry), article=entry.article, code=entry.code, sha256=entry.sha256)


@router.post("/{id}/run")
async def run_algorithm(id: str, request: Request, service: ServiceOf, body: RunRequest | None = None) -> Execution:
    """Run an algorithm in the sandbox; what fails while it runs is part of the execution (``ok: false``)."""
    inputs = body.inputs if body is not None else {}
    execution = await service.heavy(lambda: service.application.run_algorithm(id, inputs), request.is_disconnected)
    service.metrics.execution(execution.ok)
    return execution
