r"""A Bayesian credible interval holds the parameter with a stated probability, given the data and the prior.

$$P(l \le \theta \le u \mid x) = 1 - \alpha, \qquad
\theta \sim \text{Beta}(a, b),\ x \mid \theta \sim \text{Bin}(n, \theta) \ \Rightarrow\ \theta \mid x \sim \text{Beta}(a + x,\ b + n - x)$$

**Intuition.** The posterior is a distribution over the parameter; cut off its tails. The equal-tailed interval leaves the same mass on both sides, the highest-density
interval (HDI) is the shortest. With a Beta prior the update is adding counts of successes and failures.

**When to use it.** For rates with few data (0 of 20 gives a sensible upper limit), or wherever prior knowledge should count.

**Cost.** Two quantiles of a Beta distribution.

**Pitfalls.** It is a *credible* interval: Bayes does not produce confidence intervals. A confidence interval is a procedure that covers the fixed truth in 95% of
repetitions; a credible interval is a statement about the parameter given these data. Averaged over the prior the coverage of a credible
interval is exact; for one fixed truth it need not be. The result depends on the prior, visibly so with few data: report it. The HDI is not invariant under
transformations, the equal-tailed interval is. It does not repair biased samples.

**References.** Gelman et al., *Bayesian Data Analysis* (2013), chapter 2. Brown, Cai and DasGupta, *Interval estimation for a binomial proportion* (2001).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

Trials = Annotated[int, Field(ge=0, le=1_000_000)]
Shape = Annotated[float, Field(ge=0.01, le=1e6)]
Level = Annotated[float, Field(ge=0.01, le=0.999)]


def shortest_interval(a: float, b: float, level: float) -> tuple[float, float]:
    """Shortest interval of mass `level` of Beta(a, b), by refining the mass left below it.

    Examples
    --------
    >>> [round(v, 3) for v in shortest_interval(1.0, 3.0, 0.95)]
    [0.0, 0.632]
    """
    from scipy.special import betaincinv

    low, high = 0.0, 1 - level
    for _ in range(6):
        below = np.linspace(low, high, 41)  # mass left below the interval
        widths = betaincinv(a, b, np.minimum(below + level, 1.0)) - betaincinv(a, b, below)
        best = int(widths.argmin())
        low, high = float(below[max(best - 1, 0)]), float(below[min(best + 1, 40)])
    below_best = float(below[best])
    return float(betaincinv(a, b, below_best)), float(betaincinv(a, b, min(below_best + level, 1.0)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The posterior density and the equal-tailed interval."""
    from matplotlib.figure import Figure
    from scipy.special import betaln

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    a, b = output["posterior_a"], output["posterior_b"]
    t = np.linspace(0.001, 0.999, 500)
    axes.plot(t, np.exp((a - 1) * np.log(t) + (b - 1) * np.log1p(-t) - betaln(a, b)))
    axes.axvspan(*output["equal_tailed"], alpha=0.2)
    axes.set(xlabel="rate", ylabel="posterior density", title=f"{inputs['level']:.0%} credible interval")
    return figure


@algorithm(
    id="bayesian-credible-interval",
    name="Bayesian credible interval (beta-binomial)",
    aliases=("posterior interval", "credible interval", "beta-binomial", "highest density interval", "HDI"),
    example={"successes": 7, "trials": 20},
    figure=draw,
)
def bayesian_credible_interval(
    successes: Trials, trials: Trials, prior_a: Shape = 1.0, prior_b: Shape = 1.0, level: Level = 0.95
) -> Output:
    """Posterior of a rate and its credible intervals.

    Parameters
    ----------
    successes : int
        Number of successes.
    trials : int
        Number of trials.
    prior_a, prior_b : float
        Beta prior, as pseudo-counts of successes and failures; 1 and 1 is uniform.
    level : float
        Posterior mass of the interval.

    Returns
    -------
    dict
        ``posterior_a``, ``posterior_b``; ``mean``, ``sd``; ``equal_tailed`` (2,) and ``highest_density`` (2,) intervals;
        ``observed_rate`` (None without trials).

    Raises
    ------
    ValueError
        If there are more successes than trials.

    Examples
    --------
    >>> bayesian_credible_interval(7, 20)["equal_tailed"].round(3).tolist()
    [0.181, 0.57]
    """
    from scipy.special import betaincinv

    if successes > trials:
        raise ValueError(f"{successes} successes cannot happen in {trials} trials")
    a, b = prior_a + successes, prior_b + trials - successes
    tail = (1 - level) / 2
    return {
        "posterior_a": a,
        "posterior_b": b,
        "mean": a / (a + b),
        "sd": float(np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))),
        "equal_tailed": np.array([float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))]),
        "highest_density": np.array(shortest_interval(a, b, level)),
        "observed_rate": successes / trials if trials else None,
    }
