"""A question and its short answer as one statement: the task of Demszky, Guu and Liang (arXiv:1809.02922), by rules.

The sentence that holds the answer tells what a rule cannot: which word of the question is the verb ("When did the crisis
begin?" over "The crisis began in 1973") and which preposition the answer wants. Where the rules are not sure there is no
statement, since these are examples to learn from and there are many questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

IRREGULAR = {
    "be": "was", "become": "became", "begin": "began", "break": "broke", "bring": "brought", "build": "built",
    "buy": "bought", "catch": "caught", "choose": "chose", "come": "came", "cut": "cut", "deal": "dealt", "do":
    "did", "draw": "drew", "drink": "drank", "drive": "drove", "eat": "ate", "fall": "fell", "feed": "fed", "feel":
    "felt", "fight": "fought", "find": "found", "fly": "flew", "forbid": "forbade", "forget": "forgot", "get":
    "got", "give": "gave", "go": "went", "grow": "grew", "have": "had", "hear": "heard", "hide": "hid", "hit":
    "hit", "hold": "held", "keep": "kept", "know": "knew", "lay": "laid", "lead": "led", "leave": "left", "lend":
    "lent", "let": "let", "lie": "lay", "lose": "lost", "make": "made", "mean": "meant", "meet": "met", "pay":
    "paid", "put": "put", "read": "read", "ride": "rode", "ring": "rang", "rise": "rose", "run": "ran", "say":
    "said", "see": "saw", "seek": "sought", "sell": "sold", "send": "sent", "set": "set", "shake": "shook", "shoot":
    "shot", "show": "showed", "shut": "shut", "sing": "sang", "sink": "sank", "sit": "sat", "sleep": "slept",
    "speak": "spoke", "spend": "spent", "spread": "spread", "stand": "stood", "steal": "stole", "strike": "struck",
    "swear": "swore", "sweep": "swept", "swim": "swam", "take": "took", "teach": "taught", "tell": "told", "think":
    "thought", "throw": "threw", "understand": "understood", "wake": "woke", "wear": "wore", "win": "won", "write":
    "wrote",
}  # fmt: skip
"""Verbs whose past no rule makes."""
PAST = frozenset(IRREGULAR.values())
PARTICIPLES = frozenset((
    "become", "begun", "broken", "brought", "built", "bought", "caught", "chosen", "come", "cut", "dealt", "done",
    "drawn", "driven", "eaten", "fallen", "fed", "felt", "fought", "found", "flown", "forgotten", "given", "gone",
    "grown", "had", "heard", "hidden", "hit", "held", "kept", "known", "laid", "led", "left", "lost", "made",
    "meant", "met", "paid", "put", "read", "risen", "run", "said", "seen", "sold", "sent", "set", "shown", "shot",
    "sung", "spent", "spoken", "spread", "stolen", "struck", "taken", "taught", "told", "thought", "thrown", "won",
    "worn", "written", "born",
))  # fmt: skip
BE = frozenset({"is", "are", "was", "were"})
AUXILIARIES = BE | {"has", "had", "have", "can", "could", "will", "would", "may", "must", "should"}
PREPOSITIONS = frozenset((
    "in", "on", "at", "by", "during", "since", "until", "from", "to", "for", "of", "with", "about", "into", "over",
    "under", "through", "as", "between", "within", "near", "around", "after", "before", "because", "against",
))  # fmt: skip
DETERMINERS = frozenset((
    "the", "a", "an", "this", "these", "that", "those", "his", "her", "its", "their", "our", "one", "another",
    "each",
))  # fmt: skip
SUBORDINATORS = frozenset((
    "that", "which", "who", "whom", "when", "where", "while", "if", "as", "than", "what", "do", "doing", "happened",
))  # fmt: skip
PRONOUNS = frozenset((
    "he", "she", "it", "they", "i", "we", "you", "his", "her", "their",
))  # fmt: skip
TIMES = frozenset({"year", "day", "date", "month", "decade", "century"})
LONGEST_ANSWER_WORDS = 14
LONGEST_WORDS = 32
SHORTEST_WORDS = 4


def declarative(question: str, answer: str, sentence: str) -> str | None:
    """The statement that a question and its answer make; None where the rules do not cover the question.

    Parameters
    ----------
    question, answer : str
        The answer is a span of `sentence`.
    sentence : str
        What bears the answer out.

    Examples
    --------
    >>> declarative("When did the crisis begin?", "October 1973", "The crisis began in October 1973 with an embargo.")
    'The crisis began in October 1973.'
    >>> declarative("What is the capital of France?", "Paris", "The capital of France, Paris, is large.")
    'The capital of France is Paris.'
    >>> declarative("Who founded the town?", "two monks", "In 911 two monks founded the town.")
    'Two monks founded the town.'
    >>> declarative("How many people live there?", "two million", "Some two million people live there.")
    'Two million people live there.'
    >>> declarative("When was the bridge built?", "1910", "It was built in 1910.")
    'The bridge was built in 1910.'
    """
    words = question.strip().rstrip("?").replace("?", "").split()
    answer = answer.strip().strip(".,;:")
    if len(words) < 3 or not answer or len(answer.split()) > LONGEST_ANSWER_WORDS:
        return None
    if words[-1].lower() in PREPOSITIONS or answer.split()[0].lower() in PRONOUNS | SUBORDINATORS:
        return None
    if answer.split()[0].lower() in PREPOSITIONS:
        answer = answer[0].lower() + answer[1:]
    made = statement(words, answer, sentence)
    if made is None or not SHORTEST_WORDS <= len(made.split()) <= LONGEST_WORDS:
        return None
    made = re.sub(r"\s+", " ", made).strip().rstrip(".")
    return made[0].upper() + made[1:] + "."


def statement(words: Sequence[str], answer: str, sentence: str) -> str | None:
    """The statement before it is trimmed; rules by the question's first words."""
    first, second = words[0].lower(), words[1].lower()
    if first in {"in", "on", "at", "by", "from"} and second in {"what", "which"}:
        return with_noun(words[1:], f"{first} {without_preposition(answer)}", sentence)
    if first in {"who", "what", "which"} and second in BE:
        return identified(words[1], words[2:], answer, sentence)
    if first in {"when", "where", "why", "how", "what", "who", "whom"} and second in {"did", "does", "do"}:
        verbed = inflected(words[2:], second, sentence)
        return None if verbed is None else adverbial(first, verbed, answer, sentence)
    if first in {"when", "where", "why", "how"} and second in AUXILIARIES:
        told = passive(words[1], words[2:], answer, sentence)
        return told if told is None or first in {"when", "where"} else adverbial(first, told, answer, sentence, told)
    if first == "how" and second in {"many", "much"}:
        return counted(words[2:], answer, sentence)
    if (
        first in {"who", "what"}
        and second not in SUBORDINATORS
        and (is_finite(words[1], sentence) or second in AUXILIARIES)
    ):
        return f"{answer} {' '.join(words[1:])}"
    if first in {"what", "which"}:
        return with_noun(words, answer, sentence)
    return None


