"""Cells of Markdown pipe tables and of HTML tables, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import Number, Unary
from checking.grammar.tokens import tokenize
from checking.regions import TABLE_RULE

MARKUP = re.compile(r"^[*_`\s]+|[*_`\s]+$")
SPANNING = frozenset({"colspan", "rowspan"})
LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Cell:
    """A cell's words ``text[start:end]`` without markup, and its number where it is nothing else."""

    words: str
    start: int
    end: int
    number: Number | None


Rows = list[list[Cell]]


def pipe_rows(text: str, start: int, end: int) -> Rows:
    """Rows of a pipe table, the header first, without the rule below it.

    Examples
    --------
    >>> table = "| a | b |\\n|---|---|\\n| x | 2 |\\n"
    >>> [[cell.words for cell in row] for row in pipe_rows(table, 0, len(table))]
    [['a', 'b'], ['x', '2']]
    """
    rows: Rows = []
    position = start
    while position < end:
        stop = text.find("\n", position, end)
        stop = end if stop < 0 else stop
        line = text[position:stop]
        if not TABLE_RULE.match(line):
            rows.append(list(_pipe_cells(text, position, line)))
        position = stop + 1
    return [row for row in rows if row]


def _pipe_cells(text: str, offset: int, line: str) -> Iterator[Cell]:
    start = 0
    pieces: list[tuple[int, int]] = []
    for match in re.finditer(r"(?<!\\)\||$", line):
        pieces.append((start, match.start()))
        start = match.end()
        if match.start() == len(line):
            break
    if pieces and not line[slice(*pieces[0])].strip():
        pieces.pop(0)
    if pieces and not line[slice(*pieces[-1])].strip():
        pieces.pop()
    for begin, end in pieces:
        yield _cell(text, offset + begin, offset + end)


def _cell(text: str, start: int, end: int) -> Cell:
    raw = text[start:end]
    words = MARKUP.sub("", raw)
    at = start + (raw.find(words) if words else 0)
    return Cell(words, at, at + len(words), number_of(text, at, at + len(words)))


def html_rows(text: str, start: int, end: int) -> Iterator[Rows]:
    """Rows of each HTML table of a stretch; one with cells that span others, or with tables inside, is left out.

    Examples
    --------
    >>> source = "<table><tr><th>a</th><th>b</th></tr><tr><td>x</td><td><b>2</b></td></tr></table>"
    >>> [[[cell.words for cell in row] for row in rows] for rows in html_rows(source, 0, len(source))]
    [[['a', 'b'], ['x', '2']]]
    """
    if "<table" not in text[start:end].lower():
        return
    reader = _Reader(text, start)
    reader.feed(text[start:end])
    yield from reader.tables


class _Reader(HTMLParser):
    """Gathers tables; a cell is the stretch of text between its tags, without those inside at its ends."""

    def __init__(self, text: str, offset: int) -> None:
        super().__init__(convert_charrefs=False)
        self.tables: list[Rows] = []
        self._text = text
        self._lines = [offset]
        for match in re.finditer("\n", text[offset:]):
            self._lines.append(offset + match.end())
        self._rows: Rows | None = None
        self._depth = 0
        self._usable = True
        self._inside: tuple[int, int] | None = None

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell."""
        if tag == "table":
            self._depth += 1
            self._rows, self._usable = [], self._depth == 1
        elif tag == "tr" and self._rows is not None:
            self._close_cell()
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows:
            self._close_cell()
            self._usable &= not any(name in SPANNING and value not in {None, "1"} for name, value in attrs)
            self._inside = (-1, -1)

    def handle_data(self, data: str) -> None:
        """Text of a cell: from its first to its last characters that are not blank."""
        if self._inside is None or not data.strip():
            return
        start = self._at() + len(data) - len(data.lstrip())
        end = self._at() + len(data.rstrip())
        self._inside = (start if self._inside[0] < 0 else self._inside[0], end)

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag in {"td", "th", "tr", "table"}:
            self._close_cell()
        if tag == "table" and self._depth:
            self._depth -= 1
            if self._depth == 0 and self._rows is not None:
                if self._usable:
                    self.tables.append([row for row in self._rows if row])
                self._rows = None

    def _close_cell(self) -> None:
        if self._inside is not None and self._rows:
            start, end = self._inside if self._inside[0] >= 0 else (self._at(), self._at())
            self._rows[-1].append(_cell(self._text, start, end))
        self._inside = None


def number_of(text: str, start: int, end: int) -> Number | None:
    """The number that a stretch is, minus signs included; None where it says anything else.

    Examples
    --------
    >>> number_of("12.5%", 0, 5).unit, number_of("12 or so", 0, 8)
    ('%', None)
    """
    if not start < end or end - start > LONGEST_NUMBER:
        return None
    parser = Parser([t for t in tokenize(text, start, end) if t.text != "$"])
    try:
        found = parser.expression()
    except Unparsable:
        return None
    if parser.peek() is not None:
        return None
    if isinstance(found, Unary) and found.operator == "-" and isinstance(found.operand, Number):
        inner = found.operand
        return Number(-inner.value, inner.decimals, inner.digits, inner.scale, inner.unit)
    return found if isinstance(found, Number) else None
