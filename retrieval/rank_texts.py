"""Relevance of texts that are not in any index: the cross-encoder where there is one, else late interaction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.protocols import Encoder, Encoding, Reranker
from retrieval.scoring.maxsim import maxima, similarities, weighted_maxsim

SPECIAL_TOKENS = 8
"""Room left for special tokens, and for a window's first word being split otherwise than within the text."""


def rank_texts(encoder: Encoder, reranker: Reranker | None, query: str, texts: Sequence[str]) -> list[float]:
    """Score of each text, higher is better; a text longer than the encoder reads scores as its best window.

    Without a cross-encoder that ranks by itself the score is the mean over the query's tokens of their best similarity, at
    most 1, or the cosine of the sentence vectors where the encoder has no token vectors.

    Raises
    ------
    InputError
        If the query is blank.
    InputTooLarge
        If the query is longer than the encoder reads.
    """
    asked = encoder.encode_query(query)
    windows = [cut(encoder, text) for text in texts]
    flat = [window for parts in windows for window in parts]
    if not flat:
        return [0.0] * len(texts)
    if reranker is not None and not reranker.residual:
        scores = list(reranker.score(query, flat))
    else:
        scores = [closeness(asked, encoding) for encoding in encoder.encode_documents(flat)]
    remaining = iter(scores)
    lowest = min(scores)
    return [max((next(remaining) for _ in parts), default=lowest) for parts in windows]


def closeness(query: Encoding, text: Encoding) -> float:
    """Unweighted MaxSim, or the cosine where there are no token vectors."""
    if not query.tokens.size or not text.tokens.size:
        return float(query.sentence @ text.sentence)
    best = maxima(similarities(query.tokens, text.tokens), np.array([0, len(text.tokens)]))  # (1, q)
    return float(weighted_maxsim(best, np.ones(best.shape[1], dtype=np.float32))[0])


def cut(encoder: Encoder, text: str) -> list[str]:
    """Windows of at most what the encoder reads; none where the text is blank."""
    if not text.strip():
        return []
    spans = encoder.token_offsets(text)
    width = encoder.max_tokens - SPECIAL_TOKENS
    if len(spans) <= width:
        return [text]
    groups = [spans[start : start + width] for start in range(0, len(spans), width)]
    return [text[group[0][0] : group[-1][1]] for group in groups]
