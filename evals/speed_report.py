"""The report of an evaluation of speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evals.charts import Line, cumulative, lines
from evals.growth import LevelPoint
from evals.load import LoadResult
from evals.peers import MEASURES, PeerResult
from evals.report import Block, Cell, Figure, Heading, Report, Table, Text
from evals.speed import RIVALS, GrowthPoint, SpeedResult, Throughput

PERCENTILES = (50, 95, 99)
ENCODING = (
    "Encoding in turn over the same texts, each contender with its own batching. GFLOP / s counts the matrix products of the "
    "layers without padding, so the share of the peak says how much of the machine the texts themselves get."
)
BESIDE = (
    "A unit is a chunk of at most 128 tokens for ours and a whole document for the others; bytes do not count the texts. Peers "
    "encode with our encoder (FAISS, Qdrant, PLAID) or with their own pass over the same weights (sentence-transformers, "
    "txtai). Queries run one at a time; the measures are over the judged queries that were timed, 100 documents deep. Peak "
    "memory is what the process grew by while indexing."
)
LEVELS = (
    "Collections of the same texts, searched in turn query by query, without the cross-encoder unless the profile has one. "
    "Beyond the chunks that were really encoded, token codes are those of an encoded chunk and the sentence vector is one of "
    "theirs with noise; words are the texts' own."
)
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
    if result.encoding_check is not None:
        blocks += [Text(ENCODING), encoding_table(result)]
    if result.peers:
        blocks += [Heading("Beside others"), Text(BESIDE), peers_table(result.peers)]
    if result.levels:
        blocks += [Heading("Growth by chunks"), Text(LEVELS), levels_table(result.levels)]
    if result.kernels:
        blocks += [Heading("Kernels"), percentile_table(result.kernels, "kernel")]
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


def encoding_table(result: SpeedResult) -> Table:
    """Rates of encoding against the peer's of the same run and against the machine's peak."""
    check = result.encoding_check
    assert check is not None
    rows: list[list[str | Cell]] = []
    base = result.encoding[-1].per_second
    for row in result.encoding:
        rate = float(np.mean(row.per_second))
        ratio = np.asarray(row.per_second) / np.asarray(base)
        share = rate * check.operations / check.texts
        rows.append(
            [
                row.name,
                Cell(f"{rate:.1f}", f"{min(row.per_second):.1f} to {max(row.per_second):.1f}"),
                Cell(f"{ratio.mean():.2f}", f"{ratio.min():.2f} to {ratio.max():.2f}"),
                f"{share / 1e9:.0f}",
                *(f"{100 * share / peak:.0f} %" for peak in check.peaks.values()),
            ]
        )
    peaks = [f"of {name} peak ({peak / 1e9:.0f})" for name, peak in check.peaks.items()]
    return Table(["encoder", "texts / s", f"times {result.encoding[-1].name}", "GFLOP / s", *peaks], rows)


def peers_table(peers: Sequence[PeerResult]) -> Table:
    """The columns by which engines are compared."""
    rows: list[list[str | Cell]] = []
    for peer in peers:
        quality = [f"{peer.quality[m]:.3f}" if m in peer.quality else "–" for m in MEASURES]
        speed = [f"{peer.queries_per_second:.0f}", *(f"{np.percentile(peer.latencies_ms, q):.1f}" for q in (50, 95))]
        cost = peer.cost
        size = (
            ["–"] * 3
            if cost is None
            else [f"{cost.bytes_a_unit:.0f}", f"{cost.seconds:.1f}", f"{cost.peak_bytes / 2**20:.0f}"]
        )
        rows.append([peer.name, *quality, *speed, *size])
    header = ["system", *MEASURES, "queries / s", "p50 ms", "p95 ms", "bytes a unit", "index s", "peak MiB"]
    return Table(header, rows)


def levels_table(points: Sequence[LevelPoint]) -> Table:
    """One row a level."""
    rows: list[list[str | Cell]] = []
    for point in points:
        level = point.level
        stages = ", ".join(f"{stage} {value:.1f}" for stage, value in point.stages_ms.items() if stage != "total")
        rows.append(
            [
                f"{level.chunks:,}",
                f"{level.encoded:,}",
                f"{level.seconds + level.maintain_seconds:.0f}",
                f"{level.peak_bytes / 2**20:.0f}",
                f"{point.index_bytes / level.chunks:.0f}",
                f"{point.disk_bytes / 2**20:.0f}",
                f"{point.p50_ms:.1f}",
                f"{point.p95_ms:.1f}",
                Cell(stages, mark="wide"),
            ]
        )
    header = ["chunks", "really encoded", "index s", "peak MiB", "index bytes a chunk", "disk MiB", "p50 ms", "p95 ms"]
    return Table([*header, "median of each stage, ms"], rows, numeric_from=0)


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
