"""Which reference implementations an answer should run, and on which inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from algorithms.registry import Algorithm
from answering.inputs import ReadInputs, read_inputs
from answering.link import AlgorithmLinker
from answering.route import Route
from core.types import Hit

ALGORITHMS_PREFIX = "handbook/algorithms/"
SHOW_FROM = 0.5
SECOND_FROM = 0.7
"""A second example must be nearer than the first, unless two things are compared."""
EVIDENCE_WEIGHT = 0.3
COMPUTE_FROM = 0.3
FAR_USED = 0.75
"""What a candidate that is neither named nor near must take up of the question's values, with nothing missing."""
LEAST_EVIDENCE = 1.8
"""What a value's words and place must tell of its input where the algorithm is not named: a row of numbers fits any vector."""
LEAST_FITNESS = 2.35
"""A run that fits worse computes something that was not asked for: two vectors were given and it takes one, or the like."""
USED_WEIGHT = 1.0
COMPLETE_WEIGHT = 0.5
MISSING_WEIGHT = 0.3
MOST_EVIDENCE = 12.0
MOST_CANDIDATES = 20
LEAST_USED = 0.5
LEAST_USED_WITH_EXAMPLE = 0.75
"""A run that takes no vector and leaves more than half of the question's values aside computes something else."""
EXACT = {"instant": 0.1, "seconds": 0.0, "trains": -0.4}
RANK_DISCOUNT = 0.15
FAR, NEAR = 0.3, 0.6
"""Cosines of a question and an article at which they have nothing, and everything, to do with each other."""


@dataclass(frozen=True)
class Planned:
    """A run to make: with inputs of the question, or None for the example."""

    entry: Algorithm
    inputs: Mapping[str, Any] | None
    complete: bool


def plan_runs(
    question: str,
    route: Route,
    linker: AlgorithmLinker,
    entries: Mapping[str, Algorithm],
    handbook_hits: Sequence[Hit],
    evidence: Sequence[str] = (),
) -> list[Planned]:
    """Runs for a question, best first.

    A question with numbers runs the candidate whose inputs take up most of them and whose required inputs are all there;
    any other shows the examples of the algorithms it is clearly about: named in the question, near to it in the handbook, or
    named in the evidence that answers it.
    """
    if route == "compute":
        able = []
        names = {match.id for match in linker.matches(question)}
        for id, score in candidates(question, linker, entries, handbook_hits, by_order)[:MOST_CANDIDATES]:
            read = read_inputs(question, entries[id])
            if read is None or not runnable(read, entries[id]):
                continue
            if score < COMPUTE_FROM and (read.missing or read.used < FAR_USED):
                continue
            fits = fitness(max(score, COMPUTE_FROM), read, entries[id])
            whole = id in names and read.used == 1 and not read.missing
            if whole or (fits >= LEAST_FITNESS and (id in names or read.evidence >= LEAST_EVIDENCE)):
                able.append((fits, id, read))
        if able:
            _, id, read = max(able, key=lambda option: (option[0], option[1]))
            return [Planned(entries[id], read.values, not read.missing)]
    scores = dict(candidates(question, linker, entries, handbook_hits, by_nearness))
    for id, named in named_in(evidence, linker).items():
        scores[id] = scores.get(id, 0.0) + EVIDENCE_WEIGHT * named
    near = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    bars = (SHOW_FROM, SHOW_FROM if route == "compare" else SECOND_FROM)
    return [Planned(entries[id], None, False) for (id, score), bar in zip(near, bars, strict=False) if score >= bar]


def named_in(evidence: Sequence[str], linker: AlgorithmLinker) -> dict[str, float]:
    """How clearly the sentences of an answer name each algorithm, 0 to 1."""
    named: dict[str, float] = {}
    for sentence in evidence:
        for match in linker.matches(sentence):
            named[match.id] = min(1.0, named.get(match.id, 0.0) + min(match.words, 2) / 2 * match.weight)
    return named


def by_order(hit: Hit, position: int) -> float:
    """Worth of an article for a question with numbers: its place among the algorithms' articles."""
    return max(0.0, 1 - 0.1 * position)


def by_nearness(hit: Hit, position: int) -> float:
    """Worth of an article for a question without: its rank among all hits, and how near it is."""
    return max(0.0, 1 - RANK_DISCOUNT * (hit.rank - 1)) * nearness(hit)


def nearness(hit: Hit) -> float:
    """How near an article is to the question, 0 to 1, by the bi-encoder; 1 where that stage was not asked for."""
    dense = hit.stages.get("dense")
    return 1.0 if dense is None else min(1.0, max(0.0, (dense.score - FAR) / (NEAR - FAR)))


def fitness(score: float, read: ReadInputs, entry: Algorithm) -> float:
    """How well a candidate answers: how near it is, how much of the question it takes up, what it lacks."""
    complete = COMPLETE_WEIGHT if not read.missing else -MISSING_WEIGHT * len(read.missing)
    evidence = min(read.evidence, MOST_EVIDENCE) / MOST_EVIDENCE
    return score + USED_WEIGHT * read.used + complete + evidence + EXACT[entry.cost]


def runnable(read: ReadInputs, entry: Algorithm) -> bool:
    """Whether a run is about the question: it takes a vector, or half of the values, and the example never stands in for the
    other half of the user's own data.

    Vectors and matrices belong together, so a question that gives one of them gives all, or the run would mix two data sets.
    """
    given = any(isinstance(value, list | dict) for value in read.values.values())
    lacking = any(isinstance(entry.example.get(name), list | dict) for name in read.missing)
    beside = not given and read.used < (LEAST_USED_WITH_EXAMPLE if read.missing else LEAST_USED)
    return not beside and not (given and lacking)


def candidates(
    question: str,
    linker: AlgorithmLinker,
    entries: Mapping[str, Algorithm],
    handbook_hits: Sequence[Hit],
    worth: Callable[[Hit, int], float],
) -> list[tuple[str, float]]:
    """Algorithms with a score, best first: up to 1 for being named, and what its article's hit is worth."""
    scores: dict[str, float] = {}
    for match in linker.matches(question):
        scores[match.id] = max(scores.get(match.id, 0.0), min(match.words, 3) / 3 * match.weight)
    position = 0
    for hit in handbook_hits:
        id = hit.source.rsplit("/", 1)[-1]
        if hit.source.startswith(ALGORITHMS_PREFIX) and id in entries:
            scores[id] = scores.get(id, 0.0) + worth(hit, position)
            position += 1
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
