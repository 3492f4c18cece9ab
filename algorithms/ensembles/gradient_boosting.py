r"""Gradient boosting (GBDT) adds small trees one after another, each fitted to the negative gradient of the loss of the
ensemble so far.

$$F_m(x) = F_{m-1}(x) + \nu\,h_m(x), \qquad
r_i = -\frac{\partial L(y_i, F(x_i))}{\partial F(x_i)}\Big|_{F = F_{m-1}}, \qquad h_m \approx r$$

**Intuition.** It is gradient descent in the space of predictions. For half the squared loss the pseudo-residual $r_i$
is $y_i - F(x_i)$; for the logistic loss it is $y_i - p_i$; the Huber loss clips it. Only for the squared loss are these
the residuals. A tree does not correct the previous tree but the whole sum before it.

**When to use it.** For tabular classification, regression and ranking, with any differentiable loss. Defaults are
decent; the best results need the rate, the number of trees and their depth tuned together.

**Cost.** $M$ trees in sequence. Inference: $M \times$ depth comparisons a row, usually microseconds; slow only beside a
linear model.

**Pitfalls.** Too high a learning rate overfits; a low one regularises and asks for more trees. (The reverse is
sometimes claimed.) Stop early on validation data. Outliers in the target pull squared-loss gradients. Members are not
independent, so their spread is no uncertainty. That boosting beats forests on unbalanced data is not a theorem.

**References.** Friedman, *Greedy function approximation: a gradient boosting machine*, Annals of Statistics (2001).
Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapter 10.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import NonNegative, Seed, Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import Node, grow, predict_tree

Loss = Literal["squared", "logistic", "huber"]


@dataclass(frozen=True)
class Boosted:
    """A fitted sum of trees; `losses` holds the mean training loss before and after each tree."""

    base: float
    rate: float
    trees: list[Node]
    losses: list[float]

    def raw(self, X: Floats) -> Floats:
        """Raw scores (n,): the prediction, or the log-odds for the logistic loss."""
        total = np.full(len(X), self.base)
        for tree in self.trees:
            total += self.rate * predict_tree(tree, X)[:, 0]
        return total


def loss_and_residual(y: Floats, F: Floats, loss: Loss, delta: float = 1.0) -> tuple[float, Floats]:
    """Mean loss and negative gradient (n,) at the scores F.

    Examples
    --------
    >>> loss_and_residual(np.array([1.0]), np.array([0.0]), "logistic")[1].tolist()
    [0.5]
    """
    if loss == "logistic":
        return float(np.mean(np.logaddexp(0, F) - y * F)), y - logistic(F)
    r = y - F
    if loss == "huber":
        small = np.abs(r) <= delta
        return float(np.mean(np.where(small, r**2 / 2, delta * (np.abs(r) - delta / 2)))), np.clip(r, -delta, delta)
    return float(np.mean(r**2 / 2)), r


def newton_leaves(node: Node, X: Floats, r: Floats, h: Floats) -> Node:
    """Replace each leaf value by sum(r) / sum(h) of its rows: one Newton step for the leaf."""
    if node.left is None or node.right is None:
        return replace(node, value=np.array([r.sum() / max(h.sum(), 1e-12)]))
    go = X[:, node.feature] <= node.threshold
    left, right = newton_leaves(node.left, X[go], r[go], h[go]), newton_leaves(node.right, X[~go], r[~go], h[~go])
    return replace(node, left=left, right=right)


def fit_boosting(
    X: Floats, y: Floats, n_trees: int, rate: float, max_depth: int, loss: Loss = "squared", delta: float = 1.0
) -> Boosted:
    """Boost trees on X (n, d) and y (n,), classes 0 and 1 for the logistic loss."""
    if loss == "logistic":
        share = np.clip(y.mean(), 1e-6, 1 - 1e-6)
        base = float(np.log(share / (1 - share)))
    else:
        base = float(y.mean() if loss == "squared" else np.median(y))
    F = np.full(len(y), base)  # (n,)
    value, r = loss_and_residual(y, F, loss, delta)
    trees: list[Node] = []
    losses = [value]
    for _ in range(n_trees):
        tree = grow(X, r[:, None], criterion="variance", max_depth=max_depth)
        if loss == "logistic":
            p = logistic(F)
            tree = newton_leaves(tree, X, r, p * (1 - p))
        trees.append(tree)
        F = F + rate * predict_tree(tree, X)[:, 0]
        value, r = loss_and_residual(y, F, loss, delta)
        losses.append(value)
    return Boosted(base, rate, trees, losses)


def noisy_sine(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Points x (n, 1) uniform on [-3, 3] and sin(x) + noise."""
    x = rng.uniform(-3, 3, (n, 1))
    return x, np.sin(x[:, 0]) + noise * rng.standard_normal(n)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training loss by round."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["rounds"], output["training_losses"])
    axes.set(xlabel="trees", ylabel="training loss", title=f"gradient boosting, rate {inputs['learning_rate']:g}")
    return figure


