r"""Newton's method steps to the stationary point of the local quadratic model, by way of the inverse Hessian.

$$\theta \leftarrow \theta - H^{-1} \nabla f(\theta), \qquad
\text{quasi-Newton: } B_{k+1} s_k = y_k,\; s_k = \theta_{k+1} - \theta_k,\; y_k = \nabla f_{k+1} - \nabla f_k$$

**Intuition.** The gradient says which way is down, the Hessian how soon the slope turns. A quadratic bowl is solved in
one step, whatever its condition number. BFGS never computes a Hessian: it builds an approximation from differences of
gradients, so that the latest difference is reproduced exactly (the secant condition).

**When to use it.** For smooth problems with few parameters, such as logistic regression; L-BFGS, which keeps only the
last few pairs $(s, y)$, for thousands and more.

**Cost.** Newton: $O(d^2)$ memory and $O(d^3)$ time a step. BFGS: $O(d^2)$ of both. L-BFGS: $O(md)$.

**Pitfalls.** Plain Newton is *attracted* to saddle points: on $x^2 - y^2$ its single step lands on $(0, 0)$.
Recommending it as a way past saddles is an error; that takes a modified Hessian (absolute eigenvalues, damping, a trust
region). Far from the solution it needs a line search. Newton's method uses the Hessian; the natural gradient uses the
Fisher matrix. Noisy gradients spoil the differences of quasi-Newton methods.

**References.** Nocedal and Wright, *Numerical Optimization* (2006), chapters 3, 6 and 7. Dauphin et al., *Identifying
and attacking the saddle point problem*, arXiv:1406.2572.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Pair = Annotated[list[Annotated[float, Field(ge=-10, le=10)]], Field(min_length=2, max_length=2)]


@dataclass(frozen=True)
class Surface:
    """A function of two variables with its gradient and Hessian."""

    value: Callable[[Floats], float]
    gradient: Callable[[Floats], Floats]
    hessian: Callable[[Floats], Floats]


SURFACES = {
    "bowl": Surface(
        lambda p: float(p[0] ** 2 + 25 * p[1] ** 2),
        lambda p: np.array([2 * p[0], 50 * p[1]]),
        lambda p: np.diag([2.0, 50.0]),
    ),
    "saddle": Surface(
        lambda p: float(p[0] ** 2 - p[1] ** 2),
        lambda p: np.array([2 * p[0], -2 * p[1]]),
        lambda p: np.diag([2.0, -2.0]),
    ),
    "rosenbrock": Surface(
        lambda p: float((1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2),
        lambda p: np.array([-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)]),
        lambda p: np.array([[2 - 400 * p[1] + 1200 * p[0] ** 2, -400 * p[0]], [-400 * p[0], 200.0]]),
    ),
}


def bfgs_update(H: Floats, s: Floats, y: Floats) -> Floats:
    """BFGS update of the inverse Hessian approximation H; afterwards H y = s.

    Examples
    --------
    >>> H = bfgs_update(np.eye(2), np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    >>> H.tolist()
    [[0.25, 0.0], [0.0, 1.0]]
    """
    rho = 1 / float(y @ s)
    left = np.eye(len(s)) - rho * np.outer(s, y)  # (d, d)
    return np.asarray(left @ H @ left.T + rho * np.outer(s, s))


def backtrack(surface: Surface, p: Floats, direction: Floats, g: Floats) -> float:
    """Largest step of 1, ½, ¼ … that lowers the function enough (Armijo's condition).

    Examples
    --------
    >>> float(backtrack(SURFACES["bowl"], np.array([1.0, 0.0]), np.array([-4.0, 0.0]), np.array([2.0, 0.0])))
    0.25
    """
    step = 1.0
    while step > 1e-12 and surface.value(p + step * direction) > surface.value(p) + 1e-4 * step * float(g @ direction):
        step /= 2
    return step


def bfgs(surface: Surface, p: Floats, steps: int) -> tuple[list[Floats], float]:
    """Iterates of BFGS with a line search, and the largest violation of the secant condition.

    Examples
    --------
    >>> path, violation = bfgs(SURFACES["bowl"], np.array([3.0, 1.0]), 30)
    >>> bool(np.linalg.norm(path[-1]) < 1e-6 and violation < 1e-9)
    True
    """
    path, H, violation = [p], np.eye(2), 0.0
    for _ in range(steps):
        g = surface.gradient(p)
        if np.linalg.norm(g) < 1e-9 or np.abs(p).max() > 1e6:
            break
        direction = -H @ g  # (2,)
        s = backtrack(surface, p, direction, g) * direction  # (2,)
        y = surface.gradient(p + s) - g  # (2,)
        if y @ s > 1e-14:  # else the curvature is negative along s and H would lose positive definiteness
            H = bfgs_update(H, s, y)
            violation = max(violation, float(np.linalg.norm(H @ y - s) / np.linalg.norm(s)))
        p = p + s
        path.append(p)
    return path, violation


@algorithm(
    id="newton-method",
    name="Newton's method and BFGS",
    aliases=("second-order step", "BFGS quasi-Newton", "quasi-Newton", "L-BFGS", "Newton's method", "BFGS"),
    example={"surface": "saddle", "start": [1.0, 0.5], "method": "newton", "steps": 1},
)
def newton_method(
    surface: Literal["bowl", "saddle", "rosenbrock"] = "rosenbrock",
    start: Pair = [-1.2, 1.0],  # noqa: B006
    method: Literal["newton", "bfgs"] = "newton",
    steps: Annotated[int, Field(ge=1, le=200)] = 50,
) -> Output:
    """Newton's method or BFGS on a function of two variables.

    Parameters
    ----------
    surface : {"bowl", "saddle", "rosenbrock"}
        x² + 25y², x² - y², or (1 - x)² + 100 (y - x²)².
    start : list of two floats
        First point.
    method : {"newton", "bfgs"}
        Plain Newton steps, or BFGS with a line search.
    steps : int
        Largest number of steps.

    Returns
    -------
    dict
        ``point`` (2,) reached, its ``value`` and ``gradient_norm``; ``steps_taken``; ``path``, the first 20 iterates;
        ``hessian_eigenvalues`` (2,) there; ``kind`` of the point; ``secant_violation``, the largest relative error of H
        y = s (null for Newton).

    Raises
    ------
    ValueError
        If the Hessian is singular on the way.

    Examples
    --------
    >>> out = newton_method("saddle", [1.0, 0.5], steps=1)
    >>> out["point"].tolist(), out["kind"]
    ([0.0, 0.0], 'saddle point')
    """
    f = SURFACES[surface]
    p = np.asarray(start, dtype=np.float64)  # (2,)
    violation = None
    path = [p]
    if method == "bfgs":
        path, violation = bfgs(f, p, steps)
        p = path[-1]
    else:
        for _ in range(steps):
            g = f.gradient(p)
            if np.linalg.norm(g) < 1e-12:
                break
            try:
                p = p - np.linalg.solve(f.hessian(p), g)
            except np.linalg.LinAlgError as error:
                raise ValueError("the Hessian is singular there; start elsewhere or take bfgs") from error
            path.append(p)
    eigenvalues = np.linalg.eigvalsh(f.hessian(p))
    norm = float(np.linalg.norm(f.gradient(p)))
    kind = "minimum" if eigenvalues[0] > 0 else "saddle point"
    return {
        "point": p,
        "value": f.value(p),
        "gradient_norm": norm,
        "steps_taken": len(path) - 1,
        "path": np.stack(path[:20]),
        "hessian_eigenvalues": eigenvalues,
        "kind": kind if norm < 1e-4 else "not stationary",
        "secant_violation": violation,
    }
