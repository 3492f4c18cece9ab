r"""The Porter stemmer strips English suffixes in five steps of rules, so that related words share one stem.

$$\text{word} = [C](VC)^m[V], \qquad \text{rule: } (m > k)\; \text{suffix}_1 \to \text{suffix}_2$$

**Intuition.** The measure $m$ counts vowel-consonant groups and so, roughly, syllables. A rule fires only if enough of the word
is left: "relational" becomes "relat" over several steps, "rate" keeps its stem.

**When to use it.** In classic search and text mining, to match "connected", "connection" and "connecting".

**Cost.** A handful of suffix tests a word; no dictionary.

**Pitfalls.** "running" becomes "run", not "runn" as is sometimes shown: step 1b removes -ing and then undoes the double
consonant, except for l, s and z. Stems need not be words ("poni", "easili"). Overstemming merges strangers (university,
universe to "univers"), understemming misses kin (alumnus, alumni). Irregular forms stay apart: "ran" is not "run"; use
lemmatization there. Index and query must use the same stemmer. It is for English; Snowball has other languages and an
improved English version. Subword models need no stemming.

**References.** Porter, *An Algorithm for Suffix Stripping* (1980), and its official page with vocabulary and output.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Word = Annotated[str, Field(pattern=r"^[A-Za-z]+$", max_length=50)]
STEP2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "abli": "able", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
}  # fmt: skip
STEP3 = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
STEP4 = [
    "al",
    "ance",
    "ence",
    "er",
    "ic",
    "able",
    "ible",
    "ant",
    "ement",
    "ment",
    "ent",
    "ion",
    "ou",
    "ism",
    "ate",
    "iti",
    "ous",
    "ive",
    "ize",
]


def shape(word: str) -> str:
    """Consonants as c and vowels as v; y is a vowel after a consonant.

    Examples
    --------
    >>> shape("syzygy"), shape("toy")
    ('cvcvcv', 'cvc')
    """
    letters = ""
    for i, letter in enumerate(word):
        vowel = letter in "aeiou" or (letter == "y" and i > 0 and letters[-1] == "c")
        letters += "v" if vowel else "c"
    return letters


def measure(stem: str) -> int:
    """Number m of vowel-consonant groups.

    Examples
    --------
    >>> [measure(w) for w in ("tree", "trouble", "oaten")]
    [0, 1, 2]
    """
    return len(re.findall("v+c+", shape(stem)))


def ends_cvc(stem: str) -> bool:
    """Whether it ends consonant, vowel, consonant, the last not w, x or y."""
    return shape(stem).endswith("cvc") and stem[-1] not in "wxy"


def replace_longest(word: str, rules: dict[str, str], least: int) -> str:
    """Apply the rule of the longest suffix that fits, if the stem's measure exceeds `least`."""
    for suffix in sorted(rules, key=len, reverse=True):
        if word.endswith(suffix):
            stem = word[: len(word) - len(suffix)]
            return stem + rules[suffix] if measure(stem) > least else word
    return word


def step1(word: str) -> str:
    """Plurals, -ed, -ing and final y."""
    if word.endswith("sses") or word.endswith("ies"):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if word.endswith("eed"):
        word = word[:-1] if measure(word[:-3]) > 0 else word
    else:
        suffix = next((s for s in ("ed", "ing") if word.endswith(s)), "")
        stem = word[: len(word) - len(suffix)]
        if suffix and "v" in shape(stem):
            word = stem
            if word.endswith(("at", "bl", "iz")):
                word += "e"
            elif len(word) > 1 and word[-1] == word[-2] and shape(word)[-1] == "c" and word[-1] not in "lsz":
                word = word[:-1]  # running → runn → run
            elif measure(word) == 1 and ends_cvc(word):
                word += "e"
    return word[:-1] + "i" if word.endswith("y") and "v" in shape(word[:-1]) else word


def stem_word(word: str) -> str:
    """Porter stem of a lower-case word; words of one or two letters stay.

    Examples
    --------
    >>> [stem_word(w) for w in ("running", "ponies", "relational", "hopping", "hoping")]
    ['run', 'poni', 'relat', 'hop', 'hope']
    """
    if len(word) <= 2:
        return word
    word = replace_longest(replace_longest(step1(word), STEP2, 0), STEP3, 0)
    suffix = max((s for s in STEP4 if word.endswith(s)), key=len, default="")
    stem = word[: len(word) - len(suffix)]
    if suffix and measure(stem) > 1 and (suffix != "ion" or stem[-1:] in {"s", "t"}):
        word = stem
    if word.endswith("e"):
        m = measure(word[:-1])
        if m > 1 or (m == 1 and not ends_cvc(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and measure(word[:-1]) > 1 else word


@algorithm(
    id="porter-stemmer",
    name="Porter stemmer",
    aliases=("stemming", "Porter algorithm", "suffix stripping", "stemmer"),
    example={"words": ["running", "ponies", "relational", "connection", "connected"]},
)
def porter_stemmer(words: Annotated[list[Word], Field(min_length=1, max_length=50)]) -> Output:
    """Stem English words.

    Parameters
    ----------
    words : list of str
        Words of letters; case is ignored.

    Returns
    -------
    dict
        ``stems``, one a word; ``measures`` m of the words; ``groups``, the words by stem.

    Examples
    --------
    >>> porter_stemmer(["running", "connection", "connected"])["stems"]
    ['run', 'connect', 'connect']
    """
    lower = [word.lower() for word in words]
    stems = [stem_word(word) for word in lower]
    groups: dict[str, list[str]] = {}
    for word, stem in zip(lower, stems, strict=True):
        groups.setdefault(stem, []).append(word)
    return {"stems": stems, "measures": [measure(word) for word in lower], "groups": groups}
