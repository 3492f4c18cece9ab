r"""The cost of second-order methods is the $n \times n$ curvature matrix: quadratic memory to store it, cubic time to
invert it.

$$\text{bytes} = b\,n^2, \qquad \text{operations} \approx \tfrac13 n^3, \qquad
\kappa(H + \lambda I) = \frac{\lambda_{\max} + \lambda}{\lambda_{\min} + \lambda}$$

**Intuition.** A gradient has as many numbers as the model has parameters; a Hessian has that many *squared*. A million
parameters need $10^{12}$ entries, four terabytes in single precision. Besides, the matrix is often ill-conditioned:
some directions have almost no curvature, and its inverse blows them up. Damping (Tikhonov, Levenberg-Marquardt) adds
$\lambda$ to each eigenvalue and caps that.

**When to use it.** To judge whether Newton, Gauss-Newton or natural gradient is affordable, and to choose the damping.

**Cost.** What is computed here: $b\,n^2$ bytes, $n^3/3$ multiply-adds for a Cholesky factorisation.

**Pitfalls.** Nobody inverts the matrix: one solves a system, or uses products with it (conjugate gradients, $O(n)$
memory). Diagonal, block and Kronecker-factored forms (K-FAC) and L-BFGS avoid the full matrix. Too little damping
leaves noise amplified, too much turns the step into plain gradient descent of length $1/\lambda$. An indefinite matrix
needs $\lambda > |\lambda_{\min}|$ before it gives a descent direction.

**References.** Levenberg (1944). Marquardt (1963). Martens, *Deep learning via Hessian-free optimization* (2010). Golub
and Van Loan, *Matrix Computations* (2013).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Positive
from algorithms.registry import Output, algorithm

Eigenvalues = Annotated[list[Positive], Field(min_length=1, max_length=64)]


@algorithm(
    id="second-order-method-cost",
    name="Cost of second-order methods and damping",
    aliases=(
        "n^2 storage",
        "O(n^3) inversion",
        "Damping an ill-conditioned curvature matrix",
        "Levenberg-Marquardt",
        "Tikhonov damping",
        "condition number",
        "memory of the Hessian",
    ),
    example={"parameters": 1_000_000, "bytes_per_number": 4, "eigenvalues": [1000.0, 1.0, 0.001], "damping": 0.1},
)
def second_order_method_cost(
    parameters: Annotated[int, Field(ge=1, le=10**12)] = 1_000_000,
    bytes_per_number: Literal[2, 4, 8] = 4,
    eigenvalues: Eigenvalues = [1000.0, 1.0, 0.001],  # noqa: B006
    damping: Annotated[float, Field(ge=0, le=1e12)] = 0.1,
) -> Output:
    """Memory and work of a full curvature matrix, and what damping does to its condition number.

    Parameters
    ----------
    parameters : int
        Number n of parameters of the model.
    bytes_per_number : {2, 4, 8}
        Precision of the stored matrix.
    eigenvalues : list of float, all positive
        Curvatures of an example matrix.
    damping : float
        λ that is added to the diagonal.

    Returns
    -------
    dict
        ``gradient_bytes``, ``matrix_bytes`` and ``matrix_terabytes`` (10¹² bytes); ``cholesky_operations``, n³ / 3;
        ``condition_number`` and ``damped_condition_number``; ``smallest_eigenvalue`` before and
        ``damped_smallest_eigenvalue`` after; ``noise_amplification`` and ``damped_noise_amplification``, the largest
        factor by which a solve magnifies an error of the gradient.

    Examples
    --------
    >>> second_order_method_cost(1_000_000)["matrix_terabytes"]
    4.0
    """
    # a random rotation makes the condition number a measurement rather than a quotient of inputs
    n = len(eigenvalues)
    Q = np.linalg.qr(np.random.default_rng(0).standard_normal((n, n)))[0]  # (n, n)
    H = (Q * np.asarray(eigenvalues)) @ Q.T  # (n, n)
    damped = H + damping * np.eye(n)
    before, after = np.linalg.svd(H, compute_uv=False), np.linalg.svd(damped, compute_uv=False)
    return {
        "gradient_bytes": parameters * bytes_per_number,
        "matrix_bytes": parameters**2 * bytes_per_number,
        "matrix_terabytes": parameters**2 * bytes_per_number / 1e12,
        "cholesky_operations": parameters**3 / 3,
        "condition_number": before[0] / max(before[-1], 1e-300),
        "damped_condition_number": after[0] / max(after[-1], 1e-300),
        "smallest_eigenvalue": before[-1],
        "damped_smallest_eigenvalue": after[-1],
        "noise_amplification": 1 / max(before[-1], 1e-300),
        "damped_noise_amplification": 1 / max(after[-1], 1e-300),
    }
