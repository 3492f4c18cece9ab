r"""Bagging (bootstrap aggregating) fits the same learner on many bootstrap samples and averages the predictions.

$$\hat f_{\text{bag}}(x) = \frac1B \sum_{b=1}^{B} \hat f\big(x;\, \mathcal D^{*b}\big), \qquad
\mathcal D^{*b} \text{ drawn from } \mathcal D \text{ with replacement}$$

**Intuition.** A learner that changes a lot when the data change a little has high variance. Each bootstrap sample
perturbs the data; averaging evens the changes out, while the bias of the learner stays as it was. The random subspace
method perturbs the features instead: each member sees a random subset of the columns, which decorrelates the members
further.

**When to use it.** Around unstable, low-bias learners such as full trees. Regression takes the average, classification
the majority vote. The rows left out of a sample give an out-of-bag error for free.

**Cost.** $B$ fits, in parallel.

**Pitfalls.** It barely helps stable learners (linear regression, large-$k$ nearest neighbours) and does not reduce
bias, so bagged stumps stay poor. The gain is limited by the correlation of the members. A bootstrap of $n$ rows
contains about 63.2% distinct rows, so each member is trained on less. Subsets of features hurt when a single feature
carries the signal.

**References.** Breiman, *Bagging predictors*, Machine Learning (1996). Ho, *The random subspace method for constructing
decision forests*, IEEE TPAMI (1998).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import grow, predict_tree


def bagged_predictions(
    X: Floats, y: Floats, Q: Floats, members: int, method: str, max_depth: int, rng: np.random.Generator
) -> Floats:
    """Predictions (B, m) at Q (m, d) of trees on bootstrap samples, or on random halves of the features."""
    n, d = X.shape
    out = np.empty((members, len(Q)))
    for b in range(members):
        rows = rng.integers(0, n, n) if method == "bootstrap" else np.arange(n)
        columns = np.arange(d) if method == "bootstrap" else rng.choice(d, max(d // 2, 1), replace=False)
        tree = grow(X[np.ix_(rows, columns)], y[rows, None], criterion="variance", max_depth=max_depth)
        out[b] = predict_tree(tree, Q[:, columns])[:, 0]
    return out


@algorithm(
    id="bagging",
    name="Bagging",
    aliases=("bootstrap aggregating", "random subspace method", "feature bagging", "bagged trees"),
    example={"method": "bootstrap", "members": 15, "seed": 0},
    cost="trains",
)
def bagging(
    method: Literal["bootstrap", "random-subspaces"] = "bootstrap",
    members: Annotated[int, Field(ge=2, le=30)] = 15,
    n: Annotated[int, Field(ge=20, le=120)] = 60,
    noise: Annotated[NonNegative, Field(le=10)] = 0.5,
    max_depth: Annotated[int, Field(ge=1, le=12)] = 12,
    repeats: Annotated[int, Field(ge=2, le=20)] = 10,
    seed: Seed = 0,
) -> Output:
    """Compare one tree with the average of bagged trees over repeated training sets.

    The target is x0 + x1 + x2 + x3 with noise, so every feature counts.

    Parameters
    ----------
    method : {"bootstrap", "random-subspaces"}
        Resample rows, or give each member half of the features.
    members : int
        Trees in the ensemble.
    n : int
        Training rows.
    noise : float
        Standard deviation of the noise of the target.
    max_depth : int
        Depth of the trees.
    repeats : int
        Training sets drawn.
    seed : int
        Seed of data and resampling.

    Returns
    -------
    dict
        ``single_mse``, ``bagged_mse`` (noise-free), ``single_variance``, ``bagged_variance`` (over training sets),
        ``single_bias2``, ``bagged_bias2``, ``member_correlation`` (mean correlation of two members' errors, around
        their mean error).

    Examples
    --------
    >>> out = bagging(repeats=4, members=5)
    >>> out["bagged_variance"] < out["single_variance"]
    True
    """
    rng = np.random.default_rng(seed)
    Q = rng.uniform(-1, 1, (150, 4))  # (m, 4)
    truth = Q.sum(axis=1)
    single, bagged, correlations = [], [], []
    for _ in range(repeats):
        X = rng.uniform(-1, 1, (n, 4))  # (n, 4)
        y = X.sum(axis=1) + noise * rng.standard_normal(n)
        single.append(predict_tree(grow(X, y[:, None], criterion="variance", max_depth=max_depth), Q)[:, 0])
        each = bagged_predictions(X, y, Q, members, method, max_depth, rng)  # (B, m)
        bagged.append(each.mean(axis=0))
        matrix = np.corrcoef(each - truth)
        correlations.append((matrix.sum() - members) / (members * (members - 1)))
    out: Output = {}
    for name, predictions in (("single", np.array(single)), ("bagged", np.array(bagged))):  # (R, m)
        out[f"{name}_mse"] = float(np.mean((predictions - truth) ** 2))
        out[f"{name}_variance"] = float(predictions.var(axis=0).mean())
        out[f"{name}_bias2"] = float(np.mean((predictions.mean(axis=0) - truth) ** 2))
    return {**out, "member_correlation": float(np.mean(correlations))}
