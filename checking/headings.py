"""Which headings govern a character of a document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from core.types import Section


class HeadingIndex:
    """Paths of headings by position; made once a document, asked for every sentence.

    Parameters
    ----------
    sections : sequence of Section
        In order of their starts.

    Examples
    --------
    >>> from checking.reading import from_text
    >>> text = "# A\\n\\na\\n\\n## B\\n\\nb\\n"
    >>> index = HeadingIndex(from_text(text).sections)
    >>> index.at(text.index("a\\n")), index.at(text.index("b\\n"))
    (['A'], ['A', 'B'])
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._starts: list[int] = [0]
        self._paths: list[list[str]] = [[]]
        around: list[Section] = []
        for section in sections:
            self._leave(around, section.start)
            around.append(section)
            self._add(section.start, around)
        self._leave(around, max((s.end for s in sections), default=0) + 1)

    def _leave(self, around: list[Section], position: int) -> None:
        """Drop the sections that end at or before a position, innermost first."""
        while around and around[-1].end <= position:
            ended = around.pop().end
            self._add(ended, around)

    def _add(self, start: int, around: Sequence[Section]) -> None:
        self._starts.append(start)
        self._paths.append([section.heading for section in around])

    def at(self, position: int) -> list[str]:
        """Headings that govern a character, outermost first."""
        return self._paths[bisect_right(self._starts, position) - 1]
