r"""The offline GBDT and online model hybrid feeds the leaves of frozen boosted trees, one-hot encoded, into a linear model that keeps learning.

$$\phi(x) = \big[\text{onehot}(\text{leaf}_1(x)), \dots, \text{onehot}(\text{leaf}_T(x))\big], \qquad
w \leftarrow w - \eta\, (\sigma(w \cdot \phi(x)) - y)\, \phi(x)$$

**Intuition.** Trees are good at finding useful regions of the input; a linear model is good at changing quickly. If regions stay
useful while their click rates drift, it is enough to update one weight for each leaf online and to rebuild the trees
rarely.

**When to use it.** Click prediction and ranking with fresh feedback: the design of Facebook's ads system.

**Cost.** $T$ weights are touched for each example.

**Pitfalls.** Boosted trees are not bound to full retraining: libraries can add trees or refresh leaf values; old splits are what
stays. If drift needs new regions, the hybrid lags too, so rebuild the trees on a schedule. Each leaf needs enough traffic
for its weight. Compare with the online model on raw features and with frozen trees, on predictions made before the update.
The step size trades noise for speed. Log the leaf features at serving time, to train on what was served.

**References.** He et al., *Practical Lessons from Predicting Clicks on Ads at Facebook* (2014). Friedman, *Greedy Function
Approximation: A Gradient Boosting Machine* (2001).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Split = tuple[int, float]
Tree = tuple[Split, Split, Split, Floats]


def best_split(X: Floats, residual: Floats) -> Split:
    """Feature and threshold, among nine quantiles of each, with the largest drop of the squared error."""
    best, found = -1.0, (0, float(X[0, 0]) if len(X) else 0.0)
    for feature in range(X.shape[1]):
        for threshold in np.quantile(X[:, feature], np.linspace(0.1, 0.9, 9)) if len(X) else []:
            left = X[:, feature] <= threshold
            n = int(left.sum())
            if 0 < n < len(X):
                gain = residual[left].sum() ** 2 / n + residual[~left].sum() ** 2 / (len(X) - n)
                if gain > best:
                    best, found = float(gain), (feature, float(threshold))
    return found


def leaves(X: Floats, tree: Tree) -> Ints:
    """Leaf 0 to 3 of each row in a tree of depth two."""
    root, low, high, _ = tree
    right = X[:, root[0]] > root[1]
    below = np.where(right, X[:, high[0]] > high[1], X[:, low[0]] > low[1])
    return 2 * right + below


def boost(X: Floats, y: Floats, trees: int, rate: float) -> tuple[list[Tree], float]:
    """Gradient boosting with trees of depth two on the log loss, and its base logit."""
    base = float(np.log(y.mean() / (1 - y.mean())))
    logit, forest = np.full(len(y), base), list[Tree]()
    for _ in range(trees):
        residual = y - logistic(logit)  # (n,)
        root = best_split(X, residual)
        right = X[:, root[0]] > root[1]
        low, high = best_split(X[~right], residual[~right]), best_split(X[right], residual[right])
        place = leaves(X, (root, low, high, np.zeros(4)))
        p = logistic(logit)
        top, bottom = np.bincount(place, residual, 4), np.bincount(place, p * (1 - p), 4)
        tree = (root, low, high, rate * top / (bottom + 1e-6))
        logit += tree[3][leaves(X, tree)]
        forest.append(tree)
    return forest, base


def log_loss(logit: Floats, y: Floats) -> Floats:
    """Log loss of each example."""
    return np.asarray(np.logaddexp(0, logit) - y * logit)


def stream(n: int, flipped: bool, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Two features in [-1, 1]; class 1 is likely where both have the same sign, or after the drift where they differ."""
    X = rng.uniform(-1, 1, (n, 2))
    same = X[:, 0] * X[:, 1] > 0
    return X, (rng.random(n) < np.where(same != flipped, 0.9, 0.1)).astype(float)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Log loss along the stream."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["curve_frozen"], label="frozen GBDT")
    axes.plot(output["curve_hybrid"], label="GBDT leaves + online model")
    axes.set(xlabel="part of the stream (drift in the middle)", ylabel="log loss", title="tracking drift")
    axes.legend()
    return figure


