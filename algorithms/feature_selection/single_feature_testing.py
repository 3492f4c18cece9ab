r"""Single-feature testing trains one small model for each feature alone and ranks the features by how well it does.

$$s_j = \mathrm{score}\big(\hat f_j(x_j),\, y\big), \qquad j = 1, \dots, p$$

**Intuition.** A feature that predicts the target on its own is worth keeping. The test needs no assumption about the
form of the relation if the model is flexible (a small tree), unlike a correlation coefficient.

**When to use it.** As a first screen of many features, and to spot leaks: a single feature with a nearly perfect score
is suspicious.

**Cost.** $p$ small fits, in parallel.

**Pitfalls.** It tells whether a feature helps on its own and misses features that help only in combination: for an XOR
target each input alone scores 0.5, no better than a coin, and the pair scores 1.0. So a low score is no reason to drop
a feature. It also keeps redundant copies, which all score alike. Score on held-out rows, because a tree on a feature
with many distinct values fits noise. With many features some score well by chance.

**References.** Guyon and Elisseeff, *An introduction to variable and feature selection*, JMLR (2003), section 3.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed, Table, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints
from algorithms.trees.decision_tree import grow, predict_tree

Classes = Annotated[list[Annotated[int, Field(ge=-1_000, le=1_000)]], Field(min_length=2, max_length=256)]


def tree_accuracy(X: Floats, y: Ints, columns: list[int], depth: int, rng: np.random.Generator | None) -> float:
    """Accuracy of a tree on some columns: on the training rows, or by 5-fold cross-validation if a generator is given.

    Examples
    --------
    >>> tree_accuracy(np.array([[0.0], [1.0]]), np.array([0, 1]), [0], 1, None)
    1.0
    """
    A, Y = X[:, columns], np.eye(int(y.max()) + 1)[y]  # (n, c), (n, K)
    if rng is None:
        return float(np.mean(predict_tree(grow(A, Y, max_depth=depth), A).argmax(axis=1) == y))
    fold = rng.permutation(len(y)) % 5
    right = 0.0
    for k in range(5):
        held = fold == k
        if held.any():
            right += np.sum(predict_tree(grow(A[~held], Y[~held], max_depth=depth), A[held]).argmax(axis=1) == y[held])
    return float(right / len(y))


@algorithm(
    id="single-feature-testing",
    name="Single-feature testing",
    aliases=("univariate model per feature", "univariate feature screening", "one feature at a time"),
    example={"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [0, 1, 1, 0]},
)
def single_feature_testing(
    X: Table,
    y: Classes,
    max_depth: Annotated[int, Field(ge=1, le=8)] = 2,
    cross_validate: bool = False,
    seed: Seed = 0,
) -> Output:
    """Score a small tree on each feature alone and on all of them.

    Parameters
    ----------
    X : list of list of float, n rows of p features
        Rows.
    y : list of int, length n
        Class labels.
    max_depth : int
        Depth of the trees.
    cross_validate : bool
        Score by 5-fold cross-validation instead of on the training rows; needs at least 10 rows.
    seed : int
        Seed of the folds.

    Returns
    -------
    dict
        ``scores`` (p,) accuracies alone, ``ranking`` (columns, best first), ``joint_score`` of all features,
        ``majority_share`` (accuracy of the most frequent class).

    Raises
    ------
    ValueError
        If lengths differ, or fewer than 10 rows are cross-validated.

    Examples
    --------
    >>> out = single_feature_testing([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> out["scores"], out["joint_score"]
    ([0.5, 0.5], 1.0)
    """
    check_lengths(X, y)
    if cross_validate and len(y) < 10:
        raise ValueError("cross-validation needs at least 10 rows; give more or set cross_validate to false")
    A = np.asarray(X, dtype=np.float64)  # (n, p)
    index = np.unique(y, return_inverse=True)[1]  # (n,)

    def score(columns: list[int]) -> float:
        return tree_accuracy(A, index, columns, max_depth, np.random.default_rng(seed) if cross_validate else None)

    scores = [score([j]) for j in range(A.shape[1])]
    return {
        "scores": scores,
        "ranking": sorted(range(A.shape[1]), key=lambda j: -scores[j]),
        "joint_score": score(list(range(A.shape[1]))),
        "majority_share": float(np.bincount(index).max() / len(index)),
    }
