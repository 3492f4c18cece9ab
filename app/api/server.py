"""The server: REST under ``/v1``, the chat page at ``/``, its own documentation at ``/docs``."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.api import (
    algorithms,
    ask,
    check,
    collections,
    documentation,
    documents,
    errors,
    explain,
    feedback,
    figures,
    health,
    jobs,
    openai,
    search,
    signin,
    vectors,
)
from app.api.access import Gate, is_loopback
from app.api.heap import bound_heap, bound_kernels
from app.api.keys import KeyFile
from app.api.logs import audit_to, log_to_stderr
from app.api.observe import Observe
from app.api.service import Service
from app.application import Application
from core.errors import SettingsError

PARTS = (
    ask,
    search,
    check,
    explain,
    algorithms,
    documents,
    jobs,
    collections,
    feedback,
    openai,
    vectors,
    figures,
    health,
    documentation,
    signin,
)
GRACE_SECONDS = 15
"""How long requests in progress may go on once the server is asked to stop; answers in the making end sooner."""
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
DESCRIPTION = (
    "Answers vouched for by exact spans of sources or by runs of tested reference implementations. Errors are RFC 9457 "
    "problem documents with a `fix`; offsets count characters of a document's canonical text."
)


def create_app(application: Application, *, page: bool = True) -> FastAPI:
    """The ASGI application.

    Parameters
    ----------
    application : Application
        Does the work; closed when the server stops.
    page : bool
        Whether to serve the chat page at ``/``.
    """
    from app.mcp import http_app, server_of

    service = Service(application)
    agents = server_of(service)
    agents_app = http_app(agents)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.start()
        try:
            async with agents.session_manager.run():
                yield
        finally:
            await run_in_threadpool(service.stop)

    app = FastAPI(title="Vouch", version="1", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    for part in PARTS:
        app.include_router(part.router, responses=errors.RESPONSES)
    errors.install(app)
    app.router.routes.extend(agents_app.routes)
    app.add_api_route("/v1/{path:path}", nothing_there, methods=METHODS, include_in_schema=False)
    if page:
        from app.ui.page import mount

        mount(app, service)
    app.add_middleware(Gate, service=service)
    app.add_middleware(Observe, metrics=service.metrics, tracing=service.tracing)
    return app


async def nothing_there(request: Request) -> None:
    """Answer for paths under ``/v1`` that no route has, which the page would otherwise answer in its own way."""
    others = (route for route in request.app.routes if route.matches(request.scope)[0] == Match.PARTIAL)
    raise HTTPException(405 if next(others, None) is not None else 404)


def check_keys(application: Application) -> None:
    """Refuse to serve other machines, or to ask for keys, without any key.

    Raises
    ------
    SettingsError
        If there is none.
    """
    settings = application.settings.server
    needed = settings.keys == "required" or not is_loopback(settings.host)
    if needed and not KeyFile(application.home).all():
        raise SettingsError(
            f"serving on {settings.host} takes an API key, and there is none",
            fix="run `vouch keys create --scopes ask,ingest`, or bind 127.0.0.1",
        )


def serve(application: Application, *, page: bool = True) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    application : Application
        Does the work; closed at the end.
    page : bool
        Whether to serve the chat page at ``/``.

    Raises
    ------
    SettingsError
        If other machines could reach it and there is no API key.
    """
    bound_heap(max(2, len(os.sched_getaffinity(0))))
    bound_kernels()
    check_keys(application)
    settings = application.settings.server
    log_to_stderr()
    audit_to(application.home)
    app = create_app(application, page=page)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    LastingServer(config, app.state.service).run()


class LastingServer(uvicorn.Server):
    """A server that tells the answers in the making when it is asked to stop, so that their streams end cleanly.

    Parameters
    ----------
    config : uvicorn.Config
        What to serve.
    service : Service
        Is told.
    """

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to stop."""
        self._service.close_admission()
        super().handle_exit(sig, frame)
