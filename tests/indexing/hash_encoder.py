"""A deterministic encoder without weights: a word's vector is drawn from the hash of the word."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.protocols import Encoding, Progress


@cache
def word_vector(word: str, dimension: int) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).standard_normal(dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


class HashEncoder:
    """Counts what it encodes, so that tests see what was encoded twice."""

    def __init__(self, name: str = "hash", dimension: int = 256, max_tokens: int = 64) -> None:
        self.fingerprint = f"{name}:{dimension}"
        self.dimension = self.token_dimension = dimension
        self.max_tokens = max_tokens
        self.encoded: list[str] = []

    def _words(self, text: str) -> list[str]:
        return re.findall(r"\w+", text.lower()) or ["_"]

    def _vectors(self, text: str) -> NDArray[np.float32]:
        return np.stack([word_vector(f"{self.fingerprint}:{word}", self.dimension) for word in self._words(text)])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(self._words(text)) for text in texts]

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        return [np.array([hash_id(word) for word in self._words(text)], dtype=np.int32) for text in texts]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w+", text)]

    def encode_query(self, text: str) -> Encoding:
        return self._encode(text)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        self.encoded.extend(texts)
        return [self._encode(text) for text in texts]

    def _encode(self, text: str) -> Encoding:
        tokens = self._vectors(text)
        mean = tokens.mean(axis=0)
        ids = self.token_ids([text])[0]
        return Encoding(mean / np.linalg.norm(mean), tokens, ids, np.zeros((len(ids), 2), dtype=np.int32))


def hash_id(word: str) -> int:
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:2], "big")
