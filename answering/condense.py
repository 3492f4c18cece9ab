"""Turn a follow-up into a question that stands alone.

A turn leans on what was said where it opens with a connective, has a pronoun without a noun before it, asks about "the
first one", or is too short to name its subject. Then the subjects of the conversation are added: names of algorithms and
the rare words of the user's earlier turns, the latest first. A turn that changes the subject is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from answering.instructions import is_instruction, without_instructions
from answering.link import AlgorithmLinker
from core.errors import InputError
from core.types import Turn
from indexing.stores.analysis import STOP_WORDS, WORD, stems

OPENERS = re.compile(
    r"^(?:and|so|but|also|then|what about|how about|why so|ok(?:ay)?|no,|yes,|i mean)\b", re.IGNORECASE
)
ANAPHORA = re.compile(
    r"\b(?:it|its|that|those|these|this|they|them|their|one|ones|former|latter|same|the (?:first|second|last|other) one(?:'s)?|"
    r"there being|such)\b",
    re.IGNORECASE,
)
ORDINAL = re.compile(r"\bthe (first|former|second|latter|last|other)\b", re.IGNORECASE)
THANKS = re.compile(
    r"^(?:thanks|thank you|great|ok(?:ay)?|i see|got it)(?: (?:a lot|very much))?\s*[.!,]\s*(?=\w)", re.IGNORECASE
)
NOD = re.compile(r"^(?:thanks?(?: you)?|ok(?:ay)?|great|understood|i see|got it|yes|no)\W*$", re.IGNORECASE)
COMPLETE = re.compile(
    r"^(?:what (?:is|are) (?:an? )?(?!(?:the|its?|their|this|that)\b)[\w-]+(?: [\w-]+){0,3}|"
    r"(?:how|why) (?:does|do|is|are) an? [\w-]+.*)\?*$",
    re.IGNORECASE,
)
"""Asks what something is by its name, or how something works: nothing is left out, however short."""
CORRECTION = re.compile(r"\b(?:i meant?|not that|correction)\b", re.IGNORECASE)
SHORT_WORDS = 7
TOPIC_WORDS = 10


def check_question(question: str) -> None:
    """Refuse what asks nothing: the models find something near to any characters, and are sure of it.

    Raises
    ------
    InputError
        If there is no letter and no digit in it.

    Examples
    --------
    >>> check_question("Why?")
    >>> check_question("…?")
    Traceback (most recent call last):
    core.errors.InputError: the question has no word; fix: ask something in words
    """
    if WORD.search(question) is None:
        raise InputError("the question has no word", fix="ask something in words")


def condense(question: str, history: Sequence[Turn], linker: AlgorithmLinker) -> str:
    """The question with what it leaves out added from `history`; unchanged where it stands alone.

    Examples
    --------
    >>> from algorithms.registry import load
    >>> linker = AlgorithmLinker({"sigmoid": load("sigmoid")})
    >>> turns = [Turn(role="user", content="What values can the sigmoid return?"),
    ...          Turn(role="assistant", content="Any in (0, 1).")]
    >>> condense("And its derivative?", turns, linker)
    'And its derivative? (about: sigmoid values return)'
    """
    question = without_instructions(question)
    told = [turn.model_copy(update={"content": text}) for turn in history if (text := told_in(turn))]
    if not told or not leans_on_history(question):
        return question
    words = topic_words(question, told, linker)
    return f"{question} (about: {' '.join(words)})" if words else question


def told_in(turn: Turn) -> str:
    """What a turn says, its orders left out; nothing where it was nothing but an order or a nod."""
    text = without_instructions(turn.content)
    return "" if is_instruction(text) or NOD.match(text.strip()) else text


def leans_on_history(question: str) -> bool:
    """Whether a turn cannot be understood alone.

    Examples
    --------
    >>> leans_on_history("What is a transformer?"), leans_on_history("What is the cause?")
    (False, True)
    >>> leans_on_history("Did the network learn those?"), leans_on_history("What is gradient clipping used for in RNNs?")
    (True, False)
    """
    asked = THANKS.sub("", question.strip())
    words = WORD.findall(asked)
    if COMPLETE.match(asked) and not ANAPHORA.search(asked):
        return False
    if OPENERS.match(asked) or ANAPHORA.search(asked):
        return True
    return len(words) <= SHORT_WORDS and asked == question.strip()


def topic_words(question: str, history: Sequence[Turn], linker: AlgorithmLinker) -> list[str]:
    """Words that name what the conversation is about, not in the question yet.

    Subjects are taken from the user's turns, since the user chose them; the last reply adds its own where the user's
    last turn asked for them ("the last one").
    """
    ordinal = ORDINAL.search(question)
    turns = [turn for turn in history if turn.role == "user"]
    if ordinal and ordinal[1].lower() in {"first", "former"}:
        turns = turns[:1]
    said = set(stems(question))
    kept: list[str] = []
    texts = [turn.content for turn in reversed(turns)]
    replies = [turn.content for turn in history if turn.role == "assistant"]
    if replies and not ordinal:
        texts.insert(1, first_sentence(replies[-1]))
    if CORRECTION.search(question):
        return []  # what was said before is what was not meant
    for text in texts:
        named = {stem for match in linker.matches(text) for stem in stems(match.id.replace("-", " "))}
        words = [w for w in WORD.findall(text) if w.casefold() not in STOP_WORDS and not w.isdigit()]
        words.sort(key=lambda word: stems(word)[0] not in named)
        for word in words:
            stem = stems(word)[0]
            if stem not in said and len(kept) < TOPIC_WORDS:
                said.add(stem)
                kept.append(word)
    return kept


def first_sentence(text: str) -> str:
    """Up to the first full stop.

    Examples
    --------
    >>> first_sentence("Absolute. Each position had a vector.")
    'Absolute.'
    """
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
