"""Options and switches that a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from answering.parameters import Parameter
from indexing.stores.analysis import stems

NEGATED = re.compile(r"\b(?:no|not|without|un|non|never)\W*$", re.IGNORECASE)


def options(question: str, wanted: Sequence[Parameter]) -> dict[str, Any]:
    """The one value of each option that stands in the question, and switches whose name does."""
    words = stems(question.replace("-", " ").replace("_", " "))
    found: dict[str, Any] = {}
    for parameter in wanted:
        if parameter.kind == "option":
            named = [v for v in parameter.spec.get("enum", []) if isinstance(v, str) and stands(v, words)]
            longest = sorted(named, key=len)[-1:]
            if longest and longest[0] != parameter.spec.get("default"):
                found[parameter.name] = longest[0]
        elif parameter.kind == "flag":
            name = re.escape(parameter.name).replace("_", r"[-_ ]")
            match = re.search(rf"\b{name}\b", question, re.IGNORECASE)
            if match:
                found[parameter.name] = NEGATED.search(question[: match.start()]) is None
    return found


def stands(value: str, words: Sequence[str]) -> bool:
    """Whether the stems of an option stand next to each other.

    Examples
    --------
    >>> stands("two-sided", ["a", "two", "side", "test"])
    True
    """
    key = stems(value.replace("-", " ").replace("_", " "))
    if not key or (len(key) == 1 and len(key[0]) < 2):
        return False
    return any(list(words[i : i + len(key)]) == key for i in range(len(words) - len(key) + 1))
