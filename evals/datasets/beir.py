"""BEIR folders: ``corpus.jsonl`` (or ``.gz``), ``queries.jsonl`` and ``qrels/<split>.tsv``."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from core.errors import InputError, NotFound
from evals.datasets.collection import Collection, Passage, Qrels, field


def read_beir(folder: Path) -> Collection:
    """Open a BEIR folder; judgements are not touched.

    Raises
    ------
    NotFound
        If a part is missing.
    """
    corpus = next((path for path in (folder / "corpus.jsonl", folder / "corpus.jsonl.gz") if path.is_file()), None)
    queries = folder / "queries.jsonl"
    splits = sorted(path.stem for path in (folder / "qrels").glob("*.tsv"))
    if corpus is None or not queries.is_file() or not splits:
        raise NotFound(f"{folder} is no BEIR folder", fix="it needs corpus.jsonl, queries.jsonl and qrels/<split>.tsv")
    return Collection(
        name=folder.resolve().name,
        queries={field(str(row["_id"])): row["text"] for row in json_lines(queries)},
        splits=splits,
        read_passages=lambda: read_passages(corpus),
        read_qrels=lambda split: read_beir_qrels(folder / "qrels" / f"{split}.tsv"),
    )


def read_passages(corpus: Path) -> Iterator[Passage]:
    """The documents of a ``corpus.jsonl``."""
    for row in json_lines(corpus):
        yield Passage(field(str(row["_id"])), row.get("title") or "", row.get("text") or "")


def read_beir_qrels(file: Path) -> Qrels:
    """Judgements with a header line ``query-id corpus-id score``.

    Raises
    ------
    InputError
        If a line is malformed.
    """
    qrels: Qrels = {}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows, None)  # the header
        for number, row in enumerate(rows, start=2):
            try:
                query, document, grade = row
                qrels.setdefault(field(query), {})[field(document)] = int(grade)
            except ValueError as error:
                raise InputError(
                    f"{file}:{number}: {error}", fix="write query-id, corpus-id and a whole score"
                ) from error
    return qrels


def json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """One JSON object a line; ``.gz`` files are unpacked on the way.

    Raises
    ------
    NotFound
        If there is no such file.
    InputError
        If a line is no JSON object.
    """
    if not file.is_file():
        raise NotFound(f"there is no file {file}", fix="check the path")
    with open_text(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError(f"{file}:{number}: {error}", fix="write one JSON object a line") from error
            if not isinstance(row, dict):
                raise InputError(f"{file}:{number} is no JSON object", fix="write one JSON object a line")
            yield row


def open_text(file: Path) -> IO[str]:
    """A text file, packed by gzip or not."""
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8")
    return file.open(encoding="utf-8")
