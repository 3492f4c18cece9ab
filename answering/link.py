"""Which algorithms a question is about: names and aliases found in its words.

An alias matches where its stems stand next to each other in the question. A longer alias beats a shorter one inside it, and
an alias that many algorithms share says little, so a match carries the share of algorithms it singles out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from algorithms.registry import Algorithm
from indexing.stores.analysis import STOP_WORDS, stems

LONGEST_ALIAS = 8


@dataclass(frozen=True)
class Match:
    """An algorithm named in a question.

    Attributes
    ----------
    id : str
        The algorithm.
    words : int
        Stems of the alias that carry meaning.
    position : int
        Where in the question it begins, in stems.
    weight : float
        Share of the alias that points at this algorithm: 1 where no other has it.
    """

    id: str
    words: int
    position: int
    weight: float


class AlgorithmLinker:
    """Finds algorithms by name.

    Parameters
    ----------
    entries : mapping
        The registry's catalog.
    """

    def __init__(self, entries: Mapping[str, Algorithm]) -> None:
        owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for entry in entries.values():
            for alias in {entry.name, entry.id.replace("-", " "), *entry.aliases}:
                key = tuple(stems(alias))
                if 0 < len(key) <= LONGEST_ALIAS and any(stem not in STOP_WORDS for stem in key):
                    owners[key].add(entry.id)
        self._owners = dict(owners)

    def matches(self, text: str) -> list[Match]:
        """Algorithms named in `text`, the most specific first; overlapping shorter names are left out."""
        words = stems(text)
        found: list[tuple[int, int, tuple[str, ...]]] = []
        for start in range(len(words)):
            for length in range(min(LONGEST_ALIAS, len(words) - start), 0, -1):
                key = tuple(words[start : start + length])
                if key in self._owners:
                    found.append((start, start + length, key))
        longest = [m for m in found if not any(inside(m, other) for other in found)]
        matches = [
            Match(id, meaningful(key), start, 1 / len(self._owners[key]))
            for start, _, key in longest
            for id in sorted(self._owners[key])
        ]
        best: dict[str, Match] = {}
        for match in matches:
            known = best.get(match.id)
            if known is None or (match.words, match.weight) > (known.words, known.weight):
                best[match.id] = match
        return sorted(best.values(), key=lambda m: (-m.words * m.weight, m.position, m.id))


def inside(a: tuple[int, int, tuple[str, ...]], b: tuple[int, int, tuple[str, ...]]) -> bool:
    """Whether match `a` lies within the longer match `b`.

    Examples
    --------
    >>> inside((1, 2, ("b",)), (0, 2, ("a", "b")))
    True
    """
    return b[0] <= a[0] and a[1] <= b[1] and (b[1] - b[0]) > (a[1] - a[0])


def meaningful(key: Sequence[str]) -> int:
    """Stems that are no stop words.

    Examples
    --------
    >>> meaningful(("area", "under", "the", "curv"))
    3
    """
    return sum(stem not in STOP_WORDS for stem in key)
