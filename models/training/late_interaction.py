"""Tuning the upper layers so that MaxSim, the sentence vector and their fusion with BM25 all rank better.

One loss a score: the cross-entropy of the positive among all passages of the batch, under late interaction (MaxSim of
Khattab and Zaharia, arXiv:2004.12832, query tokens weighted by root idf), under the sentence vector, and under the fusion
½ BM25 + dense + MaxSim that the cascade ranks by. Each score is divided by its typical spread over a query's candidates,
as z-scores are, so that no temperature has to be tuned. BM25 enters the fusion as a constant: the model learns what BM25
misses. The untrained fusion's opinion of positive and hard negatives is distilled, and sentence vectors are held near the
untrained ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.protocols import Progress
from models.encoders.backbone import Backbone
from models.training.curve import save_curve
from models.training.optimizer import MasterWeights
from models.training.prepared import Passes, Prepared, sentence_and_tokens
from models.training.run import Run

if TYPE_CHECKING:
    from torch import Tensor

BM25_WEIGHT = 0.5


@dataclass(frozen=True)
class LateInteractionSettings:
    """Of one run.

    Attributes
    ----------
    minutes : float
        Time box; used where `steps` is 0.
    steps : int
        Number of steps; 0 goes by time.
    queries, negatives : int
        Queries a batch, and hard negatives of each.
    tuned_layers : int
        Upper layers that change.
    rate, pull : float
        Peak learning rate and decay towards the untrained weights.
    fused, late, dense, distil, hold : float
        Weights of the losses.
    seed : int
        Of the batches.
    start : str
        Weights (a name or a folder) that the run goes on from; the untrained backbone by default.
    """

    minutes: float = 12.0
    steps: int = 0
    queries: int = 24
    negatives: int = 2
    tuned_layers: int = 2
    rate: float = 1e-4
    pull: float = 0.0
    fused: float = 1.0
    late: float = 0.5
    dense: float = 0.5
    distil: float = 0.3
    hold: float = 8.0
    seed: int = 0
    start: str = ""


@dataclass(frozen=True)
class Batch:
    """Rows of one step: pairs, passages (positives first), and where each pair's own passages stand among them."""

    collection: Prepared
    pairs: list[int]
    passages: list[int]
    own: list[list[int]]
    teacher: list[list[float]]


def draw(
    collections: Sequence[Prepared], shares: Sequence[float], settings: LateInteractionSettings, step: int
) -> Batch:
    """The batch of a step; it depends on the seed and the step alone, so that a resumed run sees the same ones."""
    chance = np.random.default_rng((settings.seed, step))
    collection = collections[int(chance.choice(len(collections), p=shares))]
    size = min(settings.queries, len(collection.pairs))
    pairs = [int(row) for row in chance.choice(len(collection.pairs), size=size, replace=False)]
    passages = [collection.pairs[row].positive for row in pairs]
    own = [[i] for i in range(size)]
    teacher = [[float(collection.teacher[row, 0])] for row in pairs]
    for i, row in enumerate(pairs):
        found = np.flatnonzero(collection.negatives[row] >= 0)
        for at in chance.permutation(found)[: settings.negatives]:
            own[i].append(len(passages))
            teacher[i].append(float(collection.teacher[row, 1 + at]))
            passages.append(int(collection.negatives[row, at]))
    return Batch(collection, pairs, passages, own, teacher)


def maxsim(queries: Tensor, weights: Tensor, passages: Tensor, mask: Tensor) -> Tensor:
    """Weighted MaxSim (b, c) of queries (b, q, d), token weights (b, q), passages (c, t, d) and their mask (c, t).

    Padding of a passage is masked with minus infinity, never 0, which a negative similarity would lose to.
    """
    b, q, d = queries.shape
    sims = queries.reshape(b * q, d) @ passages.reshape(-1, d).T  # (b q, c t)
    sims = sims.view(b * q, *mask.shape).masked_fill(mask.to(sims.device)[None] == 0, float("-inf"))
    best = sims.max(-1).values.view(b, q, -1)  # (b, q, c)
    normalised = weights / weights.sum(1, keepdim=True).clamp_min(1e-9)
    return (best * normalised.unsqueeze(-1)).sum(1)


def ignored(batch: Batch) -> Any:
    """Mask (b, c), true where a passage is another copy of the positive of a query and so no negative of it."""
    texts = np.asarray(batch.passages)
    pairs = batch.collection.pairs
    by_query: dict[str, set[int]] = {}
    for row in batch.pairs:
        by_query.setdefault(pairs[row].query, set()).add(pairs[row].positive)
    mask = np.stack([np.isin(texts, list(by_query[pairs[row].query])) for row in batch.pairs])
    mask[np.arange(len(batch.pairs)), np.arange(len(batch.pairs))] = False
    return mask


