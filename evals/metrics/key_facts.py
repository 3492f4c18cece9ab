"""Whether an answer conveys a key fact, without a judge: stems, numbers and negation of the best two sentences.

A fact counts as conveyed where some stretch of at most `WINDOW` neighbouring sentences of the answer

- holds at least `LEAST_SHARE` of the fact's content stems (Snowball English, stop words dropped),
- holds every number of the fact, and
- agrees with it in whether it negates.

It cannot see paraphrase by other words (a miss) or the same words in another relation (a false hit).
``docs/evaluation.md`` says how often it agreed with a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from evals.metrics.values import MARKERS, NUMBER

WINDOW = 2
LEAST_SHARE = 0.6
NEGATION_WORDS = "no not never none neither nor without cannot nothing unlike t"
NEGATIONS = frozenset(NEGATION_WORDS.split())
STOP_WORDS = """
a an the of to in is are was were be been being and or by for with on that it its as from at this
these those which who what when where how than then so such can may will would should do does did
has have had their there they them each any all some more most other into over under between also
only very both one you your we our
"""
STOP = frozenset(STOP_WORDS.split())
WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|\s\|\s")


@lru_cache(maxsize=1)
def stemmer() -> object:
    """Snowball's English stemmer."""
    import Stemmer

    return Stemmer.Stemmer("english")


def words_of(text: str) -> list[str]:
    """Lower-case words and numbers.

    Examples
    --------
    >>> words_of("It doesn't use 0.5!")
    ['it', 'doesn', 't', 'use', '0.5']
    """
    return WORD.findall(text.lower().replace("’", "'"))


def content_stems(text: str) -> set[str]:
    """Stems of the words that carry meaning; numbers and negations are looked at apart."""
    kept = [w for w in words_of(text) if w not in STOP and w not in NEGATIONS and not w[0].isdigit() and len(w) > 1]
    return set(stemmer().stemWords(kept))  # type: ignore[attr-defined]


def numerals(text: str) -> set[float]:
    """Numbers written in digits, citation markers and list numbers left out."""
    return {float(number) for number in NUMBER.findall(MARKERS.sub(" ", text).replace(",", ""))}


def negates(text: str) -> bool:
    """Whether a text holds an odd number of negations."""
    return sum(word in NEGATIONS for word in words_of(text)) % 2 == 1


def windows(answer: str) -> list[str]:
    """All stretches of at most `WINDOW` neighbouring sentences."""
    parts = [part.strip() for part in SENTENCE.split(MARKERS.sub(" ", answer)) if part and part.strip()]
    return [" ".join(parts[i : i + n]) for n in range(1, WINDOW + 1) for i in range(len(parts) - n + 1)]


def share_conveyed(fact: str, answer: str) -> float:
    """Largest share of the fact's stems in a window that has its numbers and its polarity; 0 where none has.

    Examples
    --------
    >>> share_conveyed("Dropout zeroes activations at random.", "At random, dropout zeroes some activations [1].")
    1.0
    >>> share_conveyed("Dropout is not used at test time.", "Dropout is used at test time.")
    0.0
    """
    stems, wanted, negative = content_stems(fact), numerals(fact), negates(fact)
    best = 0.0
    for window in windows(answer):
        if not wanted <= numerals(window) or negates(window) != negative:
            continue
        held = content_stems(window)
        best = max(best, len(stems & held) / len(stems) if stems else 1.0)
    return best


def conveyed(fact: str, answer: str, least: float = LEAST_SHARE) -> bool:
    """Whether the answer conveys the fact."""
    return share_conveyed(fact, answer) >= least


def key_fact_recall(facts: Sequence[str], answer: str) -> float:
    """Share of the facts that the answer conveys."""
    return sum(conveyed(fact, answer) for fact in facts) / len(facts)
