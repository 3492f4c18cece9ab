r"""Aleatoric and epistemic uncertainty are the two parts of predictive variance: noise in the data, and ignorance of the model.

$$\underbrace{\operatorname{Var}(y)}_{\text{total}} = \underbrace{\mathbb{E}_\theta[\sigma_\theta^2]}_{\text{aleatoric}} +
\underbrace{\operatorname{Var}_\theta[\mu_\theta]}_{\text{epistemic}}, \qquad
H[\bar p] = \mathbb{E}_\theta H[p_\theta] + I(y; \theta)$$

**Intuition.** Ask several plausible models. If all say "it is a coin toss", the data are noisy; if they contradict each other,
the model does not know. The law of total variance makes that exact for regression, entropy and mutual information for
classification.

**When to use it.** Active learning and exploration query where epistemic uncertainty is high; safety margins need the total.

**Cost.** One prediction a model.

**Pitfalls.** More data do not reduce aleatoric uncertainty; better measurements or further features do. Epistemic uncertainty falls
with more data, but only where the data lie. The split depends on the model class: what is noise for a small model can be
explained by a larger one. Members that all share a bias agree and look certain. A single softmax output holds no epistemic
part at all.

**References.** Kendall and Gal, *What Uncertainties Do We Need*, arXiv:1703.04977. Hüllermeier and Waegeman, *Aleatoric and Epistemic
Uncertainty in Machine Learning*, arXiv:1910.09457.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import NonNegative, Number, Probability, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Means = Annotated[list[Number], Field(min_length=1, max_length=100)]
Variances = Annotated[list[NonNegative], Field(min_length=1, max_length=100)]
Votes = Annotated[
    list[Annotated[list[Probability], Field(min_length=2, max_length=50)]],
    Field(max_length=100),
    AfterValidator(rectangular),
]


def entropy(p: Floats) -> Floats:
    """Entropy in nats along the last axis; 0 log 0 counts as 0.

    Examples
    --------
    >>> float(entropy(np.array([0.5, 0.5])).round(4))
    0.6931
    """
    return np.asarray(-np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0), axis=-1))


def by_sample_size(n: int, seed: int) -> tuple[float, float]:
    """Aleatoric and epistemic variance at x = 0.5 from straight lines fitted to bootstrap samples of n noisy points.

    Both are means over ten data sets of 20 samples each.
    """
    rng = np.random.default_rng(seed)
    noise, spread = [], []
    for _ in range(10):
        x = rng.uniform(-1, 1, n)
        y = 1 + 2 * x + 0.5 * rng.standard_normal(n)
        picks = rng.integers(n, size=(20, n))  # (20, n)
        lines = np.stack([np.polyfit(x[pick], y[pick], 1) for pick in picks])  # (20, 2): slope, intercept
        residuals = y - lines[:, :1] * x - lines[:, 1:]  # (20, n)
        noise.append((residuals**2).sum() / 20 / (n - 2))
        spread.append((0.5 * lines[:, 0] + lines[:, 1]).var())
    return float(np.mean(noise)), float(np.mean(spread))


@algorithm(
    id="uncertainty-decomposition",
    name="Aleatoric and epistemic uncertainty",
    aliases=("data noise", "model uncertainty", "total variance", "aleatoric uncertainty", "epistemic uncertainty"),
    example={"means": [1.0, 2.0, 3.0], "variances": [0.5, 0.5, 2.0], "probabilities": [[0.9, 0.1], [0.1, 0.9]]},
)
def uncertainty_decomposition(
    means: Means,
    variances: Variances,
    probabilities: Votes = [],  # noqa: B006 (never changed)
    seed: Seed = 0,
) -> Output:
    """Split the variance of a regression ensemble, and the entropy of a classification ensemble.

    Parameters
    ----------
    means : list of float
        Predicted mean of each model.
    variances : list of float
        Predicted noise variance of each model.
    probabilities : matrix (models, classes)
        Class probabilities of each model; empty to leave classification out.
    seed : int
        Seed of the demonstration with growing samples.

    Returns
    -------
    dict
        ``total`` = ``aleatoric`` + ``epistemic``; ``mean``; in nats ``total_entropy`` = ``expected_entropy`` +
        ``mutual_information`` (null without probabilities); ``sample_sizes`` with ``aleatoric_by_size``, which stays near 0.25,
        and ``epistemic_by_size``, which falls.

    Raises
    ------
    ValueError
        If the numbers of means and variances differ or a row of probabilities does not sum to one.

    Examples
    --------
    >>> r = uncertainty_decomposition([1.0, 2.0, 3.0], [0.5, 0.5, 2.0])
    >>> r["aleatoric"], round(r["epistemic"], 4), round(r["total"], 4)
    (1.0, 0.6667, 1.6667)
    """
    if len(means) != len(variances):
        raise ValueError(f"{len(means)} means and {len(variances)} variances; give one of each a model")
    aleatoric, epistemic = float(np.mean(variances)), float(np.var(means))
    P = np.asarray(probabilities, dtype=float)  # (M, C)
    total_entropy = expected = None
    if len(P):
        if np.abs(P.sum(axis=1) - 1).max() > 1e-6:
            raise ValueError("every row of probabilities must sum to one")
        total_entropy, expected = float(entropy(P.mean(axis=0))), float(entropy(P).mean())
    sizes = [20, 80, 320, 1280]
    split = [by_sample_size(n, seed) for n in sizes]
    return {
        "mean": float(np.mean(means)),
        "aleatoric": aleatoric,
        "epistemic": epistemic,
        "total": aleatoric + epistemic,
        "total_entropy": total_entropy,
        "expected_entropy": expected,
        "mutual_information": None if total_entropy is None or expected is None else total_entropy - expected,
        "sample_sizes": sizes,
        "aleatoric_by_size": [a for a, _ in split],
        "epistemic_by_size": [e for _, e in split],
    }
