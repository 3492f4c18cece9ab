"""Any CrossEncoder of the sentence-transformers library by name or folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.errors import BackendUnavailable, InputTooLarge
from core.settings import RerankerSettings
from models.encoders.precision import pick_device


class CrossEncoderReranker:
    """Scores pairs with a cross-encoder.

    Parameters
    ----------
    settings : RerankerSettings
        Model name or folder and device.

    Raises
    ------
    BackendUnavailable
        If the model is neither a folder nor in the local cache, and cannot be fetched.
    """

    def __init__(self, settings: RerankerSettings) -> None:
        from sentence_transformers import CrossEncoder

        try:
            self._model: Any = CrossEncoder(settings.model, device=pick_device(settings.device))
        except OSError as error:
            raise BackendUnavailable(
                f"cross-encoder {settings.model!r} cannot be loaded: {error}",
                fix="name a folder, or a model of the hub while it can be reached",
            ) from error
        self._name = settings.model.rstrip("/").rsplit("/", 1)[-1]

    @property
    def name(self) -> str:
        """Last part of the model's name."""
        return self._name

    @property
    def residual(self) -> bool:
        """False: it was trained to rank by itself."""
        return False

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Relevance of each text to the query.

        Raises
        ------
        InputTooLarge
            If a pair is longer than the model reads; nothing is cut.
        """
        if not texts:
            return []
        pairs = [(query, text) for text in texts]
        encoded = self._model.tokenizer([query] * len(texts), list(texts), truncation=False, verbose=False)
        longest = max(len(ids) for ids in encoded["input_ids"])
        limit = int(self._model.max_length or self._model.tokenizer.model_max_length)
        if longest > limit:
            raise InputTooLarge(
                f"a pair of {longest} tokens is longer than the {limit} that {self._name} reads",
                fix="shorten the question or lower `ingest.chunk_tokens`",
            )
        return [float(score) for score in self._model.predict(pairs, show_progress_bar=False)]
