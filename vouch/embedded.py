"""Vouch inside a Python program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from answering.requests import Event, Question
from app.application import Application
from app.bootstrap import build
from app.configuration import configure
from core.types import Answer, Execution, IngestReport, SearchResult, Turn


class Vouch:
    """A Vouch in this process.

    Parameters
    ----------
    home : path, optional
        Where data lives; ``$VOUCH_HOME`` or ``.vouch`` by default.
    settings : mapping, optional
        Dotted keys to values, stronger than files and environment, e.g. ``{"llm.backend": "none"}``.

    Examples
    --------
    >>> with Vouch(settings={"llm.backend": "none"}) as v:
    ...     v.run("softmax", {"logits": [0, 0]}).output
    {'probabilities': [0.5, 0.5]}
    """

    def __init__(self, home: str | Path | None = None, settings: Mapping[str, Any] | None = None) -> None:
        import os

        environment = dict(os.environ) | ({"VOUCH_HOME": str(home)} if home is not None else {})
        self._application = build(configure(settings, environment=environment))

    @classmethod
    def of(cls, application: Application) -> Vouch:
        """A Vouch around an application that is built already."""
        made = cls.__new__(cls)
        made._application = application
        return made

    @property
    def home(self) -> Path:
        """Where data lives."""
        return self._application.home

    def __enter__(self) -> Vouch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def index(self, *sources: str, collection: str = "default", allow_empty: bool = False) -> IngestReport:
        """Index files, folders, archives and URLs."""
        return self._application.index(sources, collection, allow_empty=allow_empty)

    def search(
        self, query: str, k: int = 10, stages: Sequence[str] | None = None, collection: str = "default"
    ) -> SearchResult:
        """Hits of a collection."""
        return self._application.search(query, k, stages, collection)

    def ask(self, question: str, history: Sequence[Turn] = (), **options: Any) -> Answer:
        """One answer; `options` are the other fields of a request."""
        return self._application.ask(Question(question=question, history=tuple(history), **options))

    def stream(self, question: str, history: Sequence[Turn] = (), **options: Any) -> Iterator[Event]:
        """One answer, step by step."""
        return self._application.events(Question(question=question, history=tuple(history), **options))

    def run(self, algorithm: str, inputs: Mapping[str, Any] | None = None) -> Execution:
        """Execute one reference implementation."""
        return self._application.run_algorithm(algorithm, inputs)

    def close(self) -> None:
        """Stop the worker and close the stores."""
        self._application.close()
