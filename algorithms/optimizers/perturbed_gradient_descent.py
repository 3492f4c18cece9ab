r"""Perturbed gradient descent adds a little noise to the iterate, so that it can't rest on a saddle point.

$$\theta \leftarrow \theta - \eta\,\nabla f(\theta) + r\,\xi, \qquad \xi \sim N(0, I), \qquad \text{added always, or only while } \lVert \nabla f \rVert
\text{ is small}$$

**Intuition.** On a saddle the gradient is zero, and gradient descent stays. The point is unstable, though: any
displacement along the direction of negative curvature grows by the factor $1 + \eta|\lambda|$ each step, that is
exponentially. A random push has such a component with probability one.

**When to use it.** In theory, for guarantees that descent reaches a second-order stationary point; in practice
mini-batch noise does the same for free.

**Cost.** One random vector a perturbed step.

**Pitfalls.** From a random start plain gradient descent avoids strict saddles almost surely, but may crawl past them
for very long. Constant noise leaves the iterate jittering around the minimum; perturb only when the gradient is small,
or let the noise decay. Newton's method is no alternative: it is drawn to saddles. Noise does not help on a plateau,
where all curvatures are zero, other than by a random walk.

**References.** Ge et al., *Escaping from saddle points: online stochastic gradient for tensor decomposition*,
arXiv:1503.02101. Jin et al., *How to escape saddle points efficiently*, arXiv:1703.00887.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def surface(p: Floats) -> float:
    """f(x, y) = x² - y² + y⁴/4: a saddle at the origin, minima of -1 at y = ±√2.

    Examples
    --------
    >>> surface(np.array([0.0, 2.0])), surface(np.array([1.0, 0.0]))
    (0.0, 1.0)
    """
    return float(p[0] ** 2 - p[1] ** 2 + p[1] ** 4 / 4)


def slope(p: Floats) -> Floats:
    """Gradient of the surface.

    Examples
    --------
    >>> slope(np.array([1.0, 2.0])).tolist()
    [2.0, 4.0]
    """
    return np.array([2 * p[0], p[1] ** 3 - 2 * p[1]])


def descend(start: Floats, rate: float, noise: float, threshold: float, steps: int, seed: int) -> Floats:
    """Iterates (steps + 1, 2); noise is added while the gradient's norm is below the threshold.

    Examples
    --------
    >>> descend(np.array([1.0, 0.0]), 0.1, 0.0, 1.0, 2, 0).round(4).tolist()
    [[1.0, 0.0], [0.8, 0.0], [0.64, 0.0]]
    """
    rng = np.random.default_rng(seed)
    path = [start]
    for _ in range(steps):
        g = slope(path[-1])
        push = noise * rng.standard_normal(2) if np.linalg.norm(g) < threshold else np.zeros(2)
        path.append(np.clip(path[-1] - rate * g + push, -3, 3))
    return np.stack(path)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Contours of the surface with both ends."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3.5), layout="constrained")
    axes = figure.subplots()
    x, y = np.meshgrid(np.linspace(-1.5, 1.5, 60), np.linspace(-2, 2, 60))
    axes.contour(x, y, x**2 - y**2 + y**4 / 4, 25, alpha=0.5)
    for name in ("plain_end", "perturbed_end"):
        axes.plot(*output[name], "o", label=name.replace("_", " "))
    axes.plot(*inputs["start"], "x", label="start")
    axes.set(xlabel="x", ylabel="y")
    axes.legend()
    return figure


@algorithm(
    id="perturbed-gradient-descent",
    name="Perturbed gradient descent (noise to escape saddles)",
    aliases=("gradient noise", "noise injection in gradients", "noisy gradient descent", "escaping saddle points"),
    example={"start": [1.0, 0.0], "noise": 0.01, "learning_rate": 0.1, "steps": 300, "seed": 0},
    figure=draw,
)
def perturbed_gradient_descent(
    start: Annotated[list[Annotated[float, Field(ge=-2, le=2)]], Field(min_length=2, max_length=2)] = [1.0, 0.0],  # noqa: B006
    noise: Annotated[float, Field(ge=0, le=0.5)] = 0.01,
    threshold: Annotated[float, Field(ge=0, le=10)] = 0.1,
    learning_rate: Annotated[float, Field(gt=0, le=0.2)] = 0.1,
    steps: Annotated[int, Field(ge=1, le=5000)] = 300,
    seed: Seed = 0,
) -> Output:
    """Gradient descent with and without perturbation on x² - y² + y⁴/4.

    Parameters
    ----------
    start : list of two floats
        First point; y = 0 leads plain descent straight into the saddle.
    noise : float
        Standard deviation r of each perturbation.
    threshold : float
        Norm of the gradient below which noise is added.
    learning_rate : float
        Step size η.
    steps : int
        Number of steps.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``plain_end`` and ``perturbed_end`` (2,), ``plain_value`` and ``perturbed_value`` of f there (-1 at best, 0 on
        the saddle); ``plain_on_saddle``; ``escape_step``, the first step at which the perturbed run's value is below
        -0.5, null if never.

    Examples
    --------
    >>> out = perturbed_gradient_descent([0.0, 0.0])
    >>> out["plain_on_saddle"], out["perturbed_value"] < -0.9
    (True, True)
    """
    first = np.asarray(start, dtype=np.float64)  # (2,)
    plain = descend(first, learning_rate, 0.0, threshold, steps, seed)
    noisy = descend(first, learning_rate, noise, threshold, steps, seed)
    values = np.array([surface(p) for p in noisy])
    below = np.flatnonzero(values < -0.5)
    return {
        "plain_end": plain[-1],
        "perturbed_end": noisy[-1],
        "plain_value": surface(plain[-1]),
        "perturbed_value": surface(noisy[-1]),
        "plain_on_saddle": bool(np.linalg.norm(plain[-1]) < 1e-2),
        "escape_step": int(below[0]) if len(below) else None,
    }
