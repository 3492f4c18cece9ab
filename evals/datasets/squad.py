"""SQuAD 2: questions with answers, or with none; the official JSON, or a BEIR folder with them in ``metadata``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from evals.datasets.beir import json_lines


@dataclass(frozen=True)
class ReadingQuestion:
    """A question to be read out of a text; no answers where it has none."""

    id: str
    question: str
    answers: tuple[str, ...]
    passage: str = ""
    """Name of the passage that it was asked about, where the file says so."""

    @property
    def answerable(self) -> bool:
        """Whether it has an answer."""
        return bool(self.answers)


def read_squad(path: Path) -> list[ReadingQuestion]:
    """Questions of the official JSON file, or of the ``queries.jsonl`` of a BEIR folder.

    Raises
    ------
    InputError
        If the file is neither.
    """
    if path.is_dir() or path.suffix == ".jsonl":
        rows = json_lines(path / "queries.jsonl" if path.is_dir() else path)
        return [from_metadata(str(row["_id"]), row["text"], row.get("metadata") or {}) for row in rows]
    try:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is no SQuAD file: {error}", fix="give the JSON with 'data', or a BEIR folder"
        ) from error
    return [
        ReadingQuestion(
            question["id"],
            question["question"],
            () if question.get("is_impossible") else tuple(dict.fromkeys(a["text"] for a in question["answers"])),
            str(article.get("title") or ""),
        )
        for article in data
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]


def from_metadata(id: str, text: str, metadata: dict[str, object]) -> ReadingQuestion:
    """A question whose answers stand in the metadata of a BEIR query."""
    answers = metadata.get("answers") or []
    if not isinstance(answers, list):
        raise InputError(f"query {id}: 'answers' is no list", fix="write a list of strings")
    kept = () if metadata.get("is_impossible") else tuple(dict.fromkeys(str(answer) for answer in answers))
    return ReadingQuestion(id, text, kept, str(metadata.get("passage") or ""))
