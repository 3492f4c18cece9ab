"""Compression of token vectors: the signs of rotated coordinates, scored against a float query.

One bit a dimension keeps nearly all of late interaction's quality when only the documents are quantised (asymmetric
codes, as in FAISS's and RaBitQ's binary quantisers): 384 dimensions take 48 bytes a token. The rotation spreads what a
few coordinates carry over all signs. Vectors of fewer than 256 dimensions keep 8 bits each.
"""

from __future__ import annotations

import abc
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.protocols import Floats

Codes = NDArray[np.uint8]
CodeKind = Literal["sign", "int8"]
ROTATION_SEED = 20240607
ONE_BIT_FROM = 256


class TokenCodec(abc.ABC):
    """Turns token vectors into codes and back into something a query can be multiplied with."""

    name: CodeKind
    amplitude: float
    """Size of the largest coordinate that `decode` gives."""

    @abc.abstractmethod
    def pack(self, vectors: Floats) -> Codes:
        """Codes (t, bytes) of what `decode` gave (t, m), divided by `amplitude` or not."""

    @abc.abstractmethod
    def restore(self, codes: Codes) -> Floats:
        """Vectors (t, m) in the space of `encode`, whose codes are these again."""

    @abc.abstractmethod
    def encode(self, tokens: Floats) -> Codes:
        """Codes (t, bytes) of L2-normalised vectors (t, m)."""

    @abc.abstractmethod
    def decode(self, codes: Codes) -> Floats:
        """Vectors (t, m) in the space of `rotate`, up to one common positive factor."""

    @abc.abstractmethod
    def rotate(self, query: Floats) -> Floats:
        """Query vectors (q, m) moved into the space of the codes."""


class OneBitCodec(TokenCodec):
    """Signs of rotated coordinates.

    Examples
    --------
    >>> codec = OneBitCodec(256)
    >>> codec.encode(np.ones((3, 256), dtype=np.float32)).shape
    (3, 32)
    """

    name: CodeKind = "sign"

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._rotation = rotation(dimension)
        self.amplitude = float(1 / np.sqrt(dimension))

    def pack(self, vectors: Floats) -> Codes:
        """Signs as bits (t, m / 8)."""
        return np.packbits(vectors > 0, axis=1)

    def restore(self, codes: Codes) -> Floats:
        """Signs turned back: a rotation is undone by its transpose."""
        return self.decode(codes) @ self._rotation.T

    def encode(self, tokens: Floats) -> Codes:
        """Codes (t, m / 8)."""
        return np.packbits(tokens @ self._rotation > 0, axis=1)

    def decode(self, codes: Codes) -> Floats:
        """Signs (t, m), -1 or 1, scaled to unit length."""
        bits = np.unpackbits(codes, axis=1, count=self._dimension)
        return np.asarray((bits.astype(np.float32) * 2 - 1) / np.sqrt(self._dimension), dtype=np.float32)

    def rotate(self, query: Floats) -> Floats:
        """Rotated query (q, m)."""
        return query @ self._rotation


class EightBitCodec(TokenCodec):
    """Each coordinate in [-1, 1] on 255 levels.

    Examples
    --------
    >>> codec = EightBitCodec()
    >>> codec.decode(codec.encode(np.array([[1.0, -0.5]], dtype=np.float32))).round(2).tolist()
    [[1.0, -0.5]]
    """

    name: CodeKind = "int8"
    amplitude = 1.0

    def pack(self, vectors: Floats) -> Codes:
        """Codes (t, m) of coordinates that were not scaled."""
        return self.encode(vectors)

    def restore(self, codes: Codes) -> Floats:
        """Nothing was turned."""
        return self.decode(codes)

    def encode(self, tokens: Floats) -> Codes:
        """Codes (t, m)."""
        return np.round((np.clip(tokens, -1, 1) + 1) * 127).astype(np.uint8)

    def decode(self, codes: Codes) -> Floats:
        """Vectors (t, m)."""
        return np.asarray(codes.astype(np.float32) / 127 - 1, dtype=np.float32)

    def rotate(self, query: Floats) -> Floats:
        """The query as it is."""
        return query


@cache
def rotation(dimension: int) -> Floats:
    """A fixed random orthogonal matrix (m, m)."""
    gaussian = np.random.default_rng(ROTATION_SEED).standard_normal((dimension, dimension))
    orthogonal, upper = np.linalg.qr(gaussian)
    return (orthogonal * np.sign(np.diag(upper))).astype(np.float32)


def get_codec(dimension: int) -> TokenCodec:
    """The codec for token vectors of a dimension.

    Examples
    --------
    >>> get_codec(384).name, get_codec(96).name
    ('sign', 'int8')
    """
    return OneBitCodec(dimension) if dimension >= ONE_BIT_FROM else EightBitCodec()
