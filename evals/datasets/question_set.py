"""Question sets of three kinds under one roof: seeds over one's own documents, SQuAD 2, MTRAG."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from evals.datasets.beir import json_lines, read_beir
from evals.datasets.collection import Collection, Passage
from evals.datasets.mtrag import read_mtrag
from evals.datasets.seeds import Seed, read_seeds
from evals.datasets.squad import read_squad

UNANSWERABLE = frozenset({"UNANSWERABLE", "UNDERSPECIFIED"})
"""Tasks of MTRAG where answering from the passages is wrong; the report keeps the two apart by type."""


@dataclass(frozen=True)
class QuestionSet:
    """Questions and, where they bring their own documents, those.

    Attributes
    ----------
    documents : Collection or None
        None: the questions are about what the user has indexed.
    """

    name: str
    seeds: tuple[Seed, ...]
    documents: Collection | None


def read_question_set(path: Path) -> QuestionSet:
    """Read whatever kind of question set it is: a file of seeds or of MTRAG tasks, a SQuAD file, a BEIR folder.

    Raises
    ------
    InputError
        If it is none of them.
    """
    name = path.resolve().stem
    if path.is_dir() and (path / "tasks.jsonl").is_file():
        return mtrag_set(name, path / "tasks.jsonl")
    if path.is_dir():
        return QuestionSet(name, squad_seeds(path), read_beir(path))
    if path.suffix == ".json":
        return QuestionSet(name, squad_seeds(path), None)
    first = next(islice(json_lines(path), 1), {})
    if "task_id" in first:
        return mtrag_set(name, path)
    return QuestionSet(name, tuple(read_seeds(path)), None)


def squad_seeds(path: Path) -> tuple[Seed, ...]:
    """Questions of SQuAD; those without an answer are unanswerable."""
    return tuple(
        Seed(
            id=question.id,
            type="answerable" if question.answerable else "unanswerable",
            question=question.question,
            answers=question.answers,
            reading=True,
            about=question.passage,
            why=None if question.answerable else "no_answer",
        )
        for question in read_squad(path)
    )


def mtrag_set(name: str, file: Path) -> QuestionSet:
    """Tasks of MTRAG over the union of all the passages that they give."""
    tasks = read_mtrag(file)
    passages = {passage.id: passage for task in tasks for passage in task.passages if passage.text.strip()}
    seeds = tuple(
        Seed(
            id=task.id,
            type="unanswerable" if task.answerability in UNANSWERABLE else task.answerability.lower(),
            question=task.question,
            turns=(*(text for _, text in task.history), task.question),
            answers=() if task.answerability in UNANSWERABLE else (task.target,),
            reading=True,
            why=task.answerability.lower(),
        )
        for task in tasks
    )
    return QuestionSet(name, seeds, passage_collection(name, list(passages.values())))


def passage_collection(name: str, passages: Sequence[Passage]) -> Collection:
    """Documents without judgements."""
    return Collection(name, {}, ["none"], lambda: iter(passages), lambda split: {})


def sample_seeds(seeds: Sequence[Seed], limit: int | None) -> list[Seed]:
    """At most `limit` questions, chosen by a hash of their ids, in their own order."""
    if limit is None or len(seeds) <= limit:
        return list(seeds)
    order = sorted(seeds, key=lambda seed: hashlib.sha256(seed.id.encode()).digest())
    chosen = {seed.id for seed in order[:limit]}
    return [seed for seed in seeds if seed.id in chosen]
