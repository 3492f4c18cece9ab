r"""XGBoost is gradient boosting with a second-order approximation of the loss and an explicit penalty on the trees.

$$w^* = -\frac{G}{H + \lambda}, \qquad
\text{gain} = \tfrac12\left[\frac{G_L^2}{H_L+\lambda} + \frac{G_R^2}{H_R+\lambda} - \frac{G^2}{H+\lambda}\right] - \gamma$$

where $G$ and $H$ sum the first and second derivatives of the loss over the rows of a node.

**Intuition.** Around the current score the loss is a parabola in the leaf's weight; $w^*$ is its minimum, pulled to
zero by $\lambda$. The gain says how much deeper the minimum gets if the rows are split, minus a price $\gamma$ for one
more leaf. A split with a negative gain is pruned.

**When to use it.** For tabular data of moderate size, with missing values, custom objectives (any $g$ and $h$), or
where regularised leaves help.

**Cost.** As gradient boosting; histogram bins make a level $O(nd)$.

**Pitfalls.** $\lambda$, $\gamma$ and the minimum child weight depend on the scale of $H$: for the squared loss $H$
counts rows, for the logistic loss it sums $p(1-p)$. Leave out the factor $\tfrac12$ and $\gamma$ doubles its meaning.
Leaf weights are shrunk by $H/(H+\lambda)$, so small leaves barely move. Learning rate, rounds and depth still have to
be tuned with early stopping.

**References.** Chen and Guestrin, *XGBoost: A scalable tree boosting system*, KDD (2016), arXiv:1603.02754.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import NonNegative, Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import Node, leaves, predict_tree


def structure_gain(
    G_left: ArrayLike, H_left: ArrayLike, G_right: ArrayLike, H_right: ArrayLike, l2: float, g: float
) -> Floats:
    """Gain of a split from gradient and Hessian sums of the two sides; `l2` is lambda and `g` gamma.

    Examples
    --------
    >>> float(structure_gain(-4.0, 2.0, 4.0, 2.0, 0.0, 1.0))
    7.0
    """

    def score(G: ArrayLike, H: ArrayLike) -> Floats:
        return np.asarray(G, dtype=np.float64) ** 2 / (np.asarray(H, dtype=np.float64) + l2)

    whole = score(np.add(G_left, G_right), np.add(H_left, H_right))
    return np.asarray((score(G_left, H_left) + score(G_right, H_right) - whole) / 2 - g)


def grow_newton(X: Floats, g: Floats, h: Floats, max_depth: int, l2: float, gamma: float, min_child: float) -> Node:
    """Grow one exact greedy tree on gradients g (n,) and Hessians h (n,), pruned bottom-up where a gain is negative."""
    leaf = Node(np.array([-g.sum() / (h.sum() + l2)]), 0.0, float(h.sum()))
    if max_depth == 0 or len(X) < 2:
        return leaf
    order = np.argsort(X, axis=0, kind="stable")  # (n, d)
    x = np.take_along_axis(X, order, axis=0)
    GL, HL = np.cumsum(g[order], axis=0)[:-1], np.cumsum(h[order], axis=0)[:-1]  # (n - 1, d)
    GR, HR = g.sum() - GL, h.sum() - HL
    allowed = (x[1:] > x[:-1]) & (min_child <= HL) & (min_child <= HR)
    if not allowed.any():
        return leaf
    gain = np.full(GL.shape, -np.inf)
    gain[allowed] = structure_gain(GL[allowed], HL[allowed], GR[allowed], HR[allowed], l2, gamma)
    i, f = np.unravel_index(np.argmax(gain), gain.shape)
    threshold = float(x[i, f] + (x[i + 1, f] - x[i, f]) / 2)
    go = X[:, f] <= threshold
    left = grow_newton(X[go], g[go], h[go], max_depth - 1, l2, gamma, min_child)
    right = grow_newton(X[~go], g[~go], h[~go], max_depth - 1, l2, gamma, min_child)
    if left.left is None and right.left is None and gain[i, f] <= 0:
        return leaf
    return Node(leaf.value, float(gain[i, f]), leaf.weight, int(f), threshold, left, right)


def derivatives(y: Floats, F: Floats, objective: str) -> tuple[float, Floats, Floats]:
    """Mean loss, gradients and Hessians at the scores F."""
    if objective == "logistic":
        p = logistic(F)
        return float(np.mean(np.logaddexp(0, F) - y * F)), p - y, np.maximum(p * (1 - p), 1e-16)
    return float(np.mean((F - y) ** 2 / 2)), F - y, np.ones_like(y)


@algorithm(
    id="xgboost",
    name="XGBoost",
    aliases=("regularised second-order boosting", "extreme gradient boosting", "XGB", "XGBoost leaf weight and gain"),
    example={"X": [[1], [2], [3], [4]], "y": [1, 1, 5, 5], "n_rounds": 1, "max_depth": 1, "learning_rate": 1.0},
    cost="trains",
)
def xgboost(
    X: Table,
    y: Targets,
    objective: Literal["squared", "logistic"] = "squared",
    n_rounds: Annotated[int, Field(ge=1, le=100)] = 20,
    max_depth: Annotated[int, Field(ge=1, le=4)] = 3,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.3,
    reg_lambda: Annotated[NonNegative, Field(le=1e6)] = 1.0,
    gamma: Annotated[NonNegative, Field(le=1e6)] = 0.0,
    min_child_weight: Annotated[float, Field(gt=0, le=1e6)] = 1e-3,
) -> Output:
    """Boost second-order trees from the score 0.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of float, length n
        Targets; 0 and 1 for the logistic objective.
    objective : {"squared", "logistic"}
        Half the squared error (H counts rows) or the log-loss.
    n_rounds : int
        Trees.
    max_depth : int
        Depth of a tree.
    learning_rate : float
        Shrinkage of each tree.
    reg_lambda : float
        L2 penalty of the leaf weights.
    gamma : float
        Price of a split.
    min_child_weight : float
        Smallest Hessian sum of a child.

    Returns
    -------
    dict
        ``predictions`` (first 50; probabilities for "logistic"), ``first_tree_gain`` and ``first_tree_threshold`` of
        the root (null if it was pruned), ``first_tree_leaf_weights``, ``leaves`` of each tree (at most 50),
        ``loss_before``, ``loss_after``.

    Raises
    ------
    ValueError
        If lengths differ or logistic labels are not 0 and 1.

    Examples
    --------
    >>> out = xgboost([[1], [2], [3], [4]], [1, 1, 5, 5], n_rounds=1, learning_rate=1.0)
    >>> [round(w, 4) for w in out["first_tree_leaf_weights"]]
    [0.6667, 3.3333]
    """
    check_lengths(X, y)
    A, t = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (n, d), (n,)
    if objective == "logistic" and not np.isin(t, [0, 1]).all():
        raise ValueError("the logistic objective needs labels 0 and 1")
    F = np.zeros(len(t))  # (n,)
    before, g, h = derivatives(t, F, objective)
    trees = []
    for _ in range(n_rounds):
        tree = grow_newton(A, g, h, max_depth, reg_lambda, gamma, min_child_weight)
        trees.append(tree)
        F = F + learning_rate * predict_tree(tree, A)[:, 0]
        after, g, h = derivatives(t, F, objective)
    first = trees[0]
    return {
        "predictions": (logistic(F) if objective == "logistic" else F)[:50],
        "first_tree_gain": first.impurity if first.left is not None else None,
        "first_tree_threshold": first.threshold if first.left is not None else None,
        "first_tree_leaf_weights": [float(leaf.value[0]) for leaf in leaves(first)],
        "leaves": [len(leaves(tree)) for tree in trees[:50]],
        "loss_before": before,
        "loss_after": after,
    }
