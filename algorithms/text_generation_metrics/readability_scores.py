r"""Readability scores such as the Flesch-Kincaid grade and the Gunning Fog index estimate the school years a text asks
of its reader.

$$\text{grade} = 0.39\,\frac{\text{words}}{\text{sentences}} + 11.8\,\frac{\text{syllables}}{\text{words}} - 15.59, \qquad
\text{fog} = 0.4\Big(\frac{\text{words}}{\text{sentences}} + 100\,\frac{\text{complex}}{\text{words}}\Big)$$

**Intuition.** Long sentences and long words make reading harder. Both formulas are linear in these two averages, with
weights fitted to graded school texts. The Flesch reading ease turns the same averages into a scale on which higher is
easier: $206.835 - 1.015\,\text{words}/\text{sentences} - 84.6\,\text{syllables}/\text{words}$.

**When to use it.** To check that generated text suits its audience, and to watch a model's style drift.

**Cost.** $O(n)$ in the length of the text.

**Pitfalls.** They see lengths only: scrambled words read as easy as before, and a short rare word counts as easy.
Syllables are counted by a rule (groups of vowels, less a silent final e), so tools differ by some tenths. Short texts
give noisy numbers. A word is complex for the Fog index from three syllables on. The weights are for English.

**References.** Flesch, *A new readability yardstick* (1948). Kincaid et al., *Derivation of new readability formulas*
(1975). Gunning, *The Technique of Clear Writing* (1952).
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Text
from algorithms.registry import Output, algorithm

Number = Annotated[int, Field(ge=1, le=1_000_000_000)]


def split_sentences(text: str) -> list[str]:
    """Sentences of a text, cut after ``.``, ``!`` or ``?`` and white space.

    Examples
    --------
    >>> split_sentences("It is 3.5 m. Really? Yes")
    ['It is 3.5 m.', 'Really?', 'Yes']
    """
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()]


def syllable_count(word: str) -> int:
    """Groups of vowels, less a silent final e; at least one.

    Examples
    --------
    >>> [syllable_count(word) for word in ("cat", "table", "readability", "late")]
    [1, 2, 5, 1]
    """
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = re.search(r"[^aeiouyl]e$|[aeiouy]le$", word.lower())
    return max(1, groups - (1 if silent else 0))


@algorithm(
    id="readability-scores",
    name="Readability scores (Flesch-Kincaid, Gunning Fog)",
    aliases=(
        "Flesch-Kincaid grade level",
        "readability",
        "Flesch-Kincaid",
        "Flesch reading ease",
        "Gunning Fog index",
        "fog index",
    ),
    example={"words": 100, "sentences": 5, "syllables": 150},
)
def readability_scores(
    words: Number = 100,
    sentences: Number = 5,
    syllables: Number = 150,
    complex_words: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0,
    text: Text | None = None,
) -> Output:
    """Grade levels from counts, or from a text.

    Parameters
    ----------
    words : int
        Number of words.
    sentences : int
        Number of sentences, at most the number of words.
    syllables : int
        Number of syllables, at least the number of words.
    complex_words : int
        Number of words with three or more syllables.
    text : str or None
        If given, the four counts are taken from it instead.

    Returns
    -------
    dict
        ``flesch_kincaid_grade``; ``gunning_fog``; ``flesch_reading_ease``; the four counts.

    Raises
    ------
    ValueError
        If the counts contradict each other or the text has no word.

    Examples
    --------
    >>> round(readability_scores(100, 5, 150)["flesch_kincaid_grade"], 2)
    9.91
    """
    if text is not None:
        tokens = re.findall(r"[A-Za-z]+(?:'[A-Za-z]+)?", text)
        if not tokens:
            raise ValueError("the text holds no word")
        lengths = [syllable_count(token) for token in tokens]
        words, sentences, syllables = len(tokens), min(len(split_sentences(text)), len(tokens)), sum(lengths)
        complex_words = sum(length >= 3 for length in lengths)
    if sentences > words or syllables < words or complex_words > words:
        raise ValueError("needs sentences <= words <= syllables and complex_words <= words")
    per_sentence, per_word = words / sentences, syllables / words
    return {
        "flesch_kincaid_grade": 0.39 * per_sentence + 11.8 * per_word - 15.59,
        "gunning_fog": 0.4 * (per_sentence + 100 * complex_words / words),
        "flesch_reading_ease": 206.835 - 1.015 * per_sentence - 84.6 * per_word,
        "words": words,
        "sentences": sentences,
        "syllables": syllables,
        "complex_words": complex_words,
    }
