r"""RUSBoost combines random undersampling with boosting: in every round the weak classifier is trained on a balanced
sample, while the weights live on all rows.

$$\mathcal D_m = \text{minority} \cup \text{random majority rows}, \qquad
e_m = \sum_{i} w_i\,[h_m(x_i) \ne y_i] \ \text{over all rows}, \qquad \alpha_m = \tfrac12 \ln\frac{1 - e_m}{e_m}$$

**Intuition.** AdaBoost raises the weight of errors, but at the start nearly all weight lies on the majority.
Undersampling in each round gives the weak classifier a balanced view; a new sample each time means that in the end most
majority rows have been seen. SMOTEBoost does the same with synthetic rows and costs more.

**When to use it.** For rare classes with clean labels, when training on all rows is slow.

**Cost.** Each round fits on $2 n_{\min}$ rows.

**Pitfalls.** Error and weights are computed on all rows, not on the sample; mixing this up breaks the updates. Rows are
sampled uniformly or by weight, depending on the implementation. A weak classifier trained on balance may err on more
than half of the weight: then drop it and reset the weights. Like AdaBoost it chases mislabelled rows. Scores are not
probabilities.

**References.** Seiffert, Khoshgoftaar, Van Hulse and Napolitano, *RUSBoost: a hybrid approach to alleviating class
imbalance*, IEEE TSMC-A (2010). Chawla et al., *SMOTEBoost*, PKDD (2003).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.ensembles.adaboost import fit_adaboost
from algorithms.ensembles.hybrid_ensemble import ranking_auc
from algorithms.imbalanced_learning.class_weighting import imbalanced_pair, recall_and_precision
from algorithms.imbalanced_learning.random_resampling import resample
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints
from algorithms.trees.decision_tree import Node, grow, predict_tree


def fit_rusboost(
    X: Floats, y: Ints, rounds: int, max_depth: int, rng: np.random.Generator
) -> tuple[list[Node], list[float], list[Ints]]:
    """Trees, votes and the class counts of each round's sample for labels y (n,) in {0, 1}."""
    w = np.full(len(y), 1 / len(y))
    trees: list[Node] = []
    alphas: list[float] = []
    samples: list[Ints] = []
    for _ in range(rounds):
        rows = resample(y, "under", rng)
        tree = grow(X[rows], np.eye(2)[y[rows]], w=w[rows] / w[rows].sum(), max_depth=max_depth)
        samples.append(np.bincount(y[rows], minlength=2))
        wrong = predict_tree(tree, X).argmax(axis=1) != y  # on all rows, not on the sample
        e = float(np.clip(w[wrong].sum(), 1e-10, 1))
        if e >= 0.5:
            w = np.full(len(y), 1 / len(y))  # no better than chance: start over from equal weights
            continue
        alpha = 0.5 * float(np.log((1 - e) / e))
        w = w * np.exp(alpha * np.where(wrong, 1, -1))
        w = np.maximum(w / w.sum(), 1e-12)
        trees.append(tree)
        alphas.append(alpha)
    return trees, alphas, samples


@algorithm(
    id="rusboost",
    name="RUSBoost",
    aliases=("random undersampling boosting", "undersampling with boosting", "RUS Boost"),
    example={"n_negative": 380, "n_positive": 20, "rounds": 30, "seed": 0},
    cost="trains",
)
def rusboost(
    n_negative: Annotated[int, Field(ge=20, le=600)] = 380,
    n_positive: Annotated[int, Field(ge=5, le=100)] = 20,
    rounds: Annotated[int, Field(ge=2, le=100)] = 30,
    max_depth: Annotated[int, Field(ge=1, le=3)] = 1,
    seed: Seed = 0,
) -> Output:
    """Compare RUSBoost with AdaBoost on two overlapping Gaussians.

    Parameters
    ----------
    n_negative : int
        Training rows of the majority.
    n_positive : int
        Training rows of the minority.
    rounds : int
        Weak classifiers.
    max_depth : int
        Depth of a weak classifier.
    seed : int
        Seed of data and samples.

    Returns
    -------
    dict
        Test values on fresh data of the same imbalance: ``recall``, ``precision``, ``auc``, and ``adaboost_recall``,
        ``adaboost_precision``, ``adaboost_auc``; ``sample_counts`` (class counts of the first five samples),
        ``rounds_used``, ``alphas`` (first 50).

    Examples
    --------
    >>> out = rusboost()
    >>> out["recall"] > out["adaboost_recall"], out["sample_counts"][0].tolist()
    (True, [20, 20])
    """
    rng = np.random.default_rng(seed)
    X, y = imbalanced_pair(n_negative, n_positive, rng)
    T, truth = imbalanced_pair(1000, max(round(1000 * n_positive / n_negative), 2), rng)
    labels = y.astype(np.int64)
    trees, alphas, samples = fit_rusboost(X, labels, rounds, max_depth, rng)
    score = np.zeros(len(T))
    for alpha, tree in zip(alphas, trees, strict=True):
        score += alpha * np.where(predict_tree(tree, T).argmax(axis=1) == 1, 1.0, -1.0)
    votes = fit_adaboost(X, labels, 2, rounds, max_depth).scores(T)  # (m, 2)
    out: Output = {}
    for prefix, s in (("", score), ("adaboost_", votes[:, 1] - votes[:, 0])):
        out[f"{prefix}recall"], out[f"{prefix}precision"] = recall_and_precision(truth, s > 0)
        out[f"{prefix}auc"] = ranking_auc(truth.astype(np.int64), s)
    return {**out, "sample_counts": samples[:5], "rounds_used": len(trees), "alphas": alphas[:50]}
