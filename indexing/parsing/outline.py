"""Finding the titles of an outline in the text of their pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.types import PageSpan, Section
from indexing.parsing.sections import Heading, nest, without_numbering


class Entry(NamedTuple):
    """One entry of an outline: its title, level from 1, and page from 1."""

    title: str
    level: int
    page: int


def outline_sections(text: str, pages: Sequence[PageSpan], entries: Iterable[Entry]) -> tuple[Section, ...]:
    r"""Sections whose title stands as a line of its own on its page; other entries are left out.

    Examples
    --------
    >>> text = "The Loss matters.\n2.1 Loss\nCross entropy."
    >>> section = outline_sections(text, [PageSpan(page=1, start=0, end=len(text))], [Entry("Loss", 1, 1)])[0]
    >>> text[section.start : section.body_start]
    '2.1 Loss\n'
    """
    spans = {page.page: page for page in pages}
    headings: dict[int, Heading] = {}
    last = 0
    for entry in entries:
        span = spans.get(entry.page)
        pattern = title_pattern(entry.title)
        if span is None or pattern is None:
            continue
        # Two entries of one title on one page are two headings: look behind the last one found first.
        begin = last if span.start <= last < span.end else span.start
        match = pattern.search(text, begin, span.end) or pattern.search(text, span.start, span.end)
        if match and match.start() not in headings:
            words = without_numbering(" ".join(entry.title.split()))
            body = min(match.end() + 1, len(text))
            headings[match.start()] = Heading(words, entry.level, match.start(), body)
            last = match.end()
    return nest([headings[start] for start in sorted(headings)], len(text))


def title_pattern(words_of_title: str) -> re.Pattern[str] | None:
    """Pattern of a title on its own line or lines, with or without the number that either side may lack."""
    words = without_numbering(" ".join(words_of_title.split())).split()
    if not words:
        return None
    number = r"(?:(?:chapter|section|part|appendix)?[ \t]*[\dA-Z](?:[\d.]*)[.):]?[ \t\n]+)?"
    title = r"\s+".join(map(re.escape, words))
    return re.compile(rf"^[ \t]*{number}{title}[ \t]*$", re.MULTILINE | re.IGNORECASE)
