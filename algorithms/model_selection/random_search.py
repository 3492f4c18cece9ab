r"""Random search draws hyperparameters at random from given ranges and keeps the best draw.

$$P(\text{at least one of } n \text{ draws in the top } q) = 1 - (1 - q)^n, \qquad
n \ge \frac{\ln(1 - p)}{\ln(1 - q)}$$

**Intuition.** How good the best draw is does not depend on the number of hyperparameters, only on how many draws there
are: 60 draws hit the best 5% of the space with probability 95.4%. And if only one of several hyperparameters matters,
$n$ random draws try $n$ different values of it, while a grid of $n$ points in two dimensions tries only $\sqrt n$.

**When to use it.** As the default for three or more hyperparameters, and as the baseline that any cleverer search has
to beat.

**Cost.** One evaluation a draw, all in parallel, and the search can stop at any time.

**Pitfalls.** The top 5% of the space need not be close to the optimum. The ranges and their scale decide: draw learning
rates on a logarithmic scale. Like grid search it does not ensure the optimum and it overfits the validation score: the
more draws, the more optimistic the winner's score; confirm on fresh data. Seeds should be recorded. Low-discrepancy
sequences cover the space more evenly.

**References.** Bergstra and Bengio, *Random search for hyper-parameter optimization*, JMLR (2012).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


@algorithm(
    id="random-search",
    name="Random search",
    aliases=("RandomizedSearchCV", "randomized hyperparameter search", "60 random draws"),
    example={"draws": 60, "top_share": 0.05},
)
def random_search(
    draws: Annotated[int, Field(ge=1, le=2000)] = 60,
    top_share: Annotated[float, Field(gt=0, lt=1)] = 0.05,
    wanted_probability: Annotated[float, Field(gt=0, lt=1)] = 0.95,
    seed: Seed = 0,
) -> Output:
    """Chance of hitting the best part of the space, and a search in which only one of two inputs matters.

    Parameters
    ----------
    draws : int
        Random draws.
    top_share : float
        Share of the space that counts as good.
    wanted_probability : float
        Probability for which the needed draws are computed.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``probability``, ``draws_needed``, ``simulated_probability`` (500 searches); ``random_best`` and ``grid_best``
        (mean best value of exp(-((x - c) / 0.03)²) over random c, for as many draws as the square grid has points),
        ``grid_points``, ``distinct_values_random`` and ``distinct_values_grid`` of x.

    Examples
    --------
    >>> round(random_search(60)["probability"], 3)
    0.954
    """
    rng = np.random.default_rng(seed)
    side = max(int(np.sqrt(draws)), 1)
    centers = rng.random((200, 1))
    grid = (np.arange(side) + 0.5) / side  # each x is tried `side` times, with different useless y

    def value(x: Floats) -> Floats:
        return np.asarray(np.exp(-(((x - centers) / 0.03) ** 2)).max(axis=1))

    hits = (rng.random((500, draws)) < top_share).any(axis=1)
    return {
        "probability": 1 - (1 - top_share) ** draws,
        "draws_needed": int(np.ceil(np.log(1 - wanted_probability) / np.log(1 - top_share))),
        "simulated_probability": float(hits.mean()),
        "random_best": float(value(rng.random((200, side * side))).mean()),
        "grid_best": float(value(grid[None, :]).mean()),
        "grid_points": side * side,
        "distinct_values_random": side * side,
        "distinct_values_grid": side,
    }
