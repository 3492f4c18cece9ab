"""Recognise known wrong claims in a sentence, by the stems of its words and of the headings above it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from checking.errata_book import Erratum, errata
from indexing.stores.analysis import stems

GAP = r"(?:\S+ ){0,6}?"
FALSEHOOD = (
    "false|wrong|wrongly|incorrect|incorrectly|myth|misconception|mistaken|common error|by mistake|mixes up|opposite|"
    "swapped|some texts|often said|often listed|is claimed|sometimes said|some overviews|mixes them up"
)
"""Words that report a claim rather than make it."""
NEGATION = "no|nor|not|never|cannot|can't|isn't|doesn't|don't|aren't|won't"


class Signature:
    """The compiled signature of one erratum."""

    def __init__(self, entry: Erratum) -> None:
        self.entry = entry
        self._topic = [compiled(group) for group in entry.topic]
        own = [entry.says] if entry.says or entry.patterns else []
        self._forms = [[compiled(group) for group in form] for form in (*own, *entry.forms)]
        self._own = bool(own)
        self._patterns = [re.compile(pattern) for pattern in entry.patterns]
        guards = [entry.unless] if entry.unless else []
        guards += [FALSEHOOD] if entry.negated else [FALSEHOOD, NEGATION]
        self._unless = compiled("|".join(guards))

    def matches(self, raw: str, words: str, headings: str) -> bool:
        """Whether a sentence makes the claim; `words` and `headings` are stems between blanks."""
        return (
            all(group.search(words) or group.search(headings) for group in self._topic)
            and any(
                all(group.search(words) for group in form)
                and (not (self._own and number == 0) or all(pattern.search(raw) for pattern in self._patterns))
                for number, form in enumerate(self._forms)
            )
            and self._unless.search(words) is None
        )


class Recogniser:
    """Finds the errata of a book that a sentence makes.

    Parameters
    ----------
    book : sequence of Erratum
        What to look for.
    """

    def __init__(self, book: Sequence[Erratum]) -> None:
        self._always: list[int] = []
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._signatures = [Signature(entry) for entry in book]
        for index, entry in enumerate(book):
            if entry.patterns and not entry.says:
                self._always.append(index)
                continue
            for form in (entry.says, *entry.forms):
                for alternative in form[0].split("|") if form else ():
                    self._by_stem[stems(alternative)[0]].append(index)

    def find(self, sentence: str, heading_path: Sequence[str]) -> list[Erratum]:
        """Errata that a sentence makes, in the order of the book."""
        if sentence.rstrip().endswith("?"):
            return []  # asking is not claiming
        found = stems(sentence)
        words = between_blanks(found)
        headings = between_blanks(stems(" / ".join(heading_path)))
        near = {index for stem in set(found) for index in self._by_stem.get(stem, ())}
        return [
            self._signatures[index].entry
            for index in sorted(near.union(self._always))
            if self._signatures[index].matches(sentence, words, headings)
        ]


@cache
def recogniser() -> Recogniser:
    """The recogniser of the book that comes with Vouch."""
    return Recogniser(errata())


def recognise(sentence: str, heading_path: Sequence[str]) -> list[Erratum]:
    """Known wrong claims that a sentence makes; headings give the topic where the sentence leaves it out.

    Examples
    --------
    >>> [entry.id for entry in recognise("Add a penalty: ridge (L1) or lasso (L2).", [])]
    ['ridge-l1-lasso-l2']
    >>> recognise("Add a penalty: ridge (L2) or lasso (L1).", [])
    []
    """
    return recogniser().find(sentence, heading_path)


def compiled(group: str) -> re.Pattern[str]:
    """Regular expression over stems for alternatives between bars.

    Examples
    --------
    >>> bool(compiled("ridge ... L1").search(" ridg is the l1 penalti "))
    True
    >>> bool(compiled("ridge|lasso").search(" ridg is l2 ")), bool(compiled("rid").search(" ridg is l2 "))
    (True, False)
    """
    alternatives = [
        f" {GAP}".join(re.escape(" ".join(stems(part))) for part in alternative.split("..."))
        for alternative in group.split("|")
    ]
    return re.compile(f"(?<= )(?:{'|'.join(alternatives)})(?= )")


def between_blanks(words: Sequence[str]) -> str:
    """Words with a blank before and after each.

    Examples
    --------
    >>> between_blanks(["a", "b"])
    ' a b '
    """
    return f" {' '.join(words)} "
