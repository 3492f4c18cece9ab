"""Evaluate retrieval: runs first, judgements after, then measures with intervals and what each stage gained or lost."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.protocols import Progress
from evals.datasets.collection import Collection, Qrels, sample_queries
from evals.metrics.ranking import HEADLINE, MEASURES, PerQuery, score_run
from evals.run_file import Run, read_run, write_run
from evals.statistics.intervals import Estimate, mean_interval
from evals.statistics.paired import Comparison, compare_paired, corrected
from evals.systems import System

LADDER = (
    ("bm25", "hybrid"),
    ("dense", "hybrid"),
    ("dense", "colbert"),
    ("hybrid", "full"),
    ("bm25", "full"),
    ("dense", "full"),
    ("colbert", "full"),
)
"""Pairs of systems whose difference says what a stage brings; every single stage is held against all of them."""
SIGNIFICANT = 0.05
SINGLE = ("bm25", "dense", "colbert")


@dataclass(frozen=True)
class SystemResult:
    """One system on one collection."""

    name: str
    description: str
    per_query: PerQuery
    estimates: dict[str, Estimate]
    missing: dict[str, str]
    timings: dict[str, list[float]]


@dataclass(frozen=True)
class CollectionResult:
    """All systems on one collection.

    Attributes
    ----------
    queries : dict
        Scored queries.
    sampled_from : int or None
        Number of queries of the collection where only some were run.
    comparisons : dict
        ``a → b`` of `LADDER` and every system against the first, on the headline measure, Holm-corrected together.
    """

    dataset: str
    split: str
    documents: int
    chunks: int
    queries: dict[str, str]
    judged: int
    sampled_from: int | None
    systems: dict[str, SystemResult]
    comparisons: dict[tuple[str, str], Comparison]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, dict[str, dict[str, float]]]:
        """``{system: {measure: {value, low, high}}}``."""
        return {
            name: {measure: estimate.as_dict() for measure, estimate in result.estimates.items()}
            for name, result in self.systems.items()
        }


@dataclass
class RunSet:
    """Runs of one collection, written before any judgement was read."""

    runs: dict[str, Run] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    timings: dict[str, dict[str, list[float]]] = field(default_factory=dict)


def evaluate_collection(
    collection: Collection,
    systems: Sequence[Callable[[], System]],
    out: Path,
    *,
    split: str | None = None,
    external: Sequence[Path] = (),
    measures: Sequence[str] = MEASURES,
    max_queries: int | None = None,
    sizes: tuple[int, int] = (0, 0),
    resume: bool = False,
    progress: Progress | None = None,
) -> CollectionResult:
    """Run, write ``<dataset>.<system>.run``, then read the judgements and score.

    Parameters
    ----------
    collection : Collection
        Its judgements are read only after every run is on disk.
    systems : sequence of callable
        Each builds a system when its turn comes.
    out : Path
        Where the files go.
    split : str, optional
        Judgements to score by; see `Collection.split`.
    external : sequence of Path
        Run files of other systems, scored on the same queries by the same code.
    measures : sequence of str
        ir_measures names.
    max_queries : int, optional
        Run at most so many queries, chosen by a hash of their ids.
    sizes : (int, int)
        Documents and chunks, for the report.
    resume : bool
        Keep run files in `out` that the same system wrote for the same queries and index.

    Raises
    ------
    InputError
        If nothing was judged, or two runs have one name.
    """
    chosen = collection.split(split)
    queries = {id: text for id, text in sample_queries(collection.queries, max_queries).items() if text.strip()}
    done = write_runs(collection.name, systems, queries, out, progress, resume=resume)
    for file in external:
        run, tag = read_run(file)
        name = file.name.removesuffix(".run").removeprefix(f"{collection.name}.") or tag
        if name in done.runs:
            raise InputError(f"two runs are named {name!r}", fix="rename a run file")
        done.runs[name] = run
        done.descriptions[name] = f"run file {file.name}, tag {tag}"
    qrels = judged(collection.qrels(chosen), queries)
    results = {name: score_system(name, run, qrels, measures, done) for name, run in done.runs.items()}
    write_per_query(out / f"{collection.name}.per_query.csv", results, queries)
    headline = HEADLINE if HEADLINE in measures else measures[0]
    return CollectionResult(
        dataset=collection.name,
        split=chosen,
        documents=sizes[0],
        chunks=sizes[1],
        queries={id: queries[id] for id in qrels},
        judged=sum(len(grades) for grades in qrels.values()),
        sampled_from=len(collection.queries) if len(queries) < len(collection.queries) else None,
        systems=results,
        comparisons=ladder(results, headline),
    )


def write_runs(
    dataset: str,
    systems: Sequence[Callable[[], System]],
    queries: Mapping[str, str],
    out: Path,
    progress: Progress | None = None,
    *,
    resume: bool = False,
) -> RunSet:
    """Run each system and write its run file; no judgement is at hand here."""
    done = RunSet()
    for build in systems:
        system = build()
        if system.name in done.runs:
            raise InputError(f"system {system.name!r} is named twice", fix="name each system once")
        file = out / f"{dataset}.{system.name}.run"
        kept = file.with_name(file.name + ".key")
        key = run_key(system, queries)
        earlier = kept_record(file, kept, key) if resume else None
        if earlier is not None:
            run, _ = read_run(file)
            missing, timings = earlier["missing"], earlier["timings"]
        else:
            kept.unlink(missing_ok=True)  # first, or a killed run would leave a key beside another run
            run = system.run(queries, progress)
            write_run(file, run, system.name)
            missing, timings = dict(getattr(system, "missing", {})), dict(getattr(system, "timings", {}))
            record = {"key": key, "missing": missing, "timings": timings}
            kept.write_text(json.dumps(record), encoding="utf-8")
        done.runs[system.name] = run
        done.descriptions[system.name] = system.description
        done.missing[system.name] = missing
        done.timings[system.name] = timings
    return done


def kept_record(run: Path, record: Path, key: str) -> dict[str, Any] | None:
    """What is known of a run file that would come out the same; None where it would not, or nothing is known."""
    if not run.is_file() or not record.is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
        return found if found["key"] == key else None
    except (ValueError, KeyError, TypeError):
        return None  # a half-written record: the run is made again


def run_key(system: System, queries: Mapping[str, str]) -> str:
    """Digest of all that decides a run: the system's own key and the queries."""
    parts = [system.name, str(getattr(system, "key", "")), json.dumps(list(queries.items()))]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def judged(qrels: Qrels, queries: Mapping[str, str]) -> Qrels:
    """Judgements of the queries that were run and have at least one relevant document.

    Raises
    ------
    InputError
        If none is left.
    """
    kept = {id: grades for id, grades in qrels.items() if id in queries and any(grade > 0 for grade in grades.values())}
    if not kept:
        raise InputError(
            "no query that was run has a relevant document", fix="raise --max-queries or name another --split"
        )
    return kept


