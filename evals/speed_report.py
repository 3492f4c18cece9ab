"""The report of an evaluation of speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evals.charts import Line, cumulative, lines
from evals.load import LoadResult
from evals.report import Block, Cell, Figure, Heading, Report, Table, Text
from evals.speed import RIVALS, GrowthPoint, SpeedResult, Throughput

PERCENTILES = (50, 95, 99)
METHOD = (
    "All contenders ran in one process on the same machine and took turns query by query. Ratios are our mean latency over "
    "the peer's with a 95 % bootstrap interval: below 1 ours is faster. Peers index whole documents, ours chunks of them."
)


def speed_report(
    result: SpeedResult, load: Sequence[LoadResult], machine: Mapping[str, Any], extra: Sequence[Block] = ()
) -> Report:
    """Tables and charts of all that was measured."""
    blocks: list[Block] = [Text(METHOD), Heading("Machine"), machine_table(machine)]
    if result.encoding or result.indexing:
        blocks += [Heading("Throughput"), throughput_table([*result.encoding, *result.indexing])]
    if result.latencies_ms:
        blocks += [Heading("Search latency"), latency_table(result)]
        blocks.append(
            Figure(
                cumulative(list(result.latencies_ms.items()), "milliseconds"),
                "Share of searches that took at most so long.",
            )
        )
    if result.stages_ms:
        blocks += [Heading("Stages of the full cascade"), percentile_table(result.stages_ms, "stage")]
    if result.growth:
        blocks += growth_blocks(result.growth)
    if load:
        blocks += [Heading("Load"), load_table(load)]
        samples = [(f"{r.kind} {r.offered:g}", r.latencies_ms) for r in load if r.latencies_ms]
        blocks.append(
            Figure(cumulative(samples, "milliseconds"), "Latency under load, from the time each request was due.")
        )
    return Report(
        "Speed", f"{machine['processor']}, {machine['cores']} cores, load {machine['load_average']}", [*blocks, *extra]
    )


def speed_summary(result: SpeedResult, load: Sequence[LoadResult], machine: Mapping[str, Any]) -> list[Block]:
    """What a document quotes: all tables."""
    blocks: list[Block] = []
    for block in speed_report(result, load, machine).blocks[1:]:
        if isinstance(block, Heading):
            blocks.append(Heading(block.text, 3))
        elif not isinstance(block, Figure):
            blocks.append(block)
    return blocks


def machine_table(machine: Mapping[str, Any]) -> Table:
    """What it ran on."""
    return Table(["", "value"], [[name, str(value)] for name, value in machine.items()])


def throughput_table(rows: Sequence[Throughput]) -> Table:
    """Mean over rounds, with the slowest and the fastest."""
    return Table(
        ["what", "a second", "rounds"],
        [
            [
                f"{row.name}: {row.unit}",
                Cell(f"{np.mean(row.per_second):.1f}", f"{min(row.per_second):.1f} to {max(row.per_second):.1f}"),
                str(len(row.per_second)),
            ]
            for row in rows
        ],
    )


def percentile_table(samples: Mapping[str, Sequence[float]], what: str) -> Table:
    """Percentiles in milliseconds."""
    rows = [
        [name, str(len(values)), *(f"{np.percentile(values, q):.2f}" for q in PERCENTILES)]
        for name, values in samples.items()
        if values
    ]
    return Table([what, "searches", *(f"p{q} ms" for q in PERCENTILES)], rows)


def latency_table(result: SpeedResult) -> Table:
    """Percentiles of each contender, the ratio to ours and memory."""
    rows: list[list[str | Cell]] = []
    for name, values in result.latencies_ms.items():
        ratio = result.ratios.get(name)
        against = f"vouch {RIVALS.get(name, 'full')}"
        cell: str | Cell = "–"
        if ratio is not None:
            mark = "good" if ratio.high < 1 else "bad" if ratio.low > 1 else ""
            cell = Cell(f"{ratio.value:.2f}", f"{ratio.low:.2f} to {ratio.high:.2f}, {against}", mark)
        memory = f"{result.memory[name] / 2**20:.0f}" if name in result.memory else "–"
        rows.append([name, *(f"{np.percentile(values, q):.2f}" for q in PERCENTILES), cell, memory])
    return Table(["system", *(f"p{q} ms" for q in PERCENTILES), "ours / peer", "index MiB resident"], rows)


def growth_blocks(points: Sequence[GrowthPoint]) -> list[Block]:
    """Latency, time and size over the number of chunks."""
    rows = [
        [
            str(p.documents),
            str(p.chunks),
            f"{p.index_seconds:.1f}",
            f"{p.chunks / p.index_seconds:.1f}",
            f"{p.p50_ms:.1f}",
            f"{p.p95_ms:.1f}",
            f"{p.disk_bytes / 2**20:.1f}",
            f"{p.resident_bytes / 2**20:.0f}",
        ]
        for p in points
    ]
    header = ["documents", "chunks", "indexing s", "chunks / s", "p50 ms", "p95 ms", "disk MiB", "resident MiB"]
    blocks: list[Block] = [Heading("Growth"), Table(header, rows, numeric_from=0)]
    if len(points) > 1:
        series = [
            Line("p50", [(p.chunks, p.p50_ms) for p in points]),
            Line("p95", [(p.chunks, p.p95_ms) for p in points]),
        ]
        blocks.append(
            Figure(
                lines(series, "chunks", "milliseconds", log_x=True), "Latency of a full search as the collection grows."
            )
        )
    return blocks


def load_table(results: Sequence[LoadResult]) -> Table:
    """Throughput and latency of each load; the service time hides the queue, the latency shows it."""
    rows = []
    for r in results:
        latency = [f"{np.percentile(r.latencies_ms, q):.1f}" for q in PERCENTILES] if r.latencies_ms else ["–"] * 3
        service = f"{np.percentile(r.service_ms, 99):.1f}" if r.service_ms else "–"
        failed = ", ".join(f"{count} {reason}" for reason, count in r.failures.items()) or "0"
        unit = "clients" if r.kind == "closed" else "requests / s"
        rows.append([f"{r.kind}, {r.offered:g} {unit}", f"{r.throughput:.1f}", *latency, service, failed])
    return Table(["load", "answers / s", *(f"p{q} ms" for q in PERCENTILES), "p99 ms once sent", "failed"], rows)
