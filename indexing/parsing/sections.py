"""From where headings stand to nested sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from core.types import Section

LINE_END = re.compile(r"\r\n|\r|\n")
BARE_NUMBER = re.compile(r"(\d{1,3})\s+(?=\S)")
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
        Section(heading=words, level=each.level, start=each.start, end=end, body_start=min(each.body_start, end))
        for each, words, end in zip(headings, unnumbered(headings), ends, strict=True)
    )


def unnumbered(headings: Sequence[Heading]) -> list[str]:
    """Words of headings, without bare numbers ("1 Introduction", "2 Methods") where those of a level count 1, 2, 3.

    One such number alone may be a word of the heading.

    Examples
    --------
    >>> unnumbered([Heading("1 Data", 1, 0, 7), Heading("2 Loss", 1, 8, 15), Heading("3 ways to fail", 2, 16, 31)])
    ['Data', 'Loss', '3 ways to fail']
    """
    words = [heading.words for heading in headings]
    for level in {heading.level for heading in headings}:
        matches = [(at, BARE_NUMBER.match(each.words)) for at, each in enumerate(headings) if each.level == level]
        numbered = [(at, match) for at, match in matches if match]
        if len(numbered) > 1 and [int(match[1]) for _, match in numbered] == list(range(1, len(numbered) + 1)):
            for at, match in numbered:
                words[at] = words[at][match.end() :]
    return words


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
