r"""Grid search tries every combination of listed hyperparameter values and keeps the one with the best cross-validated
score.

$$\text{fits} = k \prod_{j} m_j, \qquad \mathbb E\Big[\max_{i \le M} \hat s_i\Big] > \max_i s_i$$

for $m_j$ values of hyperparameter $j$ and $k$ folds; the second line says that the winner's score is optimistic.

**Intuition.** It is exhaustive and simple: three values for each of four hyperparameters with five folds are
$3^4 \cdot 5 = 405$ fits. Among many candidates some are lucky on the validation rows, and the maximum picks the lucky
ones. A hundred classifiers that guess at random, scored on 100 rows, have a best accuracy of 62% on average although
each is worth 50%.

**When to use it.** For one or two hyperparameters with known ranges, on a logarithmic grid.

**Cost.** Exponential in the number of hyperparameters; the fits run in parallel.

**Pitfalls.** It does not ensure optimal values without overfitting: the search overfits the cross-validation score, and
cross-validation itself prevents nothing. Report the winner on a fresh test set, or use nested cross-validation. If the
best value lies on the edge of the grid, extend it. When only some hyperparameters matter, random search covers them
better with the same budget.

**References.** Bergstra and Bengio, *Random search for hyper-parameter optimization*, JMLR (2012). Cawley and Talbot,
*On over-fitting in model selection*, JMLR (2010).
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.model_selection.bias_variance_decomposition import polynomial_features
from algorithms.model_selection.k_fold_cross_validation import fold_numbers
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Sizes = Annotated[list[Annotated[int, Field(ge=1, le=10_000)]], Field(min_length=1, max_length=20)]


def ridge_error(x: Floats, y: Floats, q: Floats, t: Floats, degree: int, penalty: float) -> float:
    """Mean squared error at q, t (m,) of a polynomial ridge regression fitted on x, y (n,)."""
    A = polynomial_features(x, degree)  # (n, degree + 1)
    w = np.linalg.solve(A.T @ A + penalty * np.eye(degree + 1), A.T @ y)
    return float(np.mean((polynomial_features(q, degree) @ w - t) ** 2))


def best_of_null_models(models: int, rows: int, repeats: int, rng: np.random.Generator) -> float:
    """Mean over repeats of the best accuracy among models that guess a coin flip on `rows` rows."""
    return float(rng.binomial(rows, 0.5, (repeats, models)).max(axis=1).mean() / rows)


@algorithm(
    id="grid-search",
    name="Grid search",
    aliases=("exhaustive search", "GridSearchCV", "number of fits of a grid search", "hyperparameter grid"),
    example={"grid_sizes": [3, 3, 3, 3], "folds": 5},
    cost="seconds",
)
def grid_search(
    grid_sizes: Sizes,
    folds: Annotated[int, Field(ge=2, le=10)] = 5,
    null_models: Annotated[int, Field(ge=1, le=1000)] = 100,
    null_rows: Annotated[int, Field(ge=1, le=10_000)] = 100,
    n: Annotated[int, Field(ge=20, le=200)] = 30,
    seed: Seed = 0,
) -> Output:
    """Count the fits of a grid, run a real one and measure the optimism of picking the best.

    Parameters
    ----------
    grid_sizes : list of int
        Number of values of each hyperparameter.
    folds : int
        Cross-validation folds.
    null_models : int
        Candidates that guess, to show the optimism.
    null_rows : int
        Rows they are scored on.
    n : int
        Rows of the real search: polynomial ridge regression of a noisy sine, degrees 1 to 9, five penalties.
    seed : int
        Seed of data, folds and guesses.

    Returns
    -------
    dict
        ``combinations`` and ``fits`` of `grid_sizes`; ``best`` (degree, penalty), ``best_cv_error``,
        ``worst_cv_error``, ``best_test_error``, ``fits_done`` of the real search; ``best_null_accuracy`` (mean; the
        truth is 0.5).

    Examples
    --------
    >>> out = grid_search([3, 3, 3, 3], folds=5)
    >>> out["fits"], round(out["best_null_accuracy"], 1)
    (405, 0.6)
    """
    rng = np.random.default_rng(seed)
    x, q = rng.random(n), rng.random(500)
    y, t = (np.sin(2 * np.pi * v) + 0.3 * rng.standard_normal(len(v)) for v in (x, q))
    fold = fold_numbers(n, folds, rng)
    scores: dict[tuple[int, float], float] = {}
    fits = 0
    for degree, penalty in product(range(1, 10), (1e-4, 1e-3, 1e-2, 1e-1, 1.0)):
        errors = []
        for k in range(folds):
            held = fold == k
            errors.append(ridge_error(x[~held], y[~held], x[held], y[held], degree, penalty))
            fits += 1
        scores[degree, penalty] = float(np.mean(errors))
    best = min(scores, key=lambda key: scores[key])
    return {
        "combinations": prod(grid_sizes) if prod(grid_sizes) < 2**53 else float(prod(grid_sizes)),
        "fits": folds * prod(grid_sizes) if folds * prod(grid_sizes) < 2**53 else float(folds * prod(grid_sizes)),
        "best": {"degree": best[0], "penalty": best[1]},
        "best_cv_error": scores[best],
        "worst_cv_error": max(scores.values()),
        "best_test_error": ridge_error(x, y, q, t, *best),
        "fits_done": fits,
        "best_null_accuracy": best_of_null_models(null_models, null_rows, 500, rng),
    }
