"""What each line of loose notes is: the vocabulary of the outline and of the blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.spans import line_spans

LineKind = Literal["blank", "rule", "stray", "fence", "code", "math", "table", "date", "bullet", "numbered", "plain"]

MARKER = re.compile(
    r"^(?P<indent>[ \t\xa0]*)(?:(?P<bullet>[-*+•‣◦])[ \t\xa0]+|(?P<number>\d{1,3}[.)]|\([a-zA-Z0-9]\))[ \t\xa0]*(?=\S))?"
)
RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$")
STRAY = re.compile(r"^\s*[-*•]\s*$")
LONGEST_FENCE = 400
FENCE = re.compile(r"^\s*(?:```|~~~)")
DATE = re.compile(
    r"^\s*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:\d{1,2}\s+)?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:\d{1,2},?\s+)?\d{4}\s*$",
    re.IGNORECASE,
)
MATH = re.compile(r"^\s*(?:\$\$|\\\[|\\\(|\\begin\{|\$[^$]+\$\s*$)")
CODE = re.compile(
    r"^\s*(?:import \w|from \w[\w.]* import |def \w+\(|class \w+[(:]|return\b|for \w+ in .*:$|while .*:$|if .*:$|elif .*:$|"
    r"else:|try:|except\b.*:$|with .*:$|print\(|@\w+$|>>> |\$ \w|SELECT\s.*\sFROM\s|pip install |[A-Za-z_][\w.\[\]'\", ]* = \S)"
)


@dataclass(frozen=True)
class Line:
    """One line of a document.

    Attributes
    ----------
    start, end : int
        Its characters, line end excluded.
    text : str
        The line as it stands.
    kind : LineKind
        What it is.
    content : str
        The words: list marker, emphasis marks and surrounding white space removed.
    indent : int
        Width of the leading white space.
    number : str
        ``3.`` or ``(a)`` where the line is numbered.
    emphasised : bool
        Whether the whole content stood in bold or italics.
    """

    start: int
    end: int
    text: str
    kind: LineKind
    content: str
    indent: int
    number: str
    emphasised: bool


def read_lines(text: str) -> list[Line]:
    """Classify all lines of `text`.

    Examples
    --------
    >>> [(line.kind, line.content) for line in read_lines("1. What is X?\\n- **bold**\\n\\n---")]
    [('numbered', 'What is X?'), ('bullet', 'bold'), ('blank', ''), ('rule', '')]
    """
    spans = line_spans(text)
    raws = [text[start:end] for start, end in spans]
    lines: list[Line] = []
    closing = -1
    for index, ((start, end), raw) in enumerate(zip(spans, raws, strict=True)):
        if index > closing and FENCE.match(raw):
            found = closing_fence(raws, index)
            closing = found if found is not None else closing
            kind: LineKind = "fence"
        elif index < closing:
            kind = "code"
        elif index == closing:
            kind = "fence" if FENCE.match(raw) else "code"
        else:
            lines.append(classify(raw, start, end))
            continue
        lines.append(Line(start, end, raw, kind, raw.strip(), 0, "", False))
    return lines


def closing_fence(raws: Sequence[str], opening: int) -> int | None:
    """Index of the line that closes the fence opened at `opening`; None where another fence opens first or none follows.

    Examples
    --------
    >>> closing_fence(["```python", "x = 1", "```"], 0)
    2
    >>> closing_fence(["```python", "x = 1", "```python"], 0) is None
    True
    """
    for index in range(opening + 1, min(len(raws), opening + LONGEST_FENCE)):
        if raws[index].rstrip().endswith(("```", "~~~")):
            return index
        if FENCE.match(raws[index]):
            return None
    return None


def classify(raw: str, start: int = 0, end: int = 0) -> Line:
    """Classify one line outside fences.

    Examples
    --------
    >>> classify("Sunday, July 28, 2024").kind
    'date'
    >>> classify("a\\tb\\tc").kind
    'table'
    """
    match = MARKER.match(raw)
    assert match is not None
    rest = raw[match.end() :].strip()
    content, emphasised = strip_emphasis(rest)
    number = match["number"] or ""
    indent = len(match["indent"].expandtabs(4))
    kind: LineKind
    if not raw.strip():
        kind = "blank"
    elif RULE.match(raw):
        kind, content = "rule", ""
    elif STRAY.match(raw):
        kind, content = "stray", ""
    elif (raw.count("\t") >= 1 and raw.strip().count("\t") >= 1) or re.match(r"^\s*\|.*\|\s*$", raw):
        kind = "table"
    elif DATE.match(content):
        kind = "date"
    elif match["bullet"]:
        kind = "bullet"
    elif MATH.match(rest):
        kind = "math"
    elif CODE.match(raw) and not number:
        kind = "code"
    else:
        kind = "numbered" if number else "plain"
    return Line(start, end, raw, kind, content, indent, number, emphasised)


def strip_emphasis(text: str) -> tuple[str, bool]:
    """Remove bold and italic marks; the flag says whether they enclosed everything but an aside in brackets.

    Examples
    --------
    >>> strip_emphasis("**What is X?** *( again )*")
    ('What is X? ( again )', True)
    >>> strip_emphasis("**Note:** see below")
    ('Note: see below', False)
    >>> strip_emphasis("2 * 3 * 4")
    ('2 * 3 * 4', False)
    """
    whole = re.fullmatch(r"(\*\*|__|\*)(?=\S)(?P<a>[^*]+?)\1:?\s*(?:\*?\(.*\)\*?)?\s*", text)
    plain = re.sub(r"(\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*]))", "", text).strip()
    return plain, whole is not None
