"""What kind of answer a question wants."""

from __future__ import annotations

import re
from typing import Literal

from answering.quantities import quantities

Route = Literal["explain", "compare", "compute", "enumerate", "check"]

COMPARE = re.compile(
    r"\b(?:vs\.?|versus|compar\w*|contrast|differen\w+|differ|distinguish\w*|better than|rather than|instead of|"
    r"trade-?offs?|which (?:one|of the two)|pros and cons|win and lose)\b|\b\w+ or \w+.*\?",
    re.IGNORECASE,
)
ENUMERATE = re.compile(
    r"\b(?:list|enumerate|which (?:steps|types|kinds|ways|methods|roles|parts|stages)|what (?:are|were) (?:the|some|common|"
    r"different)|types of|kinds of|ways (?:of|to)|steps|sequence|order|name (?:the|some|three|all)|who's who|what all)\b",
    re.IGNORECASE,
)
CHECK = re.compile(
    r"\b(?:is it (?:true|right|correct)|true or false|my notes say|correct that|really)\b", re.IGNORECASE
)
AMOUNT = re.compile(r"\bhow (?:many|much|likely|long|far|wide|big|large|often|high|low)\b", re.IGNORECASE)
COMPUTES = re.compile(
    r"\b(?:comput\w*|calculat\w*|how (?:many|much|likely|similar|long|far|wide|big|large)|what is the (?:probability|chance)|"
    r"probability|chance|percent\w*|what(?:'s| is)|give|find|run|train|standardi[sz]e|normali[sz]e|quanti[sz]e|evaluate|"
    r"apply|show|count|chances|odds|encode|decode|predict|score|total|largest|smallest|sort|merge|estimate|value)\b",
    re.IGNORECASE,
)
NAMED_VALUE = re.compile(r"\b[A-Za-z]\w*\s*=\s*[-+]?\.?\d")
TWO_STRINGS = re.compile(
    r"\b(?:levenshtein|edit|hamming|jaro|jaccard|longest common)\b.*\b(?:between|of)\s+\S+\s+and\s+\S+", re.IGNORECASE
)


def route(question: str) -> Route:
    """Kind of a standalone question, from its words.

    Examples
    --------
    >>> route("What is the difference between DDPM and DDIM?")
    'compare'
    >>> route("softmax of [2, 1, 0.1] at temperature 0.5")
    'compute'
    >>> route("Recall for TP=30, FN=20?"), route("edit distance between kitten and sitting")
    ('compute', 'compute')
    >>> route("Which steps does RLHF have?")
    'enumerate'
    >>> route("What is dropout?")
    'explain'
    """
    if has_vector(question) or wants_number(question) or names_values(question):
        return "compute"
    if COMPARE.search(question):
        return "compare"
    if ENUMERATE.search(question):
        return "enumerate"
    if CHECK.search(question):
        return "check"
    return "explain"


def names_values(question: str) -> bool:
    """Whether a question sets two names to numbers, or gives two strings to a measure of strings.

    Examples
    --------
    >>> names_values("with TP=30 and FP = 10"), names_values("set lr=0.1")
    (True, False)
    """
    return len(NAMED_VALUE.findall(question)) >= 2 or TWO_STRINGS.search(question) is not None


def wants_number(question: str) -> bool:
    """Whether a question gives numbers and asks for one: two numbers and a word of computing, or one and "how many".

    Examples
    --------
    >>> wants_number("How many GB does a 7B model need?"), wants_number("How many heads does GPT-3 have?")
    (True, False)
    """
    values = [q for q in quantities(question) if q.kind not in {"text", "symbols"}]
    written = [q for q in values if q.kind != "scalar" or any(c.isdigit() for c in question[q.start : q.end])]
    if not written:
        return False
    return bool(AMOUNT.search(question) or (len(values) >= 2 and COMPUTES.search(question)))


def has_vector(question: str) -> bool:
    """Whether the question holds a bracketed or comma-separated row of at least two numbers.

    Examples
    --------
    >>> has_vector("cosine of (1, 2) and (3, 4)"), has_vector("in 2017, the transformer")
    (True, False)
    """
    row = r"[-+]?\d*\.?\d+\s*,\s*[-+]?\d*\.?\d+"
    return re.search(rf"[\[(]\s*{row}|{row}\s*(?:,|and\b)", question) is not None
