"""Ranking measures by their ir_measures names, computed by ir_measures (pytrec_eval and friends)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import InputError
from evals.datasets.collection import Qrels
from evals.run_file import Run

MEASURES = ("nDCG@10", "R@100", "RR", "AP", "P@10", "Success@1", "Success@5", "Judged@10")
HEADLINE = "nDCG@10"

PerQuery = dict[str, dict[str, float]]
"""Measure → query id → value."""


def score_run(run: Run, qrels: Qrels, measures: Sequence[str] = MEASURES) -> PerQuery:
    """Value of each measure for each judged query; a query for which nothing was found counts as 0.

    Parameters
    ----------
    run : dict
        Query id → document id → score.
    qrels : dict
        Query id → document id → grade; only these queries count.
    measures : sequence of str
        Names as ir_measures reads them, such as ``nDCG@10``.

    Raises
    ------
    InputError
        If a measure is unknown or the run and the judgements share no query.

    Examples
    --------
    >>> score_run({"q": {"a": 2.0, "b": 1.0}}, {"q": {"b": 1}}, ["RR"])
    {'RR': {'q': 0.5}}
    """
    import ir_measures

    if not set(run) & set(qrels):
        raise InputError("the run and the judgements share no query", fix="score it on the collection it was made for")
    parsed = parse_measures(measures)
    values: PerQuery = {name: dict.fromkeys(sorted(qrels), 0.0) for name in measures}
    judgements = [
        ir_measures.Qrel(query, document, grade)
        for query, grades in qrels.items()
        for document, grade in grades.items()
    ]
    found = [
        ir_measures.ScoredDoc(query, document, score)
        for query in qrels
        for document, score in run.get(query, {}).items()
    ]
    if found:
        for metric in ir_measures.iter_calc(list(parsed.values()), judgements, found):
            values[names_of(parsed)[metric.measure]][metric.query_id] = float(metric.value)
    return values


def parse_measures(names: Sequence[str]) -> dict[str, Any]:
    """Measures by name.

    Raises
    ------
    InputError
        If ir_measures does not know one.
    """
    import ir_measures

    parsed = {}
    for name in names:
        try:
            parsed[name] = ir_measures.parse_measure(name)
        except (NameError, ValueError, SyntaxError, TypeError) as error:
            raise InputError(f"unknown measure {name!r}", fix=f"name one such as {', '.join(MEASURES)}") from error
    return parsed


def names_of(parsed: Mapping[str, Any]) -> dict[Any, str]:
    """Measure object → the name it was asked for by."""
    return {measure: name for name, measure in parsed.items()}
