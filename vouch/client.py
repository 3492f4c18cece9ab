"""A typed client of a running server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from core.errors import BackendUnavailable, VouchError
from core.types import Answer, Execution, SearchResult, Turn


class RequestRefused(VouchError):
    """The server refused a request; `status` is its HTTP status."""

    def __init__(self, status: int, message: str, *, fix: str) -> None:
        super().__init__(message, fix=fix)
        self.status = status


class Client:
    """Talks to ``vouch serve``.

    Parameters
    ----------
    url : str
        Base of the server, e.g. ``http://127.0.0.1:8000``.
    api_key : str, optional
        Sent as a bearer token.
    timeout_seconds : float
        Of one request.
    """

    def __init__(self, url: str, api_key: str | None = None, timeout_seconds: float = 120.0) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_seconds)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, question: str, history: Sequence[Turn] = (), **options: Any) -> Answer:
        """One answer; `options` are the other fields of the request.

        Raises
        ------
        RequestRefused
            With the server's status, message and fix.
        BackendUnavailable
            If the server cannot be reached.
        """
        body = {"question": question, "history": [turn.model_dump() for turn in history], **options}
        return Answer.model_validate(self._post("/v1/ask", body))

    def search(self, query: str, k: int = 10, **options: Any) -> SearchResult:
        """Hits of a collection; raises as `ask`."""
        return SearchResult.model_validate(self._post("/v1/search", {"query": query, "k": k, **options}))

    def run(self, algorithm: str, inputs: Mapping[str, Any] | None = None) -> Execution:
        """Execute one reference implementation; raises as `ask`."""
        return Execution.model_validate(self._post(f"/v1/algorithms/{algorithm}/run", {"inputs": dict(inputs or {})}))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        import httpx

        try:
            response = self._http.post(path, json=body)
        except httpx.HTTPError as error:
            raise BackendUnavailable(
                f"{self._http.base_url} did not answer: {error}", fix="start `vouch serve`"
            ) from error
        if response.status_code >= 400:
            is_json = "json" in response.headers.get("content-type", "")
            problem = response.json() if is_json else {}
            raise RequestRefused(
                response.status_code,
                str(problem.get("detail") or problem.get("title") or response.text[:200]),
                fix=str(problem.get("fix") or "see the server's log"),
            )
        return response.json()
