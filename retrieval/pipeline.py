"""The cascade: {BM25, dense} candidates, neighbours, MaxSim, fusion, cross-encoder, hits.

Where BM25 and the bi-encoder are fused, what is called exactly as the question's topic (`indexing.stores.names`) is a
candidate too, and its fused score is raised by a fixed amount; no stage's own score or rank changes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.errors import InputError
from core.protocols import Encoder, Encoding, Reranker
from core.settings import RetrievalSettings
from core.types import STAGES, Chunk, Hit, SearchResult, StageName, StageScore
from indexing.stores.analysis import query_stems
from indexing.stores.base import FirstStages, Rows, Snapshot, StageScores
from indexing.stores.codec import get_codec
from indexing.stores.names import name_key
from retrieval.late_interaction import maxsim_scores, weighted_tokens
from retrieval.lexical import bm25_scores, top_rows
from retrieval.neighbours import nearest_to_seeds
from retrieval.scoring.standardise import Scores, weighted_sum, z_scores
from retrieval.topics import NO_TOPICS, Topics
from retrieval.widen import Passage, widen

NO_RERANKER = "this profile has no trained cross-encoder; name one in `reranker`"
NO_LATE_INTERACTION = "this encoder has no token vectors"


@dataclass
class Candidates:
    """Candidates of one query and what each stage says of them."""

    rows: Rows
    scores: dict[str, Scores] = field(default_factory=dict)
    neighbours: dict[int, float] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    named: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    run: list[StageName] = field(default_factory=list)


@dataclass(frozen=True)
class Probe:
    """What the first stages know of a query: its encoding, BM25's score of every row, and the rows they found.

    An engine that ranks by itself is asked with `request`, and `ranked` is what it found.
    """

    encoding: Encoding | None
    lexical: Scores | None
    rows: Rows
    request: FirstStages | None = None
    ranked: StageScores | None = None


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
        self._encoder = encoder
        self._reranker = reranker
        self._settings = settings
        self._rerank_candidates = rerank_candidates
        self._codec = get_codec(encoder.token_dimension)

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
        fused = self._rerank(snapshot, query, candidates, order, fused, wanted)
        order = np.lexsort((candidates.rows, -fused))
        hits = self._hits(snapshot, candidates, fused, order, k, wanted)
        candidates.timings["total"] = (time.perf_counter() - started) * 1000
        return SearchResult(
            query=query,
            hits=tuple(hits),
            stages_run=tuple(stage for stage in STAGES if stage in candidates.run),
            stages_missing=candidates.missing,
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
        probe = self._probe(snapshot, query, wanted, result)
        result.rows = probe.rows
        self._score(snapshot, probe, wanted, result)
        known = result.scores.get("colbert")
        if not topics.names or known is None or not len(known) or known.max() > topics.nearness:
            return result, self._fuse(result)
        started = time.perf_counter()
        near = Candidates(rows=result.rows)
        other = self._probe(snapshot, " ".join(topics.names), wanted, near)
        result.rows = near.rows = np.union1d(probe.rows, other.rows)
        self._score(snapshot, other, wanted, near)
        self._score(snapshot, probe, wanted, result)
        result.timings["topics"] = (time.perf_counter() - started) * 1000
        return result, self._fuse(result) + self._settings.topic_weight * self._fuse(near)

    def candidates(self, snapshot: Snapshot, query: str, wanted: Sequence[StageName]) -> Candidates:
        """Candidates of the first stages with the scores of every stage but the cross-encoder."""
        return self._fused(snapshot, query, wanted, NO_TOPICS)[0]

    def _probe(self, snapshot: Snapshot, query: str, wanted: Sequence[StageName], result: Candidates) -> Probe:
        """What the first stages find for a query."""
        nothing = np.zeros(0, dtype=np.int64)
        if not len(snapshot):
            return Probe(None, None, nothing)
        settings = self._settings
        encoding = self._encode(query, wanted, result)
        lexical: Scores | None = None
        request: FirstStages | None = None
        ranked: StageScores | None = None
        pools: list[Rows] = []
        if snapshot.ranks_itself:
            request = self._request(snapshot, query, encoding, wanted)
            pools, ranked = ranked_pools(snapshot, request, wanted, result)
        elif "bm25" in wanted:
            with Timer(result, "bm25"):
                lexical = bm25_scores(snapshot, query, settings)
                pools.append(top_rows(lexical, settings.candidates))
        if "dense" in wanted and encoding is not None and not snapshot.ranks_itself:
            with Timer(result, "dense"):
                pools.append(snapshot.dense_search(encoding.sentence, settings.candidates)[0])
        if {"bm25", "dense"} <= set(wanted):  # a single stage's ranking stays its own
            started = time.perf_counter()
            result.named = snapshot.named(name_key(query))
            result.timings["names"] = (time.perf_counter() - started) * 1000
        rows = np.unique(np.concatenate([*pools, result.named])) if pools else nothing
        if "neighbours" in wanted:
            with Timer(result, "neighbours"):
                seeds = interleave(pools)
                result.neighbours = nearest_to_seeds(snapshot, seeds, settings.seeds, settings.neighbours)
                rows = np.unique(np.concatenate([rows, np.array(list(result.neighbours), dtype=np.int64)]))
        return Probe(encoding, lexical, rows, request, ranked)

    def _request(
        self, snapshot: Snapshot, query: str, encoding: Encoding | None, wanted: Sequence[StageName]
    ) -> FirstStages:
        """What an engine that ranks by itself is asked."""
        settings = self._settings
        stems = query_stems(query) if "bm25" in wanted else []
        vector = encoding.sentence if encoding is not None and "dense" in wanted else None
        tokens = None
        if encoding is not None and "colbert" in wanted and self._encoder.token_dimension:
            tokens = weighted_tokens(snapshot, self._codec, encoding)
        return FirstStages(stems, settings.bm25_k1, settings.bm25_b, vector, tokens, settings.candidates)

    def _score(self, snapshot: Snapshot, probe: Probe, wanted: Sequence[StageName], result: Candidates) -> None:
        """Score the rows of `result` at every stage but the cross-encoder."""
        rows, encoding = result.rows, probe.encoding
        if probe.request is not None and probe.ranked is not None:
            score_remotely(snapshot, probe.request, probe.ranked, result)
            if "colbert" in wanted and not self._encoder.token_dimension:
                result.missing["colbert"] = NO_LATE_INTERACTION
            return
        if probe.lexical is not None:
            result.scores["bm25"] = probe.lexical[rows]
        if "dense" in wanted and encoding is not None:
            result.scores["dense"] = (snapshot.dense_vectors(rows) @ encoding.sentence).astype(np.float64)
        if "colbert" in wanted and encoding is not None:
            if self._encoder.token_dimension:
                with Timer(result, "colbert"):
                    result.scores["colbert"] = maxsim_scores(snapshot, self._codec, encoding, rows)
            else:
                result.missing["colbert"] = NO_LATE_INTERACTION

    def _encode(self, query: str, wanted: Sequence[StageName], result: Candidates) -> Encoding | None:
        if not {"dense", "colbert"} & set(wanted):
            return None
        started = time.perf_counter()
        encoding = self._encoder.encode_query(query)
        result.timings["encode"] = (time.perf_counter() - started) * 1000
        return encoding

    def _fuse(self, candidates: Candidates) -> Scores:
        if not candidates.scores:
            return np.zeros(len(candidates.rows))
        settings = self._settings
        weights = {
            "bm25": settings.bm25_weight,
            "dense": settings.dense_weight,
            "colbert": settings.colbert_weight,
        }
        called = np.isin(candidates.rows, candidates.named)
        return weighted_sum(candidates.scores, weights) + settings.name_weight * called

    def _rerank(
        self,
        snapshot: Snapshot,
        query: str,
        candidates: Candidates,
        order: Rows,
        fused: Scores,
        wanted: Sequence[StageName],
    ) -> Scores:
        """Fused scores with the cross-encoder's added for the best candidates, which stay above the others."""
        if "rerank" not in wanted:
            return fused
        if self._reranker is None:
            candidates.missing["rerank"] = NO_RERANKER
            return fused
        if not len(order):
            candidates.run.append("rerank")
            return fused
        with Timer(candidates, "rerank"):
            head = order[: self._rerank_candidates]
            chunks = snapshot.chunks(candidates.rows[head].tolist())
            texts = [chunks[int(row)].text for row in candidates.rows[head]]
            scores = np.asarray(self._reranker.score(query, texts), dtype=np.float64)
            joint = np.full(len(fused), np.nan)
            joint[head] = scores
            candidates.scores["rerank"] = joint
            if self._reranker.residual:
                blended = fused[head] + self._settings.rerank_weight * scores
            else:
                blended = z_scores(fused[head]) + self._settings.rerank_weight * z_scores(scores)
            result: Scores = np.asarray(fused - fused[head].max() + blended.min() - 1.0)
            result[head] = blended
        return result

    def _hits(
        self,
        snapshot: Snapshot,
        candidates: Candidates,
        fused: Scores,
        order: Rows,
        k: int,
        wanted: Sequence[StageName],
    ) -> list[Hit]:
        rows = candidates.rows
        ranked = [int(rows[i]) for i in order]
        score_of = {int(row): float(score) for row, score in zip(rows, fused, strict=True)}
        chunks, passages = self._passages(snapshot, ranked, score_of, k)
        views = stage_views(candidates)
        hits: list[Hit] = []
        for passage in passages:
            stages: dict[str, StageScore | None] = {s: views.get(s, {}).get(passage.row) for s in wanted}
            text = passage_text(snapshot, chunks, passage.rows, passage.start, passage.end)
            hits.append(
                make_hit(
                    len(hits) + 1, chunks[passage.row], passage.start, passage.end, text, score_of[passage.row], stages
                )
            )
        return hits

    def _passages(
        self, snapshot: Snapshot, ranked: list[int], score_of: dict[int, float], k: int
    ) -> tuple[dict[int, Chunk], list[Passage]]:
        """The best `k` passages and the chunks they are made of; chunks are read in growing portions, few at first."""
        reach = max(0, self._settings.hit_characters // 200)
        chunks: dict[int, Chunk] = {}
        depth = k
        while True:
            head = ranked[:depth]
            beside = {r for row in head for r in range(row - reach, row + reach + 1) if 0 <= r < len(snapshot)}
            chunks.update(snapshot.chunks(beside - chunks.keys()))
            passages = widen(head, score_of, chunks, self._settings.hit_characters, k)
            if len(passages) == k or depth >= len(ranked):
                return chunks, passages
            depth *= 2


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


def make_hit(
    rank: int, chunk: Chunk, start: int, end: int, text: str, score: float, stages: dict[str, StageScore | None]
) -> Hit:
    """A hit around the chunk that was found."""
    return Hit(
        rank=rank,
        chunk_id=chunk.id,
        document_id=chunk.document_id,
        source=chunk.source,
        title=chunk.title,
        heading_path=chunk.heading_path,
        page=chunk.page,
        start=start,
        end=end,
        text=text,
        score=score,
        stages=stages,
    )


def passage_text(snapshot: Snapshot, chunks: dict[int, Chunk], rows: Sequence[int], start: int, end: int) -> str:
    """Exact text of a passage; one chunk's is at hand, several have gaps between them."""
    if len(rows) == 1:
        return chunks[rows[0]].text
    document = snapshot.document(chunks[rows[0]].document_id)
    assert document is not None
    return document.text[start:end]


def stage_views(candidates: Candidates) -> dict[str, dict[int, StageScore]]:
    """For each stage the rank from 1 and score of the rows it saw: those where a stem matched, a neighbour was found,
    or the cross-encoder read the text."""
    views: dict[str, dict[int, StageScore]] = {}
    seen = {
        stage: {
            int(row): float(score) for row, score in zip(candidates.rows, values, strict=True) if not np.isnan(score)
        }
        for stage, values in candidates.scores.items()
    }
    if "bm25" in seen:
        seen["bm25"] = {row: score for row, score in seen["bm25"].items() if score > 0}
    if candidates.neighbours:
        seen["neighbours"] = candidates.neighbours
    for stage, scores in seen.items():
        order = sorted(scores, key=lambda row: (-scores[row], row))
        views[stage] = {row: StageScore(rank=rank, score=scores[row]) for rank, row in enumerate(order, start=1)}
    return views


def interleave(pools: Sequence[Rows]) -> Rows:
    """Rows of several rankings in turn, each once.

    Examples
    --------
    >>> interleave([np.array([1, 2]), np.array([2, 3])]).tolist()
    [1, 2, 3]
    """
    seen: dict[int, None] = {}
    for depth in range(max((len(pool) for pool in pools), default=0)):
        for pool in pools:
            if depth < len(pool):
                seen.setdefault(int(pool[depth]))
    return np.array(list(seen), dtype=np.int64)


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


class Timer:
    """Notes how long a stage took and that it ran."""

    def __init__(self, candidates: Candidates, stage: StageName) -> None:
        self._candidates = candidates
        self._stage = stage

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self._candidates.timings[self._stage] = (time.perf_counter() - self._started) * 1000
        if self._stage not in self._candidates.run:
            self._candidates.run.append(self._stage)
