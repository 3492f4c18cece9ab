"""Which way a sentence goes: denied or not, in favour or against, which of two opposites, and with which numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from algorithms.nlp_tasks.arithmetic_reasoning import number_words
from indexing.stores.analysis import query_stems, stems

FAR = 4
"""Words before a word of praise or blame within which a negation turns it round."""
BETWEEN = 4
"""Words between a comparative and its "than"."""
SAME_ROOT = 5
"""Letters in which a noun and the adjective made of it agree, as in problem and problematic."""
LEAST_SPELLED = 12
"""Smaller numbers in words ("one of two") count nothing."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def stemmed(words: str) -> frozenset[str]:
    """Stems of the words of a list."""
    return frozenset(stem for word in words.split() for stem in stems(word))


NEGATORS = stemmed(
    "no not never cannot can't isn't doesn't don't aren't won't wasn't weren't couldn't shouldn't nothing neither nor without "
    "hardly barely nobody none unless fail fails lack lacks few little nought instead rather"
)
IN_FAVOUR = stemmed(
    "robust good well handle handles suits suitable cope copes works best easily graceful gracefully efficient reliably reliable "
    "helps prevents prevent avoids avoid effective stable improves better shines fine right correct accept accepts resist "
    "insensitive ensures guarantees"
)
AGAINST = stemmed(
    "poor poorly bad badly sensitive struggle struggles problem difficulty harm suffer suffers fails fail weak weakness distort "
    "worse inefficient unstable obstacle trouble undefined unsuitable unfit harmful wrong misleading biased bias hurts breaks"
)
MORE = stemmed("more bigger larger greater higher")
LESS = stemmed("less fewer smaller lower")
OPPOSITES: tuple[tuple[str, str], ...] = (
    ("more", "fewer less"),
    (
        "increase increases grow grows rise rises higher high",
        "decrease decreases reduce reduces lower low shrink shrinks",
    ),
    ("large larger big bigger great greater maximum most", "small smaller little tiny minimum least"),
    ("linear linearly", "exponential exponentially quadratic quadratically"),
    ("within intra inside", "between inter"),
    ("l1", "l2"),
    ("supervised", "unsupervised"),
    ("forward", "backward"),
    ("before", "after"),
    ("explained explain", "unexplained"),
    ("dependent depend depends", "independent"),
    ("first", "last"),
    ("faster fast", "slower slow"),
    ("vanish vanishing", "explode exploding"),
    ("equivariant", "invariant invariance"),
    ("constant", "variance"),
    ("likelihood", "prior"),
    ("decoder", "encoder"),
    ("query queries", "document documents"),
    ("head", "tail"),
    ("successor next", "predecessor previous"),
    ("units neurons", "connections edges"),
    ("squared", "absolute"),
    ("all any every whatever regardless", "only finite given"),
    ("gain", "mean"),
    ("prevent prevents cure remedy avoid", "estimate detect measure"),
)


def opposites() -> Mapping[str, frozenset[str]]:
    """Stems of the other side, by stem."""
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in OPPOSITES:
        for left, right in ((stemmed(one), stemmed(other)), (stemmed(other), stemmed(one))):
            for stem in left:
                found[stem] |= right
    return {stem: frozenset(others) for stem, others in found.items()}


OPPOSITE = opposites()


@dataclass(frozen=True)
class Comparison:
    """That one thing has more, or less, of something than another; all in stems.

    Attributes
    ----------
    direction : int
        1 for more, -1 for less.
    """

    one: frozenset[str]
    direction: int
    quality: frozenset[str]
    other: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """What a sentence says besides its words.

    Attributes
    ----------
    words : frozenset of str
        Stems of all its words.
    content : frozenset of str
        Stems of those that carry meaning.
    denied : bool
        Whether it has a negation.
    stance : int
        1 in favour, -1 against, 0 neither; "no problem" is in favour, "does not handle" against.
    numbers : frozenset of float
        In digits or words.
    length : int
        Words.
    compared : Comparison or None
        What it compares.
    """

    words: frozenset[str]
    content: frozenset[str]
    denied: bool
    stance: int
    numbers: frozenset[float]
    length: int
    compared: Comparison | None = None


