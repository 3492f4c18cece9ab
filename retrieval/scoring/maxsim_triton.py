"""MaxSim over decoded or uncompressed token vectors on a GPU, all candidates of a query in one launch (Triton).

One program scores one document: it walks over the document's tokens block by block, multiplies them with all query tokens and
keeps the running maxima, so that the similarity matrix of the whole pool is never written to memory.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from core.errors import MissingDependency

BLOCK_TOKENS = 32
BLOCK_DIMENSION = 64


@cache
def kernel() -> Any:
    """The compiled kernel.

    Raises
    ------
    MissingDependency
        If Triton is not installed.
    """
    try:
        import triton
        import triton.language as tl
    except ImportError as error:
        raise MissingDependency("triton is not installed", fix="install it, or score without a GPU") from error

    @triton.jit
    def maxima_kernel(
        query,  # type: ignore[no-untyped-def]
        tokens,
        offsets,
        best,
        queries,
        dimension,
        QUERIES: tl.constexpr,
        TOKENS: tl.constexpr,
        DIMENSION: tl.constexpr,
    ):
        document = tl.program_id(0)
        start = tl.load(offsets + document)
        end = tl.load(offsets + document + 1)
        q = tl.arange(0, QUERIES)
        d = tl.arange(0, DIMENSION)
        top = tl.full((QUERIES,), float("-inf"), tl.float32)
        for first in range(start, end, TOKENS):
            t = first + tl.arange(0, TOKENS)
            sims = tl.zeros((TOKENS, QUERIES), tl.float32)
            for base in range(0, dimension, DIMENSION):
                inside = base + d < dimension
                a = tl.load(
                    tokens + t[:, None] * dimension + base + d[None, :], (t[:, None] < end) & inside[None, :], 0.0
                )
                b = tl.load(
                    query + q[None, :] * dimension + base + d[:, None], (q[None, :] < queries) & inside[:, None], 0.0
                )
                sims += tl.dot(a, b, input_precision="ieee")
            # padding must lose to every similarity, a negative one too
            sims = tl.where(t[:, None] < end, sims, float("-inf"))
            top = tl.maximum(top, tl.max(sims, axis=0))
        tl.store(best + document * queries + q, top, q < queries)

    return maxima_kernel


def triton_maxima(query: Any, tokens: Any, offsets: Any) -> Any:
    """For each document and query token the best document token; tensors on one device.

    Parameters
    ----------
    query : (q, m) float tensor
        Query token vectors.
    tokens : (t, m) float tensor
        Document token vectors of all documents in turn, of the same type.
    offsets : (r + 1,) int64 tensor
        Where each document begins.

    Returns
    -------
    (r, q) float32 tensor
        Minus infinity for a document without tokens, as `retrieval.scoring.maxsim.maxima`.

    Raises
    ------
    MissingDependency
        If Triton is not installed.
    """
    import torch

    documents, queries, dimension = len(offsets) - 1, query.shape[0], query.shape[1]
    best = torch.empty((documents, queries), dtype=torch.float32, device=tokens.device)
    if documents:
        lanes = max(16, 1 << (queries - 1).bit_length())  # tl.dot wants a power of two of at least 16
        kernel()[(documents,)](
            query.contiguous(),
            tokens.contiguous(),
            offsets.contiguous(),
            best,
            queries,
            dimension,
            QUERIES=lanes,
            TOKENS=BLOCK_TOKENS,
            DIMENSION=BLOCK_DIMENSION,
        )
    return best
