"""Who may ask what: host names, origins, API keys, scopes, rates and sizes, before any route sees the request."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import errors
from app.api.keys import KeyFile, RateLimit
from app.api.keys import Scope as KeyScope
from app.api.service import Service
from core.errors import VouchError

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/signin"})
COOKIE = "vouch_key"
BODY_BYTES = 8 * 2**20
FRAMING_BYTES = 64 * 1024
"""Room for the headers of a multipart body besides the files themselves."""
CLOSED = re.compile(r"/gradio_api/(?:upload|proxy=|stream|deep_link)|/(?:monitoring|login|logout)")
"""Parts of the page's framework that the page does not use: its uploads go through ``/v1/documents``."""


def is_loopback(host: str) -> bool:
    """Whether an address to bind is reachable from this machine only.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def needed_scope(method: str, path: str) -> KeyScope | None:
    """Scope that a request needs; None for the few that need none. What is not listed needs ``ask``.

    Examples
    --------
    >>> needed_scope("POST", "/v1/documents"), needed_scope("GET", "/v1/documents"), needed_scope("GET", "/healthz")
    ('ingest', 'ask', None)
    """
    path = path.rstrip("/")
    if path in OPEN_PATHS:
        return None
    if path == "/metrics" or (method == "DELETE" and path.startswith("/v1/collections")):
        return "admin"
    writes = method not in {"GET", "HEAD", "OPTIONS"}
    if path.startswith("/v1/jobs") or (writes and re.match(r"/v1/(?:documents|collections)(?:/|$)", path)):
        return "ingest"
    return "ask"


class TooMuch(Exception):
    """More bytes came than the limit allows."""


class Gate:
    """ASGI middleware that turns away what may not pass.

    Parameters
    ----------
    app : ASGI application
        What is behind the gate.
    service : Service
        Settings and counters.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        settings = service.settings
        self._keys = KeyFile(service.application.home)
        self._rate = RateLimit(settings.requests_a_minute)
        self._local = is_loopback(settings.host)
        self._needs_key = settings.keys == "required" or not self._local
        self._hosts = {*settings.allowed_hosts, settings.host.strip("[]")}
        if self._local:
            self._hosts |= {"localhost", "127.0.0.1", "::1"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        declared = headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()):
            refusal = self._problem(
                400, f"{declared[:40]!r} is no length", "send its bytes as Content-Length", scope["path"]
            )
            await refusal(scope, receive, send)
            return
        limit = self._limit(scope)
        if int(declared[:20]) > limit:
            await self._too_large(scope, limit)(scope, receive, send)
            return
        await self._counted(scope, receive, send, limit)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """What a request is answered that may not pass; None where it may."""
        path = scope["path"]
        if (self._local or self._service.settings.allowed_hosts) and hostname(headers.get("host")) not in self._hosts:
            return self._problem(
                421, f"{headers.get('host')!r} is not this server's name", "add it to `server.allowed_hosts`", path
            )
        origin = headers.get("origin")
        if origin is not None and hostname(urlsplit(origin).netloc) not in {
            hostname(headers.get("host")),
            *self._hosts,
        }:
            return self._problem(
                403, f"pages of {origin} may not use this server", "open the page of this server", path
            )
        if CLOSED.match(path):
            return self._problem(404, "there is nothing here", errors.HINTS[404], path)
        return self._key_refusal(scope, headers) if self._needs_key else None

    def _key_refusal(self, scope: Scope, headers: Headers) -> Response | None:
        path, method = scope["path"], scope["method"]
        needed = needed_scope(method, path)
        if needed is None:
            return None
        text = presented(headers)
        refusal = too_many_tries(self._service, scope, text)
        if refusal is not None:
            return refusal
        try:
            key = self._keys.find(text)
        except VouchError as error:
            return errors.respond(errors.problem_of(error, path))
        note_try(self._service, scope, text, key is not None)
        if key is None:
            if method == "GET" and "text/html" in headers.get("accept", "") and not path.startswith("/v1"):
                return RedirectResponse("/signin", 303)
            return self._problem(401, "no valid API key came with the request", errors.HINTS[401], path, BEARER)
        scope["vouch.key"] = key.id
        if not key.allows(needed):
            return self._problem(403, f"this needs a key with the scope {needed!r}", errors.HINTS[403], path)
        wait = self._rate.wait_seconds(key.id)
        if wait:
            self._service.metrics.limited.labels("rate").inc()
            limit = self._service.settings.requests_a_minute
            after = {"Retry-After": str(math.ceil(wait))}
            fix = f"wait {math.ceil(wait)} s, or raise `server.requests_a_minute`"
            return self._problem(429, f"more than {limit} requests a minute with this key", fix, path, after)
        return None

    def _problem(
        self, status: int, detail: str, fix: str, path: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        return errors.respond(errors.problem(status, detail, fix, path=path), headers)

    def _limit(self, scope: Scope) -> int:
        is_upload = scope["path"].rstrip("/") == "/v1/documents"
        return self._service.settings.max_upload_bytes + FRAMING_BYTES if is_upload else BODY_BYTES

    def _too_large(self, scope: Scope, limit: int) -> Response:
        self._service.metrics.limited.labels("size").inc()
        fix = errors.HINTS[413] if limit > BODY_BYTES else "send less"
        return self._problem(413, f"the request is over the limit of {limit} bytes", fix, scope["path"])

    async def _counted(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Pass on a body whose length was not declared, or declared wrongly, no further than the limit."""
        came = 0
        started = False

        async def counting_receive() -> Message:
            nonlocal came
            message = await receive()
            if message["type"] == "http.request":
                came += len(message.get("body", b""))
                if came > limit:
                    raise TooMuch
            return message

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, counting_receive, noting_send)
        except TooMuch:
            if started:
                raise
            await self._too_large(scope, limit)(scope, receive, send)


BEARER = {"WWW-Authenticate": "Bearer"}


def too_many_tries(service: Service, scope: Scope, text: str) -> Response | None:
    """The refusal of an address that has tried too many wrong keys lately; None where the key may be looked at."""
    wait = service.backoff.wait_seconds(address_of(scope), text) if text else 0.0
    if not wait:
        return None
    service.metrics.limited.labels("wrong keys").inc()
    seconds = math.ceil(wait)
    body = errors.problem(
        429, "too many wrong API keys came from this address", f"wait {seconds} s", path=scope["path"]
    )
    return errors.respond(body, {"Retry-After": str(seconds)})


def note_try(service: Service, scope: Scope, text: str, right: bool) -> None:
    """Count a key that was looked at; a request without one was no try."""
    if right:
        service.backoff.accepted(address_of(scope), text)
    elif text:
        service.backoff.failed(address_of(scope))


def address_of(scope: Scope) -> str:
    """Where a request came from; behind a proxy on this machine, what its ``X-Forwarded-For`` says."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def presented(headers: Headers) -> str:
    """The key that a request carries, as a bearer token or in the cookie of the sign-in page."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None else ""


def hostname(netloc: str | None) -> str:
    """Host of a ``Host`` header or the middle of a URL, without its port.

    Examples
    --------
    >>> hostname("localhost:8000"), hostname("[::1]:80"), hostname(None)
    ('localhost', '::1', '')
    """
    try:
        return urlsplit(f"//{netloc or ''}").hostname or ""
    except ValueError:
        return ""
