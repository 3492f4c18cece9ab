"""The report of an evaluation of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evals.answers import AnswersResult
from evals.asking import Asked
from evals.charts import Line, cumulative, intervals, lines, reliability
from evals.datasets.seeds import Seed
from evals.machine import machine_line
from evals.provenance import Weight, provenance_blocks
from evals.report import Block, Cell, Figure, Heading, Report, Table, Text
from evals.statistics.intervals import Estimate

METHOD = (
    "Every verdict is a rule, none is a model's. Evidence recall is the share of the groups of gold passages that stand in "
    "the first hits, of which 6,000 characters count; a passage is found where its quote, or half of its 5-grams of words, "
    "stands in a hit. Citation span precision and recall ask for an overlap of half of the citation or half of the passage; "
    "gold passages need not be all that support an answer, so precision is a floor. A key fact counts where two neighbouring "
    "sentences hold 60 % of its content stems, all its numbers and its polarity. Intervals are 95 % bootstrap intervals "
    "over questions. Risk in the risk-coverage curve is the share of unanswerable questions among those answered."
)
PERCENTILES = (50, 95, 99)


def answers_report(
    title: str,
    seeds: Sequence[Seed],
    asked: Sequence[Asked],
    result: AnswersResult,
    weights: Sequence[Weight],
    extra: Sequence[Block] = (),
    machine: Mapping[str, Any] | None = None,
) -> Report:
    """Measures, curves, latency and the questions that failed."""
    on = [Text(machine_line(machine))] if machine is not None else []
    blocks: list[Block] = [Text(METHOD), *on, Heading("Measures"), measures_table(result), measures_figure(result)]
    blocks += [Heading("By type of question"), type_table(result)]
    blocks += curve_blocks(result)
    blocks += [Heading("Latency"), latency_table(result.timings)]
    total = result.timings.get("end to end", [])
    if total:
        blocks.append(Figure(cumulative([("end to end", total)], "milliseconds"), "Latency of whole answers."))
    blocks += [
        *provenance_blocks(weights),
        *extra,
        Heading("Questions that went wrong"),
        failures(seeds, asked, result),
    ]
    lead = f"{len(seeds)} questions, {len(result.errors)} of them failed with an error"
    return Report(title, lead, blocks)


def answers_summary(
    seeds: Sequence[Seed],
    result: AnswersResult,
    weights: Sequence[Weight],
    machine: Mapping[str, Any] | None = None,
    sampled_from: int | None = None,
) -> list[Block]:
    """What a document quotes: all measures, those by type, latency and the weights."""
    of = f" of {sampled_from}, chosen by a hash of their ids" if sampled_from not in (None, len(seeds)) else ""
    blocks: list[Block] = [Text(f"{len(seeds)} questions{of}; {len(result.errors)} failed with an error.")]
    blocks += [Text(machine_line(machine))] if machine is not None else []
    blocks += [measures_table(result), Text("By type of question:"), type_table(result)]
    blocks += [block for block in curve_blocks(result) if isinstance(block, Figure)]
    return [*blocks, Text("Latency:"), latency_table(result.timings), *provenance_blocks(weights)[1:]]


def estimate_cell(estimate: Estimate) -> Cell:
    """A mean over its interval, which is left out where there is none."""
    small = "" if estimate.low == estimate.high else f"{estimate.low:.3f} to {estimate.high:.3f}"
    return Cell(f"{estimate.value:.4f}", small)


def measures_table(result: AnswersResult) -> Table:
    """All measures."""
    rows: list[list[str | Cell]] = [
        [name, estimate_cell(estimate), str(result.counts[name])] for name, estimate in result.measures.items()
    ]
    return Table(["measure", "value", "over"], rows)


def measures_figure(result: AnswersResult) -> Figure:
    """Measures with their intervals."""
    return Figure(intervals(list(result.measures.items()), "share"), "All measures with 95 % intervals.")


def type_table(result: AnswersResult) -> Table:
    """The measures that most types have."""
    names = [name for name in result.per_question if sum(name in row for row in result.by_type.values()) >= 3]
    rows: list[list[str | Cell]] = [
        [kind, *(estimate_cell(row[name]) if name in row else "–" for name in names)]
        for kind, row in result.by_type.items()
    ]
    return Table(["type", *names], rows)


def curve_blocks(result: AnswersResult) -> list[Block]:
    """Risk against coverage and reliability."""
    blocks: list[Block] = []
    if result.curve is not None:
        curve = result.curve
        flat = curve.risk[-1]
        series = [
            Line("by confidence", list(zip(curve.coverage, curve.risk, strict=True))),
            Line("at random", [(0.0, flat), (1.0, flat)], dashed=True),
        ]
        chart = lines(series, "coverage", "risk", x=(0.0, 1.0), markers=False)
        caption = "Risk (share of unanswerable questions among those answered) against coverage by falling confidence; "
        caption += f"AURC {curve.area:.4f}, the least possible {curve.optimal:.4f}, at random {flat:.4f} (dashed)."
        blocks += [Heading("Risk and coverage"), Figure(chart, caption, "risk-coverage")]
    if result.calibration is not None:
        found = result.calibration
        caption = f"ECE {found.error:.4f} over ten bins of equal width, Brier score {found.brier:.4f}; dots grow with the bin."
        blocks += [
            Heading("Calibration"),
            Figure(reliability(found.bins, "Reliability of the confidence"), caption, "reliability"),
        ]
    return blocks


def latency_table(timings: dict[str, list[float]]) -> Table:
    """Percentiles of each stage in milliseconds."""
    rows = [
        [name, str(len(values)), *(f"{np.percentile(values, q):.1f}" for q in PERCENTILES)]
        for name, values in timings.items()
    ]
    return Table(["stage", "answers", *(f"p{q} ms" for q in PERCENTILES)], rows)


def failures(seeds: Sequence[Seed], asked: Sequence[Asked], result: AnswersResult) -> Table:
    """One line a question that missed something, with its answer's beginning."""
    good = (
        "answered_answerable",
        "abstained_unanswerable",
        "execute_right",
        "numeric_right",
        "trap_right",
        "trap_flagged",
    )
    rows: list[list[str | Cell]] = []
    for seed, row in zip(seeds, asked, strict=True):
        missed = [name for name in good if result.per_question.get(name, {}).get(seed.id) == 0.0]
        missed += [
            name for name in ("trap_repeated", "warned_untrapped") if result.per_question.get(name, {}).get(seed.id)
        ]
        missed += [
            name
            for name in result.per_question
            if name.startswith("evidence_any") and result.per_question[name].get(seed.id) == 0.0
        ]
        if row.error is not None:
            missed = [f"error: {row.error}"]
        if missed:
            said = row.answer["answer"] if row.answer else ""
            rows.append([seed.id, Cell(seed.question[:140], said[:160]), ", ".join(missed)])
    return Table(["id", "question and answer", "missed"], rows, numeric_from=9)
