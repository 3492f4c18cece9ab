"""Fusion: one score from those of the stages, by a weighted sum of their standard scores."""

from __future__ import annotations

import numpy as np

from core.settings import RetrievalSettings
from retrieval.candidates import Candidates
from retrieval.scoring.standardise import Scores, weighted_sum


def stage_weights(settings: RetrievalSettings) -> dict[str, float]:
    """Weights of the settings by stage."""
    return {"bm25": settings.bm25_weight, "dense": settings.dense_weight, "colbert": settings.colbert_weight}


def fuse(candidates: Candidates, settings: RetrievalSettings) -> Scores:
    """Fused score of each candidate (r,)."""
    if not candidates.scores:
        return np.zeros(len(candidates.rows))
    called = np.isin(candidates.rows, candidates.named)
    return weighted_sum(candidates.scores, stage_weights(settings)) + settings.name_weight * called
