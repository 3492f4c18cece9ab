"""Question sets over a user's own documents: evidence by exact offsets, key facts, traps, runs, unanswerables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InputError
from evals.datasets.beir import json_lines


class Lenient(BaseModel):
    """Base: immutable; fields that only people read are kept and not judged."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Evidence(Lenient):
    """A passage that bears the answer; one of a group suffices, every group is needed.

    Attributes
    ----------
    doc : str
        What the file name of the document begins with.
    start, end : int
        Characters of the document's text.
    quote : str
        ``text[start:end]``.
    """

    doc: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str
    group: int = 0


class Seed(Lenient):
    """A question with what a right answer must do; fields as the format names them."""

    id: str
    type: str
    question: str
    turns: tuple[str, ...] | None = None
    standalone: str | None = None
    evidence: tuple[Evidence, ...] = ()
    key_facts: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    expected: tuple[float, ...] = ()
    expected_text: tuple[str, ...] = ()
    tolerance: float = 0.0
    wrong_claim: str | None = None
    correct_claim: str | None = None
    must_not: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    why: str | None = None
    answers: tuple[str, ...] = ()
    reading: bool = False
    about: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return self.type != "unanswerable"

    @property
    def kind(self) -> str:
        """Its type, and why it is unanswerable: the kinds that a report keeps apart."""
        return self.type if self.answerable or not self.why else f"{self.type}: {self.why}"

    @property
    def false_premise(self) -> bool:
        """Whether it assumes something wrong: correcting that is as good as abstaining."""
        return self.why == "false_premise"

    def history(self) -> list[dict[str, str]]:
        """The turns before the question, user and assistant in turn."""
        roles = ("user", "assistant")
        return [{"role": roles[i % 2], "content": turn} for i, turn in enumerate((self.turns or ())[:-1])]


NULLABLE = ("evidence", "key_facts", "algorithms", "expected", "expected_text", "must_not", "must", "tolerance")


def read_seeds(file: Path) -> list[Seed]:
    """Questions of a JSONL file.

    Raises
    ------
    InputError
        If a line lacks a field or an id stands twice.
    """
    seeds = [seed_of(row, f"{file}:{number}") for number, row in enumerate(json_lines(file), start=1)]
    ids = [seed.id for seed in seeds]
    if len(set(ids)) < len(ids):
        raise InputError(f"{file}: an id stands twice", fix="give every question an id of its own")
    return seeds


def seed_of(row: dict[str, Any], where: str) -> Seed:
    """One question; null stands for an absent list.

    Raises
    ------
    InputError
        If a field is missing or of the wrong type.
    """
    given = {key: value for key, value in row.items() if value is not None or key not in NULLABLE}
    for key in ("expected", "expected_text"):
        if key in given and not isinstance(given[key], list):
            given[key] = [given[key]]
    try:
        return Seed.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {name}: {first['msg']}", fix="see docs/evaluation.md for the format") from error
