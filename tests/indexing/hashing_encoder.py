"""An encoder small enough to start in every process of a test: vectors drawn from the hash of each word."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.protocols import Chunker, Encoder, Encoding, Progress
from indexing.chunking.outline_chunker import OutlineChunker

WORD = re.compile(r"\w+")
DEADLY = "kill the process that encodes me"
BROKEN = "raise an error in the encoder"


class HashingEncoder:
    """Deterministic; dies over `DEADLY` and raises over `BROKEN`, as a fault of native code or of a model would."""

    fingerprint = "hashing"
    dimension = 16
    token_dimension = 8
    max_tokens = 64

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(self.token_offsets(text)) for text in texts]

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        return [self.encode_query(text).token_ids for text in texts]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in WORD.finditer(text)]

    def encode_query(self, text: str) -> Encoding:
        words = WORD.findall(text.casefold()) or [""]
        tokens = np.stack([unit(word, self.token_dimension) for word in words])
        ids = np.array([int.from_bytes(digest(word)[:2], "little") for word in words], dtype=np.int32)
        return Encoding(unit(text, self.dimension), tokens, ids, np.zeros((len(words), 2), dtype=np.int32))

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoding]:
        time.sleep(self._seconds * bool(texts))
        for text in texts:
            if DEADLY in text:
                os._exit(1)
            if BROKEN in text:
                raise ZeroDivisionError(text)
        return [self.encode_query(text) for text in texts]


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def unit(text: str, dimension: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = np.random.default_rng(list(digest(text))).standard_normal(dimension)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def make_encoder() -> Encoder:
    return HashingEncoder()


def make_slow_encoder() -> Encoder:
    return HashingEncoder(0.4)


def make_chunker(encoder: Encoder) -> Chunker:
    return OutlineChunker(encoder.token_offsets, 48)
