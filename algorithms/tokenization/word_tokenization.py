r"""Word tokenization splits a text into words, punctuation marks or, at its finest, single characters.

$$\text{"The cat sat on the mat"} \to [\text{The}, \text{cat}, \text{sat}, \text{on}, \text{the}, \text{mat}]$$

**Intuition.** Splitting at spaces is the simplest reading of "word". Separating punctuation keeps "mat" and "mat." from being two words.
Characters need no vocabulary beyond the alphabet and lose nothing: joining them returns the text.

**When to use it.** Words for bag-of-words models, classical language models and teaching; characters for spelling, names and noisy text.
Neural models mostly use subwords, the compromise of both.

**Cost.** $O(n)$ in the length of the text.

**Pitfalls.** A pure split at spaces keeps punctuation attached: "I love machine learning." has four tokens and the last is "learning.", with its full stop;
listing four clean words silently drops it. Word vocabularies grow without end, and unseen words become [UNK]; character
sequences have no unknown words but are about five times as long. Lower-casing loses names. Languages such as Chinese write no spaces.

**References.** Jurafsky and Martin, *Speech and Language Processing*, chapter 2. Manning, Raghavan and Schütze, *Introduction to Information
Retrieval*, section 2.2.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

ShortText = Annotated[str, Field(min_length=1, max_length=2000)]
"""1 to 2,000 characters."""


def split_words(text: str, level: str = "punctuation") -> list[str]:
    """Tokens at a level: whitespace, punctuation (words and marks apart) or character.

    Examples
    --------
    >>> split_words("It's late."), split_words("It's late.", "whitespace")
    (["It's", 'late', '.'], ["It's", 'late.'])
    """
    if level == "character":
        return list(text)
    if level == "whitespace":
        return text.split()
    return re.findall(r"\w+(?:['’]\w+)*|[^\w\s]", text)


@algorithm(
    id="word-tokenization",
    name="Word-level tokenization",
    aliases=(
        "whitespace tokenizer",
        "split into words",
        "Character-level tokenization",
        "char tokenizer",
        "word tokenizer",
    ),
    example={"text": "The cat sat on the mat"},
)
def word_tokenization(
    text: ShortText, level: Literal["whitespace", "punctuation", "character"] = "punctuation", lowercase: bool = False
) -> Output:
    """Split `text` into tokens.

    Parameters
    ----------
    text : str
        Text to split.
    level : {"whitespace", "punctuation", "character"}
        Split at spaces, separate words and punctuation marks, or take single characters.
    lowercase : bool
        Lower the case first.

    Returns
    -------
    dict
        ``tokens``, the first 200; ``count``; ``vocabulary``, the first 100 distinct tokens in order of appearance;
        ``vocabulary_size``; ``lossless``, whether joining the tokens without a space returns the text.

    Examples
    --------
    >>> word_tokenization("I love machine learning.", "whitespace")["tokens"]
    ['I', 'love', 'machine', 'learning.']
    >>> word_tokenization("The cat sat on the mat")["count"]
    6
    """
    source = text.lower() if lowercase else text
    tokens = split_words(source, level)
    vocabulary = list(dict.fromkeys(tokens))
    return {
        "tokens": tokens[:200],
        "count": len(tokens),
        "vocabulary": vocabulary[:100],
        "vocabulary_size": len(vocabulary),
        "lossless": "".join(tokens) == text,
    }