def adverbial(asked: str, told: str, answer: str, sentence: str, whole: str = "") -> str | None:
    """A predicate with its answer; a reason needs its conjunction and a manner its preposition or an adverb."""
    placed = attached(answer, sentence, told)
    opening = placed.split()[0].lower()
    if asked == "why" and opening not in {"because", "to", "for", "due", "since"}:
        return None
    if asked == "how" and opening not in {"by", "through", "with", "in", "via", "from"} and not opening.endswith("ly"):
        return None
    return whole or f"{told} {placed}"


def identified(verb: str, rest: Sequence[str], answer: str, sentence: str) -> str | None:
    """ "What is the capital of France" or "What is used to cut glass"."""
    if not rest or rest[-1].lower() in PREPOSITIONS | {"called", "named", "termed", "known"} | PARTICIPLES:
        return None
    opens_noun = rest[0].lower() in DETERMINERS or rest[0][0].isupper() or rest[0].endswith("'s")
    if opens_noun and not any(w.lower() in AUXILIARIES or w.lower() in SUBORDINATORS for w in rest[1:]):
        return f"{' '.join(rest)} {verb} {answer}"
    if rest[0].lower().endswith("ed") or rest[0].lower() in PARTICIPLES:
        return f"{answer} {verb} {' '.join(rest)}"
    return None


def with_noun(words: Sequence[str], answer: str, sentence: str) -> str | None:
    """ "Which team won the game", "In what year did the war end"."""
    for i, word in enumerate(words[1:5], start=1):
        low = word.lower()
        if low in PREPOSITIONS | SUBORDINATORS:
            return None
        if low in {"did", "does", "do"}:
            verbed = inflected(words[i + 1 :], low, sentence)
            return None if verbed is None else f"{verbed} {attached(answer, sentence, verbed)}"
        if i >= 2 and (low in AUXILIARIES or is_finite(word, sentence)):
            following = words[i + 1 : i + 2]
            if low in AUXILIARIES and following and (following[0].lower() in DETERMINERS or following[0][0].isupper()):
                return passive(word, words[i + 1 :], answer, sentence) if words[1].lower() in TIMES else None
            if answer.split()[0].lower() in PREPOSITIONS:  # "in which year was it built"
                return passive(word, words[i + 1 :], answer, sentence)
            return f"{answer} {' '.join(words[i:])}"
    return None


