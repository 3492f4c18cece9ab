r"""The binomial distribution counts successes in n independent trials with probability p; n = 1 is the Bernoulli distribution.

$$P(X = x) = \binom{n}{x} p^x (1 - p)^{n - x}, \qquad E[X] = np, \qquad \operatorname{Var}[X] = np(1 - p)$$

**Intuition.** Each sequence with $x$ successes has probability $p^x q^{n-x}$, and there are $\binom nx$ of them. For six flips of a fair
coin the chance of 2 or fewer heads is $(1 + 6 + 15)/64 = 22/64 = 0.34375$.

**When to use it.** For conversions, defects, correct answers: counts of yes among a fixed number of independent trials.

**Cost.** $O(n)$ for a cumulative probability.

**Pitfalls.** The Bernoulli support is the set {0, 1}, two points; writing it as the interval [0, 1] is wrong. Do not confuse the event with the
sample space: "2 or fewer heads in six flips" is the event {0, 1, 2} in the sample space {0, ..., 6}. "At most 2" includes 2.
Trials that share a cause (the same user, the same day) are not independent, and the true variance is then larger than $npq$. The
normal approximation is poor when $np$ or $nq$ is below about 5; draws without replacement are hypergeometric.

**References.** Bernoulli, *Ars conjectandi* (1713). Feller, *An Introduction to Probability Theory and Its Applications*, vol. 1
(1968), chapter VI.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Probability
from algorithms.registry import Output, algorithm

Trials = Annotated[int, Field(ge=1, le=1000)]
Successes = Annotated[int, Field(ge=0, le=1000)]


def binomial_probabilities(n: int, p: float) -> NDArray[np.float64]:
    """Probabilities (n + 1,) of 0 to n successes; n at most 1,000, so that the coefficients fit a float.

    Examples
    --------
    >>> binomial_probabilities(2, 0.5).tolist()
    [0.25, 0.5, 0.25]
    """
    return np.array([math.comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(n + 1)])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the probabilities, those up to k filled."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    pmf = binomial_probabilities(inputs["n"], inputs["p"])
    colors = ["tab:blue" if x <= inputs["k"] else "lightgray" for x in range(len(pmf))]
    axes.bar(range(len(pmf)), pmf, color=colors)
    axes.set(xlabel="successes", title=f"P(X ≤ {inputs['k']}) = {output['at_most_k']:.4f}")
    return figure


@algorithm(
    id="bernoulli-and-binomial-distributions",
    name="Bernoulli and binomial distributions",
    aliases=(
        "Binomial distribution",
        "number of successes",
        "Bernoulli distribution",
        "coin flip",
        "binomial probability",
    ),
    example={"n": 6, "p": 0.5, "k": 2},
    figure=draw,
)
def bernoulli_and_binomial_distributions(n: Trials, p: Probability, k: Successes) -> Output:
    """Probabilities of `k` successes in `n` trials, and the moments.

    Parameters
    ----------
    n : int
        Number of trials; 1 gives the Bernoulli distribution.
    p : float
        Probability of success of each trial.
    k : int
        Number of successes asked about, at most n.

    Returns
    -------
    dict
        ``exactly_k``, ``at_most_k`` (P(X ≤ k)) and ``at_least_k``; ``mean`` np, ``variance`` np(1-p), ``sd``;
        ``probabilities`` of 0 to min(n, 49) successes.

    Raises
    ------
    ValueError
        If `k` is above `n`.

    Examples
    --------
    >>> bernoulli_and_binomial_distributions(n=6, p=0.5, k=2)["at_most_k"]
    0.34375
    """
    if k > n:
        raise ValueError(f"k = {k} successes cannot happen in n = {n} trials")
    pmf = binomial_probabilities(n, p)  # (n + 1,)
    return {
        "exactly_k": float(pmf[k]),
        "at_most_k": float(pmf[: k + 1].sum()),
        "at_least_k": float(pmf[k:].sum()),
        "mean": n * p,
        "variance": n * p * (1 - p),
        "sd": math.sqrt(n * p * (1 - p)),
        "probabilities": pmf[:50],
    }
