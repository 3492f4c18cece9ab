r"""Approximate nearest-neighbour search finds most of the closest vectors while comparing the query with only a few.

$$\text{recall@}k = \frac{|\text{found}_k \cap \text{true}_k|}{k}$$

**Intuition.** A flat index compares with everything and is exact. An inverted-file index (IVF) groups the vectors around
`nlist` centroids and searches the `nprobe` groups nearest the query. Locality-sensitive hashing (LSH) gives each vector
a bit code, one bit for each side of a random hyperplane, and searches the vectors whose code equals the query's in at
least one of several tables.

**When to use it.** From about a hundred thousand vectors on; below that a flat scan is fast and exact. Libraries such as
FAISS offer all three, and graph indexes (HNSW) besides.

**Cost.** Flat: $n d$. IVF: about $(\text{nlist} + n \cdot \text{nprobe} / \text{nlist})\, d$. LSH: hashing plus the size
of the buckets hit.

**Pitfalls.** Always measure recall@k against the exact result on your own vectors. With nprobe = nlist IVF is exactly
brute force, and no faster. Neighbours across a cell border are missed, so nprobe = 1 is rarely enough. For cosine
similarity normalise before indexing. More LSH bits mean smaller buckets and lower recall; more tables repair it.

**References.** Jégou, Douze and Schmid, *Product Quantization for Nearest Neighbor Search* (2011). Charikar, *Similarity
Estimation Techniques from Rounding Algorithms* (2002). Johnson, Douze and Jégou, arXiv:1702.08734.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, gaussian_blobs


def squared_distances(A: Floats, B: Floats) -> Floats:
    """Squared Euclidean distances (n, m) between the rows of A (n, d) and B (m, d)."""
    return np.asarray((A**2).sum(1)[:, None] - 2 * A @ B.T + (B**2).sum(1))


def cells(X: Floats, nlist: int, seed: int, rounds: int = 5) -> tuple[Floats, Ints]:
    """k-means: centroids (nlist, d) and the cell of each vector (n,)."""
    centroids = X[np.random.default_rng(seed).choice(len(X), nlist, replace=False)].copy()  # (nlist, d)
    for _ in range(rounds):
        owner = squared_distances(X, centroids).argmin(axis=1)  # (n,)
        for cell in range(nlist):
            if (owner == cell).any():
                centroids[cell] = X[owner == cell].mean(axis=0)
    return centroids, np.asarray(squared_distances(X, centroids).argmin(axis=1))


def lsh_candidates(X: Floats, queries: Floats, bits: int, tables: int, seed: int) -> list[Ints]:
    """For each query the vectors that share its sign code in at least one table."""
    center = X.mean(axis=0)  # (d,)
    hit = np.zeros((len(queries), len(X)), dtype=bool)  # (m, n)
    for planes in np.random.default_rng(seed).standard_normal((tables, X.shape[1], bits)):
        place = 1 << np.arange(bits)  # (bits,)
        codes, wanted = ((V - center) @ planes > 0 for V in (X, queries))  # (n, bits), (m, bits)
        hit |= (wanted @ place)[:, None] == (codes @ place)[None, :]
    return [np.flatnonzero(row) for row in hit]


@algorithm(
    id="approximate-nearest-neighbor-search",
    name="Approximate nearest-neighbour search",
    aliases=("ANN", "FAISS", "IVF", "LSH", "vector index", "approximate nearest neighbor", "nprobe", "vector search"),
    example={"method": "ivf", "n": 2000, "nlist": 32, "nprobe": 4},
)
def approximate_nearest_neighbor_search(
    method: Literal["flat", "ivf", "lsh"] = "ivf",
    n: Annotated[int, Field(ge=50, le=4_000)] = 2_000,
    dim: Annotated[int, Field(ge=2, le=64)] = 16,
    k: Annotated[int, Field(ge=1, le=50)] = 10,
    nlist: Annotated[int, Field(ge=1, le=50)] = 32,
    nprobe: Annotated[int, Field(ge=1, le=50)] = 4,
    bits: Annotated[int, Field(ge=1, le=20)] = 8,
    tables: Annotated[int, Field(ge=1, le=16)] = 4,
    seed: Seed = 0,
) -> Output:
    """Search 20 queries among `n` clustered vectors and compare with the exact result.

    Parameters
    ----------
    method : {"flat", "ivf", "lsh"}
        Kind of index.
    n : int
        Number of vectors.
    dim : int
        Their dimension.
    k : int
        Neighbours a query.
    nlist : int
        Cells of the inverted file.
    nprobe : int
        Cells searched, at most nlist.
    bits : int
        Hyperplanes of one hash table.
    tables : int
        Number of hash tables.
    seed : int
        Seed of the data and the index.

    Returns
    -------
    dict
        ``recall_at_k`` (mean over the queries); ``fraction_scanned``, the share of vectors whose distance was computed;
        ``first_query_found`` and ``first_query_exact``, neighbours of the first query, nearest first.

    Raises
    ------
    ValueError
        If nprobe exceeds nlist.

    Examples
    --------
    >>> approximate_nearest_neighbor_search("ivf", n=500, nlist=8, nprobe=8)["recall_at_k"]
    1.0
    """
    if nprobe > nlist:
        raise ValueError(f"nprobe is {nprobe}; it can be at most nlist = {nlist}")
    centers = 3 * np.random.default_rng(seed).standard_normal((10, dim))  # (10, dim)
    pool, _ = gaussian_blobs(centers, -(-(n + 20) // 10), 1.0, seed)
    pool = np.random.default_rng(seed + 1).permutation(pool)[: n + 20]
    X, queries = pool[:n], pool[n:]  # (n, dim), (20, dim)
    if method == "flat":
        candidates = [np.arange(n)] * len(queries)
    elif method == "ivf":
        centroids, owner = cells(X, nlist, seed)
        probed = squared_distances(queries, centroids).argsort(axis=1, kind="stable")[:, :nprobe]  # (20, nprobe)
        candidates = [np.flatnonzero(np.isin(owner, row)) for row in probed]
    else:
        candidates = lsh_candidates(X, queries, bits, tables, seed)
    distances = squared_distances(queries, X)  # (20, n)
    exact = distances.argsort(axis=1, kind="stable")[:, :k]  # (20, k)
    found = [c[distances[i, c].argsort(kind="stable")[:k]] for i, c in enumerate(candidates)]
    return {
        "recall_at_k": float(np.mean([len(np.intersect1d(f, e)) / k for f, e in zip(found, exact, strict=True)])),
        "fraction_scanned": float(np.mean([len(c) / n for c in candidates])),
        "first_query_found": found[0],
        "first_query_exact": exact[0],
    }
