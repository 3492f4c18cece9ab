"""What the language model was given and what it replied, for whoever asks why an answer is what it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any, Protocol

from answering.requests import Event
from core.protocols import LanguageModel, Prompt

Exchange = dict[str, Any]
_current = threading.local()


class RecordedModel:
    """A language model that notes its exchanges for the answer that its thread is working on.

    Parameters
    ----------
    model : LanguageModel
        Does the work.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """As the model has it."""
        return self._model.name

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        temperature: float,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[str]:
        """As the model does it."""
        exchanges: list[Exchange] | None = getattr(_current, "exchanges", None)
        said: list[str] = []
        pieces = self._model.stream(prompt, max_tokens=max_tokens, temperature=temperature, stop=stop)
        try:
            for piece in pieces:
                said.append(piece)
                yield piece
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
            if exchanges is not None:
                exchanges.append({"system": prompt.system, "user": prompt.user, "reply": "".join(said)})


class Events(Protocol):
    """Makes an answer step by step."""

    def __call__(self) -> Iterator[Event]:
        """The events."""


def with_exchanges(make: Events) -> Generator[Event, None, None]:
    """Events of one answer, its trace completed by ``exchanges`` with the language model.

    Other answers of the same thread, between two steps of this one, note theirs elsewhere.
    """
    exchanges: list[Exchange] = []
    events = make()
    try:
        while True:
            before = getattr(_current, "exchanges", None)
            _current.exchanges = exchanges
            try:
                event = next(events, None)
            finally:
                _current.exchanges = before
            if event is None:
                return
            if event.kind == "done" and event.data.trace is not None:
                trace = {**event.data.trace, "exchanges": exchanges}
                event = Event("done", event.data.model_copy(update={"trace": trace}))
            yield event
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