@algorithm(
    id="gbdt-online-hybrid",
    name="Offline GBDT + online model hybrid",
    aliases=(
        "GBDT+LR",
        "leaf features",
        "GBDT leaves with online logistic regression",
        "boosted trees and online learning",
    ),
    example={"trees": 10, "learning_rate": 0.05, "n": 2000},
    cost="trains",
    figure=draw,
)
def gbdt_online_hybrid(
    trees: Annotated[int, Field(ge=1, le=30)] = 10,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.05,
    n: Annotated[int, Field(ge=200, le=5_000)] = 2_000,
    seed: Seed = 0,
) -> Output:
    """Train trees offline, then follow a stream whose classes swap regions in the middle.

    Parameters
    ----------
    trees : int
        Boosted trees of depth two.
    learning_rate : float
        Step size of the online logistic regression.
    n : int
        Examples of the offline set, and of the stream before and after the drift.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        Mean log loss before the drift, ``frozen_before``, ``hybrid_before``, ``raw_online_before`` (online logistic regression
        on the raw features), and in the last half after it, ``frozen_after``, ``hybrid_after``, ``raw_online_after``;
        ``offline_log_loss`` and ``base_rate_log_loss``; ``curve_frozen`` and ``curve_hybrid`` in 40 parts of the stream.

    Examples
    --------
    >>> r = gbdt_online_hybrid(trees=10, n=1000)
    >>> bool(r["hybrid_after"] < 0.5 < r["frozen_after"])
    True
    """
    rng = np.random.default_rng(seed)
    X, y = stream(n, False, rng)
    forest, base = boost(X, y, trees, 0.3)
    parts = [stream(n, flipped, rng) for flipped in (False, True)]
    Z, truth = np.vstack([parts[0][0], parts[1][0]]), np.concatenate([parts[0][1], parts[1][1]])  # (2n, 2), (2n,)
    place = np.stack([leaves(Z, tree) for tree in forest], axis=1)  # (2n, T)
    values = np.stack([tree[3] for tree in forest])  # (T, 4)
    rows = np.arange(trees)
    frozen = base + values[rows, place].sum(axis=1)  # (2n,)
    weights, bias = values.copy(), base  # the online model starts as the forest itself
    raw = np.zeros(3)
    hybrid, plain = np.empty(2 * n), np.empty(2 * n)
    design = np.hstack([Z, np.ones((2 * n, 1))])  # (2n, 3)
    for i in range(2 * n):
        hybrid[i] = bias + weights[rows, place[i]].sum()
        plain[i] = raw @ design[i]
        p = logistic(np.array([hybrid[i], plain[i]]))
        weights[rows, place[i]] -= learning_rate * (p[0] - truth[i])
        bias -= learning_rate * (p[0] - truth[i])
        raw -= learning_rate * (p[1] - truth[i]) * design[i]
    losses = {name: log_loss(z, truth) for name, z in (("frozen", frozen), ("hybrid", hybrid), ("raw_online", plain))}
    fitted = base + values[rows, np.stack([leaves(X, tree) for tree in forest], axis=1)].sum(axis=1)
    output: Output = {
        "offline_log_loss": log_loss(fitted, y).mean(),
        "base_rate_log_loss": log_loss(np.full(n, base), y).mean(),
    }
    for name, loss in losses.items():
        output[f"{name}_before"] = loss[:n].mean()
        output[f"{name}_after"] = loss[n + n // 2 :].mean()
    for name in ("frozen", "hybrid"):
        output[f"curve_{name}"] = [part.mean() for part in np.array_split(losses[name], 40)]
    return output
