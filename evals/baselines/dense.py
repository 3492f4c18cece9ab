"""Base of the dense baselines: whole documents through our encoder, so that only the engine differs."""

from __future__ import annotations

import abc
from collections.abc import Sequence

import numpy as np

from core.protocols import Encoder, Floats
from evals.datasets.collection import Passage


class DenseBaseline(abc.ABC):
    """Encodes documents (cut at the encoder's limit between tokens) and leaves the search to an engine.

    Parameters
    ----------
    encoder : Encoder
        Whose sentence vectors are stored.
    """

    name: str
    description: str

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._ids: list[str] = []

    def index(self, passages: Sequence[Passage]) -> None:
        """Encode and store."""
        self._ids = [passage.id for passage in passages]
        texts = [self.fitting(f"{p.title}\n{p.text}".strip()) for p in passages]
        encodings = self._encoder.encode_documents(texts)
        self.store(np.stack([encoding.sentence for encoding in encodings]))

    def fitting(self, text: str) -> str:
        """The beginning of a text that the encoder reads; the baselines' own habit, which Vouch's chunks avoid."""
        offsets = self._encoder.token_offsets(text)
        room = self._encoder.max_tokens - 2
        return text if len(offsets) <= room else text[: offsets[room - 1][1]]

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        """The documents nearest to the query."""
        return self.nearest(self._encoder.encode_query(query).sentence, min(k, len(self._ids)))

    def index_bytes(self) -> int:
        """Vectors in float32; an engine that keeps more overrides this."""
        return len(self._ids) * self._encoder.dimension * 4

    @abc.abstractmethod
    def store(self, vectors: Floats) -> None:
        """Keep unit vectors (n, d), one a document in order."""

    @abc.abstractmethod
    def nearest(self, vector: Floats, k: int) -> list[tuple[str, float]]:
        """The `k` documents nearest to a unit vector (d,), best first."""
