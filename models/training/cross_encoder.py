"""Training of the bundled cross-encoder: adapters on the joint layers, a relevance head and a support head.

Relevance is learned as a correction: the fused score is added to the head's logit before the cross-entropy over a query's
passages, so the model spends itself on what the fused ranking gets wrong and a weak one does no harm. Support is learned by
binary cross-entropy over passages that answer and near misses that do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.protocols import Progress
from models.encoders.backbone import Backbone
from models.encoders.lora import add_adapters
from models.rerankers.joint_network import HEADS, JointNetwork
from models.training.curve import save_curve
from models.training.groups import Group
from models.training.optimizer import MasterWeights
from models.training.run import Run

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class CrossEncoderSettings:
    """Of one run.

    Attributes
    ----------
    minutes : float
        Time box; used where `steps` is 0.
    steps : int
        Number of steps; 0 goes by time.
    passages : int
        Pairs a step, about.
    joint_layers, rank, alpha : int
        Upper layers that read both texts, rank of their adapters, and its scale.
    rate : float
        Peak learning rate.
    fused_weight : float
        What the fused score counts for beside the relevance head while training.
    seed : int
        Of adapters, heads and batches.
    """

    minutes: float = 45.0
    steps: int = 0
    passages: int = 48
    joint_layers: int = 3
    rank: int = 32
    alpha: int = 64
    rate: float = 8e-4
    fused_weight: float = 1.0
    seed: int = 0


class CrossEncoderTrainer:
    """Trains adapters and heads.

    Parameters
    ----------
    backbone : Backbone
        Untrained; its joint layers get adapters in place.
    sources : sequence of (share, groups)
        How often each list of groups is drawn from.
    settings : CrossEncoderSettings
        Of the run.
    out : Path
        Checkpoint and curve are written there.
    device : str
        ``cpu`` or ``cuda``.
    dtype : torch.dtype
        Of the arithmetic; master weights are float32.
    """

    def __init__(
        self,
        backbone: Backbone,
        sources: Sequence[tuple[float, Sequence[Group]]],
        settings: CrossEncoderSettings,
        out: Path,
        device: str = "cpu",
        dtype: Any = None,
    ) -> None:
        import torch

        self._dtype = dtype or torch.float32
        self._device = device
        self._sources = [(share, list(groups)) for share, groups in sources if groups]
        self._settings = settings
        self._out = out
        backbone.model.to(device, self._dtype)
        layers = len(backbone.layers)
        live = add_adapters(
            backbone.model, range(layers - settings.joint_layers, layers), settings.rank, settings.alpha, settings.seed
        )
        self.network = JointNetwork(backbone, settings.joint_layers, settings.seed)
        self.network.head.to(device)
        self.network.segment.data = self.network.segment.data.to(device)
        self._weights = MasterWeights({**live, **self.network.head_tensors()}, settings.rate)
        self._run = Run(self._weights, asdict(settings), out)

    def trained(self) -> dict[str, Tensor]:
        """Adapters and heads in float32."""
        return {name: p.detach().clone() for name, p in self._weights.master.items()}

    def draw(self, step: int) -> list[Group]:
        """The groups of a step, of similar length; they depend on the seed and the step alone."""
        chance = np.random.default_rng((self._settings.seed, step))
        shares = np.array([share for share, _ in self._sources])
        chosen: list[Group] = []
        while sum(len(group.passages) for group in chosen) < self._settings.passages:
            groups = self._sources[int(chance.choice(len(self._sources), p=shares / shares.sum()))][1]
            chosen.append(groups[int(chance.integers(len(groups)))])
        return chosen

    def logits(self, groups: Sequence[Group]) -> Tensor:
        """Logits (p, 2) of all passages of some groups in turn, computed shortest passages first in three parts."""
        import torch

        pairs = [(group.query, passage) for group in groups for passage in group.passages]
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][1]))
        parts: list[Tensor] = []
        rows: list[int] = []
        for part in np.array_split(np.array(order), min(3, len(order))):
            chosen = [pairs[int(i)] for i in part]
            with torch.no_grad():
                query, query_mask = self.network.lower([q for q, _ in chosen], self._device, self._dtype)
                passage, passage_mask = self.network.lower([p for _, p in chosen], self._device, self._dtype)
            parts.append(self.network.upper(query, query_mask, passage, passage_mask))
            rows.extend(int(i) for i in part)
        return torch.cat(parts)[torch.argsort(torch.tensor(rows, device=self._device))]

    def losses(self, groups: Sequence[Group]) -> dict[str, Tensor]:
        """Relevance and support losses of some groups."""
        import torch

        logits = self.logits(groups)
        relevance, support = logits[:, HEADS.index("relevance")], logits[:, HEADS.index("support")]
        ranked, known, labels = [], [], []
        start = 0
        for group in groups:
            fused = torch.tensor(group.fused, device=self._device)
            if len(group.fused) > 1 and not bool(torch.isnan(fused).any()):
                scores = self._settings.fused_weight * fused + relevance[start : start + len(fused)]
                ranked.append(-scores.log_softmax(0)[0])
            for i, label in enumerate(group.support):
                if label == label:  # NaN: unknown
                    known.append(start + i)
                    labels.append(label)
            start += len(group.passages)
        binary = torch.nn.functional.binary_cross_entropy_with_logits
        return {
            "relevance": torch.stack(ranked).mean() if ranked else logits.sum() * 0,
            "support": (
                binary(support[known], torch.tensor(labels, device=self._device)) if known else logits.sum() * 0
            ),
        }

    def train(self, progress: Progress | None = None, stop: Callable[[], bool] = lambda: False) -> dict[str, Tensor]:
        """Run to the end of the box, from the checkpoint where there is one, and return adapters and heads."""
        self._run.go(lambda step: self.losses(self.draw(step)), {"relevance": 1.0, "support": 1.0}, progress, stop)
        save_curve(self._out, self.curve, "cross-encoder")
        return self.trained()

    @property
    def curve(self) -> list[dict[str, Any]]:
        """Every loss of every step."""
        return self._run.curve
