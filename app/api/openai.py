"""``/v1/chat/completions`` and ``/v1/models`` in OpenAI's shapes, for clients that speak those; the model is ``vouch``."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from answering.requests import Question
from app.api.admission import ClientGone
from app.api.answering import Answering
from app.api.ask import STREAM_HEADERS
from app.api.errors import problem, problem_of
from app.api.service import Service, ServiceOf
from core.errors import InputError, NotFound, VouchError
from core.types import Answer, Turn

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
MODEL = "vouch"
PATH = "/v1/chat/completions"


class Foreign(BaseModel):
    """Base of requests in others' shapes: fields that are not used are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Part(Foreign):
    """A piece of a message; only text is read."""

    type: str
    text: str = ""


class Message(Foreign):
    """One message; those of the system are not read, since the documents alone speak."""

    role: str
    content: str | tuple[Part, ...] | None = None

    def text(self) -> str:
        """The text of all parts."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content or () if part.type == "text")


class StreamOptions(Foreign):
    """How to stream."""

    include_usage: bool = False


class ChatRequest(Foreign):
    """A conversation whose last message is the question."""

    model: str = MODEL
    messages: tuple[Message, ...] = Field(min_length=1, max_length=400)
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    temperature: float | None = Field(0.0, ge=0, le=2)
    collection: str = "default"
    handbook: bool = True

    def question(self) -> Question:
        """The question in the terms of ``/v1/ask``.

        Raises
        ------
        InputError
            If the last message is not the user's, or says nothing.
        """
        turns = [m for m in self.messages if m.role in {"user", "assistant"} and m.text().strip()]
        if not turns or turns[-1].role != "user":
            raise InputError("the last message is not the user's", fix="end `messages` with a question")
        question = turns[-1].text()
        if len(question) > 20_000:
            raise InputError("the question is longer than 20000 characters", fix="shorten it")
        history = tuple(Turn.model_validate({"role": m.role, "content": m.text()[:100_000]}) for m in turns[-200:-1])
        return Question(
            question=question,
            history=history,
            collection=self.collection,
            temperature=self.temperature or 0.0,
            handbook=self.handbook,
        )


class Model(Foreign):
    """One element of the list of models."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "vouch"


class Models(Foreign):
    """The list of models."""

    object: Literal["list"] = "list"
    data: tuple[Model, ...]


@router.get("/models")
async def models() -> Models:
    """The one model."""
    return Models(data=(Model(id=MODEL),))


def check_model(name: str) -> None:
    """Refuse other models.

    Raises
    ------
    NotFound
        If the name is another.
    """
    if name != MODEL:
        raise NotFound(f"no model {name!r}", fix=f"the model is {MODEL!r}")


@router.post("/chat/completions")
async def chat(request: Request, body: ChatRequest, service: ServiceOf) -> Response:
    """Answer the last message; citations come as annotations and as a list of sources below the text."""
    check_model(body.model)
    question = body.question()
    await service.light(lambda: service.application.checked_key(question))
    answering = await Answering.begin(service, question, request.is_disconnected)
    base = str(request.base_url).rstrip("/")
    if body.stream:
        chunks = stream(answering, request, service, base, body.stream_options.include_usage)
        return StreamingResponse(chunks, media_type="text/event-stream", headers=STREAM_HEADERS)
    answer = await answering.whole(request.is_disconnected)
    text = answer.answer + sources(answer)
    message = {
        "role": "assistant",
        "content": text,
        "refusal": None,
        "annotations": url_citations(answer, base),
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return JSONResponse(
        {
            **envelope("chat.completion", answer.answer_id),
            "choices": [choice],
            "usage": usage(service, [question.question], [text]),
            "vouch": answer.model_dump(mode="json"),
        }
    )


async def stream(
    answering: Answering, request: Request, service: Service, base: str, include_usage: bool
) -> AsyncIterator[str]:
    """Chunks of a completion; annotations and the list of sources come with the last of them."""
    head = envelope("chat.completion.chunk", f"{time.time_ns():x}")

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return data({**head, "choices": [choice], **more})

    answer: Answer | None = None
    try:
        yield chunk({"role": "assistant", "content": ""})
        async for event in answering.events(request.is_disconnected, service.heartbeat_seconds):
            if event is None:
                yield ": heartbeat\n\n"
            elif event.kind == "token":
                yield chunk({"content": event.data})
            elif event.kind == "done":
                answer = event.data
        assert answer is not None
        yield chunk({"content": sources(answer), "annotations": url_citations(answer, base)})
        yield chunk({}, "stop", vouch=answer.model_dump(mode="json"))
        if include_usage:
            yield data({**head, "choices": [], "usage": usage(service, [answer.question], [answer.answer])})
        yield "data: [DONE]\n\n"
    except ClientGone:
        return
    except VouchError as error:
        yield data(problem_of(error, PATH))
    except Exception:
        yield data(problem(500, "an internal error", "look in the server's log", path=PATH))
        raise


def data(content: dict[str, Any]) -> str:
    """One chunk as it goes over the wire."""
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"


def envelope(kind: str, id: str) -> dict[str, Any]:
    """What every completion and chunk begins with."""
    return {"id": f"chatcmpl-{id}", "object": kind, "created": int(time.time()), "model": MODEL}


def sources(answer: Answer) -> str:
    """The cited spans as a list below the answer."""
    lines = []
    for citation in answer.citations:
        place = " › ".join((citation.source, *citation.heading_path[-1:]))
        page = f", page {citation.page}" if citation.page else ""
        lines.append(f"[{citation.marker}] {place}{page}, characters {citation.start}–{citation.end}")
    return "\n\nSources:\n" + "\n".join(lines) if lines else ""


def url_citations(answer: Answer, base: str) -> list[dict[str, Any]]:
    """Where each marker stands in the answer and what it points at; fragments count characters as in RFC 5147."""
    found = []
    for citation in answer.citations:
        marker = f"[{citation.marker}]"
        place = answer.answer.find(marker)
        url = f"{base}/v1/documents/{citation.document_id}/text#char={citation.start},{citation.end}"
        target = {
            "start_index": max(place, 0),
            "end_index": max(place, 0) + len(marker),
            "title": citation.source,
            "url": url,
        }
        found.append({"type": "url_citation", "url_citation": target})
    return found


def usage(service: Service, asked: Sequence[str], given: Sequence[str]) -> dict[str, int]:
    """Tokens, as the encoder counts them."""
    prompt = sum(service.application.encoder.count_tokens(asked))
    completion = sum(service.application.encoder.count_tokens(given)) if given else 0
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
