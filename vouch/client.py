"""A typed client of a running server."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from pydantic import TypeAdapter

from core.errors import BackendUnavailable, VouchError
from core.types import (
    AlgorithmDetail,
    AlgorithmSummary,
    Answer,
    CheckReport,
    Citation,
    DocumentSummary,
    Execution,
    JobStatus,
    SearchResult,
    Turn,
    Warning,
)

if TYPE_CHECKING:
    import httpx

RETRIED = frozenset({429, 503})
LONGEST_WAIT_SECONDS = 30.0
SHAPES: dict[str, TypeAdapter[Any]] = {
    "citation": TypeAdapter(Citation),
    "execution": TypeAdapter(Execution),
    "warning": TypeAdapter(Warning),
    "done": TypeAdapter(Answer),
}
ALGORITHMS = TypeAdapter(list[AlgorithmSummary])


class RequestRefused(VouchError):
    """The server refused a request; `status` is its HTTP status."""

    def __init__(self, status: int, message: str, *, fix: str) -> None:
        super().__init__(message, fix=fix)
        self.status = status


@dataclass(frozen=True)
class StreamEvent:
    """One step of a streamed answer.

    Attributes
    ----------
    kind : str
        What `data` is: a piece of text, an element of the answer's lists, or the whole answer, which comes last.
    data : str, Citation, Execution, Warning or Answer
        Typed as in the whole answer.
    id : str
        Where a lost stream is taken up again.
    """

    kind: Literal["token", "citation", "execution", "warning", "done"]
    data: Any
    id: str


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
    retries : int
        How often a request is sent again that the server turned away for now (429, 503), after the time that it names, and a
        stream that broke is taken up again.

    Notes
    -----
    Every method raises `RequestRefused` with the server's status, message and fix, and `BackendUnavailable` where the server
    cannot be reached.
    """

    def __init__(
        self, url: str, api_key: str | None = None, timeout_seconds: float = 120.0, *, retries: int = 2
    ) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_seconds)
        self._retries = retries

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def ask(self, question: str, history: Sequence[Turn] = (), **options: Any) -> Answer:
        """One answer; `options` are the other fields of the request."""
        return Answer.model_validate(self._json("POST", "/v1/ask", json=asked(question, history, options)))

    def stream(self, question: str, history: Sequence[Turn] = (), **options: Any) -> Iterator[StreamEvent]:
        """One answer, event by event; closing the iterator stops the generation.

        A connection that breaks is made again and the events go on where they ended, which takes temperature 0.
        """
        import httpx

        body = {**asked(question, history, options), "stream": True}
        last = ""
        for attempt in range(self._retries + 1):
            try:
                for event in self._events(body, last):
                    last = event.id
                    yield event
                return
            except httpx.TransportError as error:
                if attempt == self._retries:
                    raise self._unreachable(error) from error

    def search(self, query: str, k: int = 10, **options: Any) -> SearchResult:
        """Hits of a collection."""
        return SearchResult.model_validate(self._json("POST", "/v1/search", json={"query": query, "k": k, **options}))

    def run(self, algorithm: str, inputs: Mapping[str, Any] | None = None) -> Execution:
        """Execute one reference implementation."""
        path = f"/v1/algorithms/{quote(algorithm, safe='')}/run"
        return Execution.model_validate(self._json("POST", path, json={"inputs": dict(inputs or {})}))

    def algorithms(self, family: str | None = None, query: str | None = None) -> list[AlgorithmSummary]:
        """The library, a family of it, or what a query is about, best first."""
        wanted = {name: value for name, value in (("family", family), ("query", query)) if value is not None}
        return ALGORITHMS.validate_python(self._json("GET", "/v1/algorithms", params=wanted))

    def algorithm(self, id: str) -> AlgorithmDetail:
        """One reference implementation with its article and code."""
        return AlgorithmDetail.model_validate(self._json("GET", f"/v1/algorithms/{quote(id, safe='')}"))

    def check(
        self, *, text: str | None = None, document_id: str | None = None, collection: str | None = None
    ) -> CheckReport:
        """What a text, a document or a collection (exactly one) claims and is not right."""
        given = {"text": text, "document_id": document_id, "collection": collection}
        body = {name: value for name, value in given.items() if value is not None}
        return CheckReport.model_validate(self._json("POST", "/v1/check", json=body))

    def upload(self, *paths: str | Path, collection: str = "default") -> JobStatus:
        """Send files to be indexed, and give the job that does it; a request that is sent again makes no second job."""
        with contextlib.ExitStack() as opened:
            parts = [("file", (Path(path).name, opened.enter_context(Path(path).open("rb")))) for path in paths]
            headers = {"Idempotency-Key": secrets.token_hex(16)}
            sent = self._json("POST", "/v1/documents", files=parts, data={"collection": collection}, headers=headers)
        return self.job(sent["job_id"])

    def add_url(self, url: str, collection: str = "default") -> JobStatus:
        """Have the server fetch and index a page or file, and give the job that does it."""
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        body = {"url": url, "collection": collection}
        return self.job(self._json("POST", "/v1/documents", json=body, headers=headers)["job_id"])

    def job(self, id: str) -> JobStatus:
        """State of a job and of its documents."""
        return JobStatus.model_validate(self._json("GET", f"/v1/jobs/{quote(id, safe='')}"))

    def wait(self, job: JobStatus, seconds: float = 600.0) -> JobStatus:
        """The job when it has ended.

        Raises
        ------
        BackendUnavailable
            If it takes longer than `seconds`; it goes on on the server.
        """
        deadline = time.monotonic() + seconds
        pause = 0.1
        while job.state in {"queued", "running"}:
            if time.monotonic() > deadline:
                raise BackendUnavailable(f"job {job.id} takes longer than {seconds:g} s", fix="ask for it again later")
            time.sleep(pause)
            pause = min(2.0, pause * 1.5)
            job = self.job(job.id)
        return job

    def cancel(self, id: str) -> JobStatus:
        """Ask a job to end; what was committed stays."""
        return JobStatus.model_validate(self._json("DELETE", f"/v1/jobs/{quote(id, safe='')}"))

    def retry(self, id: str) -> JobStatus:
        """Begin a failed or cancelled job once more."""
        return JobStatus.model_validate(self._json("POST", f"/v1/jobs/{quote(id, safe='')}/retry"))

    def documents(self, collection: str = "default") -> Iterator[DocumentSummary]:
        """Documents of a collection, page by page as they are asked for."""
        cursor: str | None = ""
        while cursor is not None:
            page = self._json("GET", "/v1/documents", params={"collection": collection, "cursor": cursor})
            yield from (DocumentSummary.model_validate(item) for item in page["items"])
            cursor = page["next"]

    def text(self, document_id: str) -> str:
        """Canonical text of a document, which all offsets count characters of."""
        return str(self._json("GET", f"/v1/documents/{quote(document_id, safe='')}/text")["text"])

    def remove(self, document_id: str) -> None:
        """Remove a document."""
        self._json("DELETE", f"/v1/documents/{quote(document_id, safe='')}")

    def collections(self) -> list[str]:
        """Names of all collections."""
        return list(self._json("GET", "/v1/collections")["items"])

    def rate(self, answer: Answer, rating: Literal[1, -1], comment: str | None = None) -> None:
        """Say whether an answer helped."""
        body = {"answer_id": answer.answer_id, "rating": rating, "comment": comment}
        self._json("POST", "/v1/feedback", json=body)

    def _events(self, body: dict[str, Any], last: str) -> Iterator[StreamEvent]:
        headers = {"Last-Event-ID": last} if last else {}
        for attempt in range(self._retries + 1):
            with self._http.stream("POST", "/v1/ask", json=body, headers=headers) as response:
                if response.status_code in RETRIED and attempt < self._retries:
                    time.sleep(wait_seconds(response))
                    continue
                if response.status_code >= 400:
                    response.read()
                    raise refusal(response)
                yield from events_of(response.iter_lines())
                return

    def _json(self, method: str, path: str, **options: Any) -> Any:
        import httpx

        for attempt in range(self._retries + 1):
            try:
                response = self._http.request(method, path, **options)
            except httpx.HTTPError as error:
                raise self._unreachable(error) from error
            if response.status_code not in RETRIED or attempt == self._retries:
                break
            for _, (_, file) in options.get("files", ()):
                file.seek(0)
            time.sleep(wait_seconds(response))
        if response.status_code >= 400:
            raise refusal(response)
        return response.json()

    def _unreachable(self, error: Exception) -> BackendUnavailable:
        return BackendUnavailable(f"{self._http.base_url} did not answer: {error}", fix="start `vouch serve`")


