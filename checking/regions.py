"""Cut a document into regions: prose, fenced code and pipe tables, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_BLOCK = 20_000
"""Longest paragraph that is read as prose; a longer one is data."""
LONG_BLOCK = 1_000
"""From this length on a paragraph ends where a list item begins."""
STARTS_ANEW = re.compile(r"[ \t]*(?:[-*+•#]|\d{1,3}[.)])")
FENCE = re.compile(r"^[ \t]{0,12}(?:[-*+>]|\d+\.)?[ \t]*(`{3,}|~{3,})[ \t]*([^`\n]*)$")
TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*$")
NO_CODE = re.compile(r"\s*(?:$|#{2,6} |[-*+•] |\*\*|\d{1,3}[.)] )")
"""A line with which code whose fence never ends is over: a blank one, a heading, a list item or bold text."""
CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,400})\1(?!`)")


@dataclass(frozen=True)
class Region:
    """A stretch ``text[start:end]`` of one kind.

    Attributes
    ----------
    info : str
        Language of a code region, lower case.
    closed : bool
        False for a code region whose fence never ends.
    """

    kind: Literal["prose", "code", "table"]
    start: int
    end: int
    info: str = ""
    closed: bool = True


def regions(text: str, media_type: str = "text/markdown") -> Iterator[Region]:
    """Regions of a document in order; blank lines part the paragraphs.

    Examples
    --------
    >>> found = list(regions("One.\\n\\n```python\\nx = 1\\n```\\nTwo"))
    >>> [(region.kind, region.start, region.end) for region in found]
    [('prose', 0, 5), ('code', 16, 22), ('prose', 26, 29)]
    """
    if media_type == "text/x-python":
        yield Region("code", 0, len(text), "python")
        return
    if media_type.startswith("text/x-") and media_type not in {"text/x-markdown", "text/x-rst"}:
        return
    lines = list(_lines(text))
    index = _front_matter(text, lines)
    block_start: int | None = None
    while index < len(lines):
        start, end = lines[index]
        line = text[start:end]
        fence = FENCE.match(line.rstrip("\n"))
        is_table = (
            "|" in line and index + 1 < len(lines) and TABLE_RULE.match(text[slice(*lines[index + 1])]) is not None
        )
        cut = block_start is not None and start - block_start > LONG_BLOCK and STARTS_ANEW.match(line) is not None
        if block_start is not None and (fence or is_table or cut or not line.strip()):
            yield Region("prose", block_start, start)
            block_start = None
        if fence:
            region, index = _code(text, lines, index, fence)
            yield region
        elif is_table:
            region, index = _table(text, lines, index)
            yield region
        else:
            if line.strip() and block_start is None:
                block_start = start
            index += 1
    if block_start is not None:
        yield Region("prose", block_start, len(text))


def _front_matter(text: str, lines: list[tuple[int, int]]) -> int:
    """Index of the first line behind TOML or YAML front matter, which states nothing."""
    mark = text[slice(*lines[0])].strip() if lines else ""
    if mark not in {"+++", "---"}:
        return 0
    return next((i + 1 for i in range(1, len(lines)) if text[slice(*lines[i])].strip() == mark), 0)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end + 1
        yield position, end
        position = end


def _code(text: str, lines: list[tuple[int, int]], index: int, fence: re.Match[str]) -> tuple[Region, int]:
    """A code region and the index of the line behind it.

    A fence may end with a line of code. One that never ends, or within which another opens, would swallow the rest of the
    document: its code is over with what cannot be code.
    """
    mark, info = fence[1], fence[2].strip().lower()
    begin = lines[index][1]
    quoted = text[slice(*lines[index])].lstrip().startswith(">")  # each of its lines has a mark that is no code
    for after in range(index + 1, len(lines)):
        start, end = lines[after]
        line = text[start:end].rstrip()
        if line.endswith(mark):
            end = start + len(line.rstrip(mark[0])) if line.strip(f"{mark[0]}> \t") else start
            return Region("code", begin, end, info, closed=not quoted), after + 1
        other = FENCE.match(line)
        if other is not None and other[1].startswith(mark):
            break
    after = index + 1
    while after < len(lines) and not (NO_CODE.match(line := text[slice(*lines[after])]) or FENCE.match(line.rstrip())):
        after += 1
    return Region("code", begin, lines[after - 1][1], info, closed=False), after


def _table(text: str, lines: list[tuple[int, int]], index: int) -> tuple[Region, int]:
    after = index
    while after < len(lines) and "|" in text[slice(*lines[after])]:
        after += 1
    return Region("table", lines[index][0], lines[after - 1][1]), after


def without_code_spans(text: str, region: Region) -> Iterator[tuple[int, int]]:
    """Stretches of a prose region between its code spans.

    Examples
    --------
    >>> text = "a `b = 1` c"
    >>> [text[s:e] for s, e in without_code_spans(text, Region("prose", 0, len(text)))]
    ['a ', ' c']
    """
    position = region.start
    for match in CODE_SPAN.finditer(text, region.start, region.end):
        if match.start() > position:
            yield position, match.start()
        position = match.end()
    if position < region.end:
        yield position, region.end
