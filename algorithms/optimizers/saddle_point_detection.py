r"""A saddle point is a stationary point whose Hessian matrix has both positive and negative eigenvalues.

$$\nabla f = 0, \qquad H_{ij} = \frac{\partial^2 f}{\partial x_i \partial x_j}, \qquad \lambda_{\min}(H) < 0 < \lambda_{\max}(H)$$

**Intuition.** The eigenvalues of the Hessian are the curvatures along its eigenvectors. All positive: a bowl, so a
minimum. All negative: a maximum. Both signs (an indefinite Hessian): a pass between mountains, up in some directions
and down in others. The eigenvector of the most negative eigenvalue shows the way out.

**When to use it.** To classify a point at which training has stalled, and to measure curvature.

**Cost.** $O(n^2)$ storage, $O(n^2)$ function values by finite differences, $O(n^3)$ for the eigenvalues. Large models
use products of the Hessian with vectors.

**Pitfalls.** A saddle is *not* flat in some and falling in the other directions: its curvatures are positive in some
and negative in others. If an eigenvalue is zero the second-order test decides nothing; $x^3$ and $x^4$ look alike at 0.
Newton's method is no cure, since it is attracted to saddles. Convergence of gradient descent says "stationary", not
"minimum". The finite-difference step must balance truncation against rounding: about $10^{-4}$ for second differences.

**References.** Dauphin et al., *Identifying and attacking the saddle point problem in high-dimensional non-convex
optimization*, arXiv:1406.2572. Nocedal and Wright, *Numerical Optimization* (2006), chapter 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Square = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=32)]], Field(min_length=1, max_length=32)
]
FUNCTIONS: dict[str, Callable[[Floats], float]] = {
    "bowl": lambda v: float(v[0] ** 2 + 3 * v[1] ** 2),
    "saddle": lambda v: float(v[0] ** 2 - v[1] ** 2),
    "hill": lambda v: float(-(v[0] ** 2) - v[1] ** 2),
    "monkey_saddle": lambda v: float(v[0] ** 3 - 3 * v[0] * v[1] ** 2),
    "rosenbrock": lambda v: float((1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2),
}


def numerical_gradient(f: Callable[[Floats], float], x: Floats, h: float = 1e-5) -> Floats:
    """Gradient (d,) by central differences.

    Examples
    --------
    >>> numerical_gradient(FUNCTIONS["bowl"], np.array([1.0, 1.0])).round(6).tolist()
    [2.0, 6.0]
    """
    basis = np.eye(len(x)) * h
    return np.array([(f(x + e) - f(x - e)) / (2 * h) for e in basis])


def numerical_hessian(f: Callable[[Floats], float], x: Floats, h: float = 1e-4) -> Floats:
    """Hessian (d, d) by central second differences; symmetric by construction.

    Examples
    --------
    >>> numerical_hessian(FUNCTIONS["saddle"], np.zeros(2)).round(4).tolist()
    [[2.0, 0.0], [0.0, -2.0]]
    """
    e = np.eye(len(x)) * h
    H = np.empty((len(x), len(x)))
    for i in range(len(x)):
        for j in range(i + 1):
            corners = f(x + e[i] + e[j]) - f(x + e[i] - e[j]) - f(x - e[i] + e[j]) + f(x - e[i] - e[j])
            H[i, j] = H[j, i] = corners / (4 * h * h)
    return H + 0.0


def classify(eigenvalues: Floats, tolerance: float = 1e-4) -> str:
    """Kind of a stationary point from its curvatures.

    Examples
    --------
    >>> classify(np.array([-1.0, 2.0])), classify(np.array([0.0, 2.0]))
    ('saddle point', 'undecided: a curvature is zero')
    """
    scale = tolerance * max(1.0, float(np.abs(eigenvalues).max()))
    up, down = bool((eigenvalues > scale).any()), bool((eigenvalues < -scale).any())
    if up and down:
        return "saddle point"
    if (np.abs(eigenvalues) <= scale).any():
        return "undecided: a curvature is zero"
    return "minimum" if up else "maximum"


@algorithm(
    id="saddle-point-detection",
    name="Saddle-point detection from Hessian eigenvalues",
    aliases=(
        "saddle point",
        "critical-point classification",
        "Hessian matrix",
        "second derivatives",
        "curvature",
        "Hessian",
    ),
    example={"function": "saddle", "point": [0.0, 0.0]},
)
def saddle_point_detection(
    function: Literal["bowl", "saddle", "hill", "monkey_saddle", "rosenbrock"] = "saddle",
    point: Annotated[list[Annotated[float, Field(ge=-100, le=100)]], Field(min_length=2, max_length=2)] = [0.0, 0.0],  # noqa: B006
    hessian: Square | None = None,
) -> Output:
    """Gradient, Hessian and kind of a point of a function, or the kind that a given Hessian implies.

    Parameters
    ----------
    function : {"bowl", "saddle", "hill", "monkey_saddle", "rosenbrock"}
        x² + 3y², x² - y², -x² - y², x³ - 3xy², or (1 - x)² + 100 (y - x²)².
    point : list of two floats
        Where to look.
    hessian : list of rows, (n, n), or null
        If given, this symmetric matrix is classified instead, taken to belong to a stationary point.

    Returns
    -------
    dict
        ``kind`` (minimum, maximum, saddle point, undecided, or not stationary); ``eigenvalues`` in rising order;
        ``hessian``, at most 6 × 6 of it; ``gradient_norm``, 0 for a given Hessian; ``escape_direction``, the
        eigenvector of the most negative eigenvalue, null if none is negative.

    Raises
    ------
    ValueError
        If `hessian` is not square and symmetric.

    Examples
    --------
    >>> saddle_point_detection(hessian=[[2.0, 0.0], [0.0, -2.0]])["kind"]
    'saddle point'
    """
    if hessian is not None:
        if any(len(row) != len(hessian) for row in hessian):
            raise ValueError("the Hessian must be square")
        H = np.asarray(hessian, dtype=np.float64)  # (n, n)
        if not np.allclose(H, H.T):
            raise ValueError("the Hessian must be symmetric")
        norm = 0.0
    else:
        x = np.asarray(point, dtype=np.float64)  # (2,)
        H = numerical_hessian(FUNCTIONS[function], x)  # (2, 2)
        norm = float(np.linalg.norm(numerical_gradient(FUNCTIONS[function], x)))
    eigenvalues, vectors = np.linalg.eigh(H)
    negative = eigenvalues[0] < -1e-4 * max(1.0, float(np.abs(eigenvalues).max()))
    return {
        "kind": classify(eigenvalues) if norm < 1e-4 else "not stationary",
        "eigenvalues": eigenvalues,
        "hessian": H[:6, :6],
        "gradient_norm": norm,
        "escape_direction": vectors[:, 0] if negative else None,
    }
