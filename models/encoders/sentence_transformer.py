"""Any sentence-transformers model by name or folder, its token vectors taken from the same pass."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BackendUnavailable
from core.protocols import Floats
from core.settings import EncoderSettings
from models.encoders.base import TransformerEncoder
from models.encoders.precision import pick_device, pick_precision, threads_for


class SentenceTransformerEncoder(TransformerEncoder):
    """A bi-encoder of the sentence-transformers library.

    Parameters
    ----------
    settings : EncoderSettings
        Model name or folder, device, precision and batch size.

    Raises
    ------
    BackendUnavailable
        If the model is neither a folder nor in the local cache, and cannot be fetched.
    """

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__(settings.batch_tokens)
        import torch
        from sentence_transformers import SentenceTransformer

        self._torch = torch
        self._device = pick_device(settings.device)
        dtype = getattr(torch, pick_precision(settings.precision, self._device))
        try:
            model = SentenceTransformer(settings.model, device=self._device, model_kwargs={"torch_dtype": dtype})
        except OSError as error:
            raise BackendUnavailable(
                f"encoder {settings.model!r} cannot be loaded: {error}",
                fix="name a folder, or a model of the hub while it can be reached",
            ) from error
        self._model: Any = model.eval()
        dimension = model.get_embedding_dimension()
        assert dimension is not None
        self._dimension = int(dimension)
        self._tokenizer: Any = model.tokenizer
        width = getattr(model[0].auto_model.config, "hidden_size", self._dimension)
        self._token_dimension = int(width)
        weights = hashlib.sha256()
        for name, tensor in sorted(model.state_dict().items()):
            weights.update(f"{name}{tuple(tensor.shape)}{float(tensor.double().sum()):.6e}".encode())
        self._fingerprint = f"{settings.model}:{weights.hexdigest()[:12]}:last-hidden"

    @property
    def fingerprint(self) -> str:
        """Name and a digest of the weights."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of a sentence vector."""
        return self._dimension

    @property
    def token_dimension(self) -> int:
        """Width of the backbone."""
        return self._token_dimension

    @property
    def max_tokens(self) -> int:
        """The model's own limit."""
        return int(self._model.max_seq_length)

    def _tokenize(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]], list[int]]]:
        encoded = self._tokenizer(
            list(texts), truncation=False, return_offsets_mapping=True, return_special_tokens_mask=True, verbose=False
        )
        return list(zip(encoded["input_ids"], encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True))

    def _forward(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Floats, Floats]:
        torch = self._torch
        with torch.inference_mode(), threads_for(ids.size, self._device):
            features = {
                "input_ids": torch.from_numpy(ids).to(self._device),
                "attention_mask": torch.from_numpy(mask).to(self._device),
            }
            output = self._model(features)
            sentence = torch.nn.functional.normalize(output["sentence_embedding"].float(), dim=-1)
            tokens = torch.nn.functional.normalize(output["token_embeddings"].float(), dim=-1)
        return sentence.cpu().numpy(), tokens.cpu().numpy()
