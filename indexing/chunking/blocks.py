"""The smallest units a chunk is packed from: a paragraph, a list item, a table, a run of code, a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.spans import Span, strip_span
from core.types import ChunkKind
from indexing.chunking.lines import Line, read_lines

SENTENCE_END = re.compile(r"(?<=[.!?])([\"')\]*_”’]*)\s+(?=[\"'(\[*“‘$\\]*[A-Z0-9])")


def blocks(text: str, start: int, end: int) -> list[Span]:
    """Spans of the blocks of ``text[start:end]``, in order, each without surrounding white space.

    A table, a run of code and a formula stay whole and keep the line that introduces them.

    Examples
    --------
    >>> text = "Intro:\\n\\n- one\\n  more\\n- two\\n\\nEnd."
    >>> [text[a:b] for a, b in blocks(text, 0, len(text))]
    ['Intro:', '- one\\n  more', '- two', 'End.']
    """
    found: list[list[int]] = []
    previous: Line | None = None
    for line in read_lines(text[start:end]):
        if line.kind in {"blank", "rule"}:
            previous = None if line.kind == "rule" else previous and blank_keeps(previous)
            continue
        a, b = start + line.start, start + line.end
        if found and previous is not None and joins(previous, line):
            found[-1][1] = b
        else:
            found.append([a, b])
        previous = line
    spans = [strip_span(text, a, b) for a, b in found]
    return [(a, b) for a, b in spans if b > a]


def blank_keeps(line: Line) -> Line | None:
    """What is remembered of the line above across a blank line: code and a colon before a formula hold together."""
    return line if line.kind in {"code", "fence", "math"} else None


def joins(above: Line, line: Line) -> bool:
    """Whether `line` belongs to the same block as the line above it."""
    if line.kind == "bullet" or (line.kind == "numbered" and above.kind != "stray"):
        return above.kind == "stray"
    if line.kind == "stray":
        return False
    if line.kind == "math" or line.kind in {"code", "fence"}:
        return True
    if above.kind in {"code", "fence", "math"}:
        return line.kind == "plain" and above.kind == "math"
    if line.kind == "table" or above.kind == "table":
        return True
    return True


def sentences(text: str, start: int, end: int) -> list[Span]:
    """Spans of the sentences of ``text[start:end]``; a line end also ends a sentence where the next line is a new item.

    Examples
    --------
    >>> text = "It works. Really? Yes, e.g. here."
    >>> [text[a:b] for a, b in sentences(text, 0, len(text))]
    ['It works.', 'Really?', 'Yes, e.g. here.']
    """
    spans: list[Span] = []
    for a, b in blocks(text, start, end):
        cursor = a
        for match in SENTENCE_END.finditer(text, a, b):
            if is_abbreviation(text[cursor : match.start()]):
                continue
            spans.append((cursor, match.end(1)))
            cursor = match.end()
        spans.append((cursor, b))
    stripped = [strip_span(text, a, b) for a, b in spans]
    return [(a, b) for a, b in stripped if b > a]


def is_abbreviation(words: str) -> bool:
    """Whether the text ends in an abbreviation or an initial, so that its full stop ends no sentence.

    Examples
    --------
    >>> is_abbreviation("see e.g."), is_abbreviation("by Ian J."), is_abbreviation("it ends.")
    (True, True, False)
    """
    return (
        re.search(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|al|Fig|Eq|Dr|Mr|Ms|Prof|approx|resp|No)|\b[A-Z])\.$", words) is not None
    )


def kind_of(text: str, asks: bool) -> ChunkKind:
    """Kind of a chunk from its lines; `asks` says that its heading is a question.

    Examples
    --------
    >>> kind_of("a\\tb\\nc\\td", asks=False)
    'table'
    >>> kind_of("Just words.", asks=True)
    'question-answer'
    """
    lines = [line for line in read_lines(text) if line.kind not in {"blank", "rule", "stray"}]
    shares = {kind: share(lines, kinds) for kind, kinds in KINDS.items()}
    whole: tuple[ChunkKind, ...] = ("table", "code", "formula")
    for kind in whole:
        if shares[kind] >= 0.5:
            return kind
    if asks:
        return "question-answer"
    return "list" if shares["list"] >= 0.6 else "prose"


KINDS = {
    "table": {"table"},
    "code": {"code", "fence"},
    "formula": {"math"},
    "list": {"bullet", "numbered"},
}


def share(lines: Sequence[Line], kinds: set[str]) -> float:
    """Share of lines of the given kinds."""
    return sum(line.kind in kinds for line in lines) / len(lines) if lines else 0.0
