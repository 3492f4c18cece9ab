"""The bundled cross-encoder: trained adapters and heads on the packaged backbone, merged when it is loaded.

Two scores come from one pass. `score` is relevance in the units of the fused ranking it corrects (add it, weighted, to the
fused score; do not standardise it). `support` is the calibrated logit that the passage answers the question or bears out the
statement: 0 means even odds on balanced pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, InputTooLarge
from core.settings import RerankerSettings
from models.encoders.backbone import load_backbone, token_ids
from models.encoders.base import batches
from models.encoders.bundled import POSITIONS, bundled_folder
from models.encoders.lora import products
from models.encoders.merging import merge_differences
from models.encoders.precision import pick_device, pick_precision
from models.rerankers.joint_network import HEADS, JointNetwork
from models.weights.bundle import load_weights, weights_folder

BATCH_TOKENS = 8192


class BundledReranker:
    """Scores pairs by the bundled cross-encoder.

    Parameters
    ----------
    settings : RerankerSettings
        `weights` names the trained adapters; device.

    Raises
    ------
    CorruptStore
        If the weights are damaged.
    NotFound
        If there are none of that name, or they belong to another backbone.
    """

    def __init__(self, settings: RerankerSettings) -> None:
        import torch

        folder = bundled_folder()
        manifest, tensors = load_weights(
            weights_folder(settings.weights), folder / "model.safetensors", "cross-encoder"
        )
        self._name = manifest.name
        self._scales = manifest.scores
        backbone = load_backbone(folder)
        merge_differences(
            backbone.model, dict(products(tensors, float(manifest.settings["alpha"]) / manifest.settings["rank"]))
        )
        self._device = pick_device(settings.device)
        self._dtype = getattr(torch, pick_precision("auto", self._device))
        self._network = JointNetwork(backbone, int(manifest.settings["joint_layers"]))
        self._network.load_heads(tensors)
        backbone.model.to(self._device, self._dtype)
        self._network.head.to(self._device)
        self._network.segment.data = self._network.segment.data.to(self._device)

    @property
    def name(self) -> str:
        """Of the weights."""
        return self._name

    @property
    def residual(self) -> bool:
        """True: it was trained on top of the fused ranking."""
        return True

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query, as a correction of the fused ranking.

        Raises
        ------
        InputError
            If the query is blank.
        InputTooLarge
            If query or text is longer than the model reads; nothing is cut.
        """
        slope = self._scales.get("relevance_slope", 1.0)
        return [float(slope * value) for value in self._logits(query, texts)[:, HEADS.index("relevance")]]

    def support(self, query: str, texts: Sequence[str]) -> list[float]:
        """Logit that each text answers the question, or bears out the statement, `query`.

        Raises
        ------
        InputError, InputTooLarge
            As `score`.
        """
        logits = self._logits(query, texts)[:, HEADS.index("support")]
        slope, offset = self._scales.get("support_slope", 1.0), self._scales.get("support_offset", 0.0)
        return [float(slope * value + offset) for value in logits]

    def _logits(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        import torch

        if not query.strip():
            raise InputError("the query is empty", fix="ask something")
        asked, *passages = token_ids(self._network.backbone, [query, *texts], longest=1_000_000)
        longest = max((len(row) for row in (asked, *passages)), default=0)
        if longest > POSITIONS:
            raise InputTooLarge(
                f"a text of {longest} tokens is longer than the {POSITIONS} that {self._name} reads",
                fix="shorten the question or lower `ingest.chunk_tokens`",
            )
        logits = np.zeros((len(texts), len(HEADS)), dtype=np.float32)
        with torch.inference_mode():
            states, mask = self._network.lower([asked], self._device, self._dtype)
            for group in batches([len(row) + len(asked) for row in passages], BATCH_TOKENS):
                hidden, on = self._network.lower([passages[i] for i in group], self._device, self._dtype)
                many = len(group)
                found = self._network.upper(states.expand(many, -1, -1), mask.expand(many, -1), hidden, on)
                logits[group] = found.float().cpu().numpy()
        return logits
