r"""A random forest averages many deep trees, each grown on a bootstrap sample with a random subset of features at every
node.

$$\hat f(x) = \frac1B \sum_{b=1}^{B} T_b(x), \qquad
\mathrm{Var}\,\hat f = \rho\,\sigma^2 + \frac{1-\rho}{B}\,\sigma^2$$

with $\sigma^2$ the variance of one tree and $\rho$ the correlation between two.

**Intuition.** Averaging removes variance, but only the part that the trees do not share. Bootstrapping rows and hiding
features make the trees disagree, which lowers $\rho$ at the price of a little bias. Regression takes the mean of the
trees, classification the mode of their votes; calling it an average in both cases is imprecise. A bootstrap holds 63.2%
of the distinct rows; the rest (out of bag) give a free test set.

**When to use it.** As a strong default for tables, with little tuning.

**Cost.** $B$ trees, independent of each other; a prediction takes $B$ walks.

**Pitfalls.** The members are not weak learners, as some texts say: they are deep, low in bias and high in variance.
Weak learners belong to boosting. More trees never overfit but stop helping once $\rho\sigma^2$ dominates. Forests
cannot extrapolate, and they favour the majority class under imbalance.

**References.** Breiman, *Random forests*, Machine Learning (2001). Hastie, Tibshirani and Friedman, *The Elements of
Statistical Learning* (2009), chapter 15.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed, Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints
from algorithms.trees.decision_tree import Criterion, Node, grow, one_hot, predict_tree


@dataclass(frozen=True)
class Forest:
    """Trees and the rows each was grown on.

    Attributes
    ----------
    trees : list of Node
        B trees.
    rows : (B, n) array
        Row numbers of each bootstrap sample.
    """

    trees: list[Node]
    rows: Ints

    def each(self, X: Floats) -> Floats:
        """Leaf values (B, n, K) of every tree."""
        return np.stack([predict_tree(tree, X) for tree in self.trees])

    def predict(self, X: Floats) -> Floats:
        """Mean leaf value (n, K)."""
        return np.asarray(self.each(X).mean(axis=0))

    def votes(self, X: Floats) -> Floats:
        """Share of the trees that vote for each class, (n, K)."""
        values = self.each(X)  # (B, n, K)
        return np.asarray(np.eye(values.shape[2])[values.argmax(axis=2)].mean(axis=0))


def fit_forest(
    X: Floats,
    Y: Floats,
    n_trees: int,
    rng: np.random.Generator,
    *,
    criterion: Criterion = "gini",
    max_features: int | None = None,
    max_depth: int = 30,
    rows: Ints | None = None,
) -> Forest:
    """Grow `n_trees` trees on bootstrap samples of X (n, d) and Y (n, K), or on the given samples `rows` (B, m)."""
    samples = rng.integers(0, len(X), (n_trees, len(X))) if rows is None else rows
    trees = [
        grow(X[r], Y[r], criterion=criterion, max_depth=max_depth, max_features=max_features, rng=rng) for r in samples
    ]
    return Forest(trees, samples)


def out_of_bag(forest: Forest, X: Floats) -> tuple[Floats, Ints]:
    """Mean leaf value (n, K) over the trees that did not see a row, and how many those are (n,)."""
    unseen = np.stack([~np.isin(np.arange(len(X)), rows) for rows in forest.rows])  # (B, n)
    total = np.einsum("bn,bnk->nk", unseen, forest.each(X))
    count = unseen.sum(axis=0)
    return total / np.maximum(count, 1)[:, None], count


@algorithm(
    id="random-forest",
    name="Random forest",
    aliases=("RF", "bagged trees with feature subsets", "random forests", "out-of-bag error"),
    example={
        "X": [[0, 0], [0, 1], [1, 0], [1, 1], [4, 4], [4, 5], [5, 4], [5, 5]],
        "y": [0, 0, 0, 0, 1, 1, 1, 1],
        "X_new": [[0.5, 0.5], [4.5, 4.5]],
    },
    cost="trains",
)
def random_forest(
    X: Table,
    y: Targets,
    X_new: Table | None = None,
    task: Literal["classification", "regression"] = "classification",
    n_trees: Annotated[int, Field(ge=1, le=60)] = 30,
    max_features: Annotated[int, Field(ge=0, le=16)] = 0,
    max_depth: Annotated[int, Field(ge=1, le=20)] = 20,
    seed: Seed = 0,
) -> Output:
    """Fit a forest on `X`, `y` and predict `X_new`.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of float, length n
        Class labels, or numbers for regression.
    X_new : list of list of float or None
        Rows to predict; the training rows if not given.
    task : {"classification", "regression"}
        Mode of the trees' votes, or mean of their predictions.
    n_trees : int
        Trees.
    max_features : int
        Features looked at in a node; 0 stands for the square root of d (classification) or d / 3 (regression).
    max_depth : int
        Deepest leaf allowed.
    seed : int
        Seed of bootstraps and feature subsets.

    Returns
    -------
    dict
        ``predictions`` for `X_new`, ``votes`` (share of trees for each class; empty for regression), ``training_error``
        and ``oob_error`` (error rate or mean squared error), ``unique_fraction`` (distinct rows of a bootstrap, on
        average), ``majority_or_mean_error`` of the constant prediction.

    Raises
    ------
    ValueError
        If `X`, `y` and `X_new` do not fit each other.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1], [4, 4], [4, 5], [5, 4], [5, 5]]
    >>> random_forest(X, [0, 0, 0, 0, 1, 1, 1, 1], [[0, 0], [5, 5]])["predictions"].tolist()
    [0, 1]
    """
    check_lengths(X, y)
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    Q = A if X_new is None else np.asarray(X_new, dtype=np.float64)  # (m, d)
    n, d = A.shape
    if Q.shape[1] != d or max_features > d:
        raise ValueError(f"X has {d} features; X_new needs as many, and max_features at most that")
    t = np.asarray(y, dtype=np.float64)
    rng = np.random.default_rng(seed)
    classify = task == "classification"
    classes, Y = one_hot(y) if classify else (np.zeros(0), t[:, None])
    m = max_features or (int(np.sqrt(d)) if classify else max(d // 3, 1))
    forest = fit_forest(
        A, Y, n_trees, rng, criterion="gini" if classify else "variance", max_features=m, max_depth=max_depth
    )

    def answer(values: Floats) -> Floats:
        return np.asarray(classes[values.argmax(axis=1)] if classify else values[:, 0])

    def error(prediction: Floats, truth: Floats) -> float:
        return float(np.mean(prediction != truth if classify else (prediction - truth) ** 2))

    def ensemble(rows: Floats) -> Floats:
        return answer(forest.votes(rows) if classify else forest.predict(rows))

    oob, seen = out_of_bag(forest, A)
    known = seen > 0
    constant = answer(np.tile(Y.mean(axis=0), (n, 1)))
    return {
        "predictions": ensemble(Q)[:50],
        "votes": forest.votes(Q)[:50] if classify else [],
        "training_error": error(ensemble(A), t),
        "oob_error": error(answer(oob)[known], t[known]) if known.any() else float("nan"),
        "unique_fraction": float(np.mean([len(np.unique(r)) / n for r in forest.rows])),
        "majority_or_mean_error": error(constant, t),
    }
