"""Late interaction: exact MaxSim of the query's token vectors against compressed token vectors."""

from __future__ import annotations

import numpy as np

from core.protocols import Encoding, Floats
from indexing.stores.base import Rows, Snapshot
from indexing.stores.codec import TokenCodec
from retrieval.scoring.maxsim import root_idf, weighted_maxsim
from retrieval.scoring.maxsim_codes import code_maxima
from retrieval.scoring.standardise import Scores


def maxsim_scores(snapshot: Snapshot, codec: TokenCodec, query: Encoding, rows: Rows) -> Scores:
    """Weighted MaxSim of each candidate; query tokens weigh by the root of their idf in this collection."""
    if not len(rows):
        return np.zeros(0)
    codes, offsets = snapshot.token_codes(rows)  # (t, bytes), (r + 1,)
    best = code_maxima(codec.name, codec.rotate(query.tokens), codes, offsets)  # (r, q)
    weights = root_idf(snapshot.token_frequencies(query.token_ids), len(snapshot))  # (q,)
    return weighted_maxsim(best, weights)


def weighted_tokens(snapshot: Snapshot, codec: TokenCodec, query: Encoding) -> Floats:
    """Query tokens (q, m) in the space of the codes whose maxima add up to `maxsim_scores`, for an engine that ranks itself."""
    weights = root_idf(snapshot.token_frequencies(query.token_ids), len(snapshot))  # (q,)
    return np.asarray(codec.rotate(query.tokens) * (weights / (weights.sum() or 1.0))[:, None], dtype=np.float32)
