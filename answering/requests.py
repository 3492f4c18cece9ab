"""What the assistant is asked, and the events in which it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from core.types import Frozen, Turn

EventKind = Literal["token", "citation", "execution", "warning", "done"]


class Question(Frozen):
    """A request to answer."""

    question: str = Field(min_length=1, max_length=20_000)
    history: tuple[Turn, ...] = Field((), max_length=200)
    collection: str = "default"
    k: int | None = Field(None, ge=1, le=50)
    stages: tuple[str, ...] | None = None
    risk: float | None = Field(None, ge=0, le=1)
    temperature: float = Field(0.0, ge=0, le=2)
    handbook: bool = True
    trace: bool = False


@dataclass(frozen=True)
class Event:
    """One step of a streamed answer; `data` is a piece of text, a type of core, or the whole answer."""

    kind: EventKind
    data: Any
