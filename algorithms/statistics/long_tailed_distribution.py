r"""A long-tailed distribution has a few very frequent values, the head, and very many rare ones, the tail.

$$P(X > x) = \left(\frac{x_m}{x}\right)^{\alpha}, \qquad \text{share of the top } q:\ q^{\,1 - 1/\alpha}, \qquad
\alpha = \frac{\log 5}{\log 4} \approx 1.161 \ \text{for } 80/20$$

**Intuition.** Speakers of languages, inhabitants of cities, views of pages: sorted by size, they fall steeply and then go on for long.
The 80/20 rule says that 20% of the causes bring 80% of the outcomes. For a Pareto distribution that fixes the exponent, and the rule
repeats inside: 4% bring 64%.

**When to use it.** To plan for rare classes and rare queries: caches serve the head, recommenders and classifiers struggle with the
tail.

**Cost.** $O(n \log n)$ to sort.

**Pitfalls.** The 20% of causes are the *head*; some texts call them the long tail, which is the other 80%. Whether the tail's total
outweighs the head depends on the exponent: it can be below or above one half. With $\alpha \le 2$ the variance is infinite and sample
means are unstable, so small samples understate the concentration. Not every skewed distribution is a power law; a
lognormal looks alike over a range. 80 and 20 need not add up to 100.

**References.** Pareto, *Cours d'économie politique* (1896). Newman, *Power laws, Pareto distributions and Zipf's law* (2005),
arXiv:cond-mat/0412004. Clauset, Shalizi and Newman, arXiv:0706.1062.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Share = Annotated[float, Field(gt=0, lt=1)]
Length = Annotated[int, Field(ge=100, le=200_000)]
Amounts = Annotated[list[NonNegative], Field(min_length=2, max_length=4096)]
SHARES = np.array([0.01, 0.04, 0.1, 0.2, 0.5, 0.8])


def share_of_top(amounts: Floats, share: float) -> float:
    """Share of the total that the largest `share` of the amounts (n,) holds; a part of an item counts in part.

    Examples
    --------
    >>> share_of_top(np.array([6.0, 2.0, 1.0, 1.0]), 0.25)
    0.6
    """
    ordered = np.sort(amounts)[::-1]
    mass = np.concatenate([[0.0], np.cumsum(ordered)])  # (n + 1,)
    return float(np.interp(share * len(amounts), np.arange(len(mass)), mass) / mass[-1])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Share of the outcomes held by the top causes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    q = np.linspace(0.001, 1, 200)
    axes.plot(q, q ** (1 - 1 / output["alpha"]))
    axes.plot(output["cause_shares"], output["outcome_shares"], "o")
    axes.plot([0, 1], [0, 1], ":")
    axes.set(xlabel="top share of causes", ylabel="share of outcomes", title=f"Pareto, α = {output['alpha']:.3f}")
    return figure


@algorithm(
    id="long-tailed-distribution",
    name="Long-tailed distribution and the 80/20 rule",
    aliases=(
        "heavy tail",
        "head and tail classes",
        "Pareto 80/20 rule",
        "80-20 rule",
        "Pareto distribution",
        "long tail",
    ),
    example={"cause_share": 0.2, "outcome_share": 0.8},
    figure=draw,
)
def long_tailed_distribution(
    cause_share: Share = 0.2,
    outcome_share: Share = 0.8,
    amounts: Amounts | None = None,
    n: Length = 100_000,
    seed: Seed = 0,
) -> Output:
    """The Pareto exponent behind a rule such as 80/20, and the concentration of a sample or of given amounts.

    Parameters
    ----------
    cause_share : float
        Share of the causes, counted from the largest (the head).
    outcome_share : float
        Share of the outcomes that they bring; above `cause_share`.
    amounts : list of float
        Own amounts, one a cause; None draws a Pareto sample.
    n : int
        Size of the sample.
    seed : int
        Seed of the sample.

    Returns
    -------
    dict
        ``alpha``; ``cause_shares`` (6,) and ``outcome_shares`` (6,) of the Pareto distribution; ``tail_share``, the
        outcomes of the other causes; ``measured_share`` that the top `cause_share` holds in the amounts or the
        sample; ``mean`` and ``median`` of those.

    Raises
    ------
    ValueError
        If `outcome_share` is not above `cause_share`, or all amounts are 0.

    Examples
    --------
    >>> round(long_tailed_distribution(0.2, 0.8)["alpha"], 3)
    1.161
    """
    if outcome_share <= cause_share:
        raise ValueError("outcome_share must be above cause_share: the head brings more than its share")
    alpha = 1 / (1 - math.log(outcome_share) / math.log(cause_share))
    u = 1 - np.random.default_rng(seed).random(n)  # (n,), in (0, 1]
    x = u ** (-1 / alpha) if amounts is None else np.asarray(amounts, dtype=np.float64)
    if x.sum() == 0:
        raise ValueError("all amounts are 0; at least one must be above")
    return {
        "alpha": alpha,
        "cause_shares": SHARES,
        "outcome_shares": SHARES ** (1 - 1 / alpha),
        "tail_share": 1 - outcome_share,
        "measured_share": share_of_top(x, cause_share),
        "mean": float(x.mean()),
        "median": float(np.median(x)),
    }
