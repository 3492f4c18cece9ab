r"""Acquisition functions (EI, PI, UCB) score how useful it would be to evaluate an expensive objective at a point,
given a surrogate's mean and standard deviation there.

$$\mathrm{EI} = (\mu - f^*)\,\Phi(z) + \sigma\,\phi(z), \qquad \mathrm{PI} = \Phi(z), \qquad \mathrm{UCB} = \mu + \kappa\,\sigma,
\qquad z = \frac{\mu - f^*}{\sigma}$$

for maximisation with best value so far $f^*$. With a constraint, multiply EI by the probability of being feasible.

**Intuition.** A point is worth a trial if it promises much (high $\mu$) or is unknown (high $\sigma$). Expected
improvement averages the gain over $f^*$ with losses counted as zero. PI asks only whether there is a gain, however
small, so it is greedy. UCB is optimistic by $\kappa$ standard deviations.

**When to use it.** Inside Bayesian optimization; EI is the common default.

**Cost.** A few operations a candidate; the surrogate is what costs.

**Pitfalls.** The signs are for maximisation; for minimisation negate the objective. At a known point without noise
$\sigma = 0$ and EI is zero; take the limit instead of dividing by zero. With noise, $f^*$ should be the best mean, not
the luckiest observation. EI underflows far from good points: use its logarithm there. $\kappa$ needs tuning or a
schedule.

**References.** Jones, Schonlau and Welch, *Efficient global optimization of expensive black-box functions* (1998).
Srinivas et al., *Gaussian process optimization in the bandit setting*, ICML (2010). Gardner et al., *Bayesian
optimization with inequality constraints*, ICML (2014).
"""

from __future__ import annotations

from math import erf
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Number, Probability
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Acquisition = Literal["expected-improvement", "probability-of-improvement", "upper-confidence-bound", "constrained"]
Means = Annotated[list[Annotated[Number, Field(ge=-1e9, le=1e9)]], Field(min_length=1, max_length=512)]
Deviations = Annotated[list[Annotated[NonNegative, Field(le=1e9)]], Field(min_length=1, max_length=512)]
Feasible = Annotated[list[Probability], Field(min_length=1, max_length=512)]


def normal_cdf(z: Floats) -> Floats:
    """Standard normal distribution function of an array.

    Examples
    --------
    >>> normal_cdf(np.array([0.0])).tolist()
    [0.5]
    """
    return np.array([0.5 * (1 + erf(v / np.sqrt(2))) for v in np.ravel(z)]).reshape(np.shape(z))


def expected_improvement(mu: Floats, sigma: Floats, best: float) -> Floats:
    """Expected improvement for maximisation; its limit max(mu - best, 0) where sigma is 0.

    Examples
    --------
    >>> expected_improvement(np.array([1.0, 1.0]), np.array([1.0, 0.0]), 1.0).round(4).tolist()
    [0.3989, 0.0]
    """
    safe = np.where(sigma > 0, sigma, 1.0)
    z = np.clip((mu - best) / safe, -1e3, 1e3)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    value = (mu - best) * normal_cdf(z) + safe * density
    return np.asarray(np.maximum(np.where(sigma > 0, value, mu - best), 0))


def probability_of_improvement(mu: Floats, sigma: Floats, best: float) -> Floats:
    """Probability that the value exceeds `best`."""
    safe = np.where(sigma > 0, sigma, 1.0)
    return np.asarray(np.where(sigma > 0, normal_cdf(np.clip((mu - best) / safe, -1e3, 1e3)), mu > best))


@algorithm(
    id="acquisition-functions",
    name="Acquisition functions (EI, PI, UCB)",
    aliases=(
        "expected improvement",
        "EI",
        "acquisition function",
        "probability of improvement",
        "PI",
        "upper confidence bound acquisition",
        "UCB",
        "GP-UCB",
        "constrained Bayesian optimization",
        "feasibility-weighted EI",
    ),
    example={"mean": [1.0, 0.5, 0.9], "std": [0.1, 1.0, 0.0], "best": 0.9, "kind": "expected-improvement"},
)
def acquisition_functions(
    mean: Means,
    std: Deviations,
    best: Annotated[Number, Field(ge=-1e9, le=1e9)] = 0.0,
    kind: Acquisition = "expected-improvement",
    kappa: Annotated[NonNegative, Field(le=1e3)] = 2.0,
    feasible: Feasible | None = None,
) -> Output:
    """Score candidates for maximisation.

    Parameters
    ----------
    mean : list of float, length m
        Surrogate mean at each candidate.
    std : list of float, length m
        Surrogate standard deviation.
    best : float
        Best value so far.
    kind : {"expected-improvement", "probability-of-improvement", "upper-confidence-bound", "constrained"}
        Score; "constrained" is expected improvement times feasibility.
    kappa : float
        Optimism of the upper confidence bound.
    feasible : list of float or None
        Probability that each candidate is feasible; ones if not given.

    Returns
    -------
    dict
        ``scores`` (first 50), ``chosen`` (index of the best candidate), ``best_score``, ``z`` (first 50; null where std
        is 0).

    Raises
    ------
    ValueError
        If the lists differ in length.

    Examples
    --------
    >>> out = acquisition_functions([1.0, 0.5, 0.9], [0.1, 1.0, 0.0], best=0.9)
    >>> out["scores"].round(4).tolist(), out["chosen"]
    ([0.1083, 0.2304, 0.0], 1)
    """
    mu, sigma = np.asarray(mean, dtype=np.float64), np.asarray(std, dtype=np.float64)  # (m,)
    p = np.ones(len(mu)) if feasible is None else np.asarray(feasible, dtype=np.float64)
    if not len(mu) == len(sigma) == len(p):
        raise ValueError(
            f"{len(mu)} means, {len(sigma)} deviations and {len(p)} feasibilities; give one each a candidate"
        )
    if kind == "upper-confidence-bound":
        scores = mu + kappa * sigma
    elif kind == "probability-of-improvement":
        scores = probability_of_improvement(mu, sigma, best)
    else:
        scores = expected_improvement(mu, sigma, best) * (p if kind == "constrained" else 1)
    return {
        "scores": scores[:50],
        "chosen": int(scores.argmax()),
        "best_score": float(scores.max()),
        "z": [float((m - best) / s) if s > 0 else None for m, s in zip(mu[:50], sigma[:50], strict=True)],
    }
