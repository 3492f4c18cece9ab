"""Exact match and F1 of short answers, as SQuAD's own evaluation normalises them."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Lower case, no punctuation, no articles, single blanks.

    Examples
    --------
    >>> normalised("The  Cat's hat.")
    'cats hat'
    """
    return " ".join(ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 where the prediction equals an answer; an empty one is right where there are none.

    Examples
    --------
    >>> exact_match("the cat", ["Cat!"]), exact_match("", [])
    (1.0, 1.0)
    """
    if not answers:
        return float(not normalised(prediction))
    return float(any(normalised(prediction) == normalised(answer) for answer in answers))


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """Best F1 of the words shared with an answer; an empty prediction is right where there are no answers.

    Examples
    --------
    >>> round(token_f1("a black cat", ["the cat"]), 4)
    0.6667
    """
    if not answers:
        return float(not normalised(prediction))
    return max(pair_f1(normalised(prediction).split(), normalised(answer).split()) for answer in answers)


def pair_f1(prediction: Sequence[str], answer: Sequence[str]) -> float:
    """F1 of two lists of words as multisets; 1 where both are empty."""
    if not prediction or not answer:
        return float(list(prediction) == list(answer))
    shared = sum((Counter(prediction) & Counter(answer)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(prediction), shared / len(answer)
    return 2 * precision * recall / (precision + recall)
