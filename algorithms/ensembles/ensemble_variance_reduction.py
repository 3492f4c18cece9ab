r"""Variance reduction by averaging models: the mean of several models varies less than one, as far as their errors are
not shared.

$$\mathrm{Var}\Big(\frac1M\sum_m f_m\Big) = \rho\,\sigma^2 + \frac{1-\rho}{M}\,\sigma^2, \qquad
P_{\text{majority}} = \sum_{k > M/2} \binom{M}{k} p^k (1-p)^{M-k}$$

**Intuition.** Independent errors partly cancel; with correlation $\rho$ a floor of $\rho\sigma^2$ remains however many
models join. The vote of independent classifiers behaves likewise: three voters who are right 70% of the time are right
together 78.4% of the time (Condorcet's jury theorem). This is the wisdom of the crowd.

**When to use it.** To decide whether another member is worth its cost, and why diverse members beat copies.

**Cost.** $M$ models to fit and to run.

**Pitfalls.** Averaging reduces variance; it does not average out a bias that the members share. The crowd comes close
to the truth only if its errors are independent and better than chance (or unbiased): with $p < \tfrac12$ a majority is
worse than one voter. Models fitted on the same data are correlated, so the $1/M$ law is an upper bound on the hope. An
even number of voters needs a rule for ties; here a fair coin.

**References.** Condorcet, *Essai sur l'application de l'analyse* (1785). Hastie, Tibshirani and Friedman, *The Elements
of Statistical Learning* (2009), section 15.2.
"""

from __future__ import annotations

from math import comb
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Number, Probability, Seed
from algorithms.registry import Output, algorithm


def majority_accuracy(M: int, p: float) -> float:
    """Probability that the majority of M independent voters is right; a tie is decided by a fair coin.

    Examples
    --------
    >>> round(majority_accuracy(3, 0.7), 6)
    0.784
    """
    terms = [comb(M, k) * p**k * (1 - p) ** (M - k) for k in range(M + 1)]
    tie = terms[M // 2] / 2 if M % 2 == 0 else 0.0
    return float(sum(terms[M // 2 + 1 :]) + tie)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Variance of the mean against the number of members, with its floor."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    M = np.arange(1, max(inputs["n_models"], 2) + 1)
    s2, rho = inputs["variance"], inputs["correlation"]
    axes.plot(M, rho * s2 + (1 - rho) * s2 / M)
    axes.axhline(rho * s2, linestyle="--", label="floor ρσ²")
    axes.set(xlabel="models", ylabel="variance of the mean", ylim=(0, None))
    axes.legend()
    return figure


@algorithm(
    id="ensemble-variance-reduction",
    name="Variance reduction by averaging models",
    aliases=(
        "model averaging",
        "ensemble of independent models",
        "wisdom of the crowd",
        "Condorcet jury theorem",
        "majority of independent voters",
    ),
    example={"n_models": 3, "p": 0.7, "variance": 1.0, "correlation": 0.0},
    figure=draw,
)
def ensemble_variance_reduction(
    n_models: Annotated[int, Field(ge=1, le=501)] = 3,
    p: Probability = 0.7,
    variance: Annotated[NonNegative, Field(le=1e6)] = 1.0,
    correlation: Probability = 0.0,
    bias: Annotated[Number, Field(ge=-1e3, le=1e3)] = 0.0,
    seed: Seed = 0,
) -> Output:
    """Variance of an average of `n_models` and accuracy of their vote, by formula and by simulation.

    Parameters
    ----------
    n_models : int
        Members of the ensemble.
    p : float
        Probability that one voter is right.
    variance : float
        Variance of one model's error.
    correlation : float
        Correlation of two models' errors.
    bias : float
        Bias that all members share.
    seed : int
        Seed of the simulation (4,000 repetitions).

    Returns
    -------
    dict
        ``variance_of_mean``, ``floor`` (infinitely many members), ``simulated_variance``, ``simulated_bias``,
        ``majority_accuracy``, ``simulated_majority_accuracy``.

    Examples
    --------
    >>> round(ensemble_variance_reduction(3, p=0.7)["majority_accuracy"], 6)
    0.784
    """
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal((4000, 1))
    own = rng.standard_normal((4000, n_models))  # (R, M)
    errors = bias + np.sqrt(variance) * (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)
    right = (rng.random((4000, n_models)) < p).sum(axis=1)  # (R,)
    won = (2 * right > n_models) + 0.5 * (2 * right == n_models)
    return {
        "variance_of_mean": correlation * variance + (1 - correlation) * variance / n_models,
        "floor": correlation * variance,
        "simulated_variance": float(errors.mean(axis=1).var()),
        "simulated_bias": float(errors.mean()),
        "majority_accuracy": majority_accuracy(n_models, p),
        "simulated_majority_accuracy": float(won.mean()),
    }
