r"""Low-rank factorization writes a matrix, exactly or nearly, as a product of two thin matrices, best found by
truncating its singular value decomposition.

$$W = U \Sigma V^\top, \qquad W_r = \underbrace{U_r \Sigma_r}_{B}\, \underbrace{V_r^\top}_{A}, \qquad
\|W - W_r\|_F^2 = \sum_{i > r} \sigma_i^2$$

**Intuition.** The rank counts independent directions. $W = BA$ with $B$ of $d \times r$ and $A$ of $r \times k$ exists
exactly when $\mathrm{rank}(W) \le r$; otherwise the truncated SVD is the best approximation of that rank in the
Frobenius and the spectral norm. The rank deficiency is $\min(d, k) - \mathrm{rank}(W)$.

**When to use it.** To compress weight matrices, for latent semantic analysis and recommenders, and to see how low the
rank of a fine-tuning update is.

**Cost.** $O(d k \min(d, k))$ for the SVD; products then cost $r(d + k)$ instead of $dk$. It saves numbers only for $r <
dk / (d + k)$.

**Pitfalls.** The order matters: $\Delta W = BA$ with these shapes; $AB$ is another, $r \times r$ matrix. Rank in
floating point needs a tolerance. The factors are not unique: $BM$ and $M^{-1}A$ give the same product. Small error in
the weights is not small error in the outputs; weigh by the inputs. Rank deficiency is not the rank.

**References.** Eckart and Young, *The approximation of one matrix by another of lower rank* (1936). Golub and Van Loan,
*Matrix Computations*.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
SmallMatrix = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=16)]],
    Field(min_length=1, max_length=16),
    AfterValidator(rectangular),
]


def jacobi_svd(W: Floats) -> tuple[Floats, Floats, Floats]:
    """Thin SVD by one-sided Jacobi rotations, which make the columns orthogonal pair by pair.

    Returns
    -------
    tuple
        U (d, p), singular values (p,) in falling order and V^T (p, k), p = min(d, k).
    """
    if W.shape[0] < W.shape[1]:
        U, s, Vt = jacobi_svd(W.T)
        return Vt.T, s, U.T
    scale = float(np.abs(W).max()) or 1.0
    G, V = W / scale, np.eye(W.shape[1])  # (d, k), (k, k)
    for _ in range(60):
        off = 0.0
        for p in range(G.shape[1]):
            for q in range(p + 1, G.shape[1]):
                a, b, c = G[:, p] @ G[:, p], G[:, q] @ G[:, q], G[:, p] @ G[:, q]
                size = float(np.sqrt(a) * np.sqrt(b))
                if size < 1e-30 or abs(c) <= 1e-15 * size:
                    continue
                off = max(off, float(abs(c)) / size)
                zeta = (b - a) / (2 * c)
                t = (1.0 if zeta >= 0 else -1.0) / (abs(zeta) + np.hypot(1.0, zeta))
                cosine = 1 / np.hypot(1.0, t)
                rotation = cosine * np.array([[1.0, t], [-t, 1.0]])
                G[:, [p, q]], V[:, [p, q]] = G[:, [p, q]] @ rotation, V[:, [p, q]] @ rotation
        if off < 1e-14:
            break
    s = np.linalg.norm(G, axis=0)  # (k,)
    order = np.argsort(-s, kind="stable")
    U = np.divide(G, s, out=np.zeros_like(G), where=s > 0)
    return U[:, order], s[order] * scale, V[:, order].T


@algorithm(
    id="low-rank-factorization",
    name="Low-rank factorization and rank deficiency",
    aliases=("rank", "SVD truncation", "truncated SVD", "rank deficiency", "thin matrices", "Eckart-Young"),
    example={"matrix": [[1, 2, 3], [2, 4, 6], [1, 0, 1]], "r": 1},
)
def low_rank_factorization(matrix: SmallMatrix, r: Annotated[int, Field(ge=1, le=16)] = 1) -> Output:
    """Best approximation B A of rank r, and the rank of the matrix.

    Parameters
    ----------
    matrix : list of lists of float, d × k
        The matrix W, at most 16 × 16.
    r : int
        Rank of the approximation, at most min(d, k).

    Returns
    -------
    dict
        ``B`` (d, r); ``A`` (r, k); ``approximation`` (d, k); ``error`` Frobenius norm of the difference; ``singular_values``; ``rank``;
        ``rank_deficiency``; ``exact`` whether rank <= r; ``parameters`` and ``full_parameters``.

    Examples
    --------
    >>> result = low_rank_factorization([[1, 2], [2, 4]], 1)
    >>> result["rank"], result["rank_deficiency"], result["exact"]
    (1, 1, True)
    """
    W = np.asarray(matrix, dtype=np.float64)  # (d, k)
    d, k = W.shape
    if r > min(d, k):
        raise ValueError(f"r = {r} is above min(d, k) = {min(d, k)}")
    U, s, Vt = jacobi_svd(W)
    B, A = U[:, :r] * s[:r], Vt[:r]  # (d, r), (r, k)
    rank = int((s > s[0] * max(d, k) * 1e-14).sum()) if s[0] > 0 else 0
    return {
        "B": B,
        "A": A,
        "approximation": B @ A,
        "error": float(np.linalg.norm(W - B @ A)),
        "singular_values": s,
        "rank": rank,
        "rank_deficiency": min(d, k) - rank,
        "exact": rank <= r,
        "parameters": r * (d + k),
        "full_parameters": d * k,
    }
