"""Learn the weights of a collection's fusion from judged queries, and keep them only where they gain.

Weights are chosen on a grid, by the mean nDCG@10 of the training folds, and judged on the fold left out; what comes out of
fold is compared with the label-free default query by query (paired randomisation test). A grid of three weights has little
room to overfit, and the gain of linear fusion with few judged queries over reciprocal ranks is well documented (Bruch,
Gai & Ingber, "An analysis of fusion functions for hybrid retrieval", arXiv:2210.11934).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.protocols import Progress
from evals.statistics.paired import randomisation_p
from retrieval.fusion import fixed_sum
from retrieval.scoring.standardise import Scores

DEPTH = 10
MEASURE = f"nDCG@{DEPTH}"
FOLDS = 5
LEAST_QUERIES = 20
"""Below this a fold has too few queries to choose by."""
SIGNIFICANT = 0.05
STEPS = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
STAGES = ("bm25", "dense", "colbert")


@dataclass(frozen=True)
class JudgedQuery:
    """Candidates of a query and what is known of them.

    Attributes
    ----------
    id : str
        Of the query.
    scores : mapping
        Stage → score of each candidate (r,).
    default : (r,) float64
        Their fused scores with the label-free default.
    bonus : (r,) float64
        Added to any fused score: what is called exactly as the question's topic.
    documents : sequence of str
        What each candidate belongs to; judgements name these.
    grades : mapping
        Grade of each judged one; at least one is above 0.
    """

    id: str
    scores: Mapping[str, Scores]
    default: Scores
    bonus: Scores
    documents: Sequence[str]
    grades: Mapping[str, int]


@dataclass(frozen=True)
class Setting:
    """One point of the grid."""

    scale: Literal["z", "range"]
    weights: tuple[float, ...]

    def of(self, stages: Sequence[str]) -> dict[str, float]:
        """Weights by stage."""
        return dict(zip(stages, self.weights, strict=True))


@dataclass(frozen=True)
class FusionStudy:
    """What was found.

    Attributes
    ----------
    setting : Setting
        Best on all queries.
    default, learned : (q,) float64
        Measure of each query with the default, and out of fold.
    p_value : float
        Two-sided.
    folds : int
        How many.
    """

    stages: tuple[str, ...]
    setting: Setting
    default: NDArray[np.float64]
    learned: NDArray[np.float64]
    p_value: float
    folds: int

    @property
    def kept(self) -> bool:
        """Whether the weights gain significantly where they were not chosen."""
        return bool(self.learned.mean() > self.default.mean()) and self.p_value < SIGNIFICANT


def grid(stages: Sequence[str]) -> list[Setting]:
    """Weights of the stages with the last one at 1, and with the last one at 0; each on both scales.

    Examples
    --------
    >>> len(grid(("bm25", "dense", "colbert")))
    174
    """
    shapes: set[tuple[float, ...]] = set()
    for rest in np.ndindex(*(len(STEPS),) * (len(stages) - 1)):
        head = tuple(STEPS[i] for i in rest)
        shapes.add((*head, 1.0))
        if any(head):
            shapes.add((*(value / max(head) for value in head), 0.0))
    scales: tuple[Literal["z", "range"], ...] = ("z", "range")
    return [Setting(scale, shape) for scale in scales for shape in sorted(shapes)]


def ndcg(scores: Scores, documents: Sequence[str], grades: Mapping[str, int], depth: int = DEPTH) -> float:
    """nDCG of documents ranked by their best chunk; ties by the order given.

    As ir_measures' ``nDCG@k``: gain is the grade, discount log2(rank + 1).

    Examples
    --------
    >>> round(ndcg(np.array([0.2, 0.9, 0.5]), ["a", "b", "b"], {"a": 1}), 4)
    0.6309
    """
    ranked = list(dict.fromkeys(documents[i] for i in np.argsort(-scores, kind="stable")))[:depth]
    gains = [max(0, grades.get(document, 0)) for document in ranked]
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth]
    return discounted(gains) / discounted(ideal)


def discounted(gains: Sequence[int]) -> float:
    """Sum of gains over the logarithm of their ranks."""
    return float(sum(gain / np.log2(rank + 1) for rank, gain in enumerate(gains, start=1)))


def fold_of(id: str, folds: int) -> int:
    """The fold of a query, by a hash of its id, so that a query added later moves no other.

    Examples
    --------
    >>> fold_of("q1", 5) == fold_of("q1", 5)
    True
    """
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:8], "big") % folds


def study_fusion(queries: Sequence[JudgedQuery], folds: int = FOLDS, progress: Progress | None = None) -> FusionStudy:
    """Cross-validate the grid against the default.

    Parameters
    ----------
    queries : sequence of JudgedQuery
        All with the same stages.
    folds : int
        At least 2.

    Raises
    ------
    InputError
        If there are fewer than `LEAST_QUERIES` queries.
    """
    if len(queries) < LEAST_QUERIES:
        raise InputError(
            f"{len(queries)} judged queries are too few to learn from", fix=f"judge at least {LEAST_QUERIES}"
        )
    stages = tuple(stage for stage in STAGES if stage in queries[0].scores)
    settings = grid(stages)
    values = np.empty((len(queries), len(settings)))  # (q, g)
    for number, query in enumerate(queries):
        if progress is not None:
            progress(number, len(queries), "weights")
        values[number] = [measured(query, setting.scale, setting.of(stages)) for setting in settings]
    default = np.array([ndcg(query.default, query.documents, query.grades) for query in queries])  # (q,)
    fold = np.array([fold_of(query.id, folds) for query in queries])  # (q,)
    learned = out_of_fold(values, fold)
    best = settings[int(values.mean(axis=0).argmax())]
    return FusionStudy(stages, best, default, learned, randomisation_p(learned - default), folds)


def measured(query: JudgedQuery, scale: str, weights: Mapping[str, float]) -> float:
    """nDCG of one query with some weights."""
    return ndcg(fixed_sum(query.scores, weights, scale) + query.bonus, query.documents, query.grades)


def out_of_fold(values: NDArray[np.float64], fold: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each query (q,) the value of the setting that is best on the other folds.

    Parameters
    ----------
    values : (q, g) float64
        Measure of each query with each setting.
    fold : (q,) int64
        Fold of each query.

    Examples
    --------
    >>> out_of_fold(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), np.array([0, 1, 1])).tolist()
    [0.0, 0.0, 0.0]
    """
    found = np.empty(len(values))
    for held in np.unique(fold):
        training = fold != held
        chosen = int(values[training].mean(axis=0).argmax()) if training.any() else 0
        found[~training] = values[~training, chosen]
    return found
