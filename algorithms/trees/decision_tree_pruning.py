r"""Decision-tree pruning cuts branches of a grown tree whose gain does not justify their size.

$$R_\alpha(T) = R(T) + \alpha\,|\text{leaves}(T)|, \qquad
\alpha_{\text{eff}}(t) = \frac{R(t) - R(T_t)}{|\text{leaves}(T_t)| - 1}$$

where $R$ is the training impurity (weighted by the share of rows) and $T_t$ the branch below node $t$.

**Intuition.** A branch is worth keeping while each of its extra leaves lowers the error by more than $\alpha$. Cutting
the branch with the smallest effective alpha again and again gives a nested sequence of trees, from the full tree at
$\alpha = 0$ to the root alone; the number of leaves never rises with $\alpha$.

**When to use it.** To control the size of a single tree: choose $\alpha$ by cross-validation. Boosting libraries prune
by a minimum split gain instead (`gamma` in XGBoost): grow to full depth, then remove from the bottom up every last
split whose gain is below the minimum.

**Cost.** $O(\text{nodes})$ for each cut, little next to growing the tree.

**Pitfalls.** Stopping growth at the first weak split is not pruning: in XOR the root gains nothing and its children
gain everything, and a bottom-up rule keeps both. $\alpha$ has the unit of the impurity, so a value does not carry over
to another criterion. Choosing $\alpha$ on the training data always picks the full tree.

**References.** Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees* (1984), chapter 3. Chen and
Guestrin, arXiv:1603.02754.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Table, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.trees.decision_tree import Node, grow, leaves, one_hot, predict_tree

Classes = Annotated[list[Annotated[int, Field(ge=-1_000, le=1_000)]], Field(min_length=2, max_length=256)]


def branch_risk(node: Node, total: float) -> float:
    """Training impurity of the leaves below `node`, as a share of the tree's weight."""
    return sum(leaf.weight * leaf.impurity for leaf in leaves(node)) / total


def weakest_link(node: Node, total: float) -> float:
    """Smallest effective alpha of any inner node; infinity for a leaf."""
    if node.left is None or node.right is None:
        return float("inf")
    own = (node.weight * node.impurity / total - branch_risk(node, total)) / (len(leaves(node)) - 1)
    return min(own, weakest_link(node.left, total), weakest_link(node.right, total))


def collapse(node: Node, alpha: float, total: float) -> Node:
    """Cut every branch whose effective alpha is at most `alpha`, from the top."""
    if node.left is None or node.right is None:
        return node
    own = (node.weight * node.impurity / total - branch_risk(node, total)) / (len(leaves(node)) - 1)
    if own <= alpha:
        return replace(node, left=None, right=None, feature=-1, threshold=float("nan"))
    return replace(node, left=collapse(node.left, alpha, total), right=collapse(node.right, alpha, total))


def prune_by_gain(node: Node, minimum: float, total: float) -> Node:
    """Remove splits into two leaves that gain less than `minimum` (share of the total), from the bottom up."""
    if node.left is None or node.right is None:
        return node
    left, right = prune_by_gain(node.left, minimum, total), prune_by_gain(node.right, minimum, total)
    node = replace(node, left=left, right=right)
    gain = (node.weight * node.impurity - left.weight * left.impurity - right.weight * right.impurity) / total
    if left.left is None and right.left is None and gain < minimum:
        return replace(node, left=None, right=None, feature=-1, threshold=float("nan"))
    return node


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Leaves against alpha."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.step(output["alphas"], output["leaves_at_alpha"], where="post", marker="o")
    axes.set(xlabel="alpha", ylabel="leaves", title="cost-complexity pruning path")
    return figure


@algorithm(
    id="decision-tree-pruning",
    name="Decision-tree pruning",
    aliases=("cost-complexity pruning", "minimum gain", "ccp_alpha", "weakest-link pruning", "post-pruning"),
    example={
        "X": [[0], [1], [2], [3], [4], [5], [6], [7]],
        "y": [0, 0, 1, 0, 1, 1, 1, 1],
        "alpha": 0.1,
    },
    figure=draw,
)
def decision_tree_pruning(
    X: Table,
    y: Classes,
    alpha: NonNegative = 0.0,
    method: Literal["cost-complexity", "minimum-gain"] = "cost-complexity",
    max_depth: Annotated[int, Field(ge=1, le=12)] = 12,
) -> Output:
    """Grow a Gini tree, list its pruning path and prune it.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of int, length n
        Class labels.
    alpha : float
        Price of a leaf, or the minimum gain of a split, in Gini impurity times share of rows.
    method : {"cost-complexity", "minimum-gain"}
        Weakest-link pruning, or removal of last splits below the minimum gain.
    max_depth : int
        Deepest leaf of the unpruned tree.

    Returns
    -------
    dict
        ``leaves_before``, ``leaves_after``, ``training_error_before``, ``training_error_after``, and the path
        ``alphas`` with ``leaves_at_alpha`` and ``impurities`` (at most 50 steps).

    Raises
    ------
    ValueError
        If `X` and `y` differ in length.

    Examples
    --------
    >>> decision_tree_pruning([[0], [1], [2], [3]], [0, 0, 1, 1], alpha=0.6)["leaves_after"]
    1
    """
    check_lengths(X, y)
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    classes, Y = one_hot(np.asarray(y))
    full = grow(A, Y, max_depth=max_depth)
    total = full.weight
    tree, path = full, [(0.0, len(leaves(full)), branch_risk(full, total))]
    while tree.left is not None:
        step = max(weakest_link(tree, total), 0.0)
        tree = collapse(tree, step * (1 + 1e-12) + 1e-15, total)
        path.append((step, len(leaves(tree)), branch_risk(tree, total)))
    if method == "cost-complexity":
        pruned = full
        while weakest_link(pruned, total) <= alpha:
            pruned = collapse(pruned, weakest_link(pruned, total) * (1 + 1e-12) + 1e-15, total)
    else:
        pruned = prune_by_gain(full, alpha, total)

    def error(node: Node) -> float:
        return float(np.mean(classes[predict_tree(node, A).argmax(axis=1)] != np.asarray(y)))

    return {
        "leaves_before": len(leaves(full)),
        "leaves_after": len(leaves(pruned)),
        "training_error_before": error(full),
        "training_error_after": error(pruned),
        "alphas": [a for a, _, _ in path][:50],
        "leaves_at_alpha": [count for _, count, _ in path][:50],
        "impurities": [risk for _, _, risk in path][:50],
    }
