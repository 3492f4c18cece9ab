"""Candidates and scores from an engine that ranks by itself, in as few calls as it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.types import StageName
from indexing.stores.base import FirstStages, Rows, Snapshot, StageScores
from retrieval.lexical import top_rows

if TYPE_CHECKING:
    from retrieval.candidates import Candidates


def ranked_pools(
    snapshot: Snapshot, request: FirstStages, wanted: Sequence[StageName], result: Candidates
) -> tuple[list[Rows], StageScores]:
    """Candidates of an engine that ranks by itself, best first for each stage, and all their scores.

    One call finds and scores them, so its time counts as that of the first stage.
    """
    ran: list[StageName] = []
    if "bm25" in wanted:
        ran.append("bm25")
    if request.vector is not None:
        ran.append("dense")
    if request.tokens is not None:
        ran.append("colbert")
    started = time.perf_counter()
    ranked = snapshot.first_stages(request)
    result.timings[ran[0]] = (time.perf_counter() - started) * 1000
    result.run.extend(stage for stage in ran if stage not in result.run)
    pools = []
    if len(ranked.bm25):
        pools.append(ranked.rows[top_rows(ranked.bm25, request.k)])
    if len(ranked.dense):
        pools.append(ranked.rows[np.argsort(-ranked.dense, kind="stable")[: request.k]])
    return pools, ranked


def score_remotely(snapshot: Snapshot, request: FirstStages, ranked: StageScores, result: Candidates) -> None:
    """Scores of the rows of `result`, those that were not yet scored asked for in one call."""
    rows = result.rows
    unknown = snapshot.scores(request, np.setdiff1d(rows, ranked.rows))
    known = np.concatenate([ranked.rows, unknown.rows])
    order = np.argsort(known)
    place = order[np.searchsorted(known, rows, sorter=order)]
    asked = {"bm25": bool(request.stems), "dense": request.vector is not None, "colbert": request.tokens is not None}
    for stage, first, rest in (
        ("bm25", ranked.bm25, unknown.bm25),
        ("dense", ranked.dense, unknown.dense),
        ("colbert", ranked.maxsim, unknown.maxsim),
    ):
        if asked[stage]:
            result.scores[stage] = np.concatenate([first, rest])[place]
