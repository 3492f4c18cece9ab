r"""Text augmentation makes new training texts from labelled ones by small changes that should keep the label.

$$\text{EDA: synonym replacement, random insertion, random swap, random deletion}; \qquad \text{back-translation: } x \to \text{pivot} \to x'$$

**Intuition.** The label of "a great film" does not change if "great" becomes "excellent" or two words trade places. Easy data augmentation (EDA) does this with a thesaurus and a random generator. Back-translation goes through another language and comes back with another wording;
several words that share one translation become exchangeable.

**When to use it.** Small labelled sets and small models. For large pretrained models the gain is small.

**Cost.** Linear in the length; back-translation costs two runs of a translation model.

**Pitfalls.** Labels can change: deleting "not" inverts the sentiment, swapping names breaks entity labels and sequence tags. Augment the *training* part only, after the split; otherwise near-copies sit on both sides and inflate the test score. Too strong
a change makes noise: change about a tenth of the words. Synonyms depend on the sense. Back-translation here is a toy dictionary, one word at a time: it shows the mechanism, not the fluency of a real system.

**References.** Wei and Zou, *EDA: easy data augmentation techniques*, arXiv:1901.11196. Sennrich, Haddow and Birch, *Improving neural machine translation models with monolingual data*, arXiv:1511.06709.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Name, Probability, Seed
from algorithms.registry import Output, algorithm

Passage = Annotated[str, Field(min_length=1, max_length=2000)]
Changes = Annotated[int, Field(ge=0, le=50)]
Method = Literal["synonym replacement", "insertion", "deletion", "swap", "back-translation"]
Synonyms = Annotated[
    dict[Name, Annotated[list[Name], Field(min_length=1, max_length=10)]], Field(min_length=1, max_length=200)
]
THESAURUS = {
    "good": ["fine", "great"],
    "film": ["movie", "picture"],
    "quick": ["fast", "rapid"],
    "big": ["large", "huge"],
    "happy": ["glad", "cheerful"],
}
TO_PIVOT = {
    "good": "gut",
    "fine": "gut",
    "film": "Film",
    "movie": "Film",
    "quick": "schnell",
    "fast": "schnell",
    "big": "gross",
    "large": "gross",
    "the": "der",
    "a": "ein",
}


def replace_synonyms(words: list[str], n: int, synonyms: dict[str, list[str]], rng: np.random.Generator) -> list[str]:
    """At most n words that have synonyms, each replaced by one."""
    places = [i for i, word in enumerate(words) if word.lower() in synonyms]
    changed = list(words)
    for i in rng.permutation(places)[:n]:
        changed[i] = str(rng.choice(synonyms[words[i].lower()]))
    return changed


def insert_synonyms(words: list[str], n: int, synonyms: dict[str, list[str]], rng: np.random.Generator) -> list[str]:
    """n insertions of a synonym of some word (or of a word itself, if none has synonyms) at random places."""
    known = [word for word in words if word.lower() in synonyms] or words
    changed = list(words)
    for _ in range(n):
        word = str(rng.choice(known))
        new = str(rng.choice(synonyms.get(word.lower(), [word])))
        changed.insert(int(rng.integers(len(changed) + 1)), new)
    return changed


def delete_words(words: list[str], p: float, rng: np.random.Generator) -> list[str]:
    """Each word kept with probability 1 - p; one random word if none is left."""
    kept = [word for word, u in zip(words, rng.random(len(words)), strict=True) if u >= p]
    return kept or [str(rng.choice(words))]


def swap_words(words: list[str], n: int, rng: np.random.Generator) -> list[str]:
    """n exchanges of two random places."""
    changed = list(words)
    if len(words) > 1:
        for _ in range(n):
            i, j = rng.choice(len(words), size=2, replace=False)
            changed[i], changed[j] = changed[j], changed[i]
    return changed


def back_translate(words: list[str], rng: np.random.Generator) -> list[str]:
    """Each word to the pivot language and back to any word with that translation; unknown words stay."""
    back: dict[str, list[str]] = {}
    for word, pivot in TO_PIVOT.items():
        back.setdefault(pivot, []).append(word)
    return [str(rng.choice(back[TO_PIVOT[w.lower()]])) if w.lower() in TO_PIVOT else w for w in words]


@algorithm(
    id="text-augmentation",
    name="Text data augmentation (EDA, back-translation)",
    aliases=(
        "EDA",
        "synonym replacement",
        "random insertion/deletion/swap",
        "back-translation",
        "easy data augmentation",
        "data augmentation for text",
    ),
    example={"text": "a good film with a quick plot and a big heart", "method": "synonym replacement"},
)
def text_augmentation(
    text: Passage,
    method: Method = "synonym replacement",
    n: Changes = 2,
    p: Probability = 0.1,
    synonyms: Synonyms = THESAURUS,
    seed: Seed = 0,
) -> Output:
    """One augmented version of a text.

    Parameters
    ----------
    text : str
        Text, split at white space.
    method : {"synonym replacement", "insertion", "deletion", "swap", "back-translation"}
        What to do; back-translation uses a toy English-German dictionary.
    n : int
        Number of replacements, insertions or swaps.
    p : float
        Probability of deleting each word.
    synonyms : dict of str to list of str
        Thesaurus, lower-case words to their synonyms.
    seed : int
        Seed of the choices.

    Returns
    -------
    dict
        ``text`` augmented; ``words_before``, ``words_after``; ``unchanged_share`` of the positions that both versions
        have.

    Raises
    ------
    ValueError
        If the text holds only white space.

    Examples
    --------
    >>> text_augmentation("a good film", "insertion", n=2)["words_after"]
    5
    """
    words = text.split()
    if not words:
        raise ValueError("the text holds only white space")
    rng = np.random.default_rng(seed)
    if method == "synonym replacement":
        changed = replace_synonyms(words, n, synonyms, rng)
    elif method == "insertion":
        changed = insert_synonyms(words, n, synonyms, rng)
    elif method == "deletion":
        changed = delete_words(words, p, rng)
    elif method == "swap":
        changed = swap_words(words, n, rng)
    else:
        changed = back_translate(words, rng)
    same = [a == b for a, b in zip(words, changed, strict=False)]
    return {
        "text": " ".join(changed),
        "words_before": len(words),
        "words_after": len(changed),
        "unchanged_share": sum(same) / len(same),
    }
