r"""A blocklist moderates content by masking every listed word in a text.

$$\text{output} = \text{text with each match of } \backslash b\,(w_1 \mid \dots \mid w_n)\,\backslash b \text{ replaced by } \ast\ast\ast$$

without regard to case.

**Intuition.** Whole words only: *ass* must not hit *class* (the Scunthorpe problem). The rule is transparent, fast and
certain for exactly the spellings on the list, and blind to everything else: *sp4m*, *s p a m*, a synonym, another
script. Folding look-alike characters before matching catches the commonest disguises and raises false alarms.

**When to use it.** As a first, cheap layer before or after a language model, beside a trained classifier; for names and
codes that must never appear.

**Cost.** One pass over the text.

**Pitfalls.** A word is not a meaning: blocklists silence quotations, medicine and reclaimed words, and pass insults
without bad words. Obfuscated spellings slip through. Word boundaries fail in languages without spaces. Self-moderation
of a language model is another matter, done by training and by classifiers; self-*attention*, with which it is sometimes
confused, moderates nothing. Log what is masked, and let people appeal.

**References.** Jurafsky and Martin, *Speech and Language Processing*, on regular expressions. Gehman et al.,
*RealToxicityPrompts* (2020), arXiv:2009.11462.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name, Text
from algorithms.registry import Output, algorithm

LOOK_ALIKES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})


def fold(text: str) -> str:
    """Replace look-alikes and drop accents; the length stays the same.

    Examples
    --------
    >>> fold("Sp4m é")
    'Spam e'
    """
    plain = "".join(unicodedata.normalize("NFD", character)[0] for character in text)
    return plain.translate(LOOK_ALIKES)


@algorithm(
    id="content-moderation-blocklist",
    name="Blocklist and word-masking moderation",
    aliases=("content moderation", "word filter", "blocklist", "blacklist", "profanity filter"),
    example={"text": "Buy SPAM now! Spammers love spam, and sp4m too.", "blocklist": ["spam"]},
)
def content_moderation_blocklist(
    text: Text,
    blocklist: Annotated[list[Name], Field(min_length=1, max_length=200)],
    mask: Annotated[str, Field(min_length=1, max_length=1)] = "*",
    fold_look_alikes: bool = False,
) -> Output:
    """Mask listed words.

    Parameters
    ----------
    text : str
        Text to moderate.
    blocklist : list of str
        Words or phrases to mask, whole words in any case.
    mask : str
        Character that replaces each character of a match.
    fold_look_alikes : bool
        Match digits and accented letters as the letters they resemble.

    Returns
    -------
    dict
        ``masked`` text of the same length; ``matches`` found spellings in order (first 50); ``count``; ``flagged``.

    Raises
    ------
    ValueError
        If an entry of the list is blank.

    Examples
    --------
    >>> content_moderation_blocklist("Spam, spammers and sp4m", ["spam"])["masked"]
    '****, spammers and sp4m'
    """
    if any(not word.strip() for word in blocklist):
        raise ValueError("the blocklist holds a blank entry, which would match everywhere")
    searched = fold(text) if fold_look_alikes else text
    entries = [fold(word.strip()) if fold_look_alikes else word.strip() for word in blocklist]
    # the longest first, so that a phrase wins over a word that begins it
    pattern = "|".join(re.escape(word) for word in sorted(entries, key=len, reverse=True))
    spans = [match.span() for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", searched, re.IGNORECASE)]
    characters = list(text)
    for start, end in spans:
        characters[start:end] = mask * (end - start)
    return {
        "masked": "".join(characters),
        "matches": [text[start:end] for start, end in spans[:50]],
        "count": len(spans),
        "flagged": bool(spans),
    }
