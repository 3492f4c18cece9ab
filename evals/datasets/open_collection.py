"""Open a folder as whatever kind of test collection it is."""

from __future__ import annotations

from pathlib import Path

from core.errors import NotFound
from evals.datasets.beir import read_beir
from evals.datasets.collection import Collection
from evals.datasets.trec import read_trec


def open_collection(folder: Path) -> Collection:
    """A BEIR or a TREC folder.

    Raises
    ------
    NotFound
        If it is neither.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", fix="check --dataset")
    if (folder / "queries.jsonl").is_file():
        return read_beir(folder)
    return read_trec(folder)
