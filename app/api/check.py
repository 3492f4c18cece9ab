"""``POST /v1/check``: what a text, a document or a collection claims and is not right."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, model_validator

from app.api.service import Service, ServiceOf
from app.checking import collection_documents, collection_ledger, run_check
from checking.ledger import Ledger
from checking.reading import from_text
from core.errors import Busy, InputTooLarge
from core.types import CheckReport, Document, Frozen

router = APIRouter(prefix="/v1", tags=["check"])
TEXT_CHARACTERS = 2_000_000
COLLECTION_CHARACTERS = 20_000_000


class CheckRequest(Frozen):
    """Exactly one of a text (Markdown), a document and a collection."""

    text: Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS)] | None = None
    document_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    collection: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _just_one(self) -> CheckRequest:
        if sum(value is not None for value in (self.text, self.document_id, self.collection)) != 1:
            raise ValueError("exactly one of `text`, `document_id` and `collection` is needed")
        return self


@router.post("/check")
async def check(request: Request, body: CheckRequest, service: ServiceOf) -> CheckReport:
    """Findings by source and position, each with what is right and the run or reference that shows it."""
    return await service.heavy(lambda: checked(service, body), request.is_disconnected)


def checked(service: Service, body: CheckRequest) -> CheckReport:
    """The report, within the server's time limit.

    Raises
    ------
    InputTooLarge
        If a collection has more text than one request may have checked.
    Busy
        If it takes longer than the server allows.
    """
    documents = documents_of(service, body)
    characters = sum(len(document.text) for document in documents)
    if characters > COLLECTION_CHARACTERS:
        raise InputTooLarge(
            f"{characters} characters are over the limit of {COLLECTION_CHARACTERS}",
            fix="check the documents one by one, or run `vouch check --collection` on the server",
        )
    deadline = time.monotonic() + service.settings.timeout_seconds
    ledger = ledger_of(service, body)
    report = run_check(service.application, documents, cancelled=lambda: time.monotonic() > deadline, ledger=ledger)
    if report.checked < len(documents):
        raise Busy(
            f"only {report.checked} of {len(documents)} documents were checked within {service.settings.timeout_seconds:g} s",
            fix="check the documents one by one, or raise `server.timeout_seconds`",
        )
    return report


def ledger_of(service: Service, body: CheckRequest) -> Ledger | None:
    """Where checks of what is indexed are kept; a text that is only sent is not kept."""
    if body.text is not None:
        return None
    if body.document_id is not None:
        return collection_ledger(
            service.application, service.application.collections.find_document(body.document_id)[0]
        )
    assert body.collection is not None
    return collection_ledger(service.application, body.collection)


def documents_of(service: Service, body: CheckRequest) -> Sequence[Document]:
    """What a request is about."""
    if body.text is not None:
        return [from_text(body.text)]
    if body.document_id is not None:
        return [service.application.collections.find_document(body.document_id)[1]]
    assert body.collection is not None
    return list(collection_documents(service.application, body.collection))
