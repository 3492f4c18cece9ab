"""Tell what a run computed: what the algorithm does, the values it was given, and what came out, in a sentence or two."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from core.types import Execution

SHOWN_DIGITS = 4
SHOWN_OUTPUTS = {"example": 3}
MOST_SHOWN = 6
LONGEST_SHOWN = 120
WIDEST_INTEGER = 10**15
"""From here on digits say less than a power of ten."""


def describe(execution: Execution, question: str = "", given: Collection[str] = (), summary: str = "") -> str:
    """What the algorithm does and what its run gave; numbers are rounded to 4 significant digits, the run keeps every digit.

    Parameters
    ----------
    execution : Execution
        The run.
    question : str
        What was asked: outputs that it names come first.
    given : collection of str
        Inputs that the question gave; only these are told as the user's own, and none means all.
    summary : str
        The first sentence of the implementation's article, told before the run.
    """
    before = f"{summary} " if summary else ""
    if not execution.ok or execution.output is None:
        return f"{before}Running **{execution.title}** failed: {execution.error}."
    inputs = {name: value for name, value in execution.inputs.items() if name != "seed"}
    outputs = phrase(foremost(execution.output, question), SHOWN_OUTPUTS.get(execution.inputs_from, MOST_SHOWN))
    told = f"{before}Running **{execution.title}** {source(execution, inputs, given)}"
    return f"{told} gives {outputs}." if outputs else f"{told} gives the output shown with it."


def source(execution: Execution, inputs: Mapping[str, Any], given: Collection[str]) -> str:
    """Which values the run took, and from where."""
    if execution.inputs_from == "example":
        return " ".join(("on its example", bracketed(phrase(inputs, 3)))).strip()
    own = phrase({name: value for name, value in inputs.items() if not given or name in given}, MOST_SHOWN)
    if execution.inputs_from == "request":
        return " ".join(("with the inputs given", bracketed(own))).strip()
    rest = "and the rest from its example" if execution.inputs_from == "mixed" else ""
    return " ".join(part for part in ("with your numbers", bracketed(own), rest) if part)


def bracketed(text: str) -> str:
    """Text in round brackets, nothing for nothing."""
    return f"({text})" if text else ""


def foremost(output: Mapping[str, Any], question: str) -> dict[str, Any]:
    """Outputs with those first that the question names, without what says nothing by itself: no value, no element, a no.

    Examples
    --------
    >>> foremost({"cosine": 0.5, "ranking": [], "dot": 3.0, "diverged": False}, "The dot product?")
    {'dot': 3.0, 'cosine': 0.5}
    >>> foremost({"is_anagram": False, "letters": 5}, "Are they?")
    {'is_anagram': False, 'letters': 5}
    """
    asked = {stem(word) for word in re.findall(r"\w+", question.casefold())}
    shared = {name: len({stem(word) for word in name.casefold().split("_")} & asked) for name in output}
    first = next(iter(output), None)  # what the algorithm is for, even where it is a no
    telling = [
        name
        for name, value in output.items()
        if shared[name] or name == first or not (value is False or value in (None, [], {}))
    ]
    return {name: output[name] for name in sorted(telling, key=lambda name: -shared[name])}


def stem(word: str) -> str:
    """A word without the ending of its plural.

    Examples
    --------
    >>> stem("layers"), stem("loss"), stem("is")
    ('layer', 'loss', 'is')
    """
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def phrase(values: Mapping[str, Any], limit: int) -> str:
    """Names and short values, the first `limit` that are short enough to read.

    Examples
    --------
    >>> phrase({"probabilities": [0.86377, 0.11689, 0.01932], "n": 3}, 2)
    'probabilities = [0.8638, 0.1169, 0.01932], n = 3'
    """
    parts = []
    for name, value in values.items():
        text = shown(value)
        if len(text) <= LONGEST_SHOWN:
            parts.append(f"{name.replace('_', ' ')} = {text}")
    return ", ".join(parts[:limit])


def shown(value: Any) -> str:
    """A value with numbers rounded for reading.

    Examples
    --------
    >>> shown(0.0509259259), shown(26214400), shown([[1.0, 21500.0]]), shown({"a": 1.0}), shown(2028 * 10**17)
    ('0.05093', '26214400', '[[1, 21500]]', '{a: 1}', '2.028e+20')
    """
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if abs(value) < WIDEST_INTEGER else f"{value:.{SHOWN_DIGITS}g}"
    if isinstance(value, float):
        return f"{value:.0f}" if 10**SHOWN_DIGITS <= abs(value) < WIDEST_INTEGER else f"{value:.{SHOWN_DIGITS}g}"
    if isinstance(value, list):
        head = ", ".join(shown(item) for item in value[:12])
        return f"[{head}{', …' if len(value) > 12 else ''}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {shown(v)}" for k, v in value.items()) + "}"
    return str(value)