@lru_cache(maxsize=20_000)
def read(sentence: str) -> Reading:
    """Read one sentence.

    Examples
    --------
    >>> read("Skewed data are no problem for PCA.").stance, read("PCA suffers from skewed data.").stance
    (1, -1)
    >>> sorted(read("It has 2,048 or one hundred and seventeen million.").numbers)
    [117.0, 2048.0]
    """
    found = stems(sentence)
    content = frozenset(query_stems(sentence))
    total = 0
    for place, stem in enumerate(found):
        worth = (stem in IN_FAVOUR) - (stem in AGAINST)
        turned = sum(other in NEGATORS for other in found[max(0, place - FAR) : place]) % 2 == 1
        total += -worth if turned else worth
    return Reading(
        words=frozenset(found),
        content=content,
        denied=not NEGATORS.isdisjoint(found),
        stance=(total > 0) - (total < 0),
        numbers=numbers(sentence),
        length=len(found),
        compared=comparison(found, content),
    )


def comparison(found: Sequence[str], content: frozenset[str]) -> Comparison | None:
    """The first comparison with "than" in a sentence, given as stems, and as those that carry meaning."""
    for than, stem in enumerate(found):
        if stem != "than":
            continue
        for place in range(than - 1, max(-1, than - 2 - BETWEEN), -1):
            direction = (found[place] in MORE) - (found[place] in LESS)
            if direction:
                return Comparison(
                    one=content & set(found[:place]),
                    direction=direction,
                    quality=content & set(found[place + 1 : than]),
                    other=content & set(found[than + 1 :]),
                )
    return None


def reversed_comparison(comparison: Comparison | None, other: Comparison | None) -> bool:
    """Whether of two comparisons in the same respect one says more where the other says less of the same things.

    Examples
    --------
    >>> saddles = read("Saddle points are a bigger problem than local minima.").compared
    >>> reversed_comparison(saddles, read("Saddle points are less problematic than local minima.").compared)
    True
    >>> reversed_comparison(saddles, read("Local minima are less problematic than saddle points.").compared)
    False
    """
    if comparison is None or other is None:
        return False
    respects = [{stem[:SAME_ROOT] for stem in one.quality} for one in (comparison, other)]
    if respects[0].isdisjoint(respects[1]):
        return False
    kept = len(comparison.one & other.one) + len(comparison.other & other.other)
    swapped = len(comparison.one & other.other) + len(comparison.other & other.one)
    return kept != swapped and comparison.direction * other.direction * (1 if kept > swapped else -1) < 0


def numbers(sentence: str) -> frozenset[float]:
    """Numbers in digits, and larger ones in words."""
    shown = {float(found) for found in NUMBER.findall(GROUPED.sub("", sentence))}
    spelled = {float(found) for found in NUMBER.findall(number_words(GROUPED.sub("", sentence)))}
    return frozenset(shown | {value for value in spelled if value >= LEAST_SPELLED})


def contrary(sentence: Reading, other: Reading) -> bool:
    """Whether one of two sentences denies what the other affirms, compares the other way round, or speaks against what the
    other speaks for.

    Examples
    --------
    >>> contrary(read("Isomap handles noise."), read("Isomap does not handle noise."))
    True
    >>> contrary(read("Isomap handles noise."), read("Noise is no problem for Isomap."))
    False
    """
    if reversed_comparison(sentence.compared, other.compared):
        return True
    if sentence.stance and sentence.stance == other.stance:
        return False
    return sentence.denied != other.denied or sentence.stance * other.stance < 0


def opposed(sentence: Reading, other: Reading) -> int:
    """Words of a sentence whose opposite, and not they themselves, stands in another.

    Examples
    --------
    >>> opposed(read("Ridge is L1."), read("Ridge is L2.")), opposed(read("Ridge is L1."), read("Ridge is L1 or L2."))
    (1, 0)
    """
    return sum(
        1
        for word in sentence.words - other.words
        if (against := OPPOSITE.get(word)) is not None and against & other.words and not against & sentence.words
    )
