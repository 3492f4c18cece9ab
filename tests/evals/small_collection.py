"""A small synthetic collection with graded judgements, committed in ``tests/golden/planets``, and a fake encoder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.protocols import Encoding, Progress
from core.settings import RetrievalSettings

FOLDER = Path(__file__).parent.parent / "golden" / "planets"
WORD = re.compile(r"\w+")


class HashEncoder:
    """Bag-of-words vectors by hashing: deterministic, no weights; texts that share words are near."""

    fingerprint = "hash-256"
    dimension = 64
    token_dimension = 256
    max_tokens = 256

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in WORD.finditer(text)]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(self.token_offsets(text)) for text in texts]

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        return [np.array([word_id(word) for word in words_of(text)], dtype=np.int32) for text in texts]

    def encode_query(self, text: str) -> Encoding:
        return self.encode_documents([text])[0]

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        return [self._encode(text) for text in texts]

    def _encode(self, text: str) -> Encoding:
        spans = self.token_offsets(text) or [(0, len(text))]
        words = words_of(text)
        tokens = np.stack([vector(word, self.token_dimension) for word in words])
        total = np.sum([vector(word, self.dimension) for word in words], axis=0)
        ids = np.array([word_id(word) for word in words], dtype=np.int32)
        sentence = (total / np.linalg.norm(total)).astype(np.float32)
        return Encoding(sentence, tokens, ids, np.array(spans, dtype=np.int32))


def words_of(text: str) -> list[str]:
    return [match[0].lower() for match in WORD.finditer(text)] or [text.lower()]


def word_id(word: str) -> int:
    return int(hashlib.md5(word.encode()).hexdigest()[:4], 16)


def vector(word: str, dimension: int) -> np.ndarray:
    seed = int(hashlib.md5(word.encode()).hexdigest()[:8], 16)
    values = np.random.default_rng(seed).normal(size=dimension)
    return (values / np.linalg.norm(values)).astype(np.float32)


SETTINGS = RetrievalSettings()
