"""The report of an evaluation of retrieval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.charts import cumulative, intervals, scatter
from evals.machine import machine_line
from evals.metrics.ranking import HEADLINE
from evals.provenance import Weight, provenance_blocks
from evals.report import Block, Cell, Figure, Heading, Report, Table, Text
from evals.retrieval import SIGNIFICANT, SINGLE, CollectionResult, hardest, largest_changes, worse_than_a_stage
from evals.statistics.intervals import Estimate
from evals.statistics.paired import Comparison

SECONDARY = ("AP", "R@100", "RR", "Success@5", "Judged@10")
METHOD = (
    "Every run was written before any judgement was read. Measures are computed by ir_measures. Intervals are 95 % "
    "percentile bootstrap intervals over queries (9,999 resamples). A document's score is the maximum of its chunks' "
    "scores. Ties are broken as trec_eval does. Differences are tested by a two-sided paired randomisation test on the "
    "headline measure, corrected by Holm's method within a collection. The systems bm25 and dense rank up to four chunks for "
    "each document of the run's depth, at most 2,000; the others keep search's own number of candidates."
)


def retrieval_report(
    results: Sequence[CollectionResult],
    weights: Sequence[Weight],
    extra: Sequence[Block] = (),
    machine: Mapping[str, Any] | None = None,
) -> Report:
    """Tables and charts of all collections."""
    blocks: list[Block] = [Text(METHOD), *machine_blocks(machine), *overview(results), *verdict_blocks(results)]
    blocks += stage_blocks(results)
    blocks += [*provenance_blocks(weights), *extra]
    for result in results:
        blocks += collection_blocks(result)
    names = ", ".join(result.dataset for result in results)
    return Report("Retrieval", f"{len(results)} collections: {names}", blocks)


def machine_blocks(machine: Mapping[str, Any] | None) -> list[Block]:
    """What it ran on, where that is known."""
    return [Text(machine_line(machine))] if machine is not None else []


def verdict_blocks(results: Sequence[CollectionResult]) -> list[Block]:
    """Whether the cascade is anywhere worse than one of its own stages."""
    held = [result for result in results if "full" in result.systems and len(result.systems) > 1]
    if not held:
        return []
    below = [f"{r.dataset} (below {', '.join(worse)})" for r in held if (worse := worse_than_a_stage(r))]
    said = (
        "significantly worse than one of its single stages on: " + "; ".join(below)
        if below
        else ("on none of them significantly worse than one of its single stages")
    )
    return [Text(f"The whole cascade (full) is {said}.")]


def stage_blocks(results: Sequence[CollectionResult]) -> list[Block]:
    """The whole cascade less each of its single stages; nothing where none was run beside it."""
    rows: list[list[str | Cell]] = []
    for result in results:
        found = [result.comparisons.get((stage, "full")) for stage in SINGLE]
        if any(found):
            rows.append([result.dataset, *(change_cell(c) for c in found)])
    if not rows:
        return []
    said = "Full less each single stage, with the 95 % interval and p by the paired randomisation test after Holm's correction "
    said += "over all comparisons of the collection; a mark: p < .05."
    return [Text(said), Table(["collection", *(f"full − {stage}" for stage in SINGLE)], rows)]


def change_cell(comparison: Comparison | None) -> str | Cell:
    """A difference over its interval and p."""
    if comparison is None:
        return "–"
    small = f"{comparison.low:+.3f} to {comparison.high:+.3f}, p {comparison.p_holm:.4f}"
    return Cell(f"{comparison.difference:+.4f}", small, "best" if comparison.p_holm < SIGNIFICANT else "")


def retrieval_summary(
    results: Sequence[CollectionResult], weights: Sequence[Weight], machine: Mapping[str, Any] | None = None
) -> list[Block]:
    """What a document quotes: the overview, AP and recall, the steps of the ladder, and the weights."""
    blocks: list[Block] = [
        *machine_blocks(machine),
        *overview(results)[1:],
        *verdict_blocks(results),
        *stage_blocks(results),
    ]
    rows: list[list[str | Cell]] = []
    for result in results:
        for name, system in result.systems.items():
            shown = [estimate_cell(system.estimates[m]) if m in system.estimates else "–" for m in SECONDARY]
            rows.append([result.dataset, name, *shown])
    blocks += [Text("The other measures:"), Table(["collection", "system", *SECONDARY], rows, numeric_from=2)]
    steps: list[list[str | Cell]] = []
    for result in results:
        for (a, b), c in result.comparisons.items():
            change = Cell(
                f"{c.difference:+.4f}", f"{c.low:+.3f} to {c.high:+.3f}", "best" if c.p_holm < SIGNIFICANT else ""
            )
            counts = f"{c.wins} / {c.ties} / {c.losses}"
            steps.append([result.dataset, f"{a} → {b}", change, f"{c.p_holm:.4f}", counts, f"{c.detectable:.3f}"])
    blocks.append(
        Text("Differences on the headline measure; those significant at .05 after Holm's correction are marked:")
    )
    header = ["collection", "from → to", "difference", "p (Holm)", "won / tied / lost", "detectable"]
    blocks.append(Table(header, steps, numeric_from=2))
    sampled = [f"{r.dataset} ({len(r.queries)} scored)" for r in results if r.sampled_from is not None]
    if sampled:
        blocks.append(Text("Collections of which only a sample of the queries was run: " + ", ".join(sampled) + "."))
    return [*blocks, *provenance_blocks(weights)[1:]]


def headline_of(result: CollectionResult) -> str:
    """The measure that is compared."""
    measures = list(next(iter(result.systems.values())).estimates)
    return HEADLINE if HEADLINE in measures else measures[0]


def overview(results: Sequence[CollectionResult]) -> list[Block]:
    """Headline measure of every system on every collection."""
    systems = list(dict.fromkeys(name for result in results for name in result.systems))
    rows: list[list[str | Cell]] = []
    for result in results:
        measure = headline_of(result)
        values = {name: system.estimates[measure] for name, system in result.systems.items()}
        best = max(values.values(), key=lambda e: e.value).value if len(values) > 1 else None
        rows.append(
            [
                Cell(result.dataset, f"{result.split}, {len(result.queries)} queries, {result.documents} documents"),
                *(estimate_cell(values.get(name), best) for name in systems),
            ]
        )
    blocks: list[Block] = [
        Heading("Overview"),
        Text(f"{headline_of(results[0])} with its 95 % interval; the best of a row is marked."),
        Table(["collection", *systems], rows),
    ]
    if len(results) > 1:
        means = [(name, macro(results, name)) for name in systems]
        shown = [(name, value) for name, value in means if value is not None]
        blocks.append(
            Text("Mean over the collections that have it: " + ", ".join(f"{n} {v:.3f}" for n, v in shown) + ".")
        )
    return blocks


def macro(results: Sequence[CollectionResult], name: str) -> float | None:
    """Mean of the headline measure over collections; None where a collection lacks the system."""
    values = [r.systems[name].estimates[headline_of(r)].value for r in results if name in r.systems]
    return sum(values) / len(values) if len(values) == len(results) else None


def estimate_cell(estimate: Estimate | None, best: float | None = None) -> str | Cell:
    """A mean over its interval."""
    if estimate is None:
        return "–"
    mark = "best" if best is not None and estimate.value == best else ""
    return Cell(f"{estimate.value:.4f}", f"{estimate.low:.3f} to {estimate.high:.3f}", mark)


def collection_blocks(result: CollectionResult) -> list[Block]:
    """Everything about one collection."""
    measure = headline_of(result)
    lead = f"Split {result.split}: {len(result.queries)} judged queries, {result.judged} judgements, "
    lead += f"{result.documents} documents in {result.chunks} chunks."
    if result.sampled_from is not None:
        lead += f" Only a sample of the {result.sampled_from} queries of the collection was run."
    rows: list[list[str | Cell]] = [
        [Cell(name, system.description), *(estimate_cell(e) for e in system.estimates.values())]
        for name, system in result.systems.items()
    ]
    blocks: list[Block] = [Heading(result.dataset), Text(lead), *(Text(note) for note in result.notes)]
    blocks.append(Table(["system", *next(iter(result.systems.values())).estimates], rows))
    drawn = [(name, system.estimates[measure]) for name, system in result.systems.items()]
    blocks.append(Figure(intervals(drawn, measure), f"{result.dataset}: {measure} with 95 % intervals."))
    missing = {stage: why for system in result.systems.values() for stage, why in system.missing.items()}
    blocks += [Text(f"Stage {stage} did not run: {why}.") for stage, why in missing.items()]
    if result.comparisons:
        blocks += [Heading("What each stage gained or lost", 3), comparison_table(result.comparisons)]
    blocks += change_blocks(result, measure)
    blocks += [Heading("Hardest queries", 3), hardest_table(result, measure)]
    blocks.append(per_query_table(result, measure))
    blocks += latency_blocks(result)
    return blocks


def per_query_table(result: CollectionResult, measure: str) -> Table:
    """Every query with the headline measure of every system; all measures stand in the CSV file."""
    systems = list(result.systems.values())
    rows = [
        [id, text[:160], *(f"{system.per_query[measure][id]:.3f}" for system in systems)]
        for id, text in result.queries.items()
    ]
    header = ["id", "query", *(system.name for system in systems)]
    return Table(header, rows, numeric_from=2, folded=f"{measure} of each of the {len(rows)} queries")


def comparison_table(comparisons: Mapping[tuple[str, str], Comparison]) -> Table:
    """Differences with intervals, tests, effect sizes and what could have been detected."""
    header = ["from → to", "difference", "p", "p (Holm)", "d", "won / tied / lost", "detectable"]
    rows: list[list[str | Cell]] = []
    for (a, b), c in comparisons.items():
        mark = "" if c.p_holm >= SIGNIFICANT else "good" if c.difference > 0 else "bad"
        rows.append(
            [
                f"{a} → {b}",
                Cell(f"{c.difference:+.4f}", f"{c.low:+.3f} to {c.high:+.3f}", mark),
                f"{c.p:.4f}",
                f"{c.p_holm:.4f}",
                f"{c.effect:+.2f}",
                f"{c.wins} / {c.ties} / {c.losses}",
                f"{c.detectable:.4f}",
            ]
        )
    return Table(header, rows)


def change_blocks(result: CollectionResult, measure: str) -> list[Block]:
    """Scatter and most changed queries of the last step of the ladder that was run."""
    pairs = [pair for pair in result.comparisons if pair[1] == "full"] or list(result.comparisons)
    if not pairs:
        return []
    pair = pairs[-1] if pairs[-1][0] != "colbert" else pairs[0]
    a, b = (result.systems[name].per_query[measure] for name in pair)
    points = [(a[id], b[id], text[:90]) for id, text in result.queries.items()]
    rows = [[id, text[:160], f"{change:+.3f}"] for id, text, change in largest_changes(result, pair, measure, 8)]
    return [
        Figure(
            scatter(points, f"{measure} of {pair[0]}", f"{measure} of {pair[1]}"),
            "One dot a query; above the line the second is better.",
        ),
        Text(f"Queries that changed most from {pair[0]} to {pair[1]}:"),
        Table(["id", "query", "change"], rows, numeric_from=2),
    ]


def hardest_table(result: CollectionResult, measure: str) -> Table:
    """Queries on which all systems together do worst."""
    rows = [[id, text[:160], f"{value:.3f}"] for id, text, value in hardest(result, measure)]
    return Table(["id", "query", f"mean {measure}"], rows, numeric_from=2)


def latency_blocks(result: CollectionResult) -> list[Block]:
    """Time of a whole search for each engine system; the machine may have been busy."""
    samples = [(name, s.timings["total"]) for name, s in result.systems.items() if s.timings.get("total")]
    if not samples:
        return []
    caption = (
        "Milliseconds of one search; a query is encoded once for all systems, so see `vouch eval speed` for latency."
    )
    return [Figure(cumulative(samples, "milliseconds"), caption)]
