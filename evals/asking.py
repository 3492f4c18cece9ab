"""Ask every question of a set and lose no answer: each is on disk before the next question is asked."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from core.errors import VouchError
from core.protocols import Progress
from evals.asker import Asker, timed
from evals.datasets.beir import json_lines
from evals.datasets.seeds import Seed

HITS = 10
ANSWERS = "answers.jsonl"


@dataclass(frozen=True)
class Asked:
    """What came back for one question.

    Attributes
    ----------
    answer : dict or None
        None where asking failed; `error` says why.
    hits : tuple of dict
        Of a search for the standalone question.
    exact : tuple of bool
        For each citation whether its quote is what stands there.
    seconds : float
        Of asking.
    key : str
        Of the question and of the system that was asked; another key means another answer.
    """

    id: str
    answer: dict[str, Any] | None
    hits: tuple[dict[str, Any], ...]
    exact: tuple[bool, ...]
    seconds: float
    error: str | None = None
    key: str = ""

    def as_line(self) -> str:
        """A line of ``answers.jsonl``."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


def ask_all(
    asker: Asker,
    seeds: Sequence[Seed],
    out: Path,
    *,
    resume: bool = False,
    system: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> list[Asked]:
    """Ask every question and keep each answer at once in ``answers.jsonl``.

    Parameters
    ----------
    resume : bool
        Keep the answers of the same system to the same questions that an interrupted run left there, also to questions that
        are not asked now; failed ones are asked again.
    system : mapping, optional
        Weights and settings that decide an answer.

    Notes
    -----
    Answers are only ever added to the file while questions are asked, so a process that is killed at any point leaves all that
    was answered. At the end the file is replaced by one in the order of the questions.
    """
    out.mkdir(parents=True, exist_ok=True)
    file = out / ANSWERS
    kept = read_kept(file) if resume else {}
    asked = []
    with opened(file, resume) as handle:
        for number, seed in enumerate(seeds):
            if progress is not None:
                progress(number, len(seeds), seed.id)
            key = key_of(seed, system or {})
            row = kept.get((seed.id, key)) or ask_one(asker, seed, key)
            asked.append(row)
            if (seed.id, key) not in kept:
                handle.write(row.as_line())
                handle.flush()
                os.fsync(handle.fileno())
    now = {row.id for row in asked}
    replace(file, [*asked, *(row for row in kept.values() if row.id not in now)])
    return asked


def key_of(seed: Seed, system: Mapping[str, Any]) -> str:
    """Digest of a question with its history and of the system that is asked."""
    content = json.dumps([seed.question, seed.history(), system], sort_keys=True, default=str)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_kept(file: Path) -> dict[tuple[str, str], Asked]:
    """Answers by id and key, the newest of each; a last line that a killed process left half written is not one.

    Raises
    ------
    InputError
        If another line is no JSON object.
    """
    if not file.is_file():
        return {}
    cut_torn_line(file)
    rows = (asked_from(row) for row in json_lines(file))
    return {(row.id, row.key): row for row in rows if row.error is None}


def cut_torn_line(file: Path) -> None:
    """Cut what stands behind the last end of a line, or the next answer would be written into it."""
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(file, whole)


def opened(file: Path, resume: bool) -> IO[str]:
    """The file to add answers to; emptied where nothing of it is to be kept."""
    return file.open("a" if resume else "w", encoding="utf-8")


def replace(file: Path, rows: Sequence[Asked]) -> None:
    """Put other rows into a file, all or nothing."""
    partial = file.with_name(file.name + ".partial")
    partial.write_text("".join(row.as_line() for row in rows), encoding="utf-8")
    partial.replace(file)


def asked_from(row: Mapping[str, Any]) -> Asked:
    """An answer that was kept."""
    return Asked(
        id=row["id"],
        answer=row["answer"],
        hits=tuple(row["hits"]),
        exact=tuple(row["exact"]),
        seconds=row["seconds"],
        error=row["error"],
        key=row.get("key", ""),
    )


def ask_one(asker: Asker, seed: Seed, key: str = "") -> Asked:
    """Ask one question; an error of the system is an outcome, not an end."""
    try:
        answer, seconds = timed(lambda: asker.ask(seed.question, seed.history()))
        hits = asker.search(answer.get("standalone_question") or seed.question, HITS)
        exact = tuple(quotes_exactly(asker, citation) for citation in answer["citations"])
    except VouchError as error:
        return Asked(seed.id, None, (), (), 0.0, str(error), key)
    return Asked(seed.id, answer, tuple(hits), exact, seconds, None, key)


def quotes_exactly(asker: Asker, citation: Mapping[str, Any]) -> bool:
    """Whether the quote is what stands at its offsets in the document."""
    text = asker.document_text(citation["document_id"])
    return text is not None and text[citation["start"] : citation["end"]] == citation["quote"]
