r"""Bayesian optimization finds the optimum of an expensive black-box function with few evaluations, guided by a
probabilistic surrogate.

$$x_{t+1} = \arg\max_x\; a\big(x \mid \mu_t, \sigma_t\big), \qquad
\mu_t(x) = k_x^\top (K + \sigma_n^2 I)^{-1} y, \quad \sigma_t^2(x) = k(x, x) - k_x^\top (K + \sigma_n^2 I)^{-1} k_x$$

**Intuition.** The loop has six steps: evaluate a few random points, fit the surrogate (a Gaussian process), maximise
the acquisition function, evaluate the objective there, add the result, repeat. The surrogate says where values are high
and where nothing is known; the acquisition balances the two. With several objectives, ParEGO maximises a random
weighting in each round and collects the points that no other point dominates.

**When to use it.** For hyperparameters, designs or experiments that take minutes to days each, noisy and non-convex, in
up to some 20 dimensions.

**Cost.** $O(t^3)$ for the Gaussian process after $t$ evaluations.

**Pitfalls.** It does not pay when evaluations are cheap. Kernel length scales matter more than the acquisition.
Normalise inputs and outputs. A duplicated point makes the kernel matrix singular: add jitter. In many dimensions random
search is hard to beat. There is no single best point with several objectives, only a Pareto front; compare fronts by
hypervolume.

**References.** Mockus (1975). Jones, Schonlau and Welch (1998). Shahriari et al., *Taking the human out of the loop*,
Proceedings of the IEEE (2016). Knowles, *ParEGO* (2006).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.model_selection.acquisition_functions import expected_improvement
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def gp_posterior(x: Floats, y: Floats, grid: Floats, length: float, noise: float) -> tuple[Floats, Floats]:
    """Mean and standard deviation (m,) at `grid` of a Gaussian process with unit RBF kernel, on standardised targets.

    Examples
    --------
    >>> mu, sd = gp_posterior(np.array([0.0, 1.0]), np.array([1.0, 3.0]), np.array([0.0]), 0.2, 0.0)
    >>> mu.round(3).tolist(), sd.round(3).tolist()
    ([1.0], [0.0])
    """
    center, scale = y.mean(), y.std() or 1.0

    def kernel(a: Floats, b: Floats) -> Floats:
        return np.asarray(np.exp(-((a[:, None] - b[None, :]) ** 2) / (2 * length**2)))

    K = kernel(x, x) + (noise**2 / scale**2 + 1e-8) * np.eye(len(x))  # (t, t)
    k = kernel(x, grid)  # (t, m)
    solved = np.linalg.solve(K, np.column_stack([(y - center) / scale, k]))  # (t, 1 + m)
    variance = 1 - np.sum(k * solved[:, 1:], axis=0)
    return center + scale * (k.T @ solved[:, 0]), scale * np.sqrt(np.maximum(variance, 0))


def objective(x: Floats) -> Floats:
    """A bumpy function on [0, 1] with its maximum 1.4 near 0.76 and a lower peak to the left."""
    return np.asarray(np.exp(-(((x - 0.2) / 0.1) ** 2)) + 1.4 * np.exp(-(((x - 0.76) / 0.06) ** 2)))


def pareto_front(F: Floats) -> list[int]:
    """Rows of F (n, 2) that no other row beats in one objective without losing in the other (maximisation).

    Examples
    --------
    >>> pareto_front(np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 0.5]]))
    [0, 1]
    """
    no_worse, better = np.all(F[None] >= F[:, None], axis=2), np.any(F[None] > F[:, None], axis=2)  # (n, n)
    return [int(i) for i in np.flatnonzero(~np.any(no_worse & better, axis=1))]


def hypervolume(F: Floats) -> float:
    """Area that the rows of F (n, 2) dominate above the origin (maximisation).

    Examples
    --------
    >>> hypervolume(np.array([[1.0, 2.0], [2.0, 1.0]]))
    3.0
    """
    area, height = 0.0, 0.0
    for a, b in sorted(np.maximum(F, 0).tolist(), reverse=True):  # by the first objective, falling
        area += a * max(b - height, 0.0)
        height = max(height, b)
    return area


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Best value or hypervolume by evaluation."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.step(range(1, len(output["progress"]) + 1), output["progress"], where="post")
    axes.set(xlabel="evaluations", ylabel="hypervolume" if inputs["objectives"] == 2 else "best value")
    return figure


@algorithm(
    id="bayesian-optimization",
    name="Bayesian optimization",
    aliases=(
        "BO",
        "sequential model-based optimization",
        "SMBO",
        "multi-objective Bayesian optimization",
        "Pareto front",
        "hypervolume",
        "ParEGO",
        "GP-EI",
    ),
    example={"evaluations": 15, "objectives": 1, "seed": 0},
    cost="seconds",
    figure=draw,
)
def bayesian_optimization(
    evaluations: Annotated[int, Field(ge=4, le=40)] = 15,
    initial: Annotated[int, Field(ge=2, le=20)] = 3,
    objectives: Literal[1, 2] = 1,
    length_scale: Annotated[float, Field(ge=0.01, le=1)] = 0.08,
    noise: Annotated[NonNegative, Field(le=0.5)] = 0.0,
    seed: Seed = 0,
) -> Output:
    """Maximise a bumpy function on [0, 1], or two at once (the bumps and 1 - x), with expected improvement.

    Parameters
    ----------
    evaluations : int
        Evaluations in all.
    initial : int
        Random evaluations at the start.
    objectives : {1, 2}
        One objective, or two with ParEGO weights.
    length_scale : float
        Length scale of the kernel.
    noise : float
        Standard deviation of the observation noise.
    seed : int
        Seed of the random points and weights.

    Returns
    -------
    dict
        ``best_x``, ``best_value`` (noise-free, of the best observation), ``optimum``, ``regret``, ``progress`` (best
        value, or hypervolume, after each evaluation), ``random_search_value`` (best of as many random points, mean of
        50 runs), ``x`` (all evaluated), ``pareto_front`` (values; null for one objective).

    Raises
    ------
    ValueError
        If `initial` is not below `evaluations`.

    Examples
    --------
    >>> out = bayesian_optimization()
    >>> out["regret"] < 0.01
    True
    """
    if initial >= evaluations:
        raise ValueError(f"initial is {initial}; keep it below evaluations ({evaluations})")
    rng = np.random.default_rng(seed)
    grid = np.linspace(0, 1, 401)
    x = rng.random(initial)

    def measure(p: Floats) -> Floats:
        values = np.stack([objective(p), 1 - p], axis=1)[:, :objectives]  # (t, objectives)
        return np.asarray(values + noise * rng.standard_normal(values.shape))

    Y = measure(x)
    while len(x) < evaluations:
        if objectives == 1:
            y = Y[:, 0]
        else:
            w, low, high = rng.dirichlet([1, 1]), Y.min(axis=0), Y.max(axis=0)
            scaled = w * (Y - low) / np.maximum(high - low, 1e-12)
            y = scaled.min(axis=1) + 0.05 * scaled.sum(axis=1)  # augmented Chebyshev, for maximisation
        mu, sigma = gp_posterior(x, y, grid, length_scale, noise if objectives == 1 else 0.05)
        new = grid[int(np.argmax(expected_improvement(mu, sigma, float(y.max()))))]
        x, Y = np.append(x, new), np.concatenate([Y, measure(np.array([new]))])
    random = rng.random((50, evaluations))
    best = int(Y[:, 0].argmax())
    front = pareto_front(Y) if objectives == 2 else None
    measured = [float(Y[: i + 1, 0].max()) if objectives == 1 else hypervolume(Y[: i + 1]) for i in range(len(x))]
    optimum = float(objective(grid).max())
    value = float(objective(x[best : best + 1])[0])
    return {
        "best_x": float(x[best]),
        "best_value": value,
        "optimum": optimum,
        "regret": optimum - value,
        "progress": measured,
        "random_search_value": float(objective(random).max(axis=1).mean()),
        "x": x,
        "pareto_front": None if front is None else Y[front],
    }