def asked(question: str, history: Sequence[Turn], options: Mapping[str, Any]) -> dict[str, Any]:
    """Body of a question."""
    return {"question": question, "history": [turn.model_dump() for turn in history], **options}


def events_of(lines: Iterator[str]) -> Iterator[StreamEvent]:
    """Typed events of the lines of a stream; comments, which keep it open, are left out.

    Raises
    ------
    RequestRefused
        Where the stream ends with an ``error``.

    Examples
    --------
    >>> lines = [": heartbeat", "", "id: k-1", "event: token", 'data: {"text": "a"}', ""]
    >>> list(events_of(iter(lines)))
    [StreamEvent(kind='token', data='a', id='k-1')]
    """
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "event" in fields:
            data, kind = json.loads(fields["data"]), fields["event"]
            if kind == "error":
                raise RequestRefused(data["status"], data["detail"], fix=data["fix"])
            typed = data["text"] if kind == "token" else SHAPES[kind].validate_python(data)
            yield StreamEvent(kind, typed, fields["id"])  # type: ignore[arg-type]
            fields = {}


def wait_seconds(response: httpx.Response) -> float:
    """How long the server wants to be left alone, within reason."""
    try:
        return min(LONGEST_WAIT_SECONDS, float(response.headers.get("retry-after", 1)))
    except ValueError:
        return 1.0


def refusal(response: httpx.Response) -> RequestRefused:
    """What the server said was wrong."""
    is_json = "json" in response.headers.get("content-type", "")
    problem = response.json() if is_json else {}
    return RequestRefused(
        response.status_code,
        str(problem.get("detail") or problem.get("title") or response.text[:200]),
        fix=str(problem.get("fix") or "see the server's log"),
    )
