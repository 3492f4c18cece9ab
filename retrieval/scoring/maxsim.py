"""MaxSim: late interaction of ColBERT (Khattab and Zaharia, arXiv:2004.12832)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.protocols import Floats


def similarities(query: Floats, tokens: Floats) -> Floats:
    """Dot products (t, q) of document tokens (t, m) with query tokens (q, m)."""
    return tokens @ query.T


def maxima(sims: Floats, offsets: NDArray[np.int64]) -> Floats:
    """For each document and query token the best document token: (r, q) from sims (t, q).

    A document without tokens gets minus infinity, never 0, which a negative similarity would lose to.

    Examples
    --------
    >>> maxima(np.array([[1.0], [3.0], [2.0]], dtype=np.float32), np.array([0, 2, 2, 3])).ravel().tolist()
    [3.0, -inf, 2.0]
    """
    best = np.full((len(offsets) - 1, sims.shape[1]), -np.inf, dtype=np.float32)
    filled = np.flatnonzero(np.diff(offsets) > 0)
    if len(filled):
        best[filled] = np.maximum.reduceat(sims, offsets[filled], axis=0)
    return best


def weighted_maxsim(best: Floats, weights: Floats) -> NDArray[np.float64]:
    """Weighted mean over query tokens (q,) of the maxima (r, q); with equal weights ColBERT's sum divided by q.

    Where no token weighs anything, as in a query of marks that the tokenizer drops, everything is 0 and not NaN.

    Examples
    --------
    >>> weighted_maxsim(np.array([[1.0, 0.0]], dtype=np.float32), np.array([3.0, 1.0], dtype=np.float32)).tolist()
    [0.75]
    """
    total = float(weights.sum())
    if not total:
        return np.zeros(len(best))
    return (best.astype(np.float64) @ weights.astype(np.float64)) / total


def root_idf(frequencies: NDArray[np.int64], documents: int) -> Floats:
    """Root of ln(1 + N / (1 + df)) of each query token: rare tokens weigh more, by less than idf itself.

    Examples
    --------
    >>> np.round(root_idf(np.array([0, 99]), 99).astype(float), 3).tolist()
    [2.146, 0.83]
    """
    return np.sqrt(np.log1p(documents / (1 + frequencies))).astype(np.float32)
