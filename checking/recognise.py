"""Recognise known wrong claims in a sentence.

Three signs, each with its own guard: the wording of an entry's signature; the parts of a form, near together in any order,
in a sentence whose vector is near the entry's wrong statements and not nearer to its right ones; or, without either, a
sentence that is all but one of the wrong statements. A negation or a word that reports a falsehood stops all three.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

import numpy as np

from checking.errata_book import FORBIDDEN, Erratum, errata
from checking.paraphrases import Paraphrases
from indexing.stores.analysis import query_stems, stems

GAP = r"(?:\S+ ){0,6}?"
NEAR = 170
"""Characters of stems, about 28 words, within which the parts of a form must stand: further apart they say nothing together."""
NO_SENTENCE = re.compile(r"\s*(?:#|```|~~~|\|)")
"""Headings, code and tables are no sentences; only wordings are looked for in them."""
FEWEST_WORDS = 4
TITLE_WORDS = 7
SCOPE = 20
"""Characters of stems, about three words, before and after a form within which a negation speaks of it."""
FALSEHOOD = (
    "false|wrong|wrongly|incorrect|incorrectly|myth|misconception|mistaken|common error|by mistake|mixes up|opposite|"
    "swapped|an error|some texts|often said|often listed|is claimed|sometimes said|some overviews|mixes them up|holds for"
)
"""Words that report a claim rather than make it."""
NEGATION = "no|nor|not|never|cannot|can't|isn't|doesn't|don't|aren't|won't|nothing|neither|fails to|far from|no longer"


NEAREST = 3
WORDS_WEIGHT = 0.3
"""Of the share of a question's words that an entry has, beside the cosine; fitted on our own questions."""
LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
Sign = Literal["says", "form", "words"]
SHARED = 0.6
"""Share of the words of a wrong statement that a sentence needs before it is compared with it by nothing but its vector."""
NEARNESS: Mapping[Sign, tuple[float, float]] = {"says": (-1.0, -2.0), "form": (0.5, -0.12), "words": (0.9, 0.12)}
"""Least cosine with a wrong statement, and least lead over the right ones, fitted on our own paraphrases and true look-alikes."""


class Form:
    """One way to make a claim: what must be found near together, and what must not be found."""

    def __init__(self, groups: Sequence[str], patterns: Sequence[str] = ()) -> None:
        self.required = [compiled(group) for group in groups if not group.startswith(FORBIDDEN)]
        self._forbidden = [compiled(group[1:]) for group in groups if group.startswith(FORBIDDEN)]
        self._patterns = [re.compile(pattern) for pattern in patterns]

    def stretch(self, raw: str, words: str) -> tuple[int, int] | None:
        """Where in the words the form stands, near together; None where it does not."""
        if any(group.search(words) for group in self._forbidden):
            return None
        if not all(pattern.search(raw) for pattern in self._patterns):
            return None
        places = [[match.span() for match in group.finditer(words)] for group in self.required]
        return tightest(places) if places and all(places) else None

    def matches(self, raw: str, words: str) -> bool:
        """Whether all its parts are somewhere in a sentence."""
        return all(group.search(words) for group in self.required) and all(p.search(raw) for p in self._patterns)


class Signature:
    """The compiled signature of one erratum."""

    def __init__(self, entry: Erratum) -> None:
        self.entry = entry
        self._topic = [compiled(group) for group in entry.topic]
        self._says = [Form(entry.says, entry.patterns)] if entry.says or entry.patterns else []
        self._forms = [Form(form) for form in entry.forms]
        self._asked = [compiled(group) for group in entry.asked]
        self._negated = entry.negated
        self._unless = compiled(entry.unless) if entry.unless else None
        told = (entry.claim, entry.correct, *entry.examples, *entry.right, *entry.topic, *entry.says)
        wrong = " ".join((entry.claim, *entry.examples))
        self._known = frozenset(stems(wrong)) | frozenset(NUMBER.findall(wrong))
        self.told = frozenset(stems(" ".join(told)))

    def knows(self, sentence: str) -> bool:
        """Whether all words and numbers of a sentence stand in the entry's wrong statements."""
        return set(query_stems(sentence)) | set(NUMBER.findall(sentence)) <= self._known

    def named(self, words: str) -> bool:
        """Whether stems between blanks name the topic."""
        return all(group.search(words) for group in self._topic)

    def sign(self, raw: str, words: str, headings: str) -> Sign | None:
        """How a sentence may make the claim; `words` and `headings` are stems between blanks."""
        if not all(group.search(words) or group.search(headings) for group in self._topic):
            return None
        if raw.rstrip().endswith("?"):  # asking is not claiming, unless the question takes the claim for granted
            return "says" if self._asked and all(group.search(words) for group in self._asked) else None
        if words in headings and words.count(" ") <= TITLE_WORDS and not self.entry.patterns:
            return None  # a heading names a subject and claims nothing of it
        if reported().search(words.replace(" fals posit", "").replace(" fals negat", "")):
            return None
        denied = self._denies(words) or (self._unless is not None and self._unless.search(words) is not None)
        if not denied and any(form.matches(raw, words) for form in self._says):
            return "says"
        if NO_SENTENCE.match(raw) or words.count(" ") <= FEWEST_WORDS:
            return None
        for form in self._forms:
            found = form.stretch(raw, words)
            if found is None or found[1] - found[0] > NEAR:
                continue
            if not self._denies(f" {words[max(0, found[0] - SCOPE) : found[1] + SCOPE]} "):
                return "form"
        return None if denied else "words"

    def _denies(self, words: str) -> bool:
        """Whether words deny the claim; one that itself denies something cannot be told by a negation."""
        return not self._negated and negation().search(words) is not None


