"""What no document that was written before can answer, and what the passages found cannot, whatever they are about.

A question about the asker's own present ("which of our jobs is failing right now?") or about what is yet to come asks for
something that stands in no text. One that asks for an address, a year or a price needs a passage that holds such a thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Beyond = Literal["present", "future"]

OWN = frozenset({"my", "our", "ours", "mine", "we", "i"})
ADVICE = re.compile(
    r"\b(?:should|shall|would|could|can|may|might|must|need|want|if|suppose|best|good|recommended|what do (?:i|we))\b"
)
"""Words of a question that asks for advice or about a case that is supposed, not for what is so."""
NOW = re.compile(
    r"\b(?:right now|just now|at (?:the|this) moment|at present|currently|this (?:morning|minute)|today|tonight|yesterday|"
    r"last (?:night|week)|now)\b"
)
COMING = re.compile(
    r"\b(?:tomorrow|next (?:week|month|quarter|year|decade)|in the coming \w+|(?:in|by|until|before) (20\d\d))\b"
)
KINDS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "address": (
        re.compile(r"\b(?:web ?address|url|hyperlink|web ?site|link to|home ?page)\b"),
        re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:com|org|net|io|edu|dev|ai)\b"),
    ),
    "e-mail address": (re.compile(r"\be-?mail address\b"), re.compile(r"\S@\S+\.\w")),
    "telephone number": (re.compile(r"\b(?:tele)?phone number\b"), re.compile(r"\+?\d[\d ()/-]{6,}\d")),
    "year": (
        re.compile(r"\b(?:(?:which|what) year|year of (?:birth|publication|release))\b"),
        re.compile(r"\b(?:1[5-9]|20)\d\d\b"),
    ),
    "price": (
        re.compile(r"\b(?:what (?:is|was|does) the (?:price|cost) of|how much (?:money|does \w+ cost))\b"),
        re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥]|usd|eur|dollars?|euros?|cents?)\b"),
    ),
}
"""What is asked for: how a question names it, and what a passage must hold."""


def beyond_documents(question: str, year: int) -> Beyond | None:
    """Why no document can answer a question; None where one might.

    Parameters
    ----------
    question : str
        Standalone.
    year : int
        The present year.

    Examples
    --------
    >>> beyond_documents("Which of our queues is the longest right now?", 2026)
    'present'
    >>> beyond_documents("Who will win the challenge next year?", 2026), beyond_documents("Which models came out in 2020?", 2026)
    ('future', None)
    >>> beyond_documents("I am currently training a network. Which optimizer is common?", 2026)
    """
    said = question.casefold()
    if ADVICE.search(said):
        return None
    for clause in re.split(r"[.,;:?!]\s*", said):
        words = set(re.findall(r"[a-z]+", clause))
        if words & OWN and NOW.search(clause) and asks_a_fact(clause):
            return "present"
        coming = COMING.search(clause)
        if coming and words & {"will", "going"} and (coming[1] is None or int(coming[1]) > year):
            return "future"
    return None


def asks_a_fact(question: str) -> bool:
    """Whether a question asks which, who, where, when, how many or whether, not why or how something comes about.

    Examples
    --------
    >>> asks_a_fact("which one is down?"), asks_a_fact("why is it down?")
    (True, False)
    """
    return (
        re.search(
            r"\b(?:which|what|who|whose|where|when|how (?:many|much)|^is|^are|^did|^was|^were|^has|^have)\b", question
        )
        is not None
    )


def kind_missing(question: str, texts: Iterable[str]) -> str | None:
    """The kind of thing that a question asks for and none of the texts holds; None where nothing is missing.

    Examples
    --------
    >>> kind_missing("What is the web address of the post?", ["The post says so."])
    'address'
    >>> kind_missing("In which year was it published?", ["It was published in 1998."])
    """
    said = question.casefold()
    held = [text.casefold() for text in texts]
    for kind, (asked, found) in KINDS.items():
        if asked.search(said) and not any(found.search(text) for text in held):
            return kind
    return None
