"""Values by query of earlier evaluations, from whatever they left: run files, tables, results, or their whole folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError, NotFound
from evals.datasets.collection import Qrels
from evals.metrics.ranking import score_run
from evals.run_file import read_run

TABLE = ".per_query.csv"
RESULTS = "results.json"


@dataclass(frozen=True)
class Scored:
    """Values of one evaluation by query."""

    name: str
    per_query: dict[str, dict[str, float]]


def read_scored(file: Path, qrels: Qrels | None, measures: Sequence[str]) -> Scored:
    """Values by query of a run file (with judgements), a ``.per_query.csv``, a ``results.json`` of answers, or a folder.

    In tables a measure is named ``<dataset> <system> <measure>``, so that like is compared with like.

    Raises
    ------
    NotFound
        If there is no such file.
    InputError
        If it is none of them, or a run file comes without judgements.
    """
    if file.is_dir():
        tables = sorted(file.glob(f"*{TABLE}"))
        if not tables:
            return Scored(str(file), read_answers(file / RESULTS))
        found: dict[str, dict[str, float]] = {}
        for table in tables:
            found |= read_table(table, measures)
        return Scored(str(file), found)
    if not file.is_file():
        raise NotFound(f"there is no file {file}", fix="check the path")
    if file.name.endswith(TABLE):
        return Scored(str(file), read_table(file, measures))
    if file.suffix == ".json":
        return Scored(str(file), read_answers(file))
    if qrels is None:
        raise InputError(f"{file} is a run file", fix="name the judgements with --dataset or --qrels")
    run, _ = read_run(file)
    return Scored(file.name, score_run(run, qrels, measures))


def read_table(file: Path, measures: Sequence[str]) -> dict[str, dict[str, float]]:
    """Some measures of a ``<dataset>.per_query.csv``.

    Raises
    ------
    InputError
        If it is no such table.
    """
    dataset = file.name.removesuffix(TABLE)
    found: dict[str, dict[str, float]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        try:
            for row in csv.DictReader(lines):
                if row["measure"] in measures:
                    name = f"{dataset} {row['system']} {row['measure']}"
                    found.setdefault(name, {})[row["query_id"]] = float(row["value"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{file}: {error}", fix="give a table that `vouch eval retrieval` wrote") from error
    return found


def read_answers(file: Path) -> dict[str, dict[str, float]]:
    """The ``per_question`` part of a result.

    Raises
    ------
    InputError
        If it has none.
    """
    try:
        values = read_results(file)["per_question"]
        return {m: {q: float(v) for q, v in row.items()} for m, row in values.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{file} has no 'per_question'",
            fix="give a results.json of `vouch eval answers`, run files, tables or the folder of an evaluation",
        ) from error


def read_results(file: Path) -> Mapping[str, Any]:
    """A ``results.json``, or that of a folder.

    Raises
    ------
    NotFound
        If there is none.
    InputError
        If it is no JSON object.
    """
    file = file / RESULTS if file.is_dir() else file
    if not file.is_file():
        raise NotFound(f"there is no file {file}", fix="check the path")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{file} is no JSON: {error}", fix="give what `vouch eval` wrote") from error
    if not isinstance(found, dict):
        raise InputError(f"{file} has no 'per_question' and no collections", fix="give what `vouch eval` wrote")
    return found
