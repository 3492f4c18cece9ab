"""Whether a sentence states a claim of the book, judged from many signs at once by a logistic model.

Vectors alone put true look-alikes as near as the claim; what tells them apart is which parts of the claim's forms the sentence
has (in these words or in synonyms), which way it goes, what it shares with right statements only, and its numbers.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checking.errata_book import Erratum
from checking.polarity import Reading, contrary, opposed, read
from core.protocols import Floats

WEIGHTS = Path(__file__).with_name("entailment.toml")
LONGEST = 60
"""Words from which on a longer sentence counts no more."""


@dataclass(frozen=True)
class Parts:
    """What a sentence has of an entry's forms.

    Attributes
    ----------
    told, widened : float
        Largest share of a form's groups found, in the form's words and with their synonyms.
    forbidden : bool
        Whether that form's forbidden words are found.
    denied : bool
        Whether the sentence denies where the claim does not.
    excepted : bool
        Whether the entry's exception is found.
    named : bool
        Whether the topic is named.
    """

    told: float
    widened: float
    forbidden: bool
    denied: bool
    excepted: bool
    named: bool


class Entailment:
    """Judges sentences against the wrong and right statements of a book.

    Parameters
    ----------
    book : sequence of Erratum
        Its claims and examples are wrong, its corrections and look-alikes right.
    """

    def __init__(self, book: Sequence[Erratum]) -> None:
        self._wrong = [[read(text) for text in (entry.claim, *entry.examples)] for entry in book]
        self._right = [[read(text) for text in (entry.correct, *entry.right)] for entry in book]
        told = [one for statements in (*self._wrong, *self._right) for one in statements]
        self._count = len(told)
        self._frequency = Counter(word for one in told for word in one.words)

    def signs(
        self, sentence: str, index: int, wrong: Floats, right: Floats, parts: Parts, without: str | None = None
    ) -> dict[str, float]:
        """What speaks for and against the sentence stating the claim of entry `index`.

        Parameters
        ----------
        sentence : str
            To be judged.
        index : int
            Of the entry in the book.
        wrong, right : (w,), (r,) float32
            Cosines of the sentence with the entry's wrong and right statements, in their order.
        parts : Parts
            What it has of the entry's forms.
        without : str or None
            A statement of the entry that is left out, for fitting.
        """
        said = read(sentence)
        left_out = read(without) if without is not None else None
        wrongs = [(float(c), one) for c, one in zip(wrong, self._wrong[index], strict=True) if one != left_out]
        rights = [(float(c), one) for c, one in zip(right, self._right[index], strict=True) if one != left_out]
        near_wrong, most_wrong = max(wrongs, key=lambda pair: pair[0])
        near_right, most_right = max(rights, key=lambda pair: pair[0])
        in_wrong = frozenset().union(*(one.content for _, one in wrongs))
        in_right = frozenset().union(*(one.content for _, one in rights))
        numbers_wrong = frozenset().union(*(one.numbers for _, one in wrongs))
        numbers_right = frozenset().union(*(one.numbers for _, one in rights))
        total = self._weight(said.content) or 1.0
        telling = numbers_wrong - numbers_right
        complete = parts.widened == 1
        return {
            "near wrong": near_wrong,
            "near right": near_right,
            "mean lead": sum(c for c, _ in wrongs) / len(wrongs) - sum(c for c, _ in rights) / len(rights),
            "contrary to wrong": float(contrary(said, most_wrong)),
            "contrary to right": float(contrary(said, most_right)),
            "stance of wrong": float(said.stance * most_wrong.stance),
            "stance of right": float(said.stance * most_right.stance),
            "opposed to wrong": float(opposed(said, most_wrong)),
            "opposed to right": float(opposed(said, most_right)),
            "words of wrong only": self._weight(said.content & (in_wrong - in_right)) / total,
            "words of right only": self._weight(said.content & (in_right - in_wrong)) / total,
            "numbers of wrong": float(len(said.numbers & telling))
            - float(bool(telling) and not said.numbers & telling),
            "other numbers": float(len(said.numbers - numbers_wrong)),
            "unknown words": self._weight(said.content - in_wrong - in_right) / total,
            "covers wrong": max(self._share(said, one) for _, one in wrongs),
            "covers right": max(self._share(said, one) for _, one in rights),
            "named": float(parts.named),
            "length": min(said.length, LONGEST) / LONGEST,
            "form told": parts.told,
            "form widened": parts.widened,
            "form forbidden": float(parts.forbidden),
            "form complete": float(complete),
            "form told complete": float(parts.told == 1),
            "form clean": float(complete and not parts.forbidden),
            "denied": float(parts.denied),
            "excepted": float(parts.excepted),
        }

    def _weight(self, words: frozenset[str]) -> float:
        return sum(math.log((self._count + 1) / (self._frequency[word] + 0.5)) for word in words)

    def _share(self, said: Reading, one: Reading) -> float:
        whole = self._weight(one.content)
        return self._weight(said.content & one.content) / whole if whole else 0.0


def probability(signs: Mapping[str, float]) -> float:
    """How probable it is that a sentence with these signs states the claim.

    Raises
    ------
    KeyError
        If a sign is missing.
    """
    model = weights()
    total = model["intercept"] + sum(weight * signs[name] for name, weight in model.items() if name != "intercept")
    return 1 / (1 + math.exp(-total))


@cache
def weights() -> dict[str, float]:
    """Weight of each sign and the intercept, fitted by ``scripts/fit_entailment.py``."""
    return {name: float(value) for name, value in tomllib.loads(WEIGHTS.read_text(encoding="utf-8")).items()}
