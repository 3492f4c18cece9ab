"""Totals, averages, shares and F1 scores that tables state, against their other cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from checking.arithmetic import plain, readable
from checking.draft import Draft, Run
from checking.grammar.syntax import Number, decimal
from checking.regions import Region
from checking.table_cells import Cell, Rows, html_rows, pipe_rows

SUMS = frozenset({"total", "totals", "sum", "grand total", "in total", "altogether", "all"})
CERTAIN_SUMS = SUMS - {"all"}
MEANS = frozenset({"average", "avg", "mean", "avg."})
SHARES = frozenset({"%", "share", "percent", "percentage", "proportion", "share (%)", "percent (%)", "% of total"})
NOT_ADDITIVE = re.compile(
    r"rate|ratio|share|average|avg|mean|median|per\b|/|score|precision|recall|f1|accuracy|index|rank|year|date|time|speed|"
    r"max|min|probab|error|loss|auc|cumul|running|version|id\b|#|no\.|p-value|std|dev",
    re.IGNORECASE,
)
COMBINED = re.compile(
    r"total|sum|average|avg|mean|macro|micro|weighted|overall|all\b|…|\.\.\.|other|of which", re.IGNORECASE
)
FEWEST_ROWS = 3
SUPPORTERS = 2
"""Rows that must follow a rule before another one is said to break it."""


def table_drafts(text: str, region: Region) -> Iterator[Draft]:
    """What one pipe table states and its other cells don't give.

    Examples
    --------
    >>> table = "| item | cost |\\n|---|---|\\n| a | 2 |\\n| b | 3 |\\n| Total | 6 |\\n"
    >>> [(d.correct, table[d.start:d.end]) for d in table_drafts(table, Region("table", 0, len(table)))]
    [('The column “cost” adds up to 5, not 6.', '6')]
    """
    yield from _drafts(pipe_rows(text, region.start, region.end))


def html_table_drafts(text: str, start: int, end: int) -> Iterator[Draft]:
    """The same of the HTML tables of a stretch."""
    for rows in html_rows(text, start, end):
        yield from _drafts(rows)


def _drafts(rows: Rows) -> Iterator[Draft]:
    if len(rows) < FEWEST_ROWS:
        return
    header, body = rows[0], rows[1:]
    yield from _columns(header, body)
    yield from _row_totals(header, body)
    yield from _relations(header, body)


def _columns(header: Sequence[Cell], body: Rows) -> Iterator[Draft]:
    """Last rows that are named totals or averages."""
    label = body[-1][0].words.casefold().rstrip(":")
    if (
        len(body) < FEWEST_ROWS
        or label not in CERTAIN_SUMS | MEANS
        or any(COMBINED.search(r[0].words) for r in body[:-1])
    ):
        return
    for column in range(1, len(header)):
        cells = [row[column] for row in body if column < len(row)]
        if len(cells) == len(body):
            yield from _line(f"The column “{header[column].words}”", header[column].words, cells, label in SUMS)


def _row_totals(header: Sequence[Cell], body: Rows) -> Iterator[Draft]:
    """Last columns that are named totals or averages, against the cells before them in the row."""
    label = header[-1].words.casefold().rstrip(":")
    names = [cell.words for cell in header[1:-1]]
    if len(names) < 2 or label not in CERTAIN_SUMS | MEANS or any(COMBINED.search(name) for name in names):
        return
    if label in SUMS and any(NOT_ADDITIVE.search(name) for name in names):
        return
    found = [
        list(_line(f"The row “{row[0].words}”", "", row[1:], label in SUMS)) if len(row) == len(header) else []
        for row in body
    ]
    right = sum(1 for row, drafts in zip(body, found, strict=True) if not drafts and _is_numeric(row[1:]))
    for drafts in found:
        if right >= SUPPORTERS:  # the other rows show that these are what is added up
            yield from drafts


def _is_numeric(cells: Sequence[Cell]) -> bool:
    return all(cell.number is not None for cell in cells)


def _line(subject: str, name: str, cells: Sequence[Cell], is_sum: bool) -> Iterator[Draft]:
    """Whether the last of some cells is the sum, or the mean, of those before it."""
    values = [cell.number for cell in cells if cell.number is not None]
    if len(values) != len(cells) or len(values) < FEWEST_ROWS:
        return
    if len({(v.unit, v.scale) for v in values}) != 1 or (is_sum and NOT_ADDITIVE.search(name)):
        return
    *parts, stated = values
    computed = sum((p.value for p in parts), Fraction(0))
    if not is_sum:
        computed /= len(parts)
    slack = Fraction(1, 10 ** max(stated.decimals, 0)) / 2 if not is_sum or stated.decimals else Fraction(0)
    decimals = max(p.decimals for p in parts)
    if decimals > 0 or stated.unit == "%":
        slack += Fraction(len(parts), 2 * 10**decimals) / (1 if is_sum else len(parts))
    if abs(computed - stated.value) <= slack:
        return
    if is_sum and abs(computed - stated.value) > max(abs(computed), abs(stated.value)) / 2:
        return  # so far off that the cells are not what is added up
    verb = "adds up to" if is_sum else "has the mean"
    items = [float(p.value) for p in parts]
    proof = _sum_proof(parts) if is_sum else Run("mean-median-mode-skewness", {"data": items}, ("mean",))
    yield _draft(cells[-1], subject, verb, computed, 0.9 if is_sum else 0.8, proof)


def _draft(cell: Cell, subject: str, verb: str, computed: Fraction, confidence: float, proof: Run | None) -> Draft:
    percent = cell.number is not None and cell.number.unit == "%"
    return Draft(
        start=cell.start,
        end=cell.end,
        claim=f"{subject[0].lower()}{subject[1:]} {verb} {cell.words}",
        kind="table",
        verdict="wrong",
        correct=f"{subject} {verb} {readable(computed)}{'%' if percent else ''}, not {cell.words}.",
        value=plain(computed),
        confidence=confidence,
        severity=1,
        proof=proof,
    )


def _sum_proof(parts: Sequence[Number]) -> Run | None:
    source = " + ".join(f"({decimal(p.value)})" for p in parts)
    return Run("expression-evaluation", {"expression": source}, ("value",)) if len(source) <= 2000 else None


Relation = Callable[[Sequence[Fraction]], Fraction | None]


def _relations(header: Sequence[Cell], body: Rows) -> Iterator[Draft]:
    """F1 scores beside precision and recall, and shares beside what they are shares of, by the rule that other rows follow."""
    names = [cell.words.casefold().strip() for cell in header]
    plain_rows = [row for row in body if len(row) == len(header) and not COMBINED.search(row[0].words)]
    place = {name: index for index, name in enumerate(names)}
    f1 = next((place[name] for name in ("f1", "f1-score", "f1 score") if name in place), None)
    if f1 is not None and {"precision", "recall"} <= set(place):
        columns = [place["precision"], place["recall"]]
        yield from _related(plain_rows, columns, f1, _harmonic, "The F1 of “{}”")
    share = next((place[name] for name in names if name in SHARES), None)
    counts = [i for i, cell in enumerate(header) if i not in {0, share} and all(_counts(row[i]) for row in plain_rows)]
    if share is not None and len(counts) == 1:
        total = sum((n.value for row in plain_rows if (n := row[counts[0]].number) is not None), Fraction(0))
        if total and len(plain_rows) > SUPPORTERS:
            yield from _related(plain_rows, counts, share, lambda v: v[0] / total, "The share of “{}”")


def _counts(cell: Cell) -> bool:
    return cell.number is not None and cell.number.value >= 0 and not cell.number.unit and cell.number.decimals <= 0


def _harmonic(values: Sequence[Fraction]) -> Fraction | None:
    precision, recall = values
    return 2 * precision * recall / (precision + recall) if precision + recall else None


def _related(rows: Rows, columns: Sequence[int], stated: int, relation: Relation, subject: str) -> Iterator[Draft]:
    """Rows that break a relation which most others follow."""
    broken: list[tuple[Cell, Cell, Fraction]] = []
    kept = 0
    for row in rows:
        given = [row[i].number for i in columns]
        value = row[stated].number
        if value is None or any(g is None for g in given):
            continue
        shown = [g for g in given if g is not None]
        computed = relation([g.value for g in shown])
        if computed is None:
            continue
        scales = (Fraction(1), Fraction(100), Fraction(1, 100))
        step = Fraction(1, 10 ** max(value.decimals, 0))
        rounded = sum((Fraction(1, 10**g.decimals) for g in shown if g.decimals > 0), Fraction(0))
        if any(abs(computed * scale - value.value) <= step + rounded * scale for scale in scales):
            kept += 1
        else:
            nearest = min((computed * scale for scale in scales), key=lambda one: abs(one - value.value))
            broken.append((row[0], row[stated], nearest))
    if kept >= SUPPORTERS and len(broken) * SUPPORTERS <= kept:
        for name, cell, computed in broken:
            yield _draft(cell, subject.format(name.words), "is", computed, 0.85, None)
