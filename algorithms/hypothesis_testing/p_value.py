r"""The p-value is the probability, if the null hypothesis holds, of a result at least as extreme as the one observed.

$$p = P\bigl(T \ge t_\text{obs} \mid H_0\bigr) \quad \text{(one-sided)}, \qquad
p = P\bigl(|T| \ge |t_\text{obs}| \mid H_0\bigr) \quad \text{(two-sided)}$$

**Intuition.** Suppose drugs A and B are equal ($H_0$). Then the labels A and B mean nothing; shuffle them many times and see how often
the means differ as much as they really did. A small share says that the data would be surprising under $H_0$. If it is below a level
chosen in advance, such as 0.05, $H_0$ is rejected.

**When to use it.** To guard against taking noise for an effect, together with the size of the effect and an interval.

**Cost.** $B$ shuffles of $n$ values, or one evaluation of a tail probability.

**Pitfalls.** It is *not* the probability of getting the same results, nor that $H_0$ is true, nor a confidence that A differs from B, and
1 - p is not the probability of $H_1$. Below 0.05 means that so extreme a result has a chance below 5% under $H_0$, not below 95%.
The reference distribution need not be normal: shuffling has none. Nothing is proved about representing a population. A small p can be a tiny effect in
much data. Testing often, or peeking until p is small, breaks the level. Under $H_0$ p is uniform.

**References.** Fisher, *The Design of Experiments* (1935). Wasserstein and Lazar, *The ASA statement on p-values* (2016). Phipson and
Smyth (2010) on permutation p-values.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_cdf

Floats = NDArray[np.float64]
Alternative = Literal["two-sided", "greater", "less"]
Group = Annotated[list[Number], Field(min_length=2, max_length=200)]
Shuffles = Annotated[int, Field(ge=100, le=5000)]
Alpha = Annotated[float, Field(gt=0, lt=1)]
Z = Annotated[float, Field(ge=-100, le=100)]


def normal_p_value(z: float, alternative: Alternative) -> float:
    """p-value of a statistic that is standard normal under the null hypothesis.

    Examples
    --------
    >>> round(normal_p_value(1.96, "two-sided"), 3)
    0.05
    """
    upper, lower = normal_cdf(np.array([-z, z]))
    if alternative == "two-sided":
        return float(min(2 * min(upper, lower), 1.0))
    return float(upper if alternative == "greater" else lower)


def permutation_differences(a: Floats, b: Floats, shuffles: int, seed: int) -> Floats:
    """Differences of means (shuffles,) after reassigning the labels at random."""
    rng = np.random.default_rng(seed)
    pooled = np.concatenate([a, b])  # (n,)
    shuffled = rng.permuted(np.tile(pooled, (shuffles, 1)), axis=1)  # (shuffles, n)
    return np.asarray(shuffled[:, : len(a)].mean(axis=1) - shuffled[:, len(a) :].mean(axis=1))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Differences under the null hypothesis and the observed one."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    a, b = np.asarray(inputs["a"]), np.asarray(inputs["b"])
    axes.hist(permutation_differences(a, b, inputs["shuffles"], inputs["seed"]), bins=30, color="lightgray")
    axes.axvline(output["difference"], color="tab:red", label="observed")
    axes.set(xlabel="difference of means if labels mean nothing", title=f"p = {output['p_value']:.4f}")
    axes.legend()
    return figure


@algorithm(
    id="p-value",
    name="Hypothesis test and p-value",
    aliases=(
        "null hypothesis",
        "significance",
        "hypothesis testing",
        "permutation test",
        "z-test",
        "statistical significance",
    ),
    example={"a": [5.1, 6.2, 5.8, 6.9, 6.4, 7.0], "b": [4.2, 5.0, 4.8, 5.5, 4.1, 5.9]},
    cost="seconds",
    figure=draw,
)
def p_value(
    a: Group,
    b: Group,
    alternative: Alternative = "two-sided",
    alpha: Alpha = 0.05,
    z: Z | None = None,
    shuffles: Shuffles = 2000,
    seed: Seed = 0,
) -> Output:
    """Permutation test of equal means, or the tail probability of a z-statistic.

    Parameters
    ----------
    a, b : list of float
        Results of the two groups; not used if `z` is given.
    alternative : {"two-sided", "greater", "less"}
        The alternative hypothesis: means differ, a's is greater, or a's is less.
    alpha : float
        Level, chosen before looking at the data.
    z : float
        A statistic that is standard normal under the null hypothesis.
    shuffles : int
        Number of random reassignments of the labels.
    seed : int
        Seed of the shuffles.

    Returns
    -------
    dict
        ``p_value`` in (0, 1]; ``reject``, whether it is below alpha; ``difference`` of the means a - b (None with z);
        ``at_least_as_extreme``, the number of shuffles (None with z).

    Examples
    --------
    >>> round(p_value([0, 1], [0, 1], z=1.96)["p_value"], 3)
    0.05
    """
    if z is not None:
        p = normal_p_value(z, alternative)
        return {"p_value": p, "reject": p < alpha, "difference": None, "at_least_as_extreme": None}
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    observed = float(x.mean() - y.mean())
    null = permutation_differences(x, y, shuffles, seed)  # (shuffles,)
    slack = 1e-9 * max(1.0, float(np.abs(np.concatenate([x, y])).max()))  # equal differences differ by rounding
    if alternative == "two-sided":
        extreme = int((np.abs(null) >= abs(observed) - slack).sum())
    else:
        sign = 1 if alternative == "greater" else -1
        extreme = int((sign * null >= sign * observed - slack).sum())
    p = (extreme + 1) / (shuffles + 1)  # the observed labelling is one of the possible ones, so p is never 0
    return {"p_value": p, "reject": p < alpha, "difference": observed, "at_least_as_extreme": extreme}
