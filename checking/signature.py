"""How a sentence may make a claim of the book: the wording of its entry, the parts of a form, or most of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Literal

from checking.entailment import Parts
from checking.errata_book import FORBIDDEN, Erratum
from checking.phrases import Concepts
from checking.synonyms import synonyms
from indexing.stores.analysis import query_stems, stems

GAP = r"(?:\S+ ){0,6}?"
NEAR = 170
"""Characters of stems, about 28 words, within which the parts of a form must stand: further apart they say nothing together."""
NO_SENTENCE = re.compile(r"\s*(?:#|```|~~~|\|)")
"""Headings, code and tables are no sentences; only wordings are looked for in them."""
HOW_TO = re.compile(r"[\s\-*+•#\d.]*how (?:to|do|does|can)\b[^.!:]*$", re.IGNORECASE)
"""A title that asks without a question mark."""
FEWEST_WORDS = 4
TITLE_WORDS = 7
SCOPE = 20
"""Characters of stems, about three words, before and after a form within which a negation speaks of it."""
FALSEHOOD = (
    "false|wrong|wrongly|incorrect|incorrectly|myth|misconception|mistaken|common error|by mistake|mixes up|opposite|"
    "swapped|an error|some texts|often said|often listed|is claimed|sometimes said|some overviews|mixes them up|holds for|"
    "too strong|confuses|imprecise"
)
"""Words that report a claim rather than make it."""
NEGATION = (
    "no|nor|not|never|cannot|can't|isn't|doesn't|don't|aren't|won't|nothing|neither|fails to|far from|no longer|without"
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
Sign = Literal["says", "form", "words", "parts"]


def words_of(group: str) -> list[str]:
    """Alternatives of a group and the words of each that carry meaning.

    Examples
    --------
    >>> words_of("large|one of")
    ['large', 'larg', 'one of', 'one']
    """
    return [word for alternative in group.split("|") for word in (alternative, *query_stems(alternative))]


class Form:
    """One way to make a claim: what must be found near together, and what must not be found."""

    def __init__(self, groups: Sequence[str], patterns: Sequence[str] = ()) -> None:
        self._groups = [group for group in groups if not group.startswith(FORBIDDEN)]
        self.required = [compiled(group) for group in self._groups]
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

    @cached_property
    def _wide(self) -> list[Concepts]:
        """What the groups mean."""
        return [Concepts(group) for group in self._groups]

    def rarest_stems(self) -> set[str]:
        """First stems of the alternatives of its rarest group and of their synonyms."""
        rarest = min(self._groups, key=lambda group: group.count("|"))
        phrases = (phrase for word in words_of(rarest) for phrase in synonyms(word))
        return {stems(phrase)[0] for phrase in phrases}

    def parts(self, words: str) -> tuple[float, float, bool]:
        """Share of its groups found in synonyms and as they are told, and whether a forbidden one is found."""
        if not self._groups:
            return 0.0, 0.0, False
        stemmed = frozenset(words.split())
        wide = sum(phrases.found(words, stemmed) for phrases in self._wide) / len(self._groups)
        told = sum(group.search(words) is not None for group in self.required) / len(self._groups)
        return wide, told, any(group.search(words) for group in self._forbidden)

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
        self._means = [Form(form) for form in entry.means]
        self._asked = [compiled(group) for group in entry.asked]
        self._negated = entry.negated
        self._unless = compiled(entry.unless) if entry.unless else None
        told = (entry.claim, entry.correct, *entry.examples, *entry.right, *entry.topic, *entry.says)
        wrong = " ".join((entry.claim, *entry.examples))
        self._known = frozenset(stems(wrong)) | frozenset(NUMBER.findall(wrong))
        self.told = frozenset(stems(" ".join(told)))

    def topic_stems(self) -> set[str]:
        """First stems of what names the topic; where nothing does, of what one group of each form means.

        None where the entry has no forms of its own, and so nothing that the model could go by.
        """
        forms = [*self._forms, *self._means]
        if not forms:
            return set()
        if self.entry.topic:
            rarest = min(self.entry.topic, key=lambda group: group.count("|"))
            return {stems(alternative)[0] for alternative in rarest.split("|") if alternative}
        return {stem for form in forms for stem in form.rarest_stems()}

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
        if raw.rstrip().endswith("?") or HOW_TO.match(
            raw
        ):  # asking is not claiming, unless the question takes the claim for granted
            return "says" if self._asked and all(group.search(words) for group in self._asked) else None
        if words in headings and words.count(" ") <= TITLE_WORDS and not self.entry.patterns:
            return None  # a heading names a subject and claims nothing of it
        if reported().search(words.replace(" fals posit", "").replace(" fals negat", "")):
            return None
        if not self.denied(words) and any(form.matches(raw, words) for form in self._says):
            return "says"
        if NO_SENTENCE.match(raw) or words.count(" ") <= FEWEST_WORDS:
            return None
        for form in self._forms:
            found = form.stretch(raw, words)
            if found is None or found[1] - found[0] > NEAR:
                continue
            if not self._denies(f" {words[max(0, found[0] - SCOPE) : found[1] + SCOPE]} "):
                return "form"
        return "words"

    def denied(self, words: str) -> bool:
        """Whether the sentence denies the claim or names its exception."""
        return self._denies(words) or self._excepted(words)

    def _excepted(self, words: str) -> bool:
        return self._unless is not None and self._unless.search(words) is not None

    def parts(self, words: str) -> Parts:
        """What a sentence has of the form that fits it best."""
        found = [form.parts(words) for form in (*self._says, *self._forms, *self._means)]
        wide, told, forbidden = max(found, key=lambda one: (one[0] - 0.5 * one[2], one[1]), default=(0.0, 0.0, False))
        return Parts(told, wide, forbidden, self._denies(words), self._excepted(words), self.named(words))

    def _denies(self, words: str) -> bool:
        """Whether words deny the claim; one that itself denies something cannot be told by a negation."""
        return not self._negated and negation().search(words) is not None


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
