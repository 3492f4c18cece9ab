"""Recognise known wrong claims in a sentence.

Four signs, each with its own guard: the wording of an entry's signature; the parts of a form, near together in any order,
in a sentence whose vector is near the entry's wrong statements and not nearer to its right ones; without either, a sentence
that is all but one of the wrong statements; or a sentence with parts of a form, in these words or in synonyms, that states
the claim by the model of `checking.entailment`. A word that reports a falsehood stops all four, a negation the first three.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from checking.concern import Concern, concerns
from checking.entailment import Entailment, probability
from checking.errata_book import FORBIDDEN, Erratum, errata
from checking.paraphrases import Cosines, Paraphrases
from checking.signature import TITLE_WORDS, Sign, Signature, between_blanks
from indexing.stores.analysis import stems

ELSEWHERE = re.compile(r"[\s\-*+•>]*(?:\w+,? )?(?:it|this|these|they|that)\b", re.IGNORECASE)
"""How a sentence begins whose subject stands elsewhere: what it names is not what it speaks of."""
CODE_LINE = re.compile(
    r"^[ \t]*(?:import \w|from [\w.]+ import |def \w|class \w+[(:]|return\b|[\w.]+ ?\+?= ?\S)", re.MULTILINE
)
"""In a line of code words mean something else."""
LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
SHARED = 0.6
"""Share of the words of a wrong statement that a sentence needs before it is compared with it by nothing but its vector."""
NEARNESS: Mapping[Sign, tuple[float, float]] = {"says": (-1.0, -2.0), "form": (0.5, -0.12), "words": (0.9, 0.12)}
"""Least cosine with a wrong statement, and least lead over the right ones, fitted on our own paraphrases and true look-alikes."""
NEAR_ENOUGH = 0.6
"""Least cosine with a wrong statement of a sentence that the model of `checking.entailment` judges."""
BEHIND = 0.03
"""How much nearer another entry may be to a sentence that the model judges."""
SAME = 0.85
"""Cosine with a wrong statement from which on a sentence is that statement, with its negations."""
STATES = 0.8
"""Least probability that a sentence states the claim, where only the model speaks for it."""


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
        self._by_topic: dict[str, set[int]] = defaultdict(set)
        self._signatures = [Signature(entry) for entry in book]
        self.paraphrases = paraphrases
        self._entailment = Entailment(book)
        for index, signature in enumerate(self._signatures):
            for stem in signature.topic_stems():
                self._by_topic[stem].add(index)
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
        if self.paraphrases is not None:
            self.paraphrases.prepare()

    def find(self, sentence: str, heading_path: Sequence[str]) -> list[Erratum]:
        """Errata that a sentence makes, in the order of the book."""
        return self.find_all([(sentence, heading_path)])[0]

    def find_all(self, sentences: Sequence[tuple[str, Sequence[str]]]) -> list[list[Erratum]]:
        """Errata that each of many sentences makes under its headings; those in doubt are encoded together."""
        signs = [self._signs(sentence, heading_path) for sentence, heading_path in sentences]
        doubtful = [number for number, found in enumerate(signs) if any(sign != "says" for sign in found.values())]
        if doubtful and self.paraphrases is not None:
            near = self.paraphrases.cosines([sentences[number][0] for number in doubtful])
            for row, number in enumerate(doubtful):
                sentence = sentences[number][0]
                signs[number] = {
                    index: sign
                    for index, sign in signs[number].items()
                    if sign == "says" or self._stated(sign, sentence, index, near, row)
                }
        return [[self._signatures[index].entry for index in sorted(found)] for found in signs]

    def concern(self, question: str) -> dict[str, Concern]:
        """How much a question is about each erratum, by id; those that it is hardly about are left out."""
        return concerns(question, self._signatures, self.paraphrases)

    def closeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """Cosine of a question with each text; without vectors all are as close."""
        if self.paraphrases is None or not texts:
            return [0.0] * len(texts)
        return self.paraphrases.closeness(question, texts)

    def _stated(self, sign: Sign, sentence: str, index: int, near: Cosines, row: int) -> bool:
        """Whether a sentence in doubt states the claim, by its cosines with the statements of the book."""
        wrong, right = near.of(row, index)
        if not np.any(wrong):  # longer than the encoder reads
            return False
        if sign != "parts" and is_near(sign, float(wrong.max()), float(right.max())):
            return True
        if wrong.max() < max(NEAR_ENOUGH, near.wrong[row].max() - BEHIND):
            return False
        parts = self._signatures[index].parts(between_blanks(stems(LINK_TARGET.sub("]", sentence))))
        signs = self._entailment.signs(sentence, index, wrong, right, parts)
        turned = parts.denied and signs["near wrong"] < SAME  # a statement that denies something is denied by the next
        return not (signs["contrary to wrong"] or turned) and probability(signs) >= STATES

    def _signs(self, sentence: str, heading_path: Sequence[str]) -> dict[int, Sign]:
        """Entries that the sentence may be an instance of, by index, and by which sign."""
        found = stems(LINK_TARGET.sub("]", sentence))
        words = between_blanks(found)
        headings = between_blanks(stems(" / ".join(heading_path)))
        near = {index for stem in set(found) for index in self._by_stem.get(stem, ())}.union(self._always)
        alike = self.paraphrases.share_words(found, SHARED) if self.paraphrases is not None else set()
        judged = (
            set()
            if self.paraphrases is None or ELSEWHERE.match(sentence) or CODE_LINE.search(sentence) or is_title(sentence)
            else self._judged(found, headings)
        )
        signs = {}
        for index in near | alike | judged:
            signature = self._signatures[index]
            sign = signature.sign(sentence, words, headings)
            if sign == "words" and not (index in alike and signature.knows(sentence) and not signature.denied(words)):
                # one other word or number can turn the claim round
                sign = "parts" if index in judged and signature.parts(words).widened == 1 else None
            if sign is not None:
                signs[index] = sign
        return signs

    def _judged(self, found: Sequence[str], headings: str) -> set[int]:
        """Entries that the words, or the headings, of a sentence may name."""
        told = {*found, *headings.split()}
        return {index for stem in told for index in self._by_topic.get(stem, ())}


def is_title(sentence: str) -> bool:
    """Whether words without an end are too few to state anything.

    Examples
    --------
    >>> is_title("- How trees handle sparse data"), is_title("Trees love sparse data.")
    (True, False)
    """
    return len(sentence.split()) <= TITLE_WORDS and not sentence.rstrip(" *_\"')").endswith((".", "!"))


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
