"""Page headers and footers: lines at the edges of pages that repeat on most of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

MIN_PAGES = 4
MIN_SHARE = 0.6
EDGE_LINES = 3
MAX_NUMBERS = 8
NUMBER = re.compile(r"\d{1,6}")


def without_running_lines(pages: Sequence[str]) -> list[str]:
    """Drop the lines at the top and bottom of pages that stand on at least 60 % of them, page numbers counted along.

    Only a number that grows with the pages may differ, so that a row of figures at the foot of each page is kept.

    Examples
    --------
    >>> without_running_lines([f"My paper\\nText {word}\\nPage {i} of 4" for i, word in enumerate("abcd", 1)])
    ['Text a', 'Text b', 'Text c', 'Text d']
    """
    lines = [page.split("\n") for page in pages]
    written = sum(any(line.strip() for line in page) for page in lines)
    if written < MIN_PAGES:
        return list(pages)
    counts: Counter[tuple[bool, str]] = Counter()
    for number, page in enumerate(lines):
        counts.update({(top, key) for top in (True, False) for line in edge(page, top) for key in keys(line, number)})
    running = {key for key, count in counts.items() if count >= max(MIN_PAGES, MIN_SHARE * written)}
    return ["\n".join(peeled(page, number, running)) for number, page in enumerate(lines)]


def edge(page: Sequence[str], top: bool) -> list[str]:
    """Outermost lines of a page that have words."""
    filled = [line for line in page if line.strip()]
    return filled[:EDGE_LINES] if top else filled[-EDGE_LINES:]


def keys(line: str, number: int) -> Iterator[str]:
    """What pages with the same running line share: the line, or the line with one number counted from the page's."""
    line = " ".join(line.split())
    yield line
    for match in islice(NUMBER.finditer(line), MAX_NUMBERS):
        yield f"{line[: match.start()]}\0{int(match[0]) - number}{line[match.end() :]}"


def peeled(page: Sequence[str], number: int, running: set[tuple[bool, str]]) -> Sequence[str]:
    """Lines of a page between its running lines."""
    filled = [index for index, line in enumerate(page) if line.strip()]
    start, end = 0, len(page)
    for index in filled[:EDGE_LINES]:
        if not any((True, key) in running for key in keys(page[index], number)):
            break
        start = index + 1
    for index in reversed(filled[-EDGE_LINES:]):
        if index < start or not any((False, key) in running for key in keys(page[index], number)):
            break
        end = index
    return page[start:end]
