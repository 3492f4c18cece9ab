"""TREC run files: ``query Q0 document rank score tag``, scores unrounded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from core.errors import InputError, NotFound

Run = dict[str, dict[str, float]]
"""Query id → document id → score."""


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Documents best first; ties as trec_eval breaks them, by the id that sorts last.

    Examples
    --------
    >>> ranked({"a": 1.0, "b": 2.0, "c": 1.0})
    ['b', 'c', 'a']
    """
    by_id = sorted(scores, reverse=True)
    return sorted(by_id, key=lambda document: -scores[document])


def write_run(file: Path, run: Run, tag: str) -> None:
    """Write a run whose scores read back exactly.

    Raises
    ------
    InputError
        If an id holds white space or a score is not finite.
    """
    lines = []
    for query, scores in run.items():
        for rank, document in enumerate(ranked(scores), start=1):
            if len(f"{query} {document}".split()) != 2:
                raise InputError(f"{query!r} {document!r} cannot stand in a run file", fix="use ids without spaces")
            if not math.isfinite(scores[document]):
                raise InputError(f"score of {document} is {scores[document]}", fix="give finite scores")
            lines.append(f"{query} Q0 {document} {rank} {scores[document]!r} {tag}\n")
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(file.name + ".partial")
    partial.write_text("".join(lines), encoding="utf-8")
    partial.replace(file)  # a killed run leaves no half file that would be scored


def read_run(file: Path) -> tuple[Run, str]:
    """A run and its tag; the rank column is ignored, as trec_eval does.

    Raises
    ------
    NotFound
        If there is no such file.
    InputError
        If a line is malformed, a score is not finite or a document is named twice for one query.
    """
    if not file.is_file():
        raise NotFound(f"there is no run file {file}", fix="check the path")
    run: Run = {}
    tag = file.stem
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                query, _, document, _, text, tag = line.split()
                score = float(text)
            except ValueError as error:
                raise InputError(
                    f"{file}:{number}: {error}", fix="write six columns: query Q0 document rank score tag"
                ) from error
            if not math.isfinite(score):
                raise InputError(f"{file}:{number}: score {text}", fix="give finite scores")
            if document in run.setdefault(query, {}):
                raise InputError(f"{file}:{number}: {document} stands twice for query {query}", fix="keep one of them")
            run[query][document] = score
    return run, tag
