r"""AdaBoost trains weak classifiers in sequence on re-weighted rows and combines them by a weighted majority vote.

$$\alpha_m = \tfrac12 \ln\frac{1 - e_m}{e_m}, \qquad
w_i \leftarrow w_i\, e^{-\alpha_m y_i h_m(x_i)} / Z_m, \qquad H(x) = \operatorname{sign}\sum_m \alpha_m h_m(x)$$

with $e_m$ the weighted error of the weak classifier $h_m(x) \in \{-1, +1\}$.

**Intuition.** Rows that are misclassified gain weight, the others lose it, so the next classifier works on what is
still wrong. After the update the last classifier is exactly at chance: its mistakes carry half of the weight. The whole
is forward stagewise fitting of the exponential loss. SAMME extends it to $K$ classes with
$\alpha_m = \ln\frac{1-e_m}{e_m} + \ln(K-1)$.

**When to use it.** With stumps or shallow trees on clean labels.

**Cost.** One weak fit a round, in sequence.

**Pitfalls.** The weights of mislabelled rows explode, so it is sensitive to noise and outliers. The weak classifier
must beat chance ($e_m < \tfrac12$, or $1 - 1/K$), else stop. Weak learners belong here, not in a random forest. For
regression, AdaBoost.R2 combines by the weighted median, not by a weighted sum. The half in $\alpha$ is a convention:
libraries that drop it double all votes and change no prediction.

**References.** Freund and Schapire, *A decision-theoretic generalization of on-line learning and an application to
boosting* (1997). Zhu, Zou, Rosset and Hastie, *Multi-class AdaBoost* (2009). Drucker (1997) for R2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, Targets, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints
from algorithms.trees.decision_tree import Node, grow, one_hot, predict_tree


@dataclass(frozen=True)
class Boost:
    """Weak classifiers with their votes, weighted errors, and the row weights after the first round."""

    trees: list[Node]
    alphas: list[float]
    errors: list[float]
    first_weights: Floats

    def scores(self, X: Floats) -> Floats:
        """Summed votes (n, K) of each class."""
        total: Floats = np.zeros((len(X), 1))
        for alpha, tree in zip(self.alphas, self.trees, strict=True):
            values = predict_tree(tree, X)  # (n, K)
            total = total + alpha * np.eye(values.shape[1])[values.argmax(axis=1)]
        return total


def fit_adaboost(X: Floats, y: Ints, K: int, rounds: int, max_depth: int = 1) -> Boost:
    """Boost trees on class numbers y (n,) in 0..K-1; stops at a perfect or a chance-level tree."""
    n = len(y)
    w = np.full(n, 1 / n)  # (n,)
    trees: list[Node] = []
    alphas: list[float] = []
    errors: list[float] = []
    first = w
    for m in range(rounds):
        tree = grow(X, np.eye(K)[y], w=w, max_depth=max_depth)
        wrong = predict_tree(tree, X).argmax(axis=1) != y  # (n,)
        e = float(w[wrong].sum())
        if m > 0 and e >= 1 - 1 / K - 1e-12:
            break
        alpha = float(np.log((1 - e) / max(e, 1e-12)) + np.log(max(K - 1, 1)))
        alpha = alpha / 2 if K == 2 else alpha
        trees.append(tree)
        alphas.append(alpha)
        errors.append(e)
        if e <= 1e-12:
            break
        w = w * np.exp(alpha * np.where(wrong, 1, -1 if K == 2 else 0))
        w = w / w.sum()
        first = w if m == 0 else first
    return Boost(trees, alphas, errors, first)


@algorithm(
    id="adaboost",
    name="AdaBoost",
    aliases=("adaptive boosting", "SAMME", "discrete AdaBoost", "boosted stumps"),
    example={
        "X": [[0], [1], [2], [3], [4], [5], [6], [7], [8], [9]],
        "y": [1, 1, 1, 0, 0, 0, 1, 1, 1, 0],
        "rounds": 3,
    },
    cost="trains",
)
def adaboost(
    X: Table,
    y: Targets,
    rounds: Annotated[int, Field(ge=1, le=200)] = 50,
    max_depth: Annotated[int, Field(ge=1, le=3)] = 1,
) -> Output:
    """Boost stumps (or shallow trees) on `X`, `y`.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of float, length n
        Class labels; more than two classes use SAMME.
    rounds : int
        Weak classifiers at most.
    max_depth : int
        Depth of a weak classifier.

    Returns
    -------
    dict
        ``alphas`` and ``weighted_errors`` (first 50 rounds), ``weights_after_first_round`` (first 50 rows),
        ``training_error``, ``training_error_first`` (of the first weak classifier), ``predictions`` (first 50 rows),
        ``rounds_used``.

    Raises
    ------
    ValueError
        If lengths differ or there is only one class.

    Examples
    --------
    >>> out = adaboost([[0], [1], [2], [3], [4], [5], [6], [7], [8], [9]], [1, 1, 1, 0, 0, 0, 1, 1, 1, 0], rounds=3)
    >>> [round(a, 4) for a in out["alphas"]], out["training_error"]
    ([0.4236, 0.6496, 0.752], 0.0)
    """
    check_lengths(X, y)
    classes, Y = one_hot(y)
    if len(classes) < 2:
        raise ValueError("y holds one class only; boosting needs at least two")
    A, index = np.asarray(X, dtype=np.float64), Y.argmax(axis=1)  # (n, d), (n,)
    model = fit_adaboost(A, index, len(classes), rounds, max_depth)
    predicted = model.scores(A).argmax(axis=1)
    return {
        "alphas": model.alphas[:50],
        "weighted_errors": model.errors[:50],
        "weights_after_first_round": model.first_weights[:50],
        "training_error": float(np.mean(predicted != index)),
        "training_error_first": model.errors[0],
        "predictions": classes[predicted][:50],
        "rounds_used": len(model.trees),
    }
