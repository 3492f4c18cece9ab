"""What the cross-encoder is trained on: a query with passages that answer it, nearly answer it, or only look alike.

Near misses are made, not found: an unanswerable question of SQuAD 2 with its own paragraph (Rajpurkar et al.,
arXiv:1806.03822), a paragraph without the sentence that holds the answer, a statement whose number, negation or name is
not the passage's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.encoders.backbone import Backbone, token_ids
from models.training.domain_pairs import sentences
from models.training.pairs import is_held_out, read_judgements, read_lines, with_title
from models.training.prepared import Prepared

Ids = NDArray[np.int32]
UNKNOWN = float("nan")
LONGEST_QUERY = 48
LONGEST_PASSAGE = 160
PASSAGE_CHARACTERS = 700
"""Near misses are made of passages this short, so that what decides is never cut off."""
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z0-9-]{2,}")
NEGATIONS = (
    (" is ", " is not "),
    (" are ", " are not "),
    (" can ", " cannot "),
    (" does ", " does not "),
    (" was ", " was not "),
    (" were ", " were not "),
    (" increases ", " decreases "),
    (" higher ", " lower "),
    (" more ", " less "),
    (" larger ", " smaller "),
    (" improves ", " worsens "),
    (" with ", " without "),
    (" before ", " after "),
    (" maximum ", " minimum "),
    (" always ", " never "),
)


@dataclass(frozen=True)
class Group:
    """A query and some passages.

    Attributes
    ----------
    query : (t,) int32
        Token ids.
    passages : tuple of (t,) int32
        Token ids; the first is the best where relevance is known.
    fused : tuple of float
        Score of the fused ranking; NaN leaves the passage out of the relevance loss.
    support : tuple of float
        1 answers or bears out, 0 does not, NaN unknown.
    """

    query: Ids
    passages: tuple[Ids, ...]
    fused: tuple[float, ...]
    support: tuple[float, ...]


@dataclass(frozen=True)
class Statement:
    """A query with passages as texts whose support is known."""

    query: str
    passages: tuple[str, ...]
    support: tuple[float, ...]


def ranked_groups(collection: Prepared, passages: int, chance: random.Random, answers: bool) -> Iterator[Group]:
    """Positive and mined negatives of each pair; `answers` says that a positive bears the query out."""
    for row, pair in enumerate(collection.pairs):
        found = [at for at in range(collection.negatives.shape[1]) if collection.negatives[row, at] >= 0]
        chosen = chance.sample(found, min(len(found), passages - 1))
        if chosen:
            rows = [pair.positive, *(int(collection.negatives[row, at]) for at in chosen)]
            scores = [float(collection.teacher[row, 0]), *(float(collection.teacher[row, 1 + at]) for at in chosen)]
            yield Group(
                collection.query_ids[row][:LONGEST_QUERY],
                tuple(collection.text_ids[i][:LONGEST_PASSAGE] for i in rows),
                tuple(scores),
                (1.0 if answers else UNKNOWN, *[0.0 if answers else UNKNOWN] * len(chosen)),
            )


def question_statements(folder: Path, chance: random.Random, held_out: bool = False) -> Iterator[Statement]:
    """Questions of a SQuAD-like folder with their own paragraph, and with the paragraph less its answer.

    Held-out articles are left out, or taken alone; so are long paragraphs.
    """
    corpus = {row["_id"]: (row.get("title") or "", row["text"]) for row in read_lines(folder / "corpus.jsonl")}
    judged = {
        query: passage
        for file in sorted((folder / "qrels").glob("train*.tsv"))
        for query, passage in read_judgements(file)
    }
    articles = {passage.split("#")[0] for passage in judged.values()}
    for row in read_lines(folder / "queries.jsonl"):
        about = row.get("metadata", {})
        asked_of = about.get("passage") or judged.get(row["_id"], "")
        if asked_of not in corpus or asked_of.split("#")[0] not in articles or is_held_out(asked_of) != held_out:
            continue
        title, text = corpus[asked_of]
        if len(text) > PASSAGE_CHARACTERS:
            continue
        if about.get("is_impossible"):
            yield Statement(row["text"], (with_title(title, text),), (0.0,))
            continue
        answer = min(about.get("answers") or [""], key=len)
        rest = [part for part in sentences(text) if answer.casefold() not in part.casefold()]
        passages, support = [with_title(title, text)], [1.0]
        if answer and 2 <= len(rest) < len(sentences(text)) and chance.random() < 0.5:
            passages.append(with_title(title, " ".join(rest)))
            support.append(0.0)
        yield Statement(row["text"], tuple(passages), tuple(support))


def edited_statements(texts: Sequence[str], chance: random.Random) -> Iterator[Statement]:
    """A sentence of a passage, and the same with one thing changed: the passage bears out the first only.

    The pair shares the passage; sentences in which nothing can be changed are left out.
    """
    for whole in texts:
        held = sentences(whole)
        while sum(map(len, held)) > PASSAGE_CHARACTERS:
            held.pop()
        text = " ".join(held)
        parts = [part for part in held if 6 <= len(part.split()) <= 40]
        chance.shuffle(parts)
        for part in parts:
            changed = edit(part, text, chance)
            if changed is not None:
                yield Statement(part, (text,), (1.0,))
                yield Statement(changed, (text,), (0.0,))
                break


def edit(sentence: str, passage: str, chance: random.Random) -> str | None:
    """The sentence with another number, a turned negation or another name; None where it has none of them.

    Examples
    --------
    >>> edit("Dropout is applied to 3 layers.", "", random.Random(0)) != "Dropout is applied to 3 layers."
    True
    >>> edit("Nothing here changes", "", random.Random(0)) is None
    True
    """
    choices = []
    numbers = list(NUMBER.finditer(sentence))
    if numbers:
        found = chance.choice(numbers)
        choices.append(
            sentence[: found.start()] + other_number(found.group(), passage, chance) + sentence[found.end() :]
        )
    turned = [pair for pair in NEGATIONS if pair[0] in sentence or pair[1] in sentence]
    if turned:
        plain, negated = chance.choice(turned)
        first, second = (negated, plain) if negated in sentence else (plain, negated)
        choices.append(sentence.replace(first, second, 1))
    names = [match for match in NAME.finditer(sentence)]
    others = sorted({m.group() for m in NAME.finditer(passage)} - {m.group() for m in names})
    if names and others:
        found = chance.choice(names)
        choices.append(sentence[: found.start()] + chance.choice(others) + sentence[found.end() :])
    return chance.choice(choices) if choices else None


def other_number(number: str, passage: str, chance: random.Random) -> str:
    """Another number of the passage, or one close to `number`."""
    others = sorted({match.group() for match in NUMBER.finditer(passage)} - {number})
    if others and chance.random() < 0.5:
        return chance.choice(others)
    digits = list(number)
    at = chance.choice([i for i, character in enumerate(digits) if character.isdigit()])
    digits[at] = chance.choice([digit for digit in "123456789" if digit != digits[at]])
    return "".join(digits)


def tokenized(statements: Sequence[Statement], backbone: Backbone) -> list[Group]:
    """Groups of statements, without a say in relevance."""
    queries = token_ids(backbone, [s.query for s in statements], LONGEST_QUERY)
    passages = iter(token_ids(backbone, [p for s in statements for p in s.passages], LONGEST_PASSAGE))
    return [
        Group(query, tuple(next(passages) for _ in s.passages), (UNKNOWN,) * len(s.passages), s.support)
        for query, s in zip(queries, statements, strict=True)
    ]
