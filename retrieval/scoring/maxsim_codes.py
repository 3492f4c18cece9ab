"""MaxSim straight over token codes: a float query against signs or bytes, without decoding the documents.

The query is put into fixed point, so that sums are exact integers: the compiled kernel on any instruction set and the numpy
version here give the same bits, and a ranking does not depend on the machine.
"""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from core.protocols import Floats
from indexing.stores.codec import CodeKind, Codes
from retrieval.scoring.native import Kernels, kernels

LANES = 16
SIGN_SCALE = 2**24
"""A unit vector of m coordinates has a sum of absolute values of at most root m; 2**24 root m stays below 2**31 up to
m = 16,384."""
BYTE_SCALE = 2**17
"""Times codes of at most 255: 2**17 * 255 * root m stays below 2**31 up to m = 4,096."""
EMPTY = np.iinfo(np.int32).min


def code_maxima(
    kind: CodeKind, query: Floats, codes: Codes, offsets: NDArray[np.int64], use: Kernels | None = None
) -> Floats:
    """For each document and query token the best document token.

    Parameters
    ----------
    kind : {"sign", "int8"}
        What a code holds: signs packed from the high bit on, or one byte a coordinate in [-1, 1] on 255 levels.
    query : (q, m) float32
        Query vectors of length at most 1, in the space of the codes.
    codes : (t, bytes) uint8
        Codes of all documents in turn; ceil(m / 8) bytes for signs, m for int8.
    offsets : (r + 1,) int64
        Where each document begins in `codes`.
    use : Kernels, optional
        The kernels to use; by default those of this process.

    Returns
    -------
    (r, q) float32
        Minus infinity for a document without tokens.

    Raises
    ------
    ValueError
        If a query vector is so long that fixed point would overflow, or the shapes do not fit.

    Examples
    --------
    >>> query = np.array([[0.6, 0.8, 0, 0, 0, 0, 0, 0]], dtype=np.float32)
    >>> code_maxima("sign", query, np.array([[0b11000000], [0b01000000]], dtype=np.uint8), np.array([0, 2, 2]))
    array([[0.49497476],
           [      -inf]], dtype=float32)
    """
    queries, dimension = query.shape
    width = -(-dimension // 8) if kind == "sign" else dimension
    if len(codes) and codes.shape[1] != width:
        raise ValueError(f"codes of {codes.shape[1]} bytes for vectors of {dimension} dimensions as {kind}")
    if offsets[0] < 0 or offsets[-1] > len(codes) or (np.diff(offsets) < 0).any():
        raise ValueError("offsets do not lie in the codes")
    scale, top = (SIGN_SCALE, 1) if kind == "sign" else (BYTE_SCALE, 255)
    fixed = np.rint(query.astype(np.float64) * scale)  # (q, m)
    # not >=: a NaN must be refused too
    if not (np.abs(fixed).sum(axis=1) * top < 2**31).all():
        raise ValueError("a query vector is too long for fixed point, or not finite; normalise it")
    chosen = use or kernels()
    if chosen.library is None:
        best = numpy_maxima(kind, fixed, codes, offsets)
    else:
        best = native_maxima(chosen.library, kind, fixed, codes, offsets)
    total = fixed.sum(axis=1)  # (q,)
    if kind == "sign":
        values = (2.0 * best - total) / (scale * np.sqrt(dimension))
    else:
        values = (best / 127.0 - total) / scale
    return np.where(best == EMPTY, -np.inf, values).astype(np.float32).reshape(len(offsets) - 1, queries)


def numpy_maxima(
    kind: CodeKind, fixed: NDArray[np.float64], codes: Codes, offsets: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Maxima (r, q) of the integer sums; float64 holds them exactly, whatever the order of adding."""
    best = np.full((len(offsets) - 1, len(fixed)), EMPTY, dtype=np.int64)
    for document in np.flatnonzero(np.diff(offsets)):
        part = codes[offsets[document] : offsets[document + 1]]
        values = np.unpackbits(part, axis=1, count=fixed.shape[1]) if kind == "sign" else part
        best[document] = (values.astype(np.float64) @ fixed.T).max(axis=0)  # (t, m) @ (m, q)
    return best


def native_maxima(
    library: ctypes.CDLL, kind: CodeKind, fixed: NDArray[np.float64], codes: Codes, offsets: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Maxima (r, q) by the compiled kernel, sixteen query tokens at a time."""
    documents, width = len(offsets) - 1, codes.shape[1] if codes.ndim == 2 else 0
    codes = np.ascontiguousarray(codes)
    offsets = np.ascontiguousarray(offsets, dtype=np.int64)
    parts = []
    for start in range(0, len(fixed), LANES):
        block = np.zeros((LANES, fixed.shape[1]), dtype=np.int32)
        block[: len(fixed) - start] = fixed[start : start + LANES]
        best = np.empty((documents, LANES), dtype=np.int32)
        table = half_byte_sums(block) if kind == "sign" else np.ascontiguousarray(block.T)
        function = library.maxsim_signs if kind == "sign" else library.maxsim_bytes
        function(codes.ctypes.data, width, offsets.ctypes.data, documents, table.ctypes.data, best.ctypes.data)
        parts.append(best[:, : len(fixed) - start])
    return np.concatenate(parts, axis=1).astype(np.int64) if parts else np.zeros((documents, 0), dtype=np.int64)


def half_byte_sums(block: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each half byte of a code and each of its 16 values the sum of the coordinates whose bits are set.

    Parameters
    ----------
    block : (LANES, m) int32
        Query vectors in fixed point.

    Returns
    -------
    (2 * ceil(m / 8), 16, LANES) int32

    Examples
    --------
    >>> half_byte_sums(np.array([[1, 10, 100, 1000]], dtype=np.int32))[0, [0b1000, 0b0011], 0].tolist()
    [1, 1100]
    """
    lanes, dimension = block.shape
    halves = 2 * -(-dimension // 8)
    padded = np.zeros((lanes, halves * 4), dtype=np.int32)
    padded[:, :dimension] = block
    coordinates = padded.reshape(lanes, halves, 4).transpose(1, 2, 0)  # (halves, 4, lanes)
    bits = (np.arange(16)[:, None] >> np.arange(3, -1, -1)) & 1  # (16, 4), the first coordinate is the high bit
    table = np.einsum("vb,hbl->hvl", bits.astype(np.int32), coordinates)
    return np.ascontiguousarray(table, dtype=np.int32)
