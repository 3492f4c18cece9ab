"""The conversation: from a question to what the page shows while it is answered, step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from answering.requests import Question
from app.api.admission import stays
from app.api.answering import Answering
from app.api.service import Service
from app.ui.markdown import safe_markdown
from app.ui.render import KINDS, panel
from core.errors import NotFound, VouchError
from core.types import Answer, Turn

REMEMBERED_TURNS = 20
WAITING = "…"
Message = dict[str, str]


@dataclass(frozen=True)
class Step:
    """What the page shows: messages, the panel beside them where it changed, and the answers so far."""

    messages: list[Message]
    panel: str | None
    answers: list[Answer]


async def respond(
    service: Service, question: str, answers: Sequence[Answer], collection: str, risk: float, handbook: bool
) -> AsyncIterator[Step]:
    """Steps of answering one question; closing the iterator stops the generation."""
    asked = [*messages_of(answers), {"role": "user", "content": safe_markdown(question)}]
    yield Step([*asked, reply(WAITING)], None, list(answers))
    text = ""
    try:
        answering = await Answering.begin(service, request(question, answers, collection, risk, handbook))
        async for event in answering.events(stays, service.heartbeat_seconds):
            if event is not None and event.kind == "token":
                text += event.data
                yield Step([*asked, reply(safe_markdown(text))], None, list(answers))
            elif event is not None and event.kind == "done":
                whole = [*answers, event.data]
                html = await service.light(lambda whole=whole: panel(whole, lambda id: text_of(service, id)))  # type: ignore[misc]
                yield Step(messages_of(whole), html, whole)
    except VouchError as error:
        said = f"**{safe_markdown(error.message)}**\n\n{safe_markdown(error.fix)}"
        yield Step([*asked, reply(said)], None, list(answers))
    except ValidationError as error:
        said = safe_markdown(error.errors(include_url=False)[0]["msg"])
        yield Step([*asked, reply(said)], None, list(answers))


def request(question: str, answers: Sequence[Answer], collection: str, risk: float, handbook: bool) -> Question:
    """The question with the turns before it."""
    history = []
    for answer in answers[-REMEMBERED_TURNS:]:
        history += [
            Turn(role="user", content=answer.question),
            Turn(role="assistant", content=answer.answer[:100_000]),
        ]
    return Question(
        question=question, history=tuple(history), collection=collection, risk=risk, handbook=handbook, trace=True
    )


def messages_of(answers: Sequence[Answer]) -> list[Message]:
    """All turns as messages."""
    messages = []
    for turn, answer in enumerate(answers, start=1):
        messages += [{"role": "user", "content": safe_markdown(answer.question)}, reply(answer_markdown(answer, turn))]
    return messages


def reply(content: str) -> Message:
    """A message of ours."""
    return {"role": "assistant", "content": content}


def answer_markdown(answer: Answer, turn: int) -> str:
    """Warnings first, then the answer with its chips, then what stands behind it in a line."""
    markers = {citation.marker for citation in answer.citations if citation.marker is not None}
    parts = []
    for warning in answer.warnings:
        claim = f" “{safe_markdown(warning.claim, turn, markers)}” – " if warning.claim else " "
        # the page's style sheet knows a warning from a note by its emphasis
        head = f"**{KINDS[warning.kind]}:**" if warning.kind == "notice" else f"⚠ ***{KINDS[warning.kind]}:***"
        said = f"{head}{claim}{safe_markdown(warning.correct, turn, markers)}"
        parts.append("> " + said.replace("\n", "\n> "))
    parts.append(safe_markdown(answer.answer, turn, markers))
    parts.append(f"*{standing(answer)}*")
    return "\n\n".join(parts)


def standing(answer: Answer) -> str:
    """What stands behind an answer, in a line."""
    counts = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((len(answer.citations), "source"), (len(answer.executions), "run"))
        if count
    ]
    head = "no answer given" if answer.abstained else f"confidence {answer.confidence:.0%}"
    return " · ".join([head, *counts, f"{answer.timings_ms.get('total', 0) / 1000:.1f} s"])


def text_of(service: Service, id: str) -> str | None:
    """Text of a document, None where it is gone."""
    try:
        return service.application.collections.find_document(id)[1].text
    except NotFound:
        return None
