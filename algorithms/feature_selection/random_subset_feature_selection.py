r"""Random-subset feature selection tries random subsets of the features and keeps the one with the best validation
score.

$$\hat S = \arg\max_{t = 1, \dots, T} s_{\text{val}}(S_t), \qquad S_t \sim \text{uniform over subsets}, \qquad
P(\text{hit}) = 1 - \Big(1 - \tbinom{p}{k}^{-1}\Big)^T$$

where the second formula is the chance of drawing one particular subset of $k$ out of $p$.

**Intuition.** There are $2^p$ subsets. A greedy search follows one path and can get stuck, for example at XOR, where no
first feature helps. Random draws have no path, treat all combinations alike and are easy to run in parallel. The best
score found can only rise with the number of trials.

**When to use it.** As a simple baseline, for few features, and where interactions defeat greedy selection.

**Cost.** One fit a trial.

**Pitfalls.** The chance of a particular subset shrinks exponentially with $p$: one in 252 for 5 of 10, one in $10^{13}$
for 25 of 50. The winner's validation score is optimistic, more so with more trials: confirm it on a test set. Scoring
on training rows always prefers large subsets. It is not the random subspace method, which keeps all members and
averages them.

**References.** Guyon and Elisseeff, *An introduction to variable and feature selection*, JMLR (2003). Bergstra and
Bengio, JMLR (2012), on random search.
"""

from __future__ import annotations

from math import comb
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.feature_selection.single_feature_testing import tree_accuracy
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Best score so far by trial."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.step(range(1, len(output["best_so_far"]) + 1), output["best_so_far"], where="post")
    axes.set(xlabel="trial", ylabel="best validation accuracy")
    return figure


@algorithm(
    id="random-subset-feature-selection",
    name="Random-subset feature selection",
    aliases=("random sampling of features", "random feature subsets", "random search over features"),
    example={"trials": 40, "features": 6, "subset_size": 2, "seed": 0},
    cost="seconds",
    figure=draw,
)
def random_subset_feature_selection(
    trials: Annotated[int, Field(ge=1, le=50)] = 40,
    features: Annotated[int, Field(ge=2, le=12)] = 6,
    subset_size: Annotated[int, Field(ge=0, le=12)] = 2,
    n: Annotated[int, Field(ge=40, le=200)] = 120,
    seed: Seed = 0,
) -> Output:
    """Search features for an XOR of the signs of the first two, scored by 5-fold cross-validation of a tree of depth 4.

    Parameters
    ----------
    trials : int
        Random subsets.
    features : int
        Standard normal features; only the first two matter.
    subset_size : int
        Features of a subset; 0 draws the size as well.
    n : int
        Rows, and as many for the final test.
    seed : int
        Seed of data, subsets and folds.

    Returns
    -------
    dict
        ``best_subset``, ``best_score`` (validation), ``test_score``, ``best_so_far`` (by trial), ``hit_probability`` of
        the pair (0, 1) (null for random sizes), ``single_best`` (best score of one feature alone).

    Raises
    ------
    ValueError
        If `subset_size` exceeds `features`.

    Examples
    --------
    >>> random_subset_feature_selection()["best_subset"]
    [0, 1]
    """
    if subset_size > features:
        raise ValueError(f"subset_size is {subset_size}, but there are {features} features")
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((2 * n, features))  # (2n, p)
    y = ((X[:, 0] > 0) ^ (X[:, 1] > 0)).astype(np.int64)  # (2n,)

    def score(columns: list[int]) -> float:
        return tree_accuracy(X[:n], y[:n], columns, 4, np.random.default_rng(seed))  # the same folds for all subsets

    best: tuple[float, list[int]] = (-1.0, [])
    curve = []
    for _ in range(trials):
        size = subset_size or int(rng.integers(1, features + 1))
        subset = sorted(rng.choice(features, size, replace=False).tolist())
        value = score(subset)
        best = (value, subset) if value > best[0] else best
        curve.append(best[0])
    chance = None
    if subset_size >= 2:
        share = comb(features - 2, subset_size - 2) / comb(features, subset_size)
        chance = 1 - (1 - share) ** trials
    return {
        "best_subset": best[1],
        "best_score": best[0],
        "test_score": tree_accuracy(X[n:], y[n:], best[1], 4, np.random.default_rng(seed)),
        "best_so_far": curve,
        "hit_probability": chance,
        "single_best": max(score([j]) for j in range(features)),
    }
