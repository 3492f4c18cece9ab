"""What readers say about answers, kept in the collection it concerns."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from core.errors import InputError
from core.types import Frozen
from indexing.collections import DEFAULT, HANDBOOK, Collections
from indexing.stores.database import connect
from indexing.stores.embedded import DATABASE, EmbeddedStore


class Feedback(Frozen):
    """A rating of an answer, or of a passage that it used or should have used."""

    answer_id: str = Field(min_length=1, max_length=64)
    rating: Literal[1, -1]
    document_id: str | None = None
    start: int | None = Field(None, ge=0)
    end: int | None = Field(None, ge=0)
    comment: str | None = Field(None, max_length=10_000)

    @model_validator(mode="after")
    def _passage_is_whole(self) -> Feedback:
        if (self.start is None) != (self.end is None) or (self.start is not None and self.document_id is None):
            raise ValueError("a passage is a document_id with start and end")
        return self


def record(collections: Collections, feedback: Feedback) -> str:
    """Keep feedback and return the name of the collection it went to: the document's, else ``default``.

    Raises
    ------
    NotFound
        If there is no such document.
    InputError
        If the passage lies outside its text.
    """
    name = DEFAULT
    if feedback.document_id is not None:
        found, document = collections.find_document(feedback.document_id)
        name = DEFAULT if found == HANDBOOK else found
        start, end = feedback.start or 0, feedback.end or 0
        if not start <= end <= len(document.text):
            raise InputError(
                f"[{start}:{end}] is no passage of a text of {len(document.text)} characters",
                fix="give start and end as characters of the document's text",
            )
    folder = collections.open_or_create(name).folder
    with closing(connect(folder / DATABASE)) as connection:
        connection.execute(
            'INSERT INTO feedback (created, answer_id, rating, document_id, start, "end", comment) '
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                datetime.now(UTC).isoformat(),
                feedback.answer_id,
                feedback.rating,
                feedback.document_id,
                feedback.start,
                feedback.end,
                feedback.comment,
            ),
        )
    return name


def read_feedback(store: EmbeddedStore) -> list[dict[str, Any]]:
    """All feedback of a collection, oldest first, one dictionary a rating."""
    names = ("created", "answer_id", "rating", "document_id", "start", "end", "comment")
    query = (
        'SELECT created, answer_id, rating, document_id, start, "end", comment FROM feedback ORDER BY created, rowid'
    )
    with closing(connect(store.folder / DATABASE, readonly=True)) as connection:
        return [dict(zip(names, tuple(row), strict=True)) for row in connection.execute(query)]
