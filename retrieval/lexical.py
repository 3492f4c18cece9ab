"""First stage: BM25 over stems."""

from __future__ import annotations

import numpy as np

from core.settings import RetrievalSettings
from indexing.stores.analysis import query_stems
from indexing.stores.base import Rows, Snapshot
from retrieval.scoring.standardise import Scores


def bm25_scores(snapshot: Snapshot, query: str, settings: RetrievalSettings) -> Scores:
    """BM25 score of every live chunk."""
    return snapshot.bm25(query_stems(query), settings.bm25_k1, settings.bm25_b)


def top_rows(scores: Scores, k: int) -> Rows:
    """Rows of the `k` best positive scores, best first, ties by row.

    Examples
    --------
    >>> top_rows(np.array([0.0, 2.0, 1.0, 2.0]), 3).tolist()
    [1, 3, 2]
    """
    positive = np.flatnonzero(scores > 0)
    if len(positive) > k:
        positive = positive[np.argpartition(-scores[positive], k - 1)[:k]]
    return positive[np.lexsort((positive, -scores[positive]))].astype(np.int64)
