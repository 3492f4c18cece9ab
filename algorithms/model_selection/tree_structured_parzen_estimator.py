r"""The tree-structured Parzen estimator (TPE) proposes hyperparameters that are likely under the good trials and
unlikely under the bad ones.

$$x^* = \arg\max_x \frac{l(x)}{g(x)}, \qquad l = p(x \mid y < y^*), \quad g = p(x \mid y \ge y^*), \quad P(y < y^*) = \gamma$$

**Intuition.** Sort the trials by loss, call the best share $\gamma$ good and the rest bad, and estimate a density of
each group with kernels. Draw candidates from the good density and take the one with the largest ratio. It goes where
good trials cluster and bad ones are rare; expected improvement grows with this ratio. "Tree-structured" means that a
hyperparameter may exist only if another has a certain value.

**When to use it.** For mixed and conditional search spaces with tens to hundreds of trials (hyperopt, Optuna).

**Cost.** Linear in the number of trials for each proposal.

**Pitfalls.** It is sometimes listed as an alternative to Bayesian optimization; it is one kind of it, which models
$p(x \mid y)$ instead of $p(y \mid x)$. Each dimension is modelled on its own in the basic form, so interactions are
missed. Too small a bandwidth makes it exploit the first good trial; mix in the prior. It needs some random trials to
start. The bounds of the range leak density: the kernels must be truncated.

**References.** Bergstra, Bardenet, Bengio and Kégl, *Algorithms for hyper-parameter optimization*, NIPS (2011).
Watanabe, *Tree-structured Parzen estimator*, arXiv:2304.11127.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.model_selection.acquisition_functions import normal_cdf
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def parzen_density(x: Floats, centers: Floats, bandwidth: float) -> Floats:
    """Density (m,) on [0, 1] of a mixture of truncated Gaussians at the centers and the uniform prior.

    Examples
    --------
    >>> grid = np.linspace(0, 1, 1001)
    >>> round(float(np.trapezoid(parzen_density(grid, np.array([0.1, 0.9]), 0.1), grid)), 4)
    1.0
    """
    z = (x[:, None] - centers[None, :]) / bandwidth  # (m, t)
    inside = normal_cdf((1 - centers) / bandwidth) - normal_cdf(-centers / bandwidth)  # (t,)
    kernels = np.exp(-(z**2) / 2) / (np.sqrt(2 * np.pi) * bandwidth * inside)
    return np.asarray((kernels.sum(axis=1) + 1) / (len(centers) + 1))


def propose(x: Floats, y: Floats, gamma: float, bandwidth: float, rng: np.random.Generator) -> tuple[float, float]:
    """Next trial and its ratio l / g, from trials x (t,) in [0, 1] with losses y (t,)."""
    n_good = max(int(np.ceil(gamma * len(x))), 1)
    order = np.argsort(y, kind="stable")
    good, bad = x[order[:n_good]], x[order[n_good:]]
    jumps = bandwidth * rng.standard_normal(24)
    candidates = np.append(np.clip(good[rng.integers(0, n_good, 24)] + jumps, 0, 1), rng.random(4))
    ratio = parzen_density(candidates, good, bandwidth) / parzen_density(candidates, bad, bandwidth)
    return float(candidates[ratio.argmax()]), float(ratio.max())


@algorithm(
    id="tree-structured-parzen-estimator",
    name="Tree-structured Parzen estimator",
    aliases=("TPE", "hyperopt", "Parzen estimator search", "Optuna sampler"),
    example={"trials": 40, "gamma": 0.25, "seed": 0},
    cost="seconds",
)
def tree_structured_parzen_estimator(
    trials: Annotated[int, Field(ge=10, le=100)] = 40,
    startup: Annotated[int, Field(ge=4, le=50)] = 10,
    gamma: Annotated[float, Field(gt=0, lt=0.9)] = 0.25,
    bandwidth: Annotated[float, Field(ge=0.005, le=1)] = 0.05,
    optimum: Annotated[float, Field(ge=0, le=1)] = 0.7,
    seed: Seed = 0,
) -> Output:
    """Minimise |x - optimum| + 0.1 sin²(20 x) on [0, 1].

    Parameters
    ----------
    trials : int
        Evaluations in all.
    startup : int
        Random evaluations at the start.
    gamma : float
        Share of the trials called good.
    bandwidth : float
        Width of the kernels.
    optimum : float
        Where the large-scale minimum lies.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``best_x``, ``best_loss``, ``random_search_loss`` (mean best of as many random trials, 50 repeats),
        ``mean_distance_startup`` and ``mean_distance_last`` (to the optimum, first random and last ten trials),
        ``last_ratio`` l / g.

    Raises
    ------
    ValueError
        If `startup` is not below `trials`.

    Examples
    --------
    >>> out = tree_structured_parzen_estimator()
    >>> out["mean_distance_last"] < out["mean_distance_startup"] / 2
    True
    """
    if startup >= trials:
        raise ValueError(f"startup is {startup}; keep it below trials ({trials})")

    def loss(x: Floats) -> Floats:
        return np.asarray(np.abs(x - optimum) + 0.1 * np.sin(20 * x) ** 2)

    rng = np.random.default_rng(seed)
    x = rng.random(startup)
    ratio = 1.0
    while len(x) < trials:
        new, ratio = propose(x, loss(x), gamma, bandwidth, rng)
        x = np.append(x, new)
    y = loss(x)
    return {
        "best_x": float(x[y.argmin()]),
        "best_loss": float(y.min()),
        "random_search_loss": float(loss(rng.random((50, trials))).min(axis=1).mean()),
        "mean_distance_startup": float(np.abs(x[:startup] - optimum).mean()),
        "mean_distance_last": float(np.abs(x[-10:] - optimum).mean()),
        "last_ratio": ratio,
    }
