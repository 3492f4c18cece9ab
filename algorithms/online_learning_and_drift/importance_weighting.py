r"""Importance weighting for covariate shift weighs each training example by how much more likely its input is where the model will be used.

$$R_T = \mathbb{E}_{x \sim p_S}\Big[\frac{p_T(x)}{p_S(x)}\, L(f(x), y)\Big], \qquad p_T(y \mid x) = p_S(y \mid x)$$

**Intuition.** Source and target differ in the inputs $p(x)$ and agree in the conditional $p(y \mid x)$ (the bar is easily lost in print:
it is the distribution of y given x). Examples that are rare in the source but common in the target then have to count more.
The ratio can be learned: a classifier that tells target from source has the odds $p_T / p_S$, up to the sample sizes.

**When to use it.** Survey correction, off-policy evaluation, training on one population for another.

**Cost.** One density ratio; training as usual.

**Pitfalls.** If $p(y \mid x)$ changes too, weights do not help (concept drift). Where the source has no data no weight can replace them.
Large weights mean high variance: watch the effective sample size $(\sum w)^2 / \sum w^2$, and clip or smooth. A well-specified
model does not need weights; they matter for one that is too simple. Validate with weights too.

**References.** Shimodaira, *Improving Predictive Inference under Covariate Shift* (2000). Sugiyama, Suzuki and Kanamori, *Density
Ratio Estimation in Machine Learning* (2012).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def exact_weights(x: Floats, shift: float) -> Floats:
    """Density of N(shift, 1) over that of N(0, 1).

    Examples
    --------
    >>> exact_weights(np.array([0.5]), 1.0).tolist()
    [1.0]
    """
    return np.exp(shift * x - shift**2 / 2)


def learned_weights(source: Floats, target: Floats, rounds: int = 30) -> Floats:
    """Odds of a logistic classifier that tells target from source, at the source points, for equal sample sizes."""
    z = np.concatenate([source, target])
    X = np.stack([z, np.ones_like(z)], axis=1)  # (2n, 2)
    t = np.repeat([0.0, 1.0], [len(source), len(target)])
    w = np.zeros(2)
    for _ in range(rounds):
        p = logistic(X @ w)
        w -= np.linalg.solve(X.T @ ((p * (1 - p))[:, None] * X) + 1e-9 * np.eye(2), X.T @ (p - t))
    return np.exp(np.clip(X[: len(source)] @ w, -30, 30)) * len(source) / len(target)


def weighted_line(x: Floats, y: Floats, w: Floats) -> Floats:
    """Intercept and slope (2,) of weighted least squares."""
    X = np.stack([np.ones_like(x), x], axis=1)  # (n, 2)
    return np.asarray(np.linalg.solve(X.T @ (w[:, None] * X), X.T @ (w * y)))


@algorithm(
    id="importance-weighting",
    name="Importance weighting for covariate shift",
    aliases=("covariate shift", "instance weighting", "density ratio", "importance sampling weights", "reweighting"),
    example={"shift": 1.0, "n": 2000},
)
def importance_weighting(
    shift: Annotated[float, Field(ge=-3, le=3)] = 1.0,
    n: Annotated[int, Field(ge=20, le=20_000)] = 2_000,
    noise: Annotated[float, Field(ge=0, le=5)] = 0.3,
    seed: Seed = 0,
) -> Output:
    """Learn y = x² + noise with a straight line from inputs N(0, 1), for use on inputs N(shift, 1).

    Parameters
    ----------
    shift : float
        Mean of the target inputs.
    n : int
        Examples in the source, and unlabelled inputs of the target.
    noise : float
        Standard deviation of the noise in y.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        Of the fixed model f(x) = 0: ``source_risk``, ``weighted_risk`` (estimates the next from source data),
        ``target_risk`` exactly; ``line_unweighted``, ``line_weighted`` and ``line_learned_weights`` [intercept, slope] with
        their mean squared errors on target data ``target_mse_unweighted``, ``target_mse_weighted``,
        ``target_mse_learned_weights``; ``effective_sample_size``; ``mean_weight`` (near 1).

    Examples
    --------
    >>> r = importance_weighting(shift=1.0)
    >>> bool(r["target_mse_weighted"] < r["target_mse_unweighted"]), 0 < r["effective_sample_size"] < 2000
    (True, True)
    """
    rng = np.random.default_rng(seed)
    x, target = rng.standard_normal(n), shift + rng.standard_normal(n)  # (n,), (n,)
    y = x**2 + noise * rng.standard_normal(n)
    new = shift + rng.standard_normal(20_000)
    truth = new**2 + noise * rng.standard_normal(20_000)
    exact, learned = exact_weights(x, shift), learned_weights(x, target)
    output: Output = {
        "source_risk": float(np.mean(y**2)),
        "weighted_risk": float(np.mean(exact * y**2)),
        "target_risk": shift**4 + 6 * shift**2 + 3 + noise**2,  # fourth moment of N(shift, 1)
        "effective_sample_size": float(exact.sum() ** 2 / (exact**2).sum()),
        "mean_weight": float(exact.mean()),
    }
    for name, w in (("unweighted", np.ones(n)), ("weighted", exact), ("learned_weights", learned)):
        line = weighted_line(x, y, w)
        output[f"line_{name}"] = line
        output[f"target_mse_{name}"] = float(np.mean((truth - line[0] - line[1] * new) ** 2))
    return output
