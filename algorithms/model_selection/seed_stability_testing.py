r"""Stability testing across random seeds or resamples repeats a training run to learn how much of its score is luck.

$$\bar s = \frac1R \sum_r s_r, \qquad \mathrm{sd} = \sqrt{\frac{1}{R-1} \sum_r (s_r - \bar s)^2}, \qquad
\bar s \pm t_{R-1}\, \frac{\mathrm{sd}}{\sqrt R}$$

**Intuition.** Initial weights, the order of batches, bootstraps and the split itself are random. A single score is one
draw. If two models differ by less than the spread over seeds, nothing has been shown. A fixed seed must give exactly
the same score every time; if it does not, some source of randomness is not under control.

**When to use it.** Before claiming an improvement, and as a test of reproducibility.

**Cost.** $R$ runs; five are a minimum, thirty give a usable interval.

**Pitfalls.** Report mean and standard deviation, never the best seed. Divide by $R - 1$. The standard deviation
describes single runs, the standard error the mean: say which one is shown. Different seeds on the same split leave out
the randomness of the data; vary both. Compare two models on the same seeds (paired), which removes the shared part.
Choosing a seed on the test set is a form of overfitting.

**References.** Bouthillier et al., *Accounting for variance in machine learning benchmarks*, MLSys (2021). Reimers and
Gurevych, *Reporting score distributions makes a difference*, EMNLP (2017).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.ensembles.random_forest import fit_forest
from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, two_moons

Scores = Annotated[list[Number], Field(min_length=2, max_length=256)]


def spread(scores: Floats) -> tuple[float, float, float]:
    """Mean, sample standard deviation and half-width of the 95% t interval of the mean.

    Examples
    --------
    >>> [round(v, 4) for v in spread(np.array([1.0, 2.0, 3.0]))]
    [2.0, 1.0, 2.4841]
    """
    from scipy.stats import t

    sd = float(scores.std(ddof=1))
    return float(scores.mean()), sd, float(t.ppf(0.975, len(scores) - 1)) * sd / float(np.sqrt(len(scores)))


@algorithm(
    id="seed-stability-testing",
    name="Stability across random seeds / resamples",
    aliases=(
        "variance over seeds",
        "seed sensitivity",
        "reproducibility test",
        "mean and standard deviation over seeds",
    ),
    example={"scores": [0.81, 0.79, 0.84, 0.8, 0.82]},
    cost="trains",
)
def seed_stability_testing(
    scores: Scores | None = None,
    runs: Annotated[int, Field(ge=2, le=20)] = 8,
    n_trees: Annotated[int, Field(ge=1, le=20)] = 3,
    n: Annotated[int, Field(ge=20, le=200)] = 80,
    resample_data: bool = False,
    seed: Seed = 0,
) -> Output:
    """Summarise given scores, and rerun a small random forest with different seeds and with a fixed one.

    Parameters
    ----------
    scores : list of float or None
        Scores of runs to summarise; those of the forest if not given.
    runs : int
        Runs of the forest.
    n_trees : int
        Trees of the forest; fewer vary more.
    n : int
        Training rows of two moons.
    resample_data : bool
        Draw new training rows in each run as well.
    seed : int
        Seed of the first run; the others follow.

    Returns
    -------
    dict
        ``mean``, ``standard_deviation``, ``standard_error``, ``interval`` (95%, of the mean), ``best_minus_mean``;
        ``forest_scores`` (test accuracies), ``fixed_seed_spread`` (range of three runs with one seed; must be 0).

    Examples
    --------
    >>> out = seed_stability_testing([1.0, 2.0, 3.0], runs=2)
    >>> out["mean"], out["standard_deviation"], out["fixed_seed_spread"]
    (2.0, 1.0, 0.0)
    """
    T, truth = two_moons(400, 0.3, 12345)

    def accuracy(model_seed: int) -> float:
        X, y = two_moons(n, 0.3, model_seed if resample_data else seed)
        forest = fit_forest(X, np.eye(2)[y], n_trees, np.random.default_rng(model_seed), max_features=1)
        return float(np.mean(forest.votes(T).argmax(axis=1) == truth))

    forest_scores = np.array([accuracy((seed + r) % 2**32) for r in range(runs)])
    fixed = [accuracy(seed) for _ in range(3)]
    values = forest_scores if scores is None else np.asarray(scores, dtype=np.float64)
    mean, sd, half = spread(values)
    return {
        "mean": mean,
        "standard_deviation": sd,
        "standard_error": sd / float(np.sqrt(len(values))),
        "interval": [mean - half, mean + half],
        "best_minus_mean": float(values.max() - mean),
        "forest_scores": forest_scores,
        "fixed_seed_spread": max(fixed) - min(fixed),
    }
