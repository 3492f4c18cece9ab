"""``/v1/collections``: named sets of documents."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.service import ServiceOf
from core.types import Frozen

router = APIRouter(prefix="/v1/collections", tags=["documents"])


class CollectionName(Frozen):
    """A collection."""

    name: str


class CollectionNames(Frozen):
    """All collections, the built-in handbook among them."""

    items: tuple[str, ...]


class Deleted(Frozen):
    """The collection that is gone."""

    deleted: str


@router.get("")
async def list_collections(service: ServiceOf) -> CollectionNames:
    """Names of all collections."""
    return CollectionNames(items=tuple(await service.light(lambda: service.application.collections.names())))


@router.post("", status_code=201)
async def create_collection(body: CollectionName, service: ServiceOf) -> CollectionName:
    """Make an empty collection."""
    await service.light(lambda: service.application.collections.create(body.name))
    return body


@router.delete("/{name}")
async def delete_collection(name: str, service: ServiceOf) -> Deleted:
    """Delete a collection and all that was indexed in it."""
    await service.light(lambda: service.application.collections.delete(name))
    return Deleted(deleted=name)
