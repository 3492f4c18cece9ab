"""``POST /v1/ask``: one answer, whole or as server-sent events."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from answering.requests import Question
from app.api.admission import ClientGone
from app.api.answering import Answering
from app.api.errors import problem, problem_of
from app.api.service import Service, ServiceOf
from core.errors import Conflict, VouchError
from core.types import Answer

router = APIRouter(prefix="/v1", tags=["ask"])
STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
EVENT_ID = re.compile(r"([0-9a-f]{16})-(\d{1,9})")


class AskRequest(Question):
    """A question, and how its answer is to be sent."""

    stream: bool = Field(False, description="send server-sent events rather than one JSON document")

    def question_alone(self) -> Question:
        """The question without how to send its answer."""
        return Question.model_validate(self.model_dump(exclude={"stream"}))


@router.post(
    "/ask",
    response_model=Answer,
    responses={200: {"content": {"text/event-stream": {}}, "description": "The answer, whole or event by event."}},
)
async def ask(
    request: Request,
    body: AskRequest,
    service: ServiceOf,
    last_event_id: Annotated[str | None, Header(description="resume a stream behind this event")] = None,
) -> Response:
    """Answer a question; every part of the answer is vouched for by a checked span or by a run.

    With ``stream`` the events are ``token``, ``citation``, ``execution``, ``warning``, then ``done`` with the whole answer, or
    ``error``. A client that lost the connection sends the same request with ``Last-Event-ID``: the answer is made again,
    which gives the same events while nothing was indexed in between, and those it has seen are left out.
    """
    question = body.question_alone()
    key = await service.light(lambda: service.application.checked_key(question))
    seen = resume_point(last_event_id, key, question)
    answering = await Answering.begin(service, question, request.is_disconnected)
    if body.stream:
        events = stream(answering, request, service, key, seen)
        return StreamingResponse(events, media_type="text/event-stream", headers=STREAM_HEADERS)
    answer = await answering.whole(request.is_disconnected)
    return JSONResponse(answer.model_dump(mode="json"))


def resume_point(last_event_id: str | None, key: str, question: Question) -> int:
    """How many events the client has seen.

    Raises
    ------
    Conflict
        If the answer would not be the same again.
    """
    if not last_event_id:
        return 0
    match = EVENT_ID.fullmatch(last_event_id)
    if match is None or match[1] != key or question.temperature > 0:
        raise Conflict("that stream cannot be resumed: its answer may differ now", fix="ask without Last-Event-ID")
    return int(match[2])


async def stream(answering: Answering, request: Request, service: Service, key: str, seen: int) -> AsyncIterator[str]:
    """Server-sent events of an answer, numbered from 1."""
    number = 0
    try:
        async for event in answering.events(request.is_disconnected, service.heartbeat_seconds):
            if event is None:
                yield ": heartbeat\n\n"
                continue
            number += 1
            if number > seen:
                data = {"text": event.data} if event.kind == "token" else event.data
                yield sent(event.kind, data, f"{key}-{number}")
    except ClientGone:
        return
    except VouchError as error:
        yield sent("error", problem_of(error), f"{key}-{number + 1}")
    except Exception:
        yield sent("error", problem(500, "an internal error", "look in the server's log"), f"{key}-{number + 1}")
        raise


def sent(kind: str, data: Any, id: str) -> str:
    r"""One event as it goes over the wire.

    Examples
    --------
    >>> sent("token", {"text": "a"}, "k-1")
    'id: k-1\nevent: token\ndata: {"text": "a"}\n\n'
    """
    content = data.model_dump(mode="json") if isinstance(data, BaseModel) else data
    return f"id: {id}\nevent: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
