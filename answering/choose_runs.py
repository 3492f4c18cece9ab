"""Which reference implementations an answer should run, and on which inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from algorithms.registry import Algorithm
from answering.inputs import read_inputs
from answering.link import AlgorithmLinker
from answering.route import Route
from core.types import Hit

ALGORITHMS_PREFIX = "handbook/algorithms/"
SHOW_FROM = 0.85
COMPUTE_FROM = 0.3
MOST_RUNS = 2
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
    question: str, route: Route, linker: AlgorithmLinker, entries: Mapping[str, Algorithm], handbook_hits: Sequence[Hit]
) -> list[Planned]:
    """Runs for a question, best first.

    A question with numbers runs the best candidate that can take them; any other shows the examples of the algorithms it
    is clearly about.
    """
    ranked = candidates(question, linker, entries, handbook_hits)
    if route == "compute":
        able = []
        for id, score in ranked:
            read = read_inputs(question, entries[id]) if score >= COMPUTE_FROM else None
            if read is not None:
                able.append((score + 0.2 * len(read.values) - 0.1 * len(read.missing), id, read))
        if able:
            _, id, read = max(able, key=lambda option: option[0])
            return [Planned(entries[id], read.values, not read.missing)]
    return [Planned(entries[id], None, False) for id, score in ranked[:MOST_RUNS] if score >= SHOW_FROM]


def nearness(hit: Hit) -> float:
    """How near an article is to the question, 0 to 1, by the bi-encoder; 1 where that stage was not asked for."""
    dense = hit.stages.get("dense")
    return 1.0 if dense is None else min(1.0, max(0.0, (dense.score - FAR) / (NEAR - FAR)))


def candidates(
    question: str, linker: AlgorithmLinker, entries: Mapping[str, Algorithm], handbook_hits: Sequence[Hit]
) -> list[tuple[str, float]]:
    """Algorithms with a score, best first: up to 1 for being named, up to 1 for the rank and nearness of the article."""
    scores: dict[str, float] = {}
    for match in linker.matches(question):
        scores[match.id] = min(match.words, 3) / 3 * match.weight
    for hit in handbook_hits:
        id = hit.source.rsplit("/", 1)[-1]
        if hit.source.startswith(ALGORITHMS_PREFIX) and id in entries:
            scores[id] = scores.get(id, 0.0) + max(0.0, 1 - RANK_DISCOUNT * (hit.rank - 1)) * nearness(hit)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
