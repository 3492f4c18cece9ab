"""MTRAG: turns of conversations with given passages, some of them unanswerable or underspecified."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from evals.datasets.beir import json_lines
from evals.datasets.collection import Passage

ANSWERABILITY = ("ANSWERABLE", "PARTIAL", "UNDERSPECIFIED", "UNANSWERABLE")


@dataclass(frozen=True)
class Task:
    """The last turn of a conversation.

    Attributes
    ----------
    answerability : str
        One of `ANSWERABILITY`.
    history : tuple of (role, text)
        Turns before, roles ``user`` and ``assistant``.
    passages : tuple of Passage
        What was given to answer from.
    target : str
        The reference answer.
    """

    id: str
    question: str
    answerability: str
    history: tuple[tuple[str, str], ...]
    passages: tuple[Passage, ...]
    target: str


def read_mtrag(file: Path) -> list[Task]:
    """Tasks of a ``tasks.jsonl`` or ``reference.jsonl``.

    Raises
    ------
    InputError
        If a task has no question or an unknown answerability.
    """
    if file.is_dir():
        file = file / "tasks.jsonl"
    tasks = []
    for number, row in enumerate(json_lines(file), start=1):
        turns = [(ROLES.get(turn["speaker"], turn["speaker"]), turn["text"]) for turn in row.get("input", [])]
        kind = first(row.get("answerability") or row.get("Answerability"))
        if not turns or turns[-1][0] != "user" or kind not in ANSWERABILITY:
            raise InputError(
                f"{file}:{number} is no task", fix="it needs 'input' ending in a user turn, and 'answerability'"
            )
        passages = tuple(
            Passage(str(item["document_id"]), item.get("title") or "", item.get("text") or "")
            for item in row.get("contexts") or []
        )
        targets = row.get("targets") or [{"text": ""}]
        tasks.append(Task(str(row["task_id"]), turns[-1][1], kind, tuple(turns[:-1]), passages, targets[0]["text"]))
    return tasks


ROLES = {"agent": "assistant"}


def first(value: object) -> str:
    """A label that stands alone or in a list of one."""
    return str(value[0] if isinstance(value, list) and value else value)
