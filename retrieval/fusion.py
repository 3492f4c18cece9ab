"""Fusion: one score from those of the stages, by a weighted sum of their standard scores.

A collection that learned weights from judged queries (`vouch models fusion`) uses those. Elsewhere nothing is known of what a
stage is worth, and the default only listens to how the scores of this query are distributed:

- BM25 speaks up where its best scores are set apart: a fall of `CLEAR` to `DECISIVE` of the best score between two of the first
  ten means that few passages have the words that matter. Sentence vectors cannot tell such passages apart
  (Weller et al., arXiv:2508.21038).
- The sentence vector counts less where its best candidate hardly stands out from the others, which is where it guesses
  (score-distribution predictors of query performance: Shtok et al., "Predicting query performance by query-drift estimation").
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.settings import RetrievalSettings
from indexing.stores.learned_fusion import LearnedFusion
from retrieval.candidates import Candidates
from retrieval.scoring.standardise import STANDARDISE, Scores, weighted_sum

CLEAR, DECISIVE = 0.35, 0.5
FIRST = 10
LOUDER = 4.0
"""Times its weight that BM25 counts at most."""
FLAT, PEAKED = 2.0, 4.0
"""Standard deviations that the best sentence vector lies above the mean candidate."""
QUIET = 0.25
"""Share of its weight that the sentence vector keeps at least."""


def fuse(candidates: Candidates, settings: RetrievalSettings, learned: LearnedFusion | None = None) -> Scores:
    """Fused score of each candidate (r,), and a verdict on which weights made it."""
    if not candidates.scores:
        return np.zeros(len(candidates.rows))
    if learned is not None and settings.fusion == "auto" and fits(learned, candidates.scores):
        weights = learned.weights
        fused = fixed_sum(candidates.scores, weights, learned.scale)
        verdict = f"learned from {learned.queries} judged queries"
    else:
        weights = query_weights(candidates.scores, settings)
        fused = weighted_sum(candidates.scores, weights)
        verdict = "label-free"
    shown = ", ".join(f"{stage} {weights[stage]:.2f}" for stage in candidates.scores)
    candidates.verdicts["fusion"] = f"{verdict} weights: {shown}"
    return fused + name_bonus(candidates, settings)


def name_bonus(candidates: Candidates, settings: RetrievalSettings) -> Scores:
    """What is added to the candidates (r,) that are called exactly as the question's topic."""
    return settings.name_weight * np.isin(candidates.rows, candidates.named).astype(np.float64)


def fits(learned: LearnedFusion, scores: Mapping[str, Scores]) -> bool:
    """Whether the weights gained, and were learned for these stages: they say nothing of a subset."""
    return learned.kept and learned.weights.keys() == scores.keys()


def fixed_sum(scores: Mapping[str, Scores], weights: Mapping[str, float], scale: str) -> Scores:
    """Weighted sum of the stages' scores on one scale, in standard deviations whatever the scale.

    Examples
    --------
    >>> fixed_sum({"a": np.array([0.0, 2.0]), "b": np.array([4.0, 0.0])}, {"a": 1.0, "b": 0.0}, "range").tolist()
    [-1.0, 1.0]
    """
    fused = weighted_sum(scores, weights, STANDARDISE[scale])
    # names, topics and margins are in units of deviations
    return fused if scale == "z" else weighted_sum({"": fused}, {"": sum(weights.values())})


def query_weights(scores: Mapping[str, Scores], settings: RetrievalSettings) -> dict[str, float]:
    """Label-free weights of the stages for one query."""
    weights = {"bm25": settings.bm25_weight, "dense": settings.dense_weight, "colbert": settings.colbert_weight}
    if len(scores) < 2:
        return weights
    if "bm25" in scores:
        weights["bm25"] *= 1 + (LOUDER - 1) * ramp(largest_fall(scores["bm25"]), CLEAR, DECISIVE)
    if "dense" in scores:
        weights["dense"] *= QUIET + (1 - QUIET) * ramp(prominence(scores["dense"]), FLAT, PEAKED)
    return weights


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, a straight line between.

    Examples
    --------
    >>> ramp(0.5, 0.4, 0.6), ramp(0.9, 0.4, 0.6)
    (0.5, 1.0)
    """
    return min(1.0, max(0.0, (value - low) / (high - low)))


def largest_fall(scores: Scores) -> float:
    """Largest fall between two successive scores among the best few, as a share of the best; 0 where nothing matched.

    Examples
    --------
    >>> largest_fall(np.array([1.0, 10.0, 9.0, 2.0]))
    0.7
    """
    best = np.sort(scores)[::-1][: FIRST + 1]
    if len(best) < 2 or best[0] <= 0:
        return 0.0
    return float(-np.diff(best).min() / best[0])


def prominence(scores: Scores) -> float:
    """Standard deviations between the best score and the mean; 0 where all are equal.

    Examples
    --------
    >>> prominence(np.array([0.0, 0.0, 0.0, 4.0])).__round__(4)
    1.7321
    """
    spread = float(scores.std()) if len(scores) else 0.0
    return 0.0 if spread < 1e-12 else float(scores.max() - scores.mean()) / spread
