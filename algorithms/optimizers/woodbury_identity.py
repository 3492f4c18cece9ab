r"""The Woodbury matrix identity gives the inverse of a matrix after a low-rank change from the inverse before it.

$$(A + UCV)^{-1} = A^{-1} - A^{-1} U \left(C^{-1} + V A^{-1} U\right)^{-1} V A^{-1}$$

**Intuition.** A change of rank $k$ can only touch $k$ directions of the inverse. So instead of inverting an $n \times
n$ matrix again, it is enough to invert a $k \times k$ one and correct. With $k = 1$ it is the Sherman-Morrison formula.

**When to use it.** For diagonal plus low-rank matrices (factor analysis, Fisher approximations), recursive least
squares, Gaussian processes with inducing points, and ridge regression with more features than samples.

**Cost.** $O(nk^2 + k^3)$ if $A^{-1}$ is known and cheap to apply (a diagonal), $O(n^2 k)$ for a dense one, against
$O(n^3)$.

**Pitfalls.** The identity is *exact*. Approximation errors that are put down to it come from the low-rank approximation
of the matrix to which it is applied, or from rounding: many updates in a row lose accuracy, and an ill-conditioned $A$
or inner matrix spoils the result. $A$, $C$ and the inner matrix must be invertible. Multiply in the right order, so
that no $n \times n$ intermediate is formed unless the inverse itself is wanted. $V$ need not be $U^\top$.

**References.** Woodbury, *Inverting modified matrices* (1950). Sherman and Morrison (1950). Hager, *Updating the
inverse of a matrix* (1989).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Block = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=64),
    AfterValidator(rectangular),
]


def woodbury_inverse(A_inverse: Floats, U: Floats, C: Floats, V: Floats) -> Floats:
    """Inverse of A + U C V from that of A.

    Examples
    --------
    >>> woodbury_inverse(np.eye(2), np.array([[1.0], [0.0]]), np.eye(1), np.array([[1.0, 0.0]])).tolist()
    [[0.5, 0.0], [0.0, 1.0]]
    """
    AU, VA = A_inverse @ U, V @ A_inverse  # (n, k), (k, n)
    inner = np.linalg.inv(C) + V @ AU  # (k, k)
    return np.asarray(A_inverse - AU @ np.linalg.solve(inner, VA))


@algorithm(
    id="woodbury-identity",
    name="Woodbury matrix identity",
    aliases=("matrix inversion lemma", "matrix inverse lemma", "Sherman-Morrison", "low-rank update of an inverse"),
    example={"A": [[2.0, 0.0], [0.0, 4.0]], "U": [[1.0], [1.0]], "C": [[1.0]], "V": [[1.0, 1.0]]},
)
def woodbury_identity(A: Block, U: Block, C: Block, V: Block) -> Output:
    """Inverse of A + U C V by the identity, compared with direct inversion.

    Parameters
    ----------
    A : list of rows, (n, n)
        Invertible matrix, n at most 64.
    U : list of rows, (n, k)
        Left factor of the change.
    C : list of rows, (k, k)
        Invertible core of the change.
    V : list of rows, (k, n)
        Right factor of the change.

    Returns
    -------
    dict
        ``inverse``, at most 7 × 7 of it; ``largest_difference`` to the direct inverse; ``residual``, the largest entry
        of (A + UCV) · inverse - I; ``woodbury_operations`` and ``direct_operations``, leading multiply-add counts with
        A⁻¹ given.

    Raises
    ------
    ValueError
        If the shapes don't fit or a matrix is singular.

    Examples
    --------
    >>> woodbury_identity([[2.0]], [[1.0]], [[1.0]], [[2.0]])["inverse"].tolist()
    [[0.25]]
    """
    a, u, c, v = (np.asarray(m, dtype=np.float64) for m in (A, U, C, V))
    n, k = u.shape
    if a.shape != (n, n) or c.shape != (k, k) or v.shape != (k, n):
        raise ValueError(f"with U of shape {n} × {k}, A must be {n} × {n}, C {k} × {k} and V {k} × {n}")
    whole = a + u @ c @ v  # (n, n)
    try:
        direct = np.linalg.inv(whole)
        inverse = woodbury_inverse(np.asarray(np.linalg.inv(a), dtype=np.float64), u, c, v)
    except np.linalg.LinAlgError as error:
        raise ValueError("A, C and A + UCV must be invertible") from error
    return {
        "inverse": inverse[:7, :7],
        "largest_difference": np.abs(inverse - direct).max(),
        "residual": np.abs(whole @ inverse - np.eye(n)).max(),
        "woodbury_operations": 3 * n * n * k + n * k * k + 2 * k**3,
        "direct_operations": n**3,
    }
