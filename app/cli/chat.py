"""A conversation in the terminal, with the events of a streamed answer."""

from __future__ import annotations

import json
import sys

from answering.requests import Event, Question
from app.application import Application
from app.cli.output import say
from core.types import Answer, Turn

MARKS = {"erratum": "a source is wrong", "contradiction": "sources contradict each other", "notice": "note"}


def converse(application: Application, collection: str, *, handbook: bool) -> None:
    """Read questions until an empty line or the end of input; answers stream as they are verified.

    Ctrl-C ends the answer that is in the making, and the language model with it, not the conversation.
    """
    history: list[Turn] = []
    while True:
        sys.stderr.write("> ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line.strip():
            return
        question = Question(question=line.strip(), history=tuple(history), collection=collection, handbook=handbook)
        answer = answered(application, question)
        if answer is not None:
            history += [
                Turn(role="user", content=question.question),
                Turn(role="assistant", content=answer.answer[:100_000]),
            ]


def answered(application: Application, question: Question) -> Answer | None:
    """Show one answer as it comes and return it; None where the reader stopped it."""
    stopped = False
    events = application.events(question, lambda: stopped)
    notes: list[Event] = []
    try:
        for event in events:
            if event.kind == "token":
                sys.stdout.write(event.data)
                sys.stdout.flush()
            elif event.kind == "done":
                say()
                for note in notes:
                    say(f"  {described(note)}")
                answer: Answer = event.data
                say(f"  confidence {answer.confidence:.2f}")
                return answer
            else:
                notes.append(event)
    except KeyboardInterrupt:
        stopped = True
        say("\n  stopped")
    return None


def described(event: Event) -> str:
    """A citation, run or warning in a line.

    Examples
    --------
    >>> from core.types import Warning
    >>> note = Warning(kind="notice", marker=None, claim="", correct="So it is.", execution=None, reference=None)
    >>> described(Event("warning", note))
    'note: So it is.'
    """
    data = event.data
    if event.kind == "citation":
        place = " > ".join((data.source, *data.heading_path[-1:]))
        page = f", page {data.page}" if data.page else ""
        return f"[{data.marker}] {place}{page} [{data.start}:{data.end}]"
    if event.kind == "execution":
        result = json.dumps(data.output, ensure_ascii=False) if data.ok else data.error
        return f"run: {data.title} {json.dumps(data.inputs, ensure_ascii=False)} gives {result}"
    claim = f"“{data.claim}” – " if data.claim else ""
    return f"{MARKS.get(data.kind, data.kind)}: {claim}{data.correct}"