@algorithm(
    id="gradient-boosting",
    name="Gradient boosting (GBDT)",
    aliases=(
        "GBM",
        "GBDT",
        "gradient-boosted decision trees",
        "gradient boosting machine",
        "pseudo-residuals",
        "GBDT inference cost",
        "prediction latency of trees",
        "shrinkage and number of trees in GBDT",
        "learning rate of boosting",
        "n_estimators",
    ),
    example={"learning_rate": 0.1, "n_estimators": 100, "max_depth": 1},
    cost="trains",
    figure=draw,
)
def gradient_boosting(
    X: Table | None = None,
    y: Targets | None = None,
    loss: Loss = "squared",
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.1,
    n_estimators: Annotated[int, Field(ge=1, le=300)] = 100,
    max_depth: Annotated[int, Field(ge=1, le=4)] = 1,
    huber_delta: Annotated[float, Field(gt=0, le=1e6)] = 1.0,
    n: Annotated[int, Field(ge=10, le=256)] = 100,
    noise: Annotated[NonNegative, Field(le=10)] = 0.5,
    seed: Seed = 0,
) -> Output:
    """Boost trees on the given rows, or on a noisy sine whose true curve gives a noise-free test error.

    Parameters
    ----------
    X : list of list of float or None
        Training rows; None draws the noisy sine.
    y : list of float or None
        Targets; 0 and 1 for the logistic loss.
    loss : {"squared", "logistic", "huber"}
        Half the squared error, the log-loss of the log-odds, or the Huber loss.
    learning_rate : float
        Shrinkage of each tree.
    n_estimators : int
        Trees.
    max_depth : int
        Depth of a tree; 1 gives stumps.
    huber_delta : float
        Residuals beyond this are clipped (Huber loss).
    n : int
        Points of the noisy sine.
    noise : float
        Standard deviation of its noise.
    seed : int
        Seed of the noisy sine.

    Returns
    -------
    dict
        ``training_loss_before``, ``training_loss_after``, ``rounds`` and ``training_losses`` (at most 50),
        ``predictions`` (first 50 rows; probabilities for the logistic loss), ``comparisons_per_row`` (trees times
        depth), ``training_mse``, ``noise_free_test_mse`` (null for given rows).

    Raises
    ------
    ValueError
        If only one of `X` and `y` is given, their lengths differ, or the labels of the logistic loss are not 0 and 1.

    Examples
    --------
    >>> out = gradient_boosting([[0], [1], [2], [3]], [0, 0, 4, 4], learning_rate=1.0, n_estimators=1)
    >>> out["predictions"].tolist()
    [0.0, 0.0, 4.0, 4.0]
    """
    rng = np.random.default_rng(seed)
    given = X is not None and y is not None
    if X is not None and y is not None:
        check_lengths(X, y)
        A, t = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (n, d), (n,)
    elif X is None and y is None:
        A, t = noisy_sine(n, noise, rng)
        t = (t > 0).astype(np.float64) if loss == "logistic" else t
    else:
        raise ValueError("give both X and y, or neither")
    if loss == "logistic" and not np.isin(t, [0, 1]).all():
        raise ValueError("the logistic loss needs labels 0 and 1")
    model = fit_boosting(A, t, n_estimators, learning_rate, max_depth, loss, huber_delta)
    F = model.raw(A)
    prediction = logistic(F) if loss == "logistic" else F
    test = np.linspace(-3, 3, 200)[:, None]
    rounds = np.unique(np.linspace(0, n_estimators, 50).astype(int))
    return {
        "training_loss_before": model.losses[0],
        "training_loss_after": model.losses[-1],
        "rounds": rounds,
        "training_losses": np.array(model.losses)[rounds],
        "predictions": prediction[:50],
        "comparisons_per_row": n_estimators * max_depth,
        "training_mse": float(np.mean((prediction - t) ** 2)),
        "noise_free_test_mse": None
        if given or loss == "logistic"
        else float(np.mean((model.raw(test) - np.sin(test[:, 0])) ** 2)),
    }
