r"""Sampling bias arises when the chance of being in the sample depends on what is measured; more data do not repair it.

$$\text{bias} = \frac{\operatorname{Cov}(\pi, y)}{E[\pi]}, \qquad
\hat\mu_\text{weighted} = \frac{\sum_{i \in s} y_i / \pi_i}{\sum_{i \in s} 1 / \pi_i}$$

**Intuition.** Suppose people with a high value $y$ answer more readily, with inclusion probability $\pi$. The sample mean then converges,
but to the wrong number. Weighting each answer by $1 / \pi$ lets those who rarely answer speak for those like them who did not.

**When to use it.** To judge convenience samples: the first visitors, volunteers, users of one app. They over-represent whoever is easy to
reach.

**Cost.** $O(n)$.

**Pitfalls.** A larger sample only makes a wrong estimate look precise. Weighting needs known inclusion probabilities above zero; nobody
can be reweighted who had no chance to be drawn. Sampling bias is one kind of selection bias; others are survivorship (only what is still
there is seen, as the returned bombers), attrition (drop-out during the study), self-selection and non-response. Deployed models create their
own: they only see the outcomes of cases they accepted. Large weights inflate the variance.

**References.** Horvitz and Thompson (1952), *Journal of the American Statistical Association* 47. Heckman, *Sample selection bias as
a specification error* (1979). Meng, *Statistical paradises and paradoxes in big data* (2018).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Strength = Annotated[float, Field(ge=-3, le=3)]
SIZES = (100, 1_000, 10_000, 100_000)


def weighted_mean(y: Floats, inclusion: Floats) -> float:
    """Hájek estimate: mean of `y` (n,) weighted by the inverse inclusion probabilities (n,).

    Examples
    --------
    >>> weighted_mean(np.array([1.0, 4.0]), np.array([0.1, 0.2]))
    2.0
    """
    w = 1 / inclusion  # (n,)
    return float((w @ y) / w.sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Estimates against sample size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for key in ("naive_means", "weighted_means", "random_means"):
        axes.semilogx(output["sizes"], output[key], "o-", label=key.replace("_", " "))
    axes.axhline(output["true_mean"], ls=":", color="black")
    axes.set(xlabel="sample size", ylabel="estimate", title="a biased sample stays biased")
    axes.legend()
    return figure


@algorithm(
    id="sampling-bias",
    name="Sampling and selection bias (simulation)",
    aliases=(
        "selection bias",
        "non-representative sample",
        "survivorship bias",
        "Convenience sampling bias",
        "non-probability sampling",
        "inverse probability weighting",
    ),
    example={"selection_strength": 1.0},
    figure=draw,
)
def sampling_bias(selection_strength: Strength = 1.0, seed: Seed = 0) -> Output:
    """Estimate a mean of 50 (standard deviation 10) from samples that favour high values.

    Parameters
    ----------
    selection_strength : float
        Change of the log-odds of being sampled for each standard deviation of the value; 0 is a fair sample.
    seed : int
        Seed of the population and the samples.

    Returns
    -------
    dict
        ``true_mean``; ``sizes`` (4,) of the samples; ``naive_means``, ``weighted_means`` by inverse inclusion
        probability and ``random_means`` of fair samples, each (4,); ``expected_naive_mean`` as the size grows.

    Examples
    --------
    >>> result = sampling_bias(1.0)
    >>> bool(result["naive_means"][-1] > 54), bool(abs(result["weighted_means"][-1] - 50) < 0.5)
    (True, True)
    """
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(1_000_000)  # (N,)
    y = 50 + 10 * z
    inclusion = logistic(selection_strength * z - 1)  # (N,)
    included = np.flatnonzero(rng.random(len(z)) < inclusion)  # in random order, as the population is
    naive = np.array([y[included[:n]].mean() for n in SIZES])  # (4,)
    weighted = np.array([weighted_mean(y[included[:n]], inclusion[included[:n]]) for n in SIZES])
    return {
        "true_mean": 50.0,
        "sizes": np.array(SIZES),
        "naive_means": naive,
        "weighted_means": weighted,
        "random_means": np.array([y[:n].mean() for n in SIZES]),
        "expected_naive_mean": float((inclusion @ y) / inclusion.sum()),
    }
