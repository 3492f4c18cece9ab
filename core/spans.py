"""Arithmetic on spans ``[start, end)`` of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def strip_span(text: str, start: int, end: int) -> Span:
    """Shrink a span so that it neither begins nor ends with white space.

    Examples
    --------
    >>> strip_span("  ab ", 0, 5)
    (2, 4)
    >>> strip_span("   ", 0, 3)
    (3, 3)
    """
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def overlap(a: Span, b: Span) -> int:
    """Characters that two spans share.

    Examples
    --------
    >>> overlap((0, 5), (3, 9))
    2
    >>> overlap((0, 2), (2, 4))
    0
    """
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def merge(spans: Iterable[Span], gap: int = 0) -> list[Span]:
    """Union of spans in order, joining those at most `gap` characters apart.

    Examples
    --------
    >>> merge([(5, 7), (0, 3), (2, 4)])
    [(0, 4), (5, 7)]
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


def line_spans(text: str) -> list[Span]:
    r"""Spans of the lines of `text`, line ends excluded; only ``\n``, ``\r\n`` and ``\r`` end a line.

    Examples
    --------
    >>> line_spans("a\r\n\nbc")
    [(0, 1), (3, 3), (4, 6)]
    >>> line_spans("form\ffeed")
    [(0, 9)]
    """
    spans = []
    position = 0
    while position < len(text):
        match = LINE.match(text, position)
        assert match is not None
        spans.append((position, position + len(match[0].rstrip("\r\n"))))
        position = match.end()
    return spans


def covered(span: Span, others: Sequence[Span]) -> float:
    """Share of `span` that the union of `others` covers.

    Examples
    --------
    >>> covered((0, 10), [(0, 4), (2, 5)])
    0.5
    """
    length = span[1] - span[0]
    return sum(overlap(span, other) for other in merge(others)) / length if length else 0.0
