"""Fenced blocks of Markdown."""

from __future__ import annotations

import re

BACKTICKS = re.compile(r"^[ ]{0,3}(`+)", re.MULTILINE)


def fenced(content: str, language: str) -> str:
    """Put text in a fence longer than any in it; nothing for blank text.

    Examples
    --------
    >>> print(fenced("a = 1", "python"))
    ```python
    a = 1
    ```
    """
    if not content.strip():
        return ""
    longest = max((len(match[1]) for match in BACKTICKS.finditer(content)), default=0)
    fence = "`" * max(3, longest + 1)
    body = content.strip("\r\n")
    return f"{fence}{language}\n{body}\n{fence}"
