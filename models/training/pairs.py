"""Query and passage pairs from folders in BEIR layout (``corpus.jsonl[.gz]``, ``queries.jsonl``, ``qrels/*.tsv``).

Only splits whose name begins with ``train`` are read; a folder without judgements gives self-supervised pairs
(`models.training.domain_pairs`). One document in ten is held out by a hash of its name, so that a gain can be measured on
documents that training never saw.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import InputError

HELD_OUT_SHARE = 0.1
"""Share of documents that training does not see."""


@dataclass(frozen=True)
class Pair:
    """A query and the passage that answers it.

    Attributes
    ----------
    query : str
        Question, title, heading or statement.
    positive : int
        Row of the passage in its collection.
    held_out : bool
        Left out of training.
    """

    query: str
    positive: int
    held_out: bool = False


@dataclass(frozen=True)
class PairCollection:
    """Passages of one kind and the pairs over them; negatives of a pair come from its own collection.

    Attributes
    ----------
    name : str
        Shown in reports.
    texts : tuple of str
        Passages.
    pairs : tuple of Pair
        Pairs over `texts`.
    """

    name: str
    texts: tuple[str, ...]
    pairs: tuple[Pair, ...]


def is_held_out(name: str, share: float = HELD_OUT_SHARE) -> bool:
    """Whether the document `name` is held out; the same on every machine. Paragraphs ``article#n`` stay together.

    Examples
    --------
    >>> is_held_out("Oil_crisis#0") == is_held_out("Oil_crisis#7")
    True
    >>> 0.07 < sum(is_held_out(str(n)) for n in range(2000)) / 2000 < 0.13
    True
    """
    digest = hashlib.sha256(name.split("#")[0].encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < share


def read_folder(folder: Path, limit: int, seed: int) -> list[PairCollection]:
    """Collections of pairs of one folder: judged pairs where there are train judgements, else self-supervised ones.

    Raises
    ------
    InputError
        If the folder holds no corpus, or a line of it is no JSON.
    """
    from models.training.domain_pairs import corpus_pairs

    corpus = {str(row["_id"]): (row.get("title") or "", row["text"]) for row in read_lines(folder / "corpus.jsonl")}
    judged = sorted((folder / "qrels").glob("train*.tsv"))
    if not judged:
        return corpus_pairs(folder.name, corpus, limit, seed)
    queries = {str(row["_id"]): str(row["text"]) for row in read_lines(folder / "queries.jsonl")}
    rows = {document: row for row, document in enumerate(corpus)}
    found = [
        Pair(queries[query], rows[document], is_held_out(document))
        for file in judged
        for query, document in read_judgements(file)
        if query in queries and document in rows
    ]
    texts = tuple(with_title(title, text) for title, text in corpus.values())
    return [PairCollection(folder.name, texts, tuple(sample(found, limit, seed)))]


def with_title(title: str, text: str) -> str:
    """A passage with its title in front.

    Examples
    --------
    >>> with_title("Softmax", "It maps scores to probabilities."), with_title("", "Text.")
    ('Softmax. It maps scores to probabilities.', 'Text.')
    """
    return f"{title.rstrip('. ')}. {text}" if title.strip() else text


def sample(pairs: Sequence[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` pairs, drawn at random but always the same."""
    if len(pairs) <= limit:
        return list(pairs)
    return random.Random(seed).sample(list(pairs), limit)


def read_judgements(file: Path) -> Iterator[tuple[str, str]]:
    """Query and document ids of the positive judgements of a BEIR table."""
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if float(grade) > 0:
            yield query, document


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Objects of a JSON-lines file, packed by gzip or not.

    Raises
    ------
    InputError
        If it is missing or malformed.
    """
    packed = file.with_name(file.name + ".gz")
    if not file.exists() and not packed.exists():
        raise InputError(f"{file} is missing", fix="give a folder in BEIR layout: corpus.jsonl, queries.jsonl, qrels/")
    opened = open(file, encoding="utf-8") if file.exists() else gzip.open(packed, "rt", encoding="utf-8")  # noqa: SIM115
    with opened as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise InputError(f"{file}:{number}: {error}", fix="one JSON object a line") from error
