"""The cross-encoder, where the order is uncertain.

Candidates are cut into runs wherever the fused score falls by more than a margin. Between runs the order is certain and is
kept; the cross-encoder reads the runs of two and more only, and reorders within them. With a wide margin the whole head is
one run, which is plain re-ranking; where every hit stands alone it does not run at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.protocols import Reranker
from indexing.stores.base import Rows, Snapshot
from retrieval.scoring.standardise import Scores, z_scores


def uncertain_runs(scores: Scores, margin: float) -> list[tuple[int, int]]:
    """Runs ``[first, last)`` of two and more scores, best first, in which none is more than `margin` below the one before.

    Examples
    --------
    >>> uncertain_runs(np.array([9.0, 5.0, 4.9, 4.8, 1.0]), margin=0.5)
    [(1, 4)]
    >>> uncertain_runs(np.array([3.0, 2.0, 1.0]), margin=0.5)
    []
    """
    cuts = np.flatnonzero(-np.diff(scores) > margin) + 1
    bounds = [0, *cuts.tolist(), len(scores)]
    return [(first, last) for first, last in pairwise(bounds) if last - first > 1]


def uncertain(fused: Scores, order: Rows, head: int, margin: float, shown: int) -> list[tuple[int, int]]:
    """Runs among the best `head` candidates whose order is worth a look: those that begin above place `shown`."""
    return [run for run in uncertain_runs(fused[order[:head]], margin) if run[0] < shown]


def corrected(fused: Scores, read: Rows, joint: Scores, *, residual: bool, weight: float) -> Scores:
    """New scores of one run, within the range that its candidates' fused scores span, so that it keeps its place.

    Parameters
    ----------
    fused : (r,) float64
        Of all candidates.
    read : (n,) int64
        Places of the run's candidates, best first.
    joint : (n,) float64
        What the cross-encoder says of them.
    residual : bool
        Whether that corrects the fused score, in its units, or ranks on a scale of its own.
    weight : float
        Of the cross-encoder.
    """
    own = fused[read]
    blended = own + weight * joint if residual else z_scores(own) + weight * z_scores(joint)
    places = np.empty(len(read), dtype=np.int64)
    places[np.lexsort((np.arange(len(read)), -blended))] = np.arange(len(read))
    return np.asarray(np.sort(own)[::-1][places])


def read_jointly(snapshot: Snapshot, reranker: Reranker, query: str, rows: Rows) -> Scores:
    """What the cross-encoder says of some chunks (n,)."""
    chunks = snapshot.chunks(rows.tolist())
    texts: Sequence[str] = [chunks[int(row)].text for row in rows]
    return np.asarray(reranker.score(query, texts), dtype=np.float64)
