"""``/v1/documents``: upload, list, read and remove documents."""

from __future__ import annotations

import shutil
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from app.api.service import Service, ServiceOf
from core.errors import InputError, NotFound
from core.types import DocumentSummary, Frozen
from indexing.collections import DEFAULT
from indexing.job_table import Job

router = APIRouter(prefix="/v1/documents", tags=["documents"])
MAX_FILES = 1000
SHAPES = "send multipart `file` parts, or `url`, and `collection` where it is not the default one"


class UrlRequest(Frozen):
    """A page or file to fetch."""

    url: str
    collection: str = DEFAULT


class Accepted(Frozen):
    """The job that indexes what was sent; ``GET /v1/jobs/{job_id}`` follows it."""

    job_id: str


class DocumentPage(Frozen):
    """Some documents, and the cursor of the next ones (null at the end)."""

    items: tuple[DocumentSummary, ...]
    next: str | None


class DocumentText(Frozen):
    """Canonical text, which all offsets count characters of."""

    id: str
    source: str
    text: str
    sha256: str


class Removed(Frozen):
    """Ids of what was removed."""

    removed: tuple[str, ...]


UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "url": {"type": "string"},
                        "collection": {"type": "string", "default": DEFAULT},
                    },
                }
            },
            "application/json": {"schema": UrlRequest.model_json_schema()},
        },
    }
}


@router.post("", status_code=202, openapi_extra=UPLOAD_BODY)
async def upload(
    request: Request,
    service: ServiceOf,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Accepted:
    """Index uploaded files or a URL in the background; what was acknowledged survives a crash of the server.

    A request sent again with the same ``Idempotency-Key`` gives the job of the first time.
    """
    key = idempotency_key
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=MAX_FILES, max_fields=8) as form:
            job = await service.light(lambda: take_form(service, form, key))
    else:
        wanted = url_request(await request.body())
        job = await service.light(lambda: service.jobs.submit_url(wanted.collection, wanted.url, key))
    return Accepted(job_id=job.id)


def url_request(body: bytes) -> UrlRequest:
    """The URL of a JSON body.

    Raises
    ------
    InputError
        If it is something else.
    """
    try:
        return UrlRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise InputError(f"{where}: {first['msg']}", fix=SHAPES) from error


def take_form(service: Service, form: FormData, key: str | None) -> Job:
    """Write the files of a form where the job will find them.

    Raises
    ------
    InputError
        If the form has unknown parts, or not just one of files and a URL.
    """
    unknown = sorted(set(form) - {"file", "url", "collection"})
    if unknown:
        raise InputError(f"unknown part {unknown[0]!r}", fix=SHAPES)
    files = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
    url, collection = form.get("url"), form.get("collection", DEFAULT)
    if not isinstance(collection, str) or isinstance(url, UploadFile) or len(files) != len(form.getlist("file")):
        raise InputError("`file` must be a file, `url` and `collection` text", fix=SHAPES)
    if bool(files) == bool(url):
        raise InputError("exactly one of `file` and `url` is needed", fix=SHAPES)
    if url:
        return service.jobs.submit_url(collection, url, key)
    id, folder = service.jobs.reserve()
    try:
        for number, part in enumerate(files):
            with (folder / str(number)).open("wb") as target:
                shutil.copyfileobj(part.file, target, 2**20)
        return service.jobs.submit_uploads(id, collection, [part.filename or "upload" for part in files], key)
    except BaseException:
        service.jobs.abandon(id)
        raise


@router.get("")
async def list_documents(
    service: ServiceOf,
    collection: str = DEFAULT,
    cursor: Annotated[str, Query(max_length=200, description="`next` of the page before")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DocumentPage:
    """Documents of a collection, ordered by id, page by page."""

    def work() -> list[DocumentSummary]:
        collections = service.application.collections
        if collection == DEFAULT and not collections.exists(DEFAULT):
            return []
        return collections.documents(collection, cursor, limit + 1)

    found = await service.light(work)
    page = found[:limit]
    return DocumentPage(items=tuple(page), next=page[-1].id if len(found) > limit else None)


@router.get("/{id}")
async def get_document(id: str, service: ServiceOf) -> DocumentSummary:
    """One document, of whichever collection."""

    def work() -> DocumentSummary:
        name, _ = service.application.collections.find_document(id)
        summary = next((d for d in service.application.collections.documents(name) if d.id == id), None)
        if summary is None:  # removed between the two looks
            raise NotFound(f"no document {id!r}", fix="`GET /v1/documents` lists them")
        return summary

    return await service.light(work)


@router.delete("/{id}")
async def delete_document(id: str, service: ServiceOf) -> Removed:
    """Remove one document."""

    def work() -> list[str]:
        name, _ = service.application.collections.find_document(id)
        removed = service.application.remove([id], name)
        service.wake_checks()
        return removed

    return Removed(removed=tuple(await service.light(work)))


@router.get("/{id}/text")
async def get_text(id: str, service: ServiceOf) -> DocumentText:
    """Canonical text of a document."""
    _, document = await service.light(lambda: service.application.collections.find_document(id))
    return DocumentText(id=document.id, source=document.source, text=document.text, sha256=document.sha256)
