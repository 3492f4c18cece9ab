"""Whether training helped: reciprocal ranks of held-out pairs with and without it, and a paired randomisation test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.protocols import LexicalScorerFactory, Progress
from models.encoders.backbone import Backbone
from models.encoders.merging import merge_differences
from models.training.pairs import PairCollection
from models.training.prepared import POOL, Encoded, Passes, encode, root_idf_weights, weighted_maxsim

if TYPE_CHECKING:
    from torch import Tensor

BM25_WEIGHT = 0.5
DRAWS = 10_000


@dataclass(frozen=True)
class Gain:
    """Mean reciprocal rank of the same pairs without and with a change, and how sure the difference is.

    Attributes
    ----------
    before, after : float
        Means.
    p_value : float
        Two-sided, of a paired randomisation test.
    pairs : int
        How many were compared.
    """

    before: float
    after: float
    p_value: float
    pairs: int

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before


def randomisation_p_value(before: NDArray[np.float64], after: NDArray[np.float64], seed: int = 0) -> float:
    """Two-sided p-value of a paired randomisation test (Fisher; for retrieval, Smucker et al., CIKM 2007).

    Under the null hypothesis the sign of each difference is a coin's; all 2^n sign patterns are counted where n ≤ 13, else
    10,000 drawn ones, with the observed one among them.

    Examples
    --------
    >>> randomisation_p_value(np.zeros(3), np.ones(3))
    0.25
    """
    difference = after - before
    n = len(difference)
    if n == 0:
        return 1.0
    if n <= 13:
        signs = np.array(np.meshgrid(*[[-1, 1]] * n)).reshape(n, -1).T
        return float((np.abs(signs @ difference) >= abs(difference.sum()) - 1e-12).mean())
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(DRAWS, n))
    extreme = int((np.abs(signs @ difference) >= abs(difference.sum()) - 1e-12).sum())
    return (extreme + 1) / (DRAWS + 1)


def compare(before: NDArray[np.float64], after: NDArray[np.float64]) -> Gain:
    """The gain of `after` over `before`, pair by pair."""
    mean = (float(before.mean()), float(after.mean())) if len(before) else (0.0, 0.0)
    return Gain(*mean, randomisation_p_value(before, after), len(before))


def reciprocal_ranks(
    collection: PairCollection,
    backbone: Backbone,
    changes: Mapping[str, Tensor] | None,
    lexical: LexicalScorerFactory,
    *,
    longest: int,
    device: str,
    dtype: object,
    limit: int = 400,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """Reciprocal rank of the positive of each held-out pair under ½ BM25 + dense + MaxSim.

    Parameters
    ----------
    collection : PairCollection
        Its held-out pairs are ranked, at most `limit`, among all its passages.
    backbone : Backbone
        Untrained.
    changes : mapping or None
        Differences added to the backbone's weights.
    lexical : callable
        Builds BM25 over texts.
    """
    passes = Passes(backbone, 0, device, dtype)
    if changes:
        merge_differences(passes.backbone.model, changes)
    pairs = [pair for pair in collection.pairs if pair.held_out][:limit]
    if not pairs:
        return np.zeros(0)
    texts = encode(passes, collection.texts, longest, None, progress=progress, what=f"{collection.name}: measuring")
    queries = encode(passes, [pair.query for pair in pairs], 64, None)
    weights = root_idf_weights(texts.ids, int(backbone.model.config.vocab_size))
    scorer = lexical(collection.texts)
    found = []
    for row, pair in enumerate(pairs):
        scores = fused_scores(queries, row, texts, scorer.scores(pair.query), weights)
        found.append(1.0 / (1 + int((scores > scores[pair.positive]).sum())))
    return np.array(found)


def fused_scores(
    queries: Encoded, row: int, texts: Encoded, bm25: NDArray[np.float64], weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Fused score of every text (n,); those that neither BM25 nor the sentence vector proposes come last, by the latter."""
    dense = (texts.vectors @ queries.vectors[row]).astype(np.float64)
    pools = [np.argpartition(-scores, min(POOL, len(scores) - 1))[:POOL] for scores in (bm25, dense)]
    rows = np.unique(np.concatenate(pools))
    ids = queries.ids[row][1:-1]
    tokens = queries.tokens[row][1:-1].astype(np.float32)
    late = weighted_maxsim(tokens, weights[ids], [texts.tokens[i] for i in rows]) if len(ids) else np.zeros(len(rows))
    parts = [(BM25_WEIGHT, bm25[rows]), (1.0, dense[rows]), (1.0, late)]
    fused = np.zeros(len(rows))
    for weight, part in parts:
        spread = part.std()
        fused += weight * (part - part.mean()) / spread if spread > 1e-12 else 0.0
    scores: NDArray[np.float64] = dense - dense.max() + fused.min() - 1.0
    scores[rows] = fused
    return scores


def mean_gain(gains: Sequence[Gain]) -> float:
    """Mean difference over collections, each counting the same."""
    return sum(gain.difference for gain in gains) / len(gains) if gains else 0.0
