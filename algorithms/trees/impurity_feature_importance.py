r"""Impurity feature importance adds up how much a feature's splits reduce the training impurity of a tree ensemble.

$$\mathrm{MDI}_j = \sum_{\text{nodes split on } j} \frac{n_t}{n}\left(I_t - \frac{n_{L}}{n_t} I_L - \frac{n_{R}}{n_t} I_R\right)$$

**Intuition.** Every split has a gain. Crediting the gain to the feature that was asked, and summing over nodes and
trees, says where the training error went. The values are non-negative; unnormalised they sum to the total reduction,
normalised to one. For boosted trees the same sum is called gain importance.

**When to use it.** As a free first look after fitting a forest or a boosted model. Confirm with permutation importance
on held-out rows.

**Cost.** One pass over the nodes; the model has stored all that is needed.

**Pitfalls.** It is measured on training data: deep trees that overfit credit noise too, so irrelevant features are not
switched off automatically. It is biased towards features with many distinct values, because they offer more thresholds
to try; a continuous noise column outranks a binary one. So a high value does not prove that a feature contributes.
Correlated features share the credit.

**References.** Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees* (1984). Strobl et al., *Bias
in random forest variable importance measures*, BMC Bioinformatics (2007). Louppe, *Understanding random forests*
(2014).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.ensembles.gradient_boosting import fit_boosting
from algorithms.ensembles.random_forest import fit_forest
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import Node, one_hot

NAMES = ("strong", "weak", "continuous noise", "binary noise")


def impurity_decreases(node: Node, d: int) -> Floats:
    """Decrease of impurity credited to each of d features, as a share of the root's weight.

    Examples
    --------
    >>> from algorithms.trees.decision_tree import grow
    >>> impurity_decreases(grow(np.array([[0.0], [1.0]]), np.eye(2)), 1).tolist()
    [0.5]
    """
    credit = np.zeros(d)

    def visit(t: Node) -> None:
        if t.left is None or t.right is None:
            return
        after = t.left.weight * t.left.impurity + t.right.weight * t.right.impurity
        credit[t.feature] += (t.weight * t.impurity - after) / node.weight
        visit(t.left)
        visit(t.right)

    visit(node)
    return credit


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the normalised importances."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.barh(output["features"], output["importances"])
    axes.set(xlabel="share of the impurity decrease", title=f"impurity importance, {inputs['model']}")
    return figure


@algorithm(
    id="impurity-feature-importance",
    name="Impurity / gain feature importance",
    aliases=(
        "Gini importance",
        "MDI",
        "mean decrease in impurity",
        "gain importance",
        "tree-based feature importance",
        "impurity importance",
    ),
    example={"model": "forest", "n": 150, "seed": 0},
    cost="trains",
    figure=draw,
)
def impurity_feature_importance(
    model: Literal["forest", "gbdt"] = "forest",
    n: Annotated[int, Field(ge=40, le=300)] = 150,
    n_trees: Annotated[int, Field(ge=1, le=60)] = 30,
    max_depth: Annotated[int, Field(ge=1, le=12)] = 12,
    seed: Seed = 0,
) -> Output:
    """Importances on data with a strong, a weak, a continuous-noise and a binary-noise feature.

    Parameters
    ----------
    model : {"forest", "gbdt"}
        Random forest with Gini impurity, or gradient boosting with squared loss.
    n : int
        Rows.
    n_trees : int
        Trees.
    max_depth : int
        Deepest leaf allowed; boosting uses at most 3.
    seed : int
        Seed of the data and the bootstraps.

    Returns
    -------
    dict
        ``features`` (names), ``importances`` (4,) summing to one, ``total_decrease`` (unnormalised sum),
        ``noise_share`` (of the two noise features together).

    Examples
    --------
    >>> out = impurity_feature_importance(n=60, n_trees=5)
    >>> out["features"][int(np.argmax(out["importances"]))]
    'strong'
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 4))  # (n, 4)
    X[:, 3] = rng.integers(0, 2, n)
    y = (2 * X[:, 0] + 0.7 * X[:, 1] + rng.standard_normal(n) > 0).astype(np.int64)  # (n,)
    if model == "forest":
        trees = fit_forest(X, one_hot(y)[1], n_trees, rng, max_features=2, max_depth=max_depth).trees
    else:
        trees = fit_boosting(X, y.astype(np.float64), n_trees, 0.1, min(max_depth, 3), "squared").trees
    credit = np.mean([impurity_decreases(tree, 4) for tree in trees], axis=0)  # (4,)
    share = credit / credit.sum()
    return {
        "features": list(NAMES),
        "importances": share,
        "total_decrease": float(credit.sum()),
        "noise_share": float(share[2:].sum()),
    }
