r"""A decision tree (CART) predicts by asking one threshold question about one feature at a time, from the root to a
leaf.

$$(j^*, t^*) = \arg\min_{j, t}\; n_L\, I(L) + n_R\, I(R), \qquad I_{\text{Gini}} = 1 - \sum_k p_k^2, \qquad
I_{\text{entropy}} = -\sum_k p_k \log_2 p_k$$

with $L = \{x_j \le t\}$ and $R$ the rest. Regression uses the variance of the target as the impurity $I$.

**Intuition.** Each split makes the two sides purer. A leaf returns the majority class, or the mean target, of the
training rows that fell into it. Nested splits express interactions: depth 2 fits XOR, which no linear model can. A tree
of depth 1 is a decision stump, the usual weak learner of AdaBoost.

**When to use it.** As a readable model of tabular data, and as the member of forests and boosted ensembles.

**Cost.** $O(d\, n \log n)$ for a level of the tree, $O(\text{depth})$ comparisons for a prediction.

**Pitfalls.** A full tree reaches zero training error on distinct points, so it overfits: limit depth or leaf size, or
prune. It has high variance; dropping one row can change the root. High accuracy on wide data is a property of
ensembles, not of a single tree, and a single tree takes no vote of trees: the common descriptions mix the two up.
Growth is greedy, so a useful pair of features with no gain of their own may be missed.

**References.** Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees* (1984). Hastie, Tibshirani
and Friedman, *The Elements of Statistical Learning* (2009), section 9.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Criterion = Literal["gini", "entropy", "variance"]


@dataclass(frozen=True)
class Node:
    """A node of a tree; a leaf has no children.

    Attributes
    ----------
    value : (K,) array
        Weighted mean of the targets: class proportions, or the mean.
    impurity : float
        Gini, entropy in bits or variance of the node.
    weight : float
        Total weight of its training rows.
    feature, threshold : int, float
        Rows with ``x[feature] <= threshold`` go left.
    """

    value: Floats
    impurity: float
    weight: float
    feature: int = -1
    threshold: float = float("nan")
    left: Node | None = None
    right: Node | None = None


def one_hot(y: Ints | list[float]) -> tuple[Floats, Floats]:
    """Classes in ascending order and the indicator matrix (n, K).

    Examples
    --------
    >>> one_hot([7, 3, 7])[1].tolist()
    [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    """
    classes, index = np.unique(np.asarray(y), return_inverse=True)
    return np.asarray(classes), np.eye(len(classes))[index]  # (n, K)


def impurity_mass(S: Floats, W: Floats, criterion: Criterion) -> Floats:
    """Weight times impurity, up to a constant for the variance, from target sums S (..., K) and weights W (...)."""
    if criterion == "entropy":
        p = np.maximum(S, 0) / W[..., None]  # (..., K)
        return np.asarray(-W * np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=-1))
    return np.asarray(-np.sum(S**2, axis=-1) / W)


def best_split(
    X: Floats, Y: Floats, w: Floats, criterion: Criterion, min_leaf: int = 1, features: Ints | None = None
) -> tuple[int, float, float] | None:
    """Feature, threshold and gain (decrease of weight times impurity) of the best split; None if no split is possible.

    Examples
    --------
    >>> best_split(np.array([[1.0], [2.0], [4.0]]), np.array([[0.0], [0.0], [3.0]]), np.ones(3), "variance")
    (0, 3.0, 6.0)
    """
    columns = np.arange(X.shape[1]) if features is None else features
    n = len(X)
    if n < 2 * min_leaf:
        return None
    if criterion == "variance":
        Y = Y - np.average(Y, axis=0, weights=w)  # a large mean would cancel catastrophically
    order = np.argsort(X[:, columns], axis=0, kind="stable")  # (n, f)
    x = np.take_along_axis(X[:, columns], order, axis=0)  # (n, f)
    W = np.cumsum(w[order], axis=0)  # (n, f)
    S = np.cumsum((w[:, None] * Y)[order], axis=0)  # (n, f, K)
    W_left, W_right = W[:-1], W[-1] - W[:-1]
    seen = (W_left > 1e-12 * W[-1]) & (W_right > 1e-12 * W[-1])  # boosting can drive the weights of a side to zero
    after = impurity_mass(S[:-1], np.where(seen, W_left, 1), criterion)
    after = after + impurity_mass(S[-1] - S[:-1], np.where(seen, W_right, 1), criterion)
    gain = impurity_mass(S[-1], W[-1], criterion) - after  # (n - 1, f)
    position = np.arange(1, n)[:, None]
    allowed = seen & (x[1:] > x[:-1]) & (position >= min_leaf) & (n - position >= min_leaf)
    if not allowed.any():
        return None
    gain = np.where(allowed, gain, -np.inf).T  # (f, n - 1): the first feature wins a tie
    f, i = np.unravel_index(np.argmax(gain >= gain.max() - 1e-12 * w.sum()), gain.shape)
    low, high = float(x[i, f]), float(x[i + 1, f])
    middle = low + (high - low) / 2
    return int(columns[f]), middle if low <= middle < high else low, max(float(gain[f, i]), 0.0)


def grow(
    X: Floats,
    Y: Floats,
    *,
    w: Floats | None = None,
    criterion: Criterion = "gini",
    max_depth: int = 30,
    min_leaf: int = 1,
    max_features: int | None = None,
    rng: np.random.Generator | None = None,
) -> Node:
    """Grow a tree on X (n, d) and targets Y (n, K): indicators of the class, or one column of numbers.

    With `max_features` and `rng` each node looks at a fresh random subset of the features, as forests do.
    """
    w = np.ones(len(X)) if w is None else w
    value = np.average(Y, axis=0, weights=w)  # (K,)
    if criterion == "entropy":
        impurity = float(impurity_mass(value, np.array(1.0), criterion))
    else:
        impurity = float(np.average(np.sum((Y - value) ** 2, axis=1), weights=w))
    leaf = Node(value, impurity, float(w.sum()))
    if max_depth == 0 or bool(np.all(Y[0] == Y)):
        return leaf
    d = X.shape[1]
    chosen = rng.choice(d, max_features, replace=False) if rng is not None and max_features else None
    split = best_split(X, Y, w, criterion, min_leaf, chosen)
    if split is None:
        return leaf
    feature, threshold, _ = split
    go_left = X[:, feature] <= threshold  # (n,)
    sides = []
    for side in (go_left, ~go_left):
        sides.append(
            grow(
                X[side],
                Y[side],
                w=w[side],
                criterion=criterion,
                max_depth=max_depth - 1,
                min_leaf=min_leaf,
                max_features=max_features,
                rng=rng,
            )
        )
    return Node(value, impurity, leaf.weight, feature, threshold, sides[0], sides[1])


def predict_tree(node: Node, X: Floats) -> Floats:
    """Leaf values (n, K) of the rows of X."""
    out = np.tile(node.value, (len(X), 1))  # (n, K)
    if node.left is not None and node.right is not None:
        go_left = X[:, node.feature] <= node.threshold
        out[go_left] = predict_tree(node.left, X[go_left])
        out[~go_left] = predict_tree(node.right, X[~go_left])
    return out


def leaves(node: Node) -> list[Node]:
    """Leaves from left to right."""
    return [node] if node.left is None or node.right is None else leaves(node.left) + leaves(node.right)


def depth(node: Node) -> int:
    """Number of questions on the longest path; 0 for a leaf."""
    return 0 if node.left is None or node.right is None else 1 + max(depth(node.left), depth(node.right))


def rules(node: Node, path: str = "") -> list[str]:
    """One line a leaf: the conditions on the way and the leaf's value."""
    if node.left is None or node.right is None:
        return [f"{path or 'always'}: {', '.join(f'{v:.4g}' for v in node.value)} (weight {node.weight:g})"]
    joint = f"{path} and " if path else ""
    condition = f"{joint}x{node.feature}"
    return rules(node.left, f"{condition} <= {node.threshold:.6g}") + rules(
        node.right, f"{condition} > {node.threshold:.6g}"
    )


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The tree as a diagram of nested rules; leaves at the bottom."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.4 * len(output["rules"]) + 1), layout="constrained")
    axes = figure.subplots()
    for row, line in enumerate(output["rules"]):
        axes.text(0.0, -row, line, family="monospace", fontsize=9)
    axes.set(ylim=(-len(output["rules"]), 1), title=f"{output['leaves']} leaves, depth {output['depth']}")
    axes.axis("off")
    return figure


@algorithm(
    id="decision-tree",
    name="Decision tree (CART)",
    aliases=(
        "CART",
        "classification tree",
        "regression tree",
        "decision stump",
        "one-level tree",
        "weak learner",
        "trees capture feature interactions",
        "interaction depth",
        "instability of a single tree",
        "high-variance tree",
        "tree fits XOR",
    ),
    example={"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [0, 1, 1, 0]},
    figure=draw,
)
def decision_tree(
    X: Table,
    y: Targets,
    X_new: Table | None = None,
    task: Literal["classification", "regression"] = "classification",
    criterion: Literal["gini", "entropy"] = "gini",
    max_depth: Annotated[int, Field(ge=0, le=20)] = 20,
    min_samples_leaf: Annotated[int, Field(ge=1, le=128)] = 1,
    refits: Annotated[int, Field(ge=0, le=16)] = 0,
) -> Output:
    """Grow a tree on the rows of `X` and predict the rows of `X_new`.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of float, length n
        Class labels, or numbers for regression.
    X_new : list of list of float or None
        Rows to predict; the training rows if not given.
    task : {"classification", "regression"}
        Majority class or mean in a leaf.
    criterion : {"gini", "entropy"}
        Impurity for classification; regression uses the variance.
    max_depth : int
        Deepest leaf allowed; 1 gives a decision stump.
    min_samples_leaf : int
        Fewest training rows in a leaf.
    refits : int
        Grow as many more trees, each without one training row, and count how many differ in their first split.

    Returns
    -------
    dict
        ``predictions`` and ``leaf_values`` for `X_new`; ``training_error`` (error rate or mean squared error),
        ``depth``, ``leaves``, ``root`` (feature, threshold), ``rules`` (at most 40), ``root_changes`` of the refits.

    Raises
    ------
    ValueError
        If `X`, `y` and `X_new` do not fit each other.

    Examples
    --------
    >>> decision_tree([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])["training_error"]
    0.0
    """
    check_lengths(X, y)
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    B = A if X_new is None else np.asarray(X_new, dtype=np.float64)  # (m, d)
    if A.shape[1] != B.shape[1]:
        raise ValueError(f"X has {A.shape[1]} features and X_new has {B.shape[1]}; they must agree")
    if task == "classification":
        classes, Y = one_hot(y)
        kind: Criterion = criterion
    else:
        classes, Y = np.zeros(0), np.asarray(y, dtype=np.float64)[:, None]
        kind = "variance"
    root = grow(A, Y, criterion=kind, max_depth=max_depth, min_leaf=min_samples_leaf)

    def answer(values: Floats) -> Floats:
        return np.asarray(classes[values.argmax(axis=1)] if task == "classification" else values[:, 0])

    fitted = answer(predict_tree(root, A))  # (n,)
    wrong = fitted != np.asarray(y) if task == "classification" else (fitted - np.asarray(y)) ** 2
    values = predict_tree(root, B)  # (m, K)
    changes = 0
    for row in range(min(refits, len(A) - 1)):
        keep = np.arange(len(A)) != row
        split = best_split(A[keep], Y[keep], np.ones(len(A) - 1), kind, min_samples_leaf)
        changes += split is None or (split[0], split[1]) != (root.feature, root.threshold)
    return {
        "predictions": answer(values)[:50],
        "leaf_values": values[:50],
        "training_error": float(np.mean(wrong)),
        "depth": depth(root),
        "leaves": len(leaves(root)),
        "root": {"feature": root.feature, "threshold": root.threshold},
        "rules": rules(root)[:40],
        "root_changes": changes,
    }
