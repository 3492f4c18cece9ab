"""The bundled reader: does a passage answer a question?

Its weights are the low-rank part of what training changed in every layer of the packaged backbone, added when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError, InputTooLarge
from models.encoders.backbone import load_backbone, token_ids
from models.encoders.base import batches
from models.encoders.bundled import POSITIONS, bundled_folder
from models.encoders.lora import products
from models.encoders.merging import merge_differences
from models.encoders.precision import pick_device, pick_precision
from models.rerankers.reading_network import ReadingNetwork
from models.weights.bundle import load_weights, weights_folder

BATCH_TOKENS = 4096
OVERLAP = 32
"""Tokens that two windows of a passage share, where it is too long to be read at once."""


class BundledReader:
    """Reads passages with a question in mind.

    Parameters
    ----------
    weights : str
        Name of bundled weights, or a folder.
    device : str
        ``auto``, ``cpu`` or ``cuda``.

    Raises
    ------
    CorruptStore
        If the weights are damaged.
    NotFound
        If there are none of that name, or they belong to another backbone.
    """

    def __init__(self, weights: str = "reader", device: str = "auto") -> None:
        import torch

        folder = bundled_folder()
        manifest, tensors = load_weights(weights_folder(weights), folder / "model.safetensors", "reader")
        self._name = manifest.name
        backbone = load_backbone(folder)
        merge_differences(backbone.model, dict(products(tensors, 1.0)))
        merge_differences(
            backbone.model, {n.removesuffix(".difference"): t for n, t in tensors.items() if n.endswith(".difference")}
        )
        self._network = ReadingNetwork(backbone)
        self._network.load_heads(tensors)
        self._device = pick_device(device)  # type: ignore[arg-type]
        self._dtype = getattr(torch, pick_precision("auto", self._device))
        self._network.to(self._device, self._dtype)

    @property
    def name(self) -> str:
        """Of the weights."""
        return self._name

    def answers(self, question: str, texts: Sequence[str]) -> list[float]:
        """Logit that each text answers the question; a text too long to be read at once counts by its best window.

        Raises
        ------
        InputError
            If the question is blank.
        InputTooLarge
            If the question alone fills the model.
        """
        import torch

        if not question.strip():
            raise InputError("the question is empty", fix="ask something")
        if not texts:
            return []
        asked, *passages = token_ids(self._network.backbone, [question, *texts], longest=1_000_000)
        room = POSITIONS - len(asked) + 1
        if room < 2 * OVERLAP:
            raise InputTooLarge(
                f"a question of {len(asked)} tokens leaves no room for a passage within {POSITIONS}",
                fix="shorten the question",
            )
        parts = [(row, part) for row, passage in enumerate(passages) for part in windows(passage, room)]
        logits = np.full(len(texts), -np.inf)
        with torch.inference_mode():
            for group in batches([len(part) + len(asked) for _, part in parts], BATCH_TOKENS):
                chosen = [parts[i] for i in group]
                _, found = self._network.forward(
                    [asked] * len(chosen), [part for _, part in chosen], self._device, self._dtype
                )
                for (row, _), value in zip(chosen, found.float().cpu().tolist(), strict=True):
                    logits[row] = max(logits[row], value)
        return [float(value) for value in logits]


def windows(ids: NDArray[np.int32], room: int) -> Iterator[NDArray[np.int32]]:
    """Overlapping parts of at most `room` tokens, each with the special tokens at both ends.

    Examples
    --------
    >>> [part.tolist() for part in windows(np.array([1, 5, 6, 2], dtype=np.int32), 8)]
    [[1, 5, 6, 2]]
    >>> ids = np.array([1, *range(100, 200), 2], dtype=np.int32)
    >>> [(int(part[1]), int(part[-2]), len(part)) for part in windows(ids, 70)]
    [(100, 167, 70), (136, 199, 66)]
    """
    inner = ids[1:-1]
    wide = room - 2
    start = 0
    while True:
        part = inner[start : start + wide]
        yield np.concatenate([ids[:1], part, ids[-1:]])
        if start + wide >= len(inner):
            return
        start += wide - OVERLAP