class LateInteractionTrainer:
    """Trains the upper layers of a backbone.

    Parameters
    ----------
    backbone : Backbone
        Untrained.
    collections : sequence of Prepared
        What to train on.
    settings : LateInteractionSettings
        Of the run.
    out : Path
        Checkpoint and curve are written there.
    device : str
        ``cpu`` or ``cuda``.
    dtype : torch.dtype
        Of the arithmetic; master weights are float32.
    shares : sequence of float, optional
        How often each collection is drawn; the root of its size by default.
    start : mapping, optional
        Differences to the untrained weights that the run goes on from.
    """

    def __init__(
        self,
        backbone: Backbone,
        collections: Sequence[Prepared],
        settings: LateInteractionSettings,
        out: Path,
        device: str = "cpu",
        dtype: Any = None,
        shares: Sequence[float] | None = None,
        start: Mapping[str, Tensor] | None = None,
    ) -> None:
        import torch

        self._collections = list(collections)
        self._settings = settings
        self._out = out
        self._device = device
        self._passes = Passes(backbone, settings.tuned_layers, device, dtype or torch.float32)
        model = self._passes.backbone.model
        first = len(self._passes.backbone.layers) - settings.tuned_layers
        live = {
            f"encoder.layer.{i}.{name}": parameter.requires_grad_(True)
            for i in range(first, first + settings.tuned_layers)
            for name, parameter in model.encoder.layer[i].named_parameters()
        }
        own = dict(backbone.model.named_parameters())
        begin = {name: own[name].detach().float() + (start[name] if start else 0.0) for name in live}
        self._weights = MasterWeights(live, settings.rate, settings.pull, begin=begin)
        sizes = np.array(shares if shares is not None else [len(c.pairs) ** 0.5 for c in collections], dtype=float)
        self._shares = [float(share) for share in sizes / sizes.sum()]
        self._run = Run(self._weights, asdict(settings), out)

    def tuned(self) -> dict[str, Tensor]:
        """The tuned weights in float32."""
        return {name: p.detach().clone() for name, p in self._weights.master.items()}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Every loss of a batch."""
        import torch

        collection, device = batch.collection, self._device
        states, mask = collection.texts.get(batch.passages)
        vectors, tokens = sentence_and_tokens(self._passes.upper(states, mask), mask)  # (c, d), (c, t, d)
        asked, asked_mask = collection.queries.get(batch.pairs)
        query_vectors, query_tokens = sentence_and_tokens(self._passes.upper(asked, asked_mask), asked_mask)
        weights = self._token_weights(batch, asked_mask.shape[1])
        bm25 = np.stack([collection.lexical.scores(collection.pairs[r].query)[batch.passages] for r in batch.pairs])
        lexical = torch.from_numpy(bm25).float().to(device) / collection.spread["bm25"]  # (b, c)
        dense = query_vectors @ vectors.T / collection.spread["dense"]
        late = maxsim(query_tokens, weights.to(device), tokens, mask) / collection.spread["colbert"]
        fused = BM25_WEIGHT * lexical + dense + late
        target = torch.arange(len(batch.pairs), device=device)
        skip = torch.from_numpy(ignored(batch)).to(device)
        entropy = torch.nn.functional.cross_entropy
        held = (collection.text_vectors[batch.passages], collection.query_vectors[batch.pairs])
        before = torch.from_numpy(np.concatenate(held)).to(device)
        return {
            "fused": entropy(fused.masked_fill(skip, float("-inf")), target),
            "late": entropy(late.masked_fill(skip, float("-inf")), target),
            "dense": entropy(dense.masked_fill(skip, float("-inf")), target),
            "distil": self._distil(batch, fused),
            "hold": (1 - (torch.cat([vectors, query_vectors]) * before).sum(1)).mean(),
        }

    def _token_weights(self, batch: Batch, width: int) -> Tensor:
        """Root idf (b, q) of the queries' tokens, 0 for special tokens and padding."""
        import torch

        weights = torch.zeros(len(batch.pairs), width)
        for i, row in enumerate(batch.pairs):
            ids = batch.collection.query_ids[row][1:-1]
            weights[i, 1 : 1 + len(ids)] = torch.from_numpy(batch.collection.weights[ids])
        return weights

    def _distil(self, batch: Batch, fused: Tensor) -> Tensor:
        """Divergence from the untrained fusion's distribution over a pair's own passages."""
        import torch

        divergences = []
        for i, (own, teacher) in enumerate(zip(batch.own, batch.teacher, strict=True)):
            if len(own) > 1 and not np.isnan(teacher).any():
                goal = torch.tensor(teacher, device=fused.device).softmax(0)
                divergences.append((goal * (goal.log() - fused[i, own].log_softmax(0))).sum())
        return torch.stack(divergences).mean() if divergences else fused.sum() * 0

    def train(self, progress: Progress | None = None, stop: Callable[[], bool] = lambda: False) -> dict[str, Tensor]:
        """Run to the end of the box, from the checkpoint where there is one, and return the tuned weights."""
        settings = self._settings
        shares = {name: getattr(settings, name) for name in ("fused", "late", "dense", "distil", "hold")}
        self._run.go(lambda step: self.losses(self.draw(step)), shares, progress, stop)
        save_curve(self._out, self.curve, "late interaction")
        return self.tuned()

    def draw(self, step: int) -> Batch:
        """The batch of a step."""
        return draw(self._collections, self._shares, self._settings, step)

    @property
    def curve(self) -> list[dict[str, Any]]:
        """Every loss of every step."""
        return self._run.curve
