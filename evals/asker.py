"""Asks the system under evaluation, in this process or over REST; both give the JSON shapes of the contract."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from core.errors import BackendUnavailable, InputError

Json = dict[str, Any]


class Asker(Protocol):
    """What an evaluation of answers needs."""

    def ask(self, question: str, history: Sequence[Mapping[str, str]]) -> Json:
        """A whole answer."""

    def search(self, query: str, k: int) -> list[Json]:
        """Hits, best first."""

    def document_text(self, id: str) -> str | None:
        """Canonical text of a document."""


class RestAsker:
    """Asks a running server.

    Parameters
    ----------
    url : str
        Base of the server.
    collection : str, optional
        Its default where None.
    api_key : str, optional
        Sent as a bearer token.
    handbook : bool
        Whether the built-in handbook may answer.
    timeout_seconds : float
        Of one request.
    """

    def __init__(
        self,
        url: str,
        collection: str | None = None,
        api_key: str | None = None,
        *,
        handbook: bool = False,
        timeout_seconds: float = 120.0,
    ) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_seconds)
        self._common = {"collection": collection} if collection else {}
        self._handbook = handbook

    def ask(self, question: str, history: Sequence[Mapping[str, str]]) -> Json:
        """POST /v1/ask."""
        body = {"question": question, "history": list(history), "handbook": self._handbook, **self._common}
        return self._call("POST", "/v1/ask", body)

    def search(self, query: str, k: int) -> list[Json]:
        """POST /v1/search."""
        hits: list[Json] = self._call("POST", "/v1/search", {"query": query, "k": k, **self._common})["hits"]
        return hits

    def document_text(self, id: str) -> str | None:
        """GET /v1/documents/{id}/text."""
        text: str | None = self._call("GET", f"/v1/documents/{id}/text", None).get("text")
        return text

    def _call(self, method: str, path: str, body: Json | None) -> Json:
        import httpx

        try:
            response = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise BackendUnavailable(
                f"{self._client.base_url} did not answer: {error}", fix="start `vouch serve`"
            ) from error
        if response.status_code >= 400:
            raise InputError(
                f"{path}: HTTP {response.status_code}: {response.text[:200]}", fix="look at the server's log"
            )
        found: Json = response.json()
        return found


class CallableAsker:
    """Asks functions of this process.

    Parameters
    ----------
    ask, search, document_text : callable
        As the methods of `Asker`.
    """

    def __init__(
        self,
        ask: Callable[[str, Sequence[Mapping[str, str]]], Json],
        search: Callable[[str, int], list[Json]],
        document_text: Callable[[str], str | None],
    ) -> None:
        self.ask = ask
        self.search = search
        self.document_text = document_text


def timed(call: Callable[[], Json]) -> tuple[Json, float]:
    """What a call gives, and its seconds."""
    started = time.perf_counter()
    result = call()
    return result, time.perf_counter() - started
