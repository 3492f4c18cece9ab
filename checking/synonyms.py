"""Words that say the same in a claim: an alternative of a signature stands for all words of its class."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

from indexing.stores.analysis import stems

CLASSES = Path(__file__).with_name("synonyms.toml")


@cache
def classes() -> dict[str, tuple[str, ...]]:
    """Members of the classes of each phrase, by its stems between blanks."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for members in tomllib.loads(CLASSES.read_text(encoding="utf-8"))["classes"]:
        for member in members:
            found[key(member)].update(dict.fromkeys(members))
    return {phrase: tuple(members) for phrase, members in found.items()}


def key(phrase: str) -> str:
    """Stems of a phrase."""
    return " ".join(stems(phrase))


def synonyms(phrase: str) -> tuple[str, ...]:
    """A phrase and what says the same.

    Examples
    --------
    >>> "exponentially" in synonyms("exponential")
    True
    >>> synonyms("Isomap")
    ('Isomap',)
    """
    return (phrase, *classes().get(key(phrase), ()))
