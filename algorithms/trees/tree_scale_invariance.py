r"""Trees are invariant to strictly monotone transforms of a feature, because a split depends only on the order of its
values.

$$x_j \le t \iff g(x_j) \le g(t) \quad\text{for strictly increasing } g$$

**Intuition.** Replacing a feature by its logarithm, its rank or a rescaled copy keeps the order of the rows. Every way
to cut the rows in two is still available with the same gain, so the same partition is found and the training
predictions do not move by a single bit. A linear or distance-based model changes with each of these transforms.

**When to use it.** To skip standardisation for trees, forests and boosted trees, and to explain why a wild value in a
feature does them little harm: it stays the largest value, however large.

**Cost.** None; it saves the preprocessing.

**Pitfalls.** Only the partition of the training rows is invariant. Thresholds are midpoints, so a new row between two
training values may go the other way after a non-linear transform. Transforming the target is another matter. Robustness
to outliers holds for features only: an outlier in the target still moves the mean of its leaf, and the gradients of a
boosted ensemble with squared loss. The general claim that tree models shrug off outliers is too broad. Histogram bins
of equal width are not invariant either; quantile bins are.

**References.** Breiman et al., *Classification and Regression Trees* (1984). Hastie, Tibshirani and Friedman, *The
Elements of Statistical Learning* (2009), section 10.7.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Positive, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import grow, predict_tree


def least_squares_fit(X: Floats, y: Floats) -> Floats:
    """Fitted values (n,) of a linear regression with intercept."""
    A = np.column_stack([np.ones(len(X)), X])  # (n, d + 1)
    return np.asarray(A @ np.linalg.lstsq(A, y, rcond=None)[0])


@algorithm(
    id="tree-scale-invariance",
    name="Trees are invariant to monotone feature transforms",
    aliases=(
        "no feature scaling for trees",
        "robustness to feature outliers",
        "do trees need normalisation",
        "monotone transform of a feature",
    ),
    example={"transform": "exp", "n": 80, "seed": 0},
)
def tree_scale_invariance(
    transform: Literal["exp", "cube", "standardize", "rank"] = "exp",
    n: Annotated[int, Field(ge=20, le=200)] = 80,
    outlier: Annotated[float, Field(gt=0, le=1e6)] = 1000.0,
    max_depth: Annotated[int, Field(ge=1, le=6)] = 3,
    noise: Annotated[Positive, Field(le=10)] = 0.1,
    seed: Seed = 0,
) -> Output:
    """Training predictions of a tree and of linear regression before and after a change of one feature or the target.

    Parameters
    ----------
    transform : {"exp", "cube", "standardize", "rank"}
        Strictly increasing function applied to every feature.
    n : int
        Rows.
    outlier : float
        Added to the largest value of feature 0, or to one target.
    max_depth : int
        Depth of the tree.
    noise : float
        Standard deviation of the target's noise.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        Largest change of a training prediction: ``tree_change`` and ``linear_change`` under the transform,
        ``tree_change_feature_outlier``, ``linear_change_feature_outlier``, ``tree_change_target_outlier``.

    Examples
    --------
    >>> out = tree_scale_invariance("rank")
    >>> out["tree_change"], out["linear_change"] > 0.1
    (0.0, True)
    """
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (n, 2))  # (n, 2)
    y = np.sin(2 * X[:, 0]) + 0.5 * X[:, 1] + noise * rng.standard_normal(n)  # (n,)
    new = {
        "exp": np.exp(X),
        "cube": X**3,
        "standardize": (X - X.mean(axis=0)) / X.std(axis=0),
        "rank": X.argsort(axis=0).argsort(axis=0).astype(np.float64),
    }[transform]
    wild, target = X.copy(), y.copy()
    wild[X[:, 0].argmax(), 0] += outlier
    target[0] += outlier

    def tree(A: Floats, b: Floats) -> Floats:
        return predict_tree(grow(A, b[:, None], criterion="variance", max_depth=max_depth), A)[:, 0]

    base, line = tree(X, y), least_squares_fit(X, y)
    return {
        "tree_change": float(np.abs(tree(new, y) - base).max()),
        "linear_change": float(np.abs(least_squares_fit(new, y) - line).max()),
        "tree_change_feature_outlier": float(np.abs(tree(wild, y) - base).max()),
        "linear_change_feature_outlier": float(np.abs(least_squares_fit(wild, y) - line).max()),
        "tree_change_target_outlier": float(np.abs(tree(X, target) - base).max()),
    }
