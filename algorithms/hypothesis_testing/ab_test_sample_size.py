r"""The sample size of an A/B test is the smallest number of users with which an effect that matters is found with the wanted power.

$$n_A = \frac{\left(z_{1-\alpha/2} \sqrt{\bar p \bar q \left(1 + \tfrac1k\right)} + z_{1-\beta} \sqrt{p_A q_A + \tfrac{p_B q_B}{k}}\right)^2}{(p_A - p_B)^2},
\qquad n_B = k\, n_A$$

with $\bar p$ the mean rate, weighted by group size, and $q = 1 - p$.

**Intuition.** Power is the chance to detect a real difference. It rises with the sample size and with the effect, and falls with a
stricter level. Halving the minimum detectable effect (MDE) takes four times the users.

**When to use it.** Before the experiment, to decide whether it is worth running and how long.

**Cost.** $O(1)$.

**Pitfalls.** The split need not be symmetric: a risky version may get fewer users. But an equal split needs (nearly) the smallest total for a given
power, and a 90/10 split nearly three times as many. The effect in the formula is absolute: a relative gain of 10% on a rate of 5% is
0.005. Power computed afterwards from the observed effect adds nothing to the p-value. Looking early and often inflates the false positive
rate; use sequential designs for that. Users, not page views, are the independent units.

**References.** Fleiss, Levin and Paik, *Statistical Methods for Rates and Proportions* (2003), chapter 4. Cohen, *Statistical Power
Analysis* (1988). Kohavi, Tang and Xu (2020).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_cdf, normal_quantile

Rate = Annotated[float, Field(gt=0, lt=1)]
Effect = Annotated[float, Field(ge=-0.99, le=0.99)]
Alpha = Annotated[float, Field(ge=1e-6, le=0.5)]
Power = Annotated[float, Field(ge=0.5, le=0.9999)]
Ratio = Annotated[float, Field(ge=0.01, le=100)]


def null_and_effect_error(pa: float, pb: float, ratio: float) -> tuple[float, float]:
    """Standard errors of the difference times sqrt(n_A), if the rates were equal and as they are.

    Examples
    --------
    >>> [round(e, 4) for e in null_and_effect_error(0.1, 0.12, 1.0)]
    [0.4425, 0.4423]
    """
    mean = (pa + ratio * pb) / (1 + ratio)
    null = math.sqrt(mean * (1 - mean) * (1 + 1 / ratio))
    return null, math.sqrt(pa * (1 - pa) + pb * (1 - pb) / ratio)


def sample_size_a(pa: float, pb: float, alpha: float, power: float, ratio: float) -> float:
    """Users of group A (not rounded) of a two-sided test.

    Examples
    --------
    >>> round(sample_size_a(0.1, 0.12, 0.05, 0.8, 1.0), 1)
    3840.8
    """
    z_alpha, z_power = normal_quantile(np.array([1 - alpha / 2, power]))
    null, effect = null_and_effect_error(pa, pb, ratio)
    return float(((z_alpha * null + z_power * effect) / (pa - pb)) ** 2)


def power_at(n_a: float, pa: float, pb: float, alpha: float, ratio: float) -> float:
    """Chance of a significant difference in the right direction with `n_a` users in group A.

    Examples
    --------
    >>> round(power_at(3841, 0.1, 0.12, 0.05, 1.0), 3)
    0.8
    """
    null, effect = null_and_effect_error(pa, pb, ratio)
    z_alpha = normal_quantile(np.array([1 - alpha / 2]))[0]
    return float(normal_cdf(np.array([(abs(pa - pb) * math.sqrt(n_a) - z_alpha * null) / effect]))[0])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Power against the users of group A."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    pa, pb = inputs["baseline"], inputs["baseline"] + inputs["effect"]
    n = np.linspace(1, 2 * output["n_a"], 100)
    axes.plot(n, [power_at(v, pa, pb, inputs["alpha"], inputs["ratio"]) for v in n])
    axes.plot(output["n_a"], output["achieved_power"], "o")
    axes.set(xlabel="users in A", ylabel="power", ylim=(0, 1), title=f"n = {output['n_a']}")
    return figure


@algorithm(
    id="ab-test-sample-size",
    name="A/B test power and minimum sample size",
    aliases=("power analysis", "MDE", "minimum detectable effect", "sample size calculation", "statistical power"),
    example={"baseline": 0.1, "effect": 0.02},
    figure=draw,
)
def ab_test_sample_size(
    baseline: Rate, effect: Effect, alpha: Alpha = 0.05, power: Power = 0.8, ratio: Ratio = 1.0
) -> Output:
    """Users that a two-sided test of two conversion rates needs.

    Parameters
    ----------
    baseline : float
        Conversion rate of version A.
    effect : float
        Minimum detectable effect: rate of B minus rate of A, absolute.
    alpha : float
        Level of the test.
    power : float
        Wanted chance to detect the effect.
    ratio : float
        Users of B for each user of A.

    Returns
    -------
    dict
        ``n_a``, ``n_b``, ``total``; ``achieved_power`` with these numbers; ``total_if_equal`` with a symmetric split.

    Raises
    ------
    ValueError
        If the effect is (almost) 0 or leads out of (0, 1).

    Examples
    --------
    >>> ab_test_sample_size(0.10, 0.02)["n_a"]
    3841
    """
    other = baseline + effect
    if abs(effect) < 1e-5 or not 0 < other < 1:
        raise ValueError("the effect must be at least 0.00001 in size and baseline + effect between 0 and 1")
    n_a = math.ceil(sample_size_a(baseline, other, alpha, power, ratio))
    n_b = math.ceil(ratio * n_a)
    return {
        "n_a": n_a,
        "n_b": n_b,
        "total": n_a + n_b,
        "achieved_power": power_at(n_a, baseline, other, alpha, ratio),
        "total_if_equal": 2 * math.ceil(sample_size_a(baseline, other, alpha, power, 1.0)),
    }