def score_system(name: str, run: Run, qrels: Qrels, measures: Sequence[str], done: RunSet) -> SystemResult:
    """Per-query values and means with intervals."""
    per_query = score_run(run, qrels, measures)
    return SystemResult(
        name=name,
        description=done.descriptions[name],
        per_query=per_query,
        estimates={measure: mean_interval(list(values.values())) for measure, values in per_query.items()},
        missing=done.missing.get(name, {}),
        timings=done.timings.get(name, {}),
    )


def ladder(results: Mapping[str, SystemResult], measure: str) -> dict[tuple[str, str], Comparison]:
    """Comparisons of `LADDER` and of each system with the first, corrected together."""
    names = list(results)
    pairs = [pair for pair in LADDER if pair[0] in results and pair[1] in results]
    pairs += [(names[0], name) for name in names[1:] if (names[0], name) not in pairs]
    values = [compare_paired(results[a].per_query[measure], results[b].per_query[measure]) for a, b in pairs]
    return dict(zip(pairs, corrected(values), strict=True)) if values else {}


def worse_than_a_stage(result: CollectionResult) -> list[str]:
    """Single stages that the whole cascade is significantly below, corrected."""
    found = []
    for stage in SINGLE:
        comparison = result.comparisons.get((stage, "full"))
        if comparison is not None and comparison.difference < 0 and comparison.p_holm < SIGNIFICANT:
            found.append(stage)
    return found


def hardest(result: CollectionResult, measure: str, count: int = 10) -> list[tuple[str, str, float]]:
    """Queries with the lowest mean over all systems: id, text, mean; ties by id."""
    means = {
        id: sum(system.per_query[measure][id] for system in result.systems.values()) / len(result.systems)
        for id in result.queries
    }
    order = sorted(means, key=lambda id: (means[id], id))[:count]
    return [(id, result.queries[id], means[id]) for id in order]


def largest_changes(
    result: CollectionResult, pair: tuple[str, str], measure: str, count: int = 5
) -> list[tuple[str, str, float]]:
    """Queries that moved most from the first system to the second: id, text, difference."""
    a, b = (result.systems[name].per_query[measure] for name in pair)
    order = sorted(result.queries, key=lambda id: (-abs(b[id] - a[id]), id))
    return [(id, result.queries[id], b[id] - a[id]) for id in order[:count] if b[id] != a[id]]


def write_per_query(file: Path, results: Mapping[str, SystemResult], queries: Mapping[str, str]) -> None:
    """One line a system, query and measure."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["system", "query_id", "query", "measure", "value"])
        for name, result in results.items():
            for measure, values in result.per_query.items():
                for id, value in values.items():
                    writer.writerow([name, id, queries[id], measure, repr(value)])


def to_json(results: Sequence[CollectionResult]) -> dict[str, Any]:
    """``{dataset: {system: {measure: {value, low, high}}}}``."""
    return {result.dataset: result.as_json() for result in results}