class Recogniser:
    """Finds the errata of a book that a sentence makes.

    Parameters
    ----------
    book : sequence of Erratum
        What to look for.
    paraphrases : Paraphrases or None
        Vectors of the same book; without them forms are taken at their word.
    """

    def __init__(self, book: Sequence[Erratum], paraphrases: Paraphrases | None = None) -> None:
        self._always: list[int] = []
        self._by_stem: dict[str, set[int]] = defaultdict(set)
        self._signatures = [Signature(entry) for entry in book]
        self._paraphrases = paraphrases
        for index, entry in enumerate(book):
            if entry.patterns and not entry.says:
                self._always.append(index)
            for form in (entry.says, *entry.forms, entry.asked):
                required = [group for group in form if not group.startswith(FORBIDDEN)]
                rarest = min(required, key=lambda group: group.count("|"), default="")
                for alternative in rarest.split("|") if rarest else ():
                    self._by_stem[stems(alternative)[0]].add(index)

    def prepare(self) -> None:
        """Make the vectors of the book ready, so that no question waits for them."""
        if self._paraphrases is not None:
            self._paraphrases.prepare()

    def find(self, sentence: str, heading_path: Sequence[str]) -> list[Erratum]:
        """Errata that a sentence makes, in the order of the book."""
        return self.find_all([(sentence, heading_path)])[0]

    def find_all(self, sentences: Sequence[tuple[str, Sequence[str]]]) -> list[list[Erratum]]:
        """Errata that each of many sentences makes under its headings; those in doubt are encoded together."""
        signs = [self._signs(sentence, heading_path) for sentence, heading_path in sentences]
        doubtful = [number for number, found in enumerate(signs) if any(sign != "says" for sign in found.values())]
        if doubtful and self._paraphrases is not None:
            wrong, right = self._paraphrases.nearness([sentences[number][0] for number in doubtful])  # (n, e) each
            for row, number in enumerate(doubtful):
                signs[number] = {
                    index: sign
                    for index, sign in signs[number].items()
                    if sign == "says" or is_near(sign, float(wrong[row, index]), float(right[row, index]))
                }
        return [[self._signatures[index].entry for index in sorted(found)] for found in signs]

    def concern(self, question: str) -> dict[str, float]:
        """How much a question is about each erratum, by id: cosine with the nearest statement plus a share of common words.

        Entries that two others are nearer to the question than, or that share no word with it, are left out. Without
        vectors the common words decide alone, and the topic must be named.
        """
        asked = set(query_stems(question))
        words = between_blanks(stems(question))
        shares = [len(asked & signature.told) / len(asked) for signature in self._signatures]
        if self._paraphrases is None:
            return {
                signature.entry.id: 0.5 + share
                for signature, share in zip(self._signatures, shares, strict=True)
                if share and signature.named(words)
            }
        wrong, right = self._paraphrases.nearness([question])  # (1, e) each
        cosines = np.maximum(wrong[0], right[0])  # (e,)
        nearest = sorted(range(len(shares)), key=lambda index: (-cosines[index], index))[:NEAREST]
        return {
            self._signatures[i].entry.id: float(cosines[i]) + WORDS_WEIGHT * shares[i] for i in nearest if shares[i]
        }

    def _signs(self, sentence: str, heading_path: Sequence[str]) -> dict[int, Sign]:
        """Entries that the sentence may be an instance of, by index, and by which sign."""
        found = stems(LINK_TARGET.sub("]", sentence))
        words = between_blanks(found)
        headings = between_blanks(stems(" / ".join(heading_path)))
        near = {index for stem in set(found) for index in self._by_stem.get(stem, ())}.union(self._always)
        alike = self._paraphrases.share_words(found, SHARED) if self._paraphrases is not None else set()
        signs = {}
        for index in near | alike:
            sign = self._signatures[index].sign(sentence, words, headings)
            if sign == "words" and not self._signatures[index].knows(sentence):
                continue  # one other word or number can turn the claim round
            if sign in {"says", "form"} or (sign == "words" and index in alike):
                signs[index] = sign
        return signs


def is_near(sign: Sign, wrong: float, right: float) -> bool:
    """Whether a sentence in doubt is near enough to the wrong statements of an entry."""
    least, margin = NEARNESS[sign]
    return wrong >= least and wrong - right >= margin


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


@cache
def reported() -> re.Pattern[str]:
    """Words that report a claim as false or as another's."""
    return compiled(FALSEHOOD)


@cache
def negation() -> re.Pattern[str]:
    """Words that deny."""
    return compiled(NEGATION)


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


def tightest(places: Sequence[Sequence[tuple[int, int]]]) -> tuple[int, int]:
    """The shortest stretch that holds one span of each group.

    Examples
    --------
    >>> tightest([[(0, 2), (50, 52)], [(40, 44)]])
    (40, 52)
    """
    ordered = sorted((start, end, group) for group, spans in enumerate(places) for start, end in spans)
    last: dict[int, tuple[int, int]] = {}
    best: tuple[int, int] | None = None
    for start, end, group in ordered:
        last[group] = (start, end)
        if len(last) == len(places):
            found = min(s for s, _ in last.values()), max(e for _, e in last.values())
            if best is None or found[1] - found[0] < best[1] - best[0]:
                best = found
    assert best is not None  # every group has a span
    return best


def between_blanks(words: Sequence[str]) -> str:
    """Words with a blank before and after each.

    Examples
    --------
    >>> between_blanks(["a", "b"])
    ' a b '
    """
    return f" {' '.join(words)} "
