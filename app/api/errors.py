"""Errors as RFC 9457 problem documents with a ``fix``; OpenAI-shaped routes also carry OpenAI's ``error`` object."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.api.admission import ClientGone
from core.errors import Busy, TransientError, VouchError

MEDIA_TYPE = "application/problem+json"
FOREIGN_PATHS = frozenset({"/v1/chat/completions", "/v1/embeddings", "/v1/rerank", "/v1/models"})
RETRY_SECONDS = 1
CLIENT_CLOSED = 499
HINTS = {
    400: "correct the request; /docs shows the shapes",
    401: "send `Authorization: Bearer KEY`; `vouch keys create` makes one",
    403: "use a key with the scope that is named",
    404: "/docs lists the routes",
    405: "/docs lists the routes and their methods",
    413: "send less, or raise `server.max_upload_bytes`",
    415: "send JSON with `Content-Type: application/json`",
    422: "correct the request; /docs shows the shapes",
}
log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What every error is answered with (RFC 9457)."""

    type: str = Field(description="`about:blank`, or a URN that names the error")
    title: str
    status: int
    detail: str = Field(description="what is wrong")
    fix: str = Field(description="what to do about it")


RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}}
    for code, text in (("4XX", "The request cannot be served as it is."), ("5XX", "The server could not serve it."))
}


def problem(status: int, detail: str, fix: str, *, kind: str = "about:blank", path: str = "") -> dict[str, Any]:
    """A problem document.

    Examples
    --------
    >>> problem(404, "no job 'x'", "look again")["title"]
    'Not Found'
    >>> problem(422, "no", "change it", path="/v1/embeddings")["error"]["type"]
    'invalid_request_error'
    """
    body: dict[str, Any] = {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "fix": fix,
    }
    if path in FOREIGN_PATHS:
        name = "invalid_request_error" if status < 500 else "server_error"
        code = HTTPStatus(status).name.lower()
        body["error"] = {"message": f"{detail}; {fix}", "type": name, "code": code, "param": None}
    return body


def problem_of(error: VouchError, path: str = "") -> dict[str, Any]:
    """The problem document of an error of ours."""
    return problem(error.status, error.message, error.fix, kind=f"urn:vouch:{type(error).__name__}", path=path)


def retry_header(error: VouchError) -> dict[str, str]:
    """When to try again, where that can help.

    Examples
    --------
    >>> retry_header(Busy("full", fix="wait", retry_seconds=7))
    {'Retry-After': '7'}
    """
    if not isinstance(error, TransientError) or error.status != 503:
        return {}
    return {"Retry-After": str(error.retry_seconds if isinstance(error, Busy) else RETRY_SECONDS)}


def respond(body: dict[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem document as a response."""
    return JSONResponse(body, status_code=body["status"], media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Have every error leave as a problem document."""

    @app.exception_handler(VouchError)
    async def on_vouch_error(request: Request, error: VouchError) -> JSONResponse:
        return respond(problem_of(error, request.url.path), retry_header(error))

    @app.exception_handler(ClientGone)
    async def on_client_gone(request: Request, error: ClientGone) -> Response:
        return Response(status_code=CLIENT_CLOSED)  # nobody reads it; the log does

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return respond(problem(422, described(error), HINTS[422], path=request.url.path))

    @app.exception_handler(HTTPException)
    async def on_http_error(request: Request, error: HTTPException) -> JSONResponse:
        fix = HINTS.get(error.status_code, "see /docs")
        return respond(problem(error.status_code, str(error.detail), fix, path=request.url.path), error.headers)

    @app.exception_handler(sqlite3.OperationalError)
    async def on_database_error(request: Request, error: sqlite3.OperationalError) -> JSONResponse:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return await on_failure(request, error)
        busy = Busy(
            "another writer holds the collection", fix="try again in a moment"
        )  # longer than a write waits for it
        return respond(problem_of(busy, request.url.path), retry_header(busy))

    @app.exception_handler(Exception)
    async def on_failure(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        fix = "look in the server's log under this X-Request-ID"
        return respond(problem(500, "an internal error", fix, path=request.url.path))


def described(error: RequestValidationError) -> str:
    """Where a request is off and how, the first three places."""
    places = []
    for item in list(error.errors())[:3]:
        where = ".".join(str(part) for part in item["loc"] if part != "body") or "body"
        places.append(f"{where}: {item['msg']}")
    return "; ".join(places)
