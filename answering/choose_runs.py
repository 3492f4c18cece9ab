"""Which reference implementations an answer should run, and on which inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from algorithms.registry import Algorithm
from answering.inputs import ReadInputs, read_inputs
from answering.link import AlgorithmLinker
from answering.route import Route
from core.types import Hit

ALGORITHMS_PREFIX = "handbook/algorithms/"
SHOW_FROM = 0.85
COMPUTE_FROM = 0.3
USED_WEIGHT = 1.0
COMPLETE_WEIGHT = 0.5
MISSING_WEIGHT = 0.3
MOST_EVIDENCE = 12.0
MOST_RUNS = 2
MOST_CANDIDATES = 12
EXACT = {"instant": 0.1, "seconds": 0.0, "trains": -0.4}


@dataclass(frozen=True)
class Planned:
    """A run to make: with inputs of the question, or None for the example."""

    entry: Algorithm
    inputs: Mapping[str, Any] | None
    complete: bool


def plan_runs(
    question: str, route: Route, linker: AlgorithmLinker, entries: Mapping[str, Algorithm], handbook_hits: Sequence[Hit]
) -> list[Planned]:
    """Runs for a question, best first.

    A question with numbers runs the candidate whose inputs take up most of them and whose required inputs are all there;
    any other shows the examples of the algorithms it is clearly about.
    """
    ranked = candidates(question, linker, entries, handbook_hits)
    if route == "compute":
        able = []
        for id, score in ranked[:MOST_CANDIDATES]:
            read = read_inputs(question, entries[id]) if score >= COMPUTE_FROM else None
            if read is not None and runnable(read, entries[id]):
                able.append((fitness(score, read, entries[id]), id, read))
        if able:
            _, id, read = max(able, key=lambda option: (option[0], option[1]))
            return [Planned(entries[id], read.values, not read.missing)]
    return [Planned(entries[id], None, False) for id, score in ranked[:MOST_RUNS] if score >= SHOW_FROM]


def fitness(score: float, read: ReadInputs, entry: Algorithm) -> float:
    """How well a candidate answers: how near it is, how much of the question it takes up, what it lacks."""
    complete = COMPLETE_WEIGHT if not read.missing else -MISSING_WEIGHT * len(read.missing)
    evidence = min(read.evidence, MOST_EVIDENCE) / MOST_EVIDENCE
    return score + USED_WEIGHT * read.used + complete + evidence + EXACT[entry.cost]


def runnable(read: ReadInputs, entry: Algorithm) -> bool:
    """Whether the example may stand in for what is missing: never for the other half of the user's own data.

    Vectors and matrices belong together, so a question that gives one of them gives all, or the run would mix two data sets.
    """
    given = any(isinstance(value, list | dict) for value in read.values.values())
    lacking = any(isinstance(entry.example.get(name), list | dict) for name in read.missing)
    return not (given and lacking)


def candidates(
    question: str, linker: AlgorithmLinker, entries: Mapping[str, Algorithm], handbook_hits: Sequence[Hit]
) -> list[tuple[str, float]]:
    """Algorithms with a score: up to 1 for being named, up to 1 for the rank of its article, best first."""
    scores: dict[str, float] = {}
    for match in linker.matches(question):
        scores[match.id] = max(scores.get(match.id, 0.0), min(match.words, 3) / 3 * match.weight)
    position = 0
    for hit in handbook_hits:
        id = hit.source.rsplit("/", 1)[-1]
        if hit.source.startswith(ALGORITHMS_PREFIX) and id in entries:
            scores[id] = scores.get(id, 0.0) + max(0.0, 1 - 0.1 * position)
            position += 1
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
