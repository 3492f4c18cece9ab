"""From where headings stand to nested sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from core.types import Section

LINE_END = re.compile(r"\r\n|\r|\n")
NUMBERING = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})+[.):]?|\d{1,3}[.)])\s+(?=\S)")


class Heading(NamedTuple):
    """A heading found in a text: its words, level, first character, and where the text after its line begins."""

    words: str
    level: int
    start: int
    body_start: int


def nest(headings: Sequence[Heading], length: int) -> tuple[Section, ...]:
    """Let each heading govern the text up to the next one of its level or above, in a text of `length` characters.

    Examples
    --------
    >>> [(s.start, s.end) for s in nest([Heading("A", 1, 0, 2), Heading("B", 2, 5, 7), Heading("C", 1, 9, 11)], 20)]
    [(0, 9), (5, 9), (9, 20)]
    """
    ends = [length] * len(headings)
    open_ones: list[int] = []
    for index, heading in enumerate(headings):
        while open_ones and headings[open_ones[-1]].level >= heading.level:
            ends[open_ones.pop()] = heading.start
        open_ones.append(index)
    return tuple(
        Section(heading=words, level=level, start=start, end=end, body_start=min(body_start, end))
        for (words, level, start, body_start), end in zip(headings, ends, strict=True)
    )


def line_starts(text: str) -> list[int]:
    r"""Where each line begins, and last where the text ends; only ``\n``, ``\r\n`` and ``\r`` end a line.

    `str.splitlines` also breaks at form feeds and line separators, which no parser of Markdown or Python counts.

    Examples
    --------
    >>> line_starts("a\r\nb\x0cc\rd")
    [0, 3, 7, 8]
    """
    starts = [0, *(match.end() for match in LINE_END.finditer(text))]
    return starts if starts[-1] == len(text) and len(starts) > 1 else [*starts, len(text)]


def without_numbering(words: str) -> str:
    """Drop a section number in front of a heading's words.

    Examples
    --------
    >>> without_numbering("2.1 Scaled dot product"), without_numbering("3 ways to overfit")
    ('Scaled dot product', '3 ways to overfit')
    """
    return NUMBERING.sub("", words, count=1) if NUMBERING.match(words) else words
