r"""Lemmatization reduces a word to its dictionary form (lemma), using the part of speech and, if need be, the context.

$$(\text{form}, \text{part of speech}) \;\to\; \text{lemma}: \qquad (\text{running}, \text{verb}) \to \text{run}, \quad (\text{better}, \text{adjective}) \to \text{good}$$

**Intuition.** Irregular forms come from a list. For the rest, inflection rules propose candidates (drop -ing, undouble, add e) and
a dictionary accepts the one that is a word. The part of speech selects the rules: "saw" is "see" as a verb and "saw" as a
noun.

**When to use it.** When the result must be a word: dictionaries, linguistic statistics, topic labels, rich languages. For
matching in search, stemming is cheaper and often as good.

**Cost.** A few dictionary lookups a word, plus a tagger if parts of speech are unknown.

**Pitfalls.** Without the part of speech the result is a guess: WordNet's lemmatizer takes everything for a noun by default and leaves
"running" alone. Words outside the dictionary can only be guessed by rule. A lemma drops tense and number, which may
matter. Do not confuse it with stemming: lemmas are words, stems need not be. Comparatives and participles used as
adjectives are ambiguous.

**References.** Fellbaum, *WordNet: An Electronic Lexical Database* (1998), on morphological processing (Morphy).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from algorithms.nlp_tasks.porter_stemmer import ends_cvc, measure
from algorithms.registry import Output, algorithm

IRREGULAR = {
    "verb": {
        "am": "be", "is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "has": "have", "had": "have",
        "did": "do", "done": "do", "ran": "run", "went": "go", "gone": "go", "saw": "see", "seen": "see",
        "wrote": "write", "written": "write", "took": "take", "taken": "take", "bought": "buy", "thought": "think",
        "left": "leave", "lay": "lie", "lying": "lie",
    },
    "noun": {
        "mice": "mouse", "geese": "goose", "feet": "foot", "teeth": "tooth", "children": "child", "men": "man",
        "women": "woman", "people": "person", "leaves": "leaf", "knives": "knife", "data": "datum", "oxen": "ox",
    },
    "adjective": {"better": "good", "best": "good", "worse": "bad", "worst": "bad", "further": "far"},
}  # fmt: skip
DICTIONARY = {
    "verb": "run make write stop study try go see hope hop take love like play walk talk leave carry fix watch use think read"
    " work live bake plan agree pass",
    "noun": "city box bus running saw meeting cat dog church baby wolf running leaf story play glass day building word work",
    "adjective": "good big large nice happy easy fast small hot late",
}
RULES = {
    "verb": [
        ("ies", "y"),
        ("es", ""),
        ("es", "e"),
        ("s", ""),
        ("ied", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
    ],
    "noun": [("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")],
    "adjective": [("ier", "y"), ("iest", "y"), ("er", ""), ("er", "e"), ("est", ""), ("est", "e")],
}
PartOfSpeech = Literal["verb", "noun", "adjective"]


def candidates(word: str, pos: str) -> list[str]:
    """Forms that the rules propose, the word itself first.

    Examples
    --------
    >>> candidates("running", "verb")
    ['running', 'runn', 'run', 'runne']
    """
    found = [word]
    for suffix, ending in RULES[pos]:
        if word.endswith(suffix) and len(word) > len(suffix) + 1:
            stem = word[: -len(suffix)]
            if suffix in {"ed", "ing", "er", "est"} and measure(stem) == 1 and ends_cvc(stem):
                found.append(stem + "e")  # "hoping" is "hope": "hop" would double its p
            found.append(stem + ending)
            if not ending and stem[-1] == stem[-2] and stem[-1] not in "aeiou":
                found.append(stem[:-1])
    return found


def lemma(word: str, pos: str) -> tuple[str, str]:
    """Lemma and how it was found: irregular, dictionary, rule, or unchanged."""
    if word in IRREGULAR[pos]:
        return IRREGULAR[pos][word], "irregular"
    known = set(DICTIONARY[pos].split())
    proposed = candidates(word, pos)
    for form in proposed:
        if form in known:
            return form, "dictionary"
    plural = pos == "noun" and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return (proposed[-1], "rule") if plural and len(proposed) > 1 else (word, "unchanged")


def guess_pos(word: str, before: str) -> PartOfSpeech:
    """Part of speech from the word before: a determiner announces a noun; otherwise the first that knows the form.

    Examples
    --------
    >>> guess_pos("saw", "the"), guess_pos("saw", "she")
    ('noun', 'verb')
    """
    if before in {"a", "an", "the", "this", "that", "my", "your", "his", "her", "its", "our", "their"}:
        return "noun"
    parts: tuple[PartOfSpeech, ...] = ("verb", "adjective", "noun")
    for pos in parts:
        if lemma(word, pos)[1] in {"irregular", "dictionary"}:
            return pos
    return "noun"


@algorithm(
    id="lemmatization",
    name="Lemmatization",
    aliases=("lemma", "dictionary form", "lemmatizer", "stemming vs lemmatization", "base form of a word"),
    example={"text": "running", "part_of_speech": "verb"},
)
def lemmatization(
    text: Annotated[str, Field(min_length=1, max_length=1_000)],
    part_of_speech: Literal["verb", "noun", "adjective", "from context"] = "from context",
) -> Output:
    """Lemmas of the words of a text, from a small English dictionary.

    Parameters
    ----------
    text : str
        A word or a sentence.
    part_of_speech : {"verb", "noun", "adjective", "from context"}
        Part of speech of all words, or guessed for each from the word before.

    Returns
    -------
    dict
        ``lemmas`` (first 50 words); ``parts_of_speech``; ``found_by``: irregular, dictionary, rule or unchanged.

    Raises
    ------
    ValueError
        If the text has no word.

    Examples
    --------
    >>> lemmatization("running", "verb")["lemmas"], lemmatization("She saw the saw")["lemmas"]
    (['run'], ['she', 'see', 'the', 'saw'])
    """
    words = re.findall(r"[a-z']+", text.lower())[:50]
    if not words:
        raise ValueError("the text has no English word")
    parts = [
        guess_pos(word, before) if part_of_speech == "from context" else part_of_speech
        for before, word in zip(["", *words], words, strict=False)
    ]
    found = [lemma(word, pos) for word, pos in zip(words, parts, strict=True)]
    return {
        "lemmas": [form for form, _ in found],
        "parts_of_speech": parts,
        "found_by": [how for _, how in found],
    }
