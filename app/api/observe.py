"""Request ids, security headers and counters around every response."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.logs import REQUEST, audit
from app.api.metrics import Metrics
from app.api.tracing import Tracing

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
POLICY = "; ".join(
    (
        "default-src 'self'",
        # the page's framework compiles its templates in the browser
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
    )
)
"""Whatever a document, an answer or a dependency puts into the page, a browser asks no other host for anything."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REFUSALS = frozenset({401, 403, 421, 429})
log = logging.getLogger("vouch.access")


class Observe:
    """ASGI middleware that names, counts, traces and logs requests; questions and documents are never logged.

    Parameters
    ----------
    app : ASGI application
        What is observed.
    metrics : Metrics
        Where to count.
    tracing : Tracing
        Where spans go.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Tracing) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and observe its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        token = REQUEST.set(id)
        started = time.perf_counter()
        status = 500

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with self._tracing.request(Headers(scope=scope)) as span:
            try:
                await self._app(scope, receive, noting_send)
            finally:
                route, method = template(scope), scope["method"]
                span.update_name(f"{method} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": status, "vouch.request_id": id})
                self._note(scope, route, status, time.perf_counter() - started)
                REQUEST.reset(token)

    def _note(self, scope: Scope, route: str, status: int, seconds: float) -> None:
        method, key = scope["method"], scope.get("vouch.key")
        self._metrics.request(route, method, status, seconds)
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), "key": key}
        log.info("request", extra={"fields": fields})
        if (method not in {"GET", "HEAD", "OPTIONS"} and route != "page") or status in REFUSALS:
            subject = {name: str(value)[:200] for name, value in scope.get("path_params", {}).items()}
            where = route if "route" in scope else str(scope["path"])[:200]  # what the gate refused met no route
            client = scope.get("client")
            audit(f"{method} {where}", status, key, {**subject, "from": str(client[0]) if client else ""})


def template(scope: Scope) -> str:
    """Template of the path that a request went to; ``page`` for the chat page and all its parts."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if scope.get("root_path") or not isinstance(path, str):
        return "unmatched" if str(scope.get("path", "")).startswith("/v1/") else "page"
    return path or "page"
