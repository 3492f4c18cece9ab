"""Hits: the best candidates, grown within their section, with what each stage said of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.types import Chunk, Hit, StageName, StageScore
from indexing.stores.base import Rows, Snapshot
from retrieval.candidates import Candidates
from retrieval.scoring.standardise import Scores
from retrieval.widen import Passage, widen


def best_hits(
    snapshot: Snapshot,
    candidates: Candidates,
    fused: Scores,
    order: Rows,
    k: int,
    wanted: Sequence[StageName],
    characters: int,
) -> list[Hit]:
    """The best `k` hits of at most `characters`, unless a chunk is longer by itself.

    Parameters
    ----------
    fused : (r,) float64
        Score of each candidate.
    order : (r,) int64
        Places of the candidates, best first.
    """
    rows = candidates.rows
    ranked = [int(rows[i]) for i in order]
    score_of = {int(row): float(score) for row, score in zip(rows, fused, strict=True)}
    chunks, passages = best_passages(snapshot, ranked, score_of, k, characters)
    views = stage_views(candidates)
    hits: list[Hit] = []
    for passage in passages:
        stages: dict[str, StageScore | None] = {s: views.get(s, {}).get(passage.row) for s in wanted}
        text = passage_text(snapshot, chunks, passage.rows, passage.start, passage.end)
        chunk = chunks[passage.row]
        hits.append(make_hit(len(hits) + 1, chunk, passage.start, passage.end, text, score_of[passage.row], stages))
    return hits


def best_passages(
    snapshot: Snapshot, ranked: list[int], score_of: dict[int, float], k: int, characters: int
) -> tuple[dict[int, Chunk], list[Passage]]:
    """The best `k` passages and the chunks they are made of; chunks are read in growing portions, few at first."""
    reach = max(0, characters // 200)
    chunks: dict[int, Chunk] = {}
    depth = k
    while True:
        head = ranked[:depth]
        beside = {r for row in head for r in range(row - reach, row + reach + 1) if 0 <= r < len(snapshot)}
        chunks.update(snapshot.chunks(beside - chunks.keys()))
        passages = widen(head, score_of, chunks, characters, k)
        if len(passages) == k or depth >= len(ranked):
            return chunks, passages
        depth *= 2


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