def counted(words: Sequence[str], answer: str, sentence: str) -> str | None:
    """ "How many goals did they score", "how many people live there"."""
    for i, word in enumerate(words[:5]):
        noun = " ".join(words[:i])
        amount = answer if not noun or words[i - 1].lower() in answer.lower() else f"{answer} {noun}"
        if i and word.lower() in {"did", "does", "do"}:
            verbed = inflected(words[i + 1 :], word.lower(), sentence)
            return None if verbed is None else f"{verbed} {amount}"
        if i and words[i : i + 2] in (["are", "there"], ["were", "there"]):
            return f"there {word} {amount} {' '.join(words[i + 2 :])}"
        if word.lower() in PREPOSITIONS and noun:
            return None
        if i and (word.lower() in AUXILIARIES or is_finite(word, sentence) or said(word, sentence)):
            return f"{amount} {' '.join(words[i:])}"
    return None


def passive(verb: str, rest: Sequence[str], answer: str, sentence: str) -> str | None:
    """ "When was the bridge built", "where can it be found": the subject ends before the participle."""
    for i, word in enumerate(rest):
        low = word.lower()
        if i and (low in PARTICIPLES or (low.endswith("ed") and said(low, sentence)) or low == "be"):
            told = f"{' '.join(rest[:i])} {verb} {' '.join(rest[i:])}"
            return f"{told} {attached(answer, sentence, told)}"
    if verb.lower() in BE and len(rest) <= 5 and attached(answer, sentence, "") != answer:
        return f"{' '.join(rest)} {verb} {attached(answer, sentence, '')}"
    return None


def inflected(words: Sequence[str], auxiliary: str, sentence: str) -> str | None:
    """Subject and predicate of a question with "did", with the verb as the sentence has it."""
    for i, word in enumerate(words):
        if not i:
            continue
        low = word.lower()
        if low in SUBORDINATORS or set(w.lower() for w in words[i:]) & SUBORDINATORS:
            return None
        third = low + ("es" if re.search(r"(?:s|sh|ch|x|z|o)$", low) else "s")
        third = re.sub(r"(?<=[^aeiou])ys$", "ies", third)
        past = IRREGULAR.get(low) or re.sub(r"(?<=[^aeiou])yed$", "ied", low + ("d" if low.endswith("e") else "ed"))
        form = {"did": past, "does": third, "do": low}[auxiliary]
        doubled = low + low[-1] + "ed"
        for candidate in (form, doubled if auxiliary == "did" else form):
            if said(candidate, sentence) and words[i - 1].lower() not in DETERMINERS | PREPOSITIONS:
                return f"{' '.join(words[:i])} {candidate} {' '.join(words[i + 1 :])}".strip()
    return None


def attached(answer: str, sentence: str, told: str) -> str:
    """An answer with the preposition that it has in the sentence, unless what was told ends with one."""
    if told.split()[-1:] and told.split()[-1].lower() in PREPOSITIONS:
        return answer
    before = sentence[: max(0, sentence.find(answer))].split()
    if answer.split()[0].lower() in PREPOSITIONS or not before:
        return answer
    reach = before[-2:] if before[-1].lower() in {"the", "a", "an"} else before[-1:]
    if reach[0].lower() in PREPOSITIONS:
        return f"{' '.join(reach)} {answer}"
    return answer


def without_preposition(answer: str) -> str:
    """An answer less its first preposition.

    Examples
    --------
    >>> without_preposition("in 1990")
    '1990'
    """
    head, _, tail = answer.partition(" ")
    return tail if head.lower() in PREPOSITIONS and tail else answer


def is_finite(word: str, sentence: str) -> bool:
    """Whether a word is a verb in the past, or in the third person as the sentence has it."""
    low = word.lower()
    return low in PAST or low.endswith("ed") or (low.endswith("s") and not low.endswith("ss") and said(low, sentence))


def said(word: str, sentence: str) -> bool:
    """Whether a sentence has a word."""
    return re.search(rf"\b{re.escape(word)}\b", sentence, re.IGNORECASE) is not None
