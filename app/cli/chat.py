"""A conversation in the terminal."""

from __future__ import annotations

import sys

from answering.assistant import Question
from app.application import Application
from app.cli.output import say
from core.types import Turn


def converse(application: Application, collection: str, *, handbook: bool) -> None:
    """Read questions until an empty line or the end of input; answers stream as they are verified."""
    history: list[Turn] = []
    while True:
        sys.stderr.write("> ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line.strip():
            return
        question = Question(question=line.strip(), history=tuple(history), collection=collection, handbook=handbook)
        for event in application.events(question):
            if event.kind == "token":
                sys.stdout.write(event.data)
                sys.stdout.flush()
            elif event.kind == "done":
                answer = event.data
                say()
                for citation in answer.citations:
                    say(f"  [{citation.marker}] {citation.source} [{citation.start}:{citation.end}]")
                for warning in answer.warnings:
                    say(f"  note: {warning.correct}")
                history += [
                    Turn(role="user", content=question.question),
                    Turn(role="assistant", content=answer.answer[:100_000]),
                ]
