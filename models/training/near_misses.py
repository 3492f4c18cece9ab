"""All that the cross-encoder is trained on, gathered from pair collections and folders."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.encoders.backbone import load_backbone
from models.training.groups import (
    Group,
    edited_statements,
    question_statements,
    ranked_groups,
    tokenized,
)
from models.training.pairs import PairCollection, read_lines

if TYPE_CHECKING:
    from models.training.recipes import Tools

PASSAGES = 4
EDITED = 1500
SHARE_EDITED = 0.2
SHARE_QUESTIONS = 0.4
"""Of the draws: statements with edits, questions with their near misses; the rest are ranked passages."""


def cross_encoder_sources(
    collections: Sequence[PairCollection], folders: Sequence[Path], tools: Tools, work: Path, chance: random.Random
) -> list[tuple[float, list[Group]]]:
    """Groups and how often each list is drawn from.

    Where a title or heading is the query its text need not say it, so such pairs have no label of support.
    """
    from models.training.recipes import prepare_all

    backbone = load_backbone(tools.backbone)
    prepared = prepare_all(collections, backbone, tools, 1, work)
    ranked = [
        group
        for collection in prepared
        for group in ranked_groups(collection, PASSAGES, chance, answers=":" not in collection.name)
    ]
    edited = edited_statements(
        [t for c in collections for t in chance.sample(c.texts, min(EDITED, len(c.texts)))], chance
    )
    questions = [s for folder in folders if has_answers(folder) for s in question_statements(folder, chance)]
    return [
        (1 - SHARE_EDITED - (SHARE_QUESTIONS if questions else 0.0), ranked),
        (SHARE_EDITED, tokenized(list(edited), backbone)),
        (SHARE_QUESTIONS, tokenized(questions, backbone)),
    ]


def has_answers(folder: Path) -> bool:
    """Whether the questions of a folder carry their answers, as SQuAD's do."""
    if not (folder / "queries.jsonl").exists():
        return False
    first: Iterator[dict[str, Any]] = read_lines(folder / "queries.jsonl")
    about = next(first, {}).get("metadata", {})
    return bool({"answers", "is_impossible"} <= set(about))
