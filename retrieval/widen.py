"""Small units rank better, larger ones read better: a hit grows over its neighbours in the same section.

Hits are found by small chunks and shown wider, as in small-to-big retrieval: the best chunk first takes in the better of
the two chunks beside it, as long as both stand under the same headings and the whole stays below a number of characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.types import Chunk

SHARED_HEADINGS = 2


@dataclass(frozen=True)
class Passage:
    """A run of neighbouring chunks; `row` is the one that was found, `rows` all of them."""

    row: int
    rows: tuple[int, ...]
    start: int
    end: int


def widen(
    ranked: Sequence[int], scores: Mapping[int, float], chunks: Mapping[int, Chunk], limit: int, k: int
) -> list[Passage]:
    """The best `k` passages: each starts at the best chunk not yet shown and grows up to `limit` characters.

    Parameters
    ----------
    ranked : sequence of int
        Rows of chunks, best first.
    scores : mapping
        Fused score of each candidate row.
    chunks : mapping
        Chunks of the candidates and of the rows beside them.
    limit : int
        Characters a passage may have; a chunk that is longer by itself stays whole.
    k : int
        Passages wanted.
    """
    used: set[int] = set()
    passages: list[Passage] = []
    for row in ranked:
        if len(passages) == k:
            break
        if row in used:
            continue
        first = last = row
        used.add(row)
        while True:
            options = [
                neighbour
                for neighbour in (last + 1, first - 1)
                if neighbour not in used and fits(chunks, row, first, last, neighbour, limit)
            ]
            if not options:
                break
            best = max(options, key=lambda option: scores.get(option, float("-inf")))
            used.add(best)
            first, last = min(first, best), max(last, best)
        rows = tuple(range(first, last + 1))
        passages.append(Passage(row, rows, chunks[first].start, chunks[last].end))
    return passages


def fits(chunks: Mapping[int, Chunk], row: int, first: int, last: int, neighbour: int, limit: int) -> bool:
    """Whether the passage may take in `neighbour`."""
    candidate, found = chunks.get(neighbour), chunks[row]
    if candidate is None or candidate.document_id != found.document_id:
        return False
    if candidate.heading_path[:SHARED_HEADINGS] != found.heading_path[:SHARED_HEADINGS]:
        return False
    start = min(chunks[first].start, candidate.start)
    end = max(chunks[last].end, candidate.end)
    return end - start <= limit
