"""Neighbour expansion: chunks near the best candidates join them, whether or not they match the query themselves.

Adaptive re-ranking over a neighbour graph (MacAvaney et al., arXiv:2208.08942): relevant passages lie near relevant
passages.
"""

from __future__ import annotations

from indexing.stores.base import Rows, Snapshot


def nearest_to_seeds(snapshot: Snapshot, ranked: Rows, seeds: int, neighbours: int) -> dict[int, float]:
    """Chunks nearest to the best `seeds` of `ranked`: row → highest similarity to a seed; seeds themselves left out."""
    found: dict[int, float] = {}
    if not len(ranked) or not seeds or not neighbours:
        return found
    leading = {int(row) for row in ranked[:seeds]}
    for rows, similarities in snapshot.dense_search_many(snapshot.dense_vectors(ranked[:seeds]), neighbours + 1):
        for row, similarity in zip(rows.tolist(), similarities.tolist(), strict=True):
            if row not in leading:
                found[row] = max(similarity, found.get(row, -1.0))
    return found
