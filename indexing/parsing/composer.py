"""Writing canonical text block by block for formats that have none of their own, offsets kept on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.types import PageSpan, Section
from indexing.parsing.sections import Heading, nest, without_numbering

BLANK_LINE = "\n\n"


class Composer:
    """Joins blocks with blank lines and remembers where headings and pages stand.

    Examples
    --------
    >>> composer = Composer()
    >>> composer.heading(1, "Loss"); composer.block("Cross entropy.")
    >>> composer.text
    '# Loss\\n\\nCross entropy.'
    >>> composer.sections[0].body_start
    7
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._pages: list[PageSpan] = []

    def _append(self, text: str, separator: str) -> int:
        """Add a block and say where it begins."""
        if self._parts:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start

    def block(self, text: str, *, tight: bool = False) -> None:
        """Add a paragraph, table or list; `tight` puts it on the next line, as the items of a list are."""
        text = text.strip("\n")
        if text.strip():
            self._append(text, "\n" if tight else BLANK_LINE)

    def heading(self, level: int, words: str) -> None:
        """Add a heading; words are put on one line."""
        words = " ".join(words.split())
        if words:
            line = "#" * min(level, 6) + " " + words
            start = self._append(line, BLANK_LINE)
            self._headings.append(Heading(without_numbering(words), level, start, start + len(line) + 1))

    def verbatim(self, text: str, headings: tuple[Section, ...] = ()) -> None:
        """Add a text with its own sections, each character kept."""
        if text.strip():
            start = self._append(text, BLANK_LINE)
            self._headings.extend(
                Heading(each.heading, each.level, start + each.start, start + each.body_start) for each in headings
            )

    @contextmanager
    def page(self, number: int) -> Iterator[None]:
        """Make what is added inside page `number`."""
        parts, before = len(self._parts), self._length
        yield
        start = before + len(BLANK_LINE) if parts and len(self._parts) > parts else before
        self._pages.append(PageSpan(page=number, start=start, end=self._length))

    @property
    def text(self) -> str:
        """All blocks so far."""
        return "".join(self._parts)

    @property
    def sections(self) -> tuple[Section, ...]:
        """Sections of the headings so far."""
        return nest(self._headings, self._length)

    @property
    def pages(self) -> tuple[PageSpan, ...]:
        """Pages so far."""
        return tuple(self._pages)
