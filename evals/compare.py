"""Compare evaluations query by query, and tell a pipeline whether something got worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import InputError
from evals.charts import scatter
from evals.metrics.ranking import HEADLINE
from evals.report import Block, Cell, Figure, Heading, Report, Table, Text
from evals.scored_files import Scored
from evals.statistics.paired import Comparison, compare_paired, corrected

SIGNIFICANT = 0.05
LOWER_IS_BETTER = ("trap_repeated", "warned_untrapped", "Brier")
"""Measures of errors, of those that have a value for each question."""


@dataclass(frozen=True)
class Verdict:
    """Everything compared with the first.

    Attributes
    ----------
    comparisons : dict
        (name, measure) → the comparison with the first, Holm-corrected over all of them.
    regressions : tuple of (name, measure)
        Significantly below the first by more than what is tolerated.
    """

    baseline: str
    comparisons: dict[tuple[str, str], Comparison]
    regressions: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """For the command line."""
        found: dict[str, Any] = {}
        for (name, measure), comparison in self.comparisons.items():
            found.setdefault(name, {})[measure] = comparison.as_dict()
        return {
            "baseline": self.baseline,
            "comparisons": found,
            "regressions": [{"name": name, "measure": measure} for name, measure in self.regressions],
        }


def compare(
    scored: Sequence[Scored], *, tolerance: float = 0.0, lower_is_better: Sequence[str] = LOWER_IS_BETTER
) -> Verdict:
    """Compare every evaluation with the first on each measure they share.

    Parameters
    ----------
    scored : sequence
        The first is what the others are held against.
    tolerance : float
        Loss that is no regression even where it is significant.
    lower_is_better : sequence of str
        Measures of errors.

    Raises
    ------
    InputError
        If there are fewer than two, two have one name, or they share no measure.
    """
    if len(scored) < 2:
        raise InputError("there is nothing to compare", fix="name at least two files")
    if len({item.name for item in scored}) < len(scored):
        raise InputError("two files have one name", fix="rename one")
    first = scored[0]
    pairs: list[tuple[str, str]] = []
    values: list[Comparison] = []
    for other in scored[1:]:
        shared = [measure for measure in first.per_query if measure in other.per_query]
        if not shared:
            raise InputError(f"{other.name} shares no measure with {first.name}", fix="compare like with like")
        for measure in shared:
            a, b = both(first.per_query[measure], other.per_query[measure])
            if a:
                pairs.append((other.name, measure))
                values.append(compare_paired(a, b))
    if not values:
        raise InputError("they share no query", fix="compare evaluations of the same questions")
    found = dict(zip(pairs, corrected(values), strict=True))
    worse = tuple(
        key for key, c in found.items() if c.p_holm < SIGNIFICANT and loss(c, key[1] in lower_is_better) > tolerance
    )
    return Verdict(first.name, found, worse)


def loss(comparison: Comparison, lower_is_better: bool) -> float:
    """How much worse the second is."""
    return comparison.difference if lower_is_better else -comparison.difference


def both(a: Mapping[str, float], b: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """The values of the queries that both have."""
    shared = [query for query in a if query in b]
    return {q: a[q] for q in shared}, {q: b[q] for q in shared}


def compare_report(scored: Sequence[Scored], verdict: Verdict) -> Report:
    """Every comparison, with a scatter of the headline measure."""
    header = [
        "against the first",
        "measure",
        "first",
        "this",
        "difference",
        "p",
        "p (Holm)",
        "d",
        "won / tied / lost",
        "detectable",
    ]
    rows: list[list[str | Cell]] = []
    for (name, measure), c in verdict.comparisons.items():
        mark = "bad" if (name, measure) in verdict.regressions else ""
        rows.append(
            [
                name,
                measure,
                f"{c.a:.4f}",
                f"{c.b:.4f}",
                Cell(f"{c.difference:+.4f}", f"{c.low:+.4f} to {c.high:+.4f}", mark),
                f"{c.p:.4f}",
                f"{c.p_holm:.4f}",
                f"{c.effect:+.2f}",
                f"{c.wins} / {c.ties} / {c.losses}",
                f"{c.detectable:.4f}",
            ]
        )
    blocks: list[Block] = [
        Text(
            "Paired bootstrap intervals, two-sided randomisation tests, Holm's correction over all rows, Cohen's d of the "
            "paired differences, and the least difference that a test of this size finds with a power of 0.8."
        ),
        Heading("Comparisons"),
        Table(header, rows, numeric_from=2),
    ]
    for other in scored[1:]:
        blocks += scatter_blocks(scored[0], other)
    count = len(verdict.regressions)
    return Report("Comparison", f"held against {verdict.baseline}; {count} regressions", blocks)


def scatter_blocks(first: Scored, other: Scored) -> list[Block]:
    """One dot a query on the headline measure, or on the first they share."""
    shared = [measure for measure in first.per_query if measure in other.per_query]
    measure = HEADLINE if HEADLINE in shared else shared[0]
    a, b = both(first.per_query[measure], other.per_query[measure])
    points = [(a[query], b[query], query) for query in a]
    chart = scatter(points, f"{measure} of {first.name}", f"{measure} of {other.name}")
    return [Figure(chart, f"{measure}, one dot a query; below the line this one is worse.")]
