r"""Expectation-maximization fits models with hidden variables by alternating a posterior expectation and a
maximisation.

$$\text{E: } Q(\theta \mid \theta^{t}) = \mathbb E_{z \sim p(z \mid x, \theta^{t})}\big[\ln p(x, z \mid \theta)\big], \qquad
\text{M: } \theta^{t+1} = \arg\max_\theta Q(\theta \mid \theta^{t})$$

**Intuition.** If we knew which coin made each row of tosses, the bias of each coin would be a simple fraction. If we
knew the biases, we could say how likely each coin made each row. EM goes back and forth, with soft assignments. Each
round maximises a lower bound that touches the log-likelihood at the current parameters, so the log-likelihood never
falls.

**When to use it.** Mixtures, hidden Markov models (Baum-Welch), missing data, factor analysis.

**Cost.** One pass over the data an iteration; convergence is linear and slow where components overlap.

**Pitfalls.** The E step does not fill in the missing data with a guess, as is often said: it takes the expectation of
the complete-data log-likelihood under the posterior. Filling in the best guess gives hard EM, as in k-means. EM finds a
local maximum; identical starting values for all components never separate. Likelihoods may be unbounded. Work in
logarithms.

**References.** Dempster, Laird and Rubin, *Maximum likelihood from incomplete data via the EM algorithm* (1977). Do and
Batzoglou, *What is the expectation maximization algorithm?*, Nature Biotechnology (2008). Neal and Hinton (1998).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Heads = Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Field(min_length=1, max_length=256)]


def coin_posterior(heads: Floats, tosses: int, theta: Floats, mix: Floats) -> tuple[Floats, float]:
    """Posterior (n, K) of the coin of each row, and the log-likelihood up to the binomial coefficients.

    Examples
    --------
    >>> coin_posterior(np.array([5.0]), 10, np.array([0.6, 0.5]), np.array([0.5, 0.5]))[0].round(2).tolist()
    [[0.45, 0.55]]
    """
    safe = np.clip(theta, 1e-12, 1 - 1e-12)
    joint = heads[:, None] * np.log(safe) + (tosses - heads[:, None]) * np.log(1 - safe) + np.log(mix)  # (n, K)
    top = joint.max(axis=1, keepdims=True)
    total = top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))  # (n,)
    return np.exp(joint - total[:, None]), float(total.sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Log-likelihood by iteration."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["log_likelihoods"], "o-")
    axes.set(xlabel="iteration", ylabel="log-likelihood", title="EM for two coins")
    return figure


@algorithm(
    id="expectation-maximization",
    name="Expectation-maximization",
    aliases=("EM algorithm", "latent variables", "EM", "two coins problem", "E-step and M-step"),
    example={"heads": [5, 9, 8, 4, 7], "tosses": 10, "theta_a": 0.6, "theta_b": 0.5},
    figure=draw,
)
def expectation_maximization(
    heads: Heads,
    tosses: Annotated[int, Field(ge=1, le=10_000)] = 10,
    theta_a: Probability = 0.6,
    theta_b: Probability = 0.5,
    learn_mixing: bool = False,
    iterations: Annotated[int, Field(ge=1, le=500)] = 10,
) -> Output:
    """Estimate the biases of two coins from rows of tosses when the coin of each row is unknown.

    Parameters
    ----------
    heads : list of int, length n
        Heads in each row.
    tosses : int
        Tosses in a row.
    theta_a : float
        Starting bias of coin A.
    theta_b : float
        Starting bias of coin B.
    learn_mixing : bool
        Also estimate how often coin A is chosen; otherwise one half.
    iterations : int
        EM iterations.

    Returns
    -------
    dict
        ``theta_a``, ``theta_b``, ``mixing_a``, ``first_posterior_a`` (n,) and ``first_theta`` of the first iteration,
        ``posterior_a`` (n,) at the end, ``log_likelihoods`` (at most 50, without binomial coefficients).

    Raises
    ------
    ValueError
        If a row has more heads than tosses.

    Examples
    --------
    >>> out = expectation_maximization([5, 9, 8, 4, 7])
    >>> round(out["theta_a"], 2), round(out["theta_b"], 2), out["first_theta"].round(2).tolist()
    (0.8, 0.52, [0.71, 0.58])
    """
    h = np.asarray(heads, dtype=np.float64)  # (n,)
    if h.max() > tosses:
        raise ValueError(f"a row has {int(h.max())} heads in {tosses} tosses; raise tosses")
    theta, mix = np.array([theta_a, theta_b]), np.array([0.5, 0.5])
    history, first, first_theta = [], np.zeros((len(h), 2)), theta
    for t in range(iterations):
        R, value = coin_posterior(h, tosses, theta, mix)  # E step, (n, 2)
        history.append(value)
        N = R.sum(axis=0)
        theta = np.where(N > 0, R.T @ h / np.maximum(N * tosses, 1e-300), theta)  # M step
        mix = np.maximum(N / len(h), 1e-12) if learn_mixing else mix
        if t == 0:
            first, first_theta = R, theta
    R, value = coin_posterior(h, tosses, theta, mix)
    history.append(value)
    picked = np.unique(np.linspace(0, iterations, 50).astype(int))
    return {
        "theta_a": float(theta[0]),
        "theta_b": float(theta[1]),
        "mixing_a": float(mix[0]),
        "first_posterior_a": first[:50, 0],
        "first_theta": first_theta,
        "posterior_a": R[:50, 0],
        "log_likelihoods": np.array(history)[picked],
    }
