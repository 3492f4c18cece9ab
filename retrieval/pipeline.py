"""The cascade: {BM25, dense} candidates, neighbours, MaxSim, fusion, cross-encoder, hits.

Where BM25 and the bi-encoder are fused, what is called exactly as the question's topic (`indexing.stores.names`) is a
candidate too, and its fused score is raised by a fixed amount; no stage's own score or rank changes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from core.errors import InputError
from core.protocols import Encoder, Reranker
from core.settings import RetrievalSettings
from core.types import STAGES, SearchResult, StageName
from indexing.stores.base import Rows, Snapshot
from retrieval.candidates import Candidates, CandidateStages, Timer
from retrieval.fusion import fuse
from retrieval.hits import best_hits
from retrieval.rerank import corrected, read_jointly, uncertain
from retrieval.scoring.standardise import Scores
from retrieval.topics import NO_TOPICS, Topics

NO_RERANKER = "this profile has no trained cross-encoder; name one in `reranker`"


class Cascade:
    """Searches snapshots; holds no state between queries.

    Parameters
    ----------
    encoder : Encoder
        The one that made the index.
    reranker : Reranker or None
        None where the profile has no trained cross-encoder.
    settings : RetrievalSettings
        Sizes and fusion weights.
    rerank_candidates : int
        Best candidates the cross-encoder scores.
    """

    def __init__(
        self, encoder: Encoder, reranker: Reranker | None, settings: RetrievalSettings, rerank_candidates: int = 20
    ) -> None:
        self._stages = CandidateStages(encoder, settings)
        self._reranker = reranker
        self._settings = settings
        self._rerank_candidates = rerank_candidates

    def search(
        self,
        snapshot: Snapshot,
        query: str,
        k: int = 10,
        stages: Sequence[str] | None = None,
        topics: Topics = NO_TOPICS,
    ) -> SearchResult:
        """The best `k` hits.

        Parameters
        ----------
        snapshot : Snapshot
            What to search.
        query : str
            Not blank.
        k : int
            Hits wanted.
        stages : sequence of str, optional
            Subset of `core.types.STAGES`; all by default.
        topics : Topics
            Names of what the query is about, as a reference collection knows them; where that collection knows the query
            at least as well as this one they widen the candidates and add `RetrievalSettings.topic_weight` times their
            own fused score, so that a paraphrase finds the right words.

        Raises
        ------
        InputError
            If the query is blank, a stage is unknown, or neither of bm25 and dense is asked for.
        """
        wanted = check_stages(stages)
        if not query.strip():
            raise InputError("the query is empty", fix="ask something")
        started = time.perf_counter()
        candidates, fused = self._fused(snapshot, query, wanted, topics)
        order = np.lexsort((candidates.rows, -fused))
        fused = self._rerank(snapshot, query, candidates, order, fused, k) if "rerank" in wanted else fused
        order = np.lexsort((candidates.rows, -fused))
        hits = best_hits(snapshot, candidates, fused, order, k, wanted, self._settings.hit_characters)
        candidates.timings["total"] = (time.perf_counter() - started) * 1000
        return SearchResult(
            query=query,
            hits=tuple(hits),
            stages_run=tuple(stage for stage in STAGES if stage in candidates.run),
            stages_missing=candidates.missing,
            verdicts=candidates.verdicts,
            timings_ms={name: round(value, 3) for name, value in candidates.timings.items()},
        )

    def ranking(
        self, snapshot: Snapshot, query: str, stages: Sequence[str] | None = None
    ) -> tuple[Rows, Scores, Candidates]:
        """Rows best first with their fused scores, without the cross-encoder and without making hits of them.

        For evaluations that look thousands of rows deep, where making hits takes longer than ranking.
        """
        started = time.perf_counter()
        candidates, fused = self._fused(snapshot, query, check_stages(stages), NO_TOPICS)
        order = np.lexsort((candidates.rows, -fused))
        candidates.timings["total"] = (time.perf_counter() - started) * 1000
        return candidates.rows[order], fused[order], candidates

    def _fused(
        self, snapshot: Snapshot, query: str, wanted: Sequence[StageName], topics: Topics
    ) -> tuple[Candidates, Scores]:
        """Candidates and their fused scores, those of the topics added."""
        result = Candidates(rows=np.zeros(0, dtype=np.int64))
        probe = self._stages.probe(snapshot, query, wanted, result)
        result.rows = probe.rows
        self._stages.score(snapshot, probe, wanted, result)
        known = result.scores.get("colbert")
        if not topics.names or known is None or not len(known) or known.max() > topics.nearness:
            return result, fuse(result, self._settings, snapshot.fusion)
        started = time.perf_counter()
        near = Candidates(rows=result.rows)
        other = self._stages.probe(snapshot, " ".join(topics.names), wanted, near)
        result.rows = near.rows = np.union1d(probe.rows, other.rows)
        self._stages.score(snapshot, other, wanted, near)
        self._stages.score(snapshot, probe, wanted, result)
        result.timings["topics"] = (time.perf_counter() - started) * 1000
        return result, fuse(result, self._settings, snapshot.fusion) + self._settings.topic_weight * fuse(
            near, self._settings, snapshot.fusion
        )

    def candidates(self, snapshot: Snapshot, query: str, wanted: Sequence[StageName]) -> Candidates:
        """Candidates of the first stages with the scores of every stage but the cross-encoder."""
        return self._fused(snapshot, query, wanted, NO_TOPICS)[0]

    def _rerank(
        self, snapshot: Snapshot, query: str, candidates: Candidates, order: Rows, fused: Scores, k: int
    ) -> Scores:
        """Fused scores, reordered by the cross-encoder where they leave the order uncertain."""
        if self._reranker is None:
            candidates.missing["rerank"] = NO_RERANKER
            return fused
        margin = self._settings.rerank_margin
        runs = uncertain(fused, order, self._rerank_candidates, margin, k)
        if not runs:
            candidates.missing["rerank"] = f"the order is certain: no two hits lie within {margin:g} of each other"
            return fused
        with Timer(candidates, "rerank"):
            read = np.concatenate([order[first:last] for first, last in runs])
            joint = np.full(len(fused), np.nan)
            joint[read] = read_jointly(snapshot, self._reranker, query, candidates.rows[read])
            candidates.scores["rerank"] = joint
            result = fused.copy()
            for first, last in runs:
                places = order[first:last]
                result[places] = corrected(
                    fused,
                    places,
                    joint[places],
                    residual=self._reranker.residual,
                    weight=self._settings.rerank_weight,
                )
        shown = ", ".join(f"{first + 1} to {last}" for first, last in runs)
        candidates.verdicts["rerank"] = f"read {len(read)} hits whose order was uncertain: {shown}"
        return result


def check_stages(stages: Sequence[str] | None) -> list[StageName]:
    """The stages asked for, in the order of the cascade.

    Raises
    ------
    InputError
        If one is unknown, or neither of bm25 and dense is among them.

    Examples
    --------
    >>> check_stages(["rerank", "bm25"])
    ['bm25', 'rerank']
    """
    if stages is None:
        return list(STAGES)
    unknown = sorted(set(stages) - set(STAGES))
    if unknown:
        raise InputError(f"unknown stage {unknown[0]!r}", fix=f"the stages are {', '.join(STAGES)}")
    if not {"bm25", "dense"} & set(stages):
        raise InputError("no stage that finds candidates was asked for", fix="name at least one of bm25 and dense")
    return [stage for stage in STAGES if stage in stages]
