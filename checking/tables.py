"""Totals and averages that Markdown tables state, against their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from checking.arithmetic import plain, readable
from checking.draft import Draft, Run
from checking.grammar.parser import Parser, Unparsable
from checking.grammar.syntax import Number, Unary
from checking.grammar.tokens import tokenize
from checking.regions import TABLE_RULE, Region

SUMS = frozenset({"total", "totals", "sum", "grand total", "in total", "altogether"})
MEANS = frozenset({"average", "avg", "mean", "avg."})
NOT_ADDITIVE = re.compile(
    r"rate|ratio|share|average|avg|mean|median|per\b|/|score|precision|recall|f1|accuracy|index|rank|year|date|time|speed|"
    r"max|min|probab|error|loss|auc|cumul|running|version|id\b|#|no\.|p-value|std|dev",
    re.IGNORECASE,
)
MARKUP = re.compile(r"^[*_`\s]+|[*_`\s]+$")


@dataclass(frozen=True)
class Cell:
    """A cell's words ``text[start:end]`` without markup, and its number where it is nothing else."""

    words: str
    start: int
    end: int
    number: Number | None


def table_drafts(text: str, region: Region) -> Iterator[Draft]:
    """Stated totals and averages of one table that its rows do not give.

    Examples
    --------
    >>> table = "| item | cost |\\n|---|---|\\n| a | 2 |\\n| b | 3 |\\n| Total | 6 |\\n"
    >>> [(d.correct, table[d.start:d.end]) for d in table_drafts(table, Region("table", 0, len(table)))]
    [('The column “cost” adds up to 5, not 6.', '6')]
    """
    rows = [row for row in _rows(text, region) if row]
    if len(rows) < 4:
        return
    header, body = rows[0], rows[1:]
    label = body[-1][0].words.casefold().rstrip(":")
    if label not in SUMS | MEANS or any(not _is_plain(row) for row in body[:-1]):
        return
    for column in range(1, len(header)):
        draft = _column(header, body, column, is_sum=label in SUMS)
        if draft is not None:
            yield draft


def _is_plain(row: list[Cell]) -> bool:
    """Whether a row is one of the summands: no subtotal, no omission."""
    first = row[0].words.casefold()
    return not any(word in first for word in ("total", "sum", "average", "mean", "…", "...", "other", "of which"))


def _column(header: list[Cell], body: list[list[Cell]], column: int, *, is_sum: bool) -> Draft | None:
    name = header[column].words
    cells = [row[column] for row in body if column < len(row)]
    values = [cell.number for cell in cells if cell.number is not None]
    if len(cells) != len(body) or len(values) != len(cells) or len(values) < 3:
        return None
    if len({(v.unit, v.scale) for v in values}) != 1 or (is_sum and NOT_ADDITIVE.search(name)):
        return None
    *parts, stated = values
    computed = sum((p.value for p in parts), Fraction(0))
    if not is_sum:
        computed /= len(parts)
    slack = Fraction(1, 10 ** max(stated.decimals, 0)) / 2 if not is_sum or stated.decimals else Fraction(0)
    decimals = max(p.decimals for p in parts)
    if decimals > 0 or stated.unit == "%":
        slack += Fraction(len(parts), 2 * 10**decimals) / (1 if is_sum else len(parts))
    if abs(computed - stated.value) <= slack:
        return None
    if is_sum and abs(computed - stated.value) > max(abs(computed), abs(stated.value)) / 2:
        return None  # so far off that the rows are not what is added up
    verb = "adds up to" if is_sum else "has the mean"
    cell = cells[-1]
    items = [float(p.value) for p in parts]
    return Draft(
        start=cell.start,
        end=cell.end,
        claim=f"the column “{name}” {verb} {cell.words}",
        kind="table",
        verdict="wrong",
        correct=f"The column “{name}” {verb} {readable(computed)}, not {cell.words}.",
        value=plain(computed),
        confidence=0.9 if is_sum else 0.8,
        severity=1,
        proof=_proof(parts, computed) if is_sum else Run("mean-median-mode-skewness", {"data": items}, ("mean",)),
    )


def _proof(parts: list[Number], computed: Fraction) -> Run | None:
    from checking.grammar.syntax import decimal

    source = " + ".join(f"({decimal(p.value)})" for p in parts)
    return Run("expression-evaluation", {"expression": source}, ("value",)) if len(source) <= 2000 else None


def _rows(text: str, region: Region) -> Iterator[list[Cell]]:
    position = region.start
    while position < region.end:
        end = text.find("\n", position, region.end)
        end = region.end if end < 0 else end
        line = text[position:end]
        if not TABLE_RULE.match(line):
            yield list(_cells(text, position, line))
        position = end + 1


def _cells(text: str, offset: int, line: str) -> Iterator[Cell]:
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
        raw = line[begin:end]
        words = MARKUP.sub("", raw)
        at = offset + begin + (raw.find(words) if words else 0)
        yield Cell(words, at, at + len(words), _number(text, at, at + len(words)))


def _number(text: str, start: int, end: int) -> Number | None:
    """The number that a cell is, minus signs included; None where it says anything else."""
    if not start < end or end - start > 40:
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
