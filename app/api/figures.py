"""``GET /v1/figures/{sha256}``: pictures that runs have drawn, and those of the handbook's articles."""

from __future__ import annotations

from fastapi import APIRouter, Response

from answering.execute import FIGURE_TYPE
from app.api.service import ServiceOf
from core.errors import NotFound
from knowledge.handbook import figure_of, load

router = APIRouter(prefix="/v1", tags=["algorithms"])
SVG = "image/svg+xml"
REVISED = {"Cache-Control": "private, max-age=3600"}
CACHED = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/figures/{sha256}", responses={200: {"content": {FIGURE_TYPE: {}}}}, response_class=Response)
async def get_figure(sha256: str, service: ServiceOf) -> Response:
    """Bytes of a figure, named by their SHA-256."""
    data = await service.light(lambda: service.application.executor.figure_bytes(sha256))
    if data is None:
        raise NotFound(f"no figure {sha256!r}", fix="run the algorithm again; its execution names the figure")
    return Response(data, media_type=FIGURE_TYPE, headers=CACHED)


@router.get("/figures/handbook/{slug}", responses={200: {"content": {SVG: {}}}}, response_class=Response)
async def get_handbook_figure(slug: str) -> Response:
    """The figure of a handbook article, named by the article's slug."""
    path = figure_of(load(slug))
    if path is None:
        raise NotFound(f"the article {slug!r} has no figure", fix="read the article; its text shows what it has")
    return Response(path.read_bytes(), media_type=SVG, headers=REVISED)
