r"""Balanced bagging trains each member of an ensemble on a bootstrap with equally many rows of every class; with random
feature subsets it is the balanced random forest.

$$\mathcal D_b = \{n_{\min} \text{ draws from the minority}\} \cup \{n_{\min} \text{ draws from the majority}\}, \qquad
\hat f = \frac1B \sum_b f_b$$

**Intuition.** One undersample wastes most of the majority. Many undersamples, each with a fresh part of the majority,
use nearly all of it, and averaging removes the variance that small samples bring. Every member sees a balanced problem
and finds the minority worth a split.

**When to use it.** As a strong default for tables with a rare class. EasyEnsemble boosts inside each balanced sample.

**Cost.** $B$ fits on $2 n_{\min}$ rows: cheaper than a plain forest.

**Pitfalls.** Trees and forests are sometimes called insensitive to imbalance; impurity-based splits favour the majority
as well, which is why balanced forests and class weights exist. That boosting beats forests on unbalanced data is not a
theorem either. Probabilities are those of a balanced world and too high; correct the prior. Recall rises and precision
falls: choose the threshold by cost. With very few minority rows all members share them and stay correlated.

**References.** Chen, Liaw and Breiman, *Using random forest to learn imbalanced data* (2004). Liu, Wu and Zhou,
*Exploratory undersampling for class-imbalance learning*, IEEE TSMC-B (2009).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.ensembles.hybrid_ensemble import ranking_auc
from algorithms.ensembles.random_forest import fit_forest
from algorithms.imbalanced_learning.class_weighting import imbalanced_pair, recall_and_precision
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints


def balanced_bootstraps(y: Ints, members: int, rng: np.random.Generator) -> Ints:
    """Row numbers (B, K * smallest class) with equally many draws, with replacement, from every class.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 1])
    >>> np.bincount(y[balanced_bootstraps(y, 1, np.random.default_rng(0))[0]]).tolist()
    [1, 1]
    """
    classes, counts = np.unique(y, return_counts=True)
    parts = [rng.choice(np.flatnonzero(y == c), (members, counts.min())) for c in classes]
    return np.concatenate(parts, axis=1)


@algorithm(
    id="balanced-bagging",
    name="Balanced bagging",
    aliases=(
        "EasyEnsemble",
        "balanced bootstraps",
        "balanced random forest",
        "BRF",
        "trees under imbalance",
    ),
    example={"n_negative": 380, "n_positive": 20, "variant": "balanced-random-forest", "seed": 0},
    cost="trains",
)
def balanced_bagging(
    n_negative: Annotated[int, Field(ge=20, le=600)] = 380,
    n_positive: Annotated[int, Field(ge=5, le=100)] = 20,
    variant: Literal["balanced-bagging", "balanced-random-forest"] = "balanced-random-forest",
    members: Annotated[int, Field(ge=2, le=40)] = 30,
    seed: Seed = 0,
) -> Output:
    """Compare balanced bootstraps with plain ones on two overlapping Gaussians.

    Parameters
    ----------
    n_negative : int
        Training rows of the majority.
    n_positive : int
        Training rows of the minority.
    variant : {"balanced-bagging", "balanced-random-forest"}
        All features in every node, or one random feature.
    members : int
        Trees.
    seed : int
        Seed of data and bootstraps.

    Returns
    -------
    dict
        Test values on fresh data of the same imbalance: ``recall``, ``precision``, ``balanced_accuracy``, ``auc`` and
        the same with ``plain_``; ``rows_per_member`` and ``majority_rows_used`` (share seen by any member).

    Examples
    --------
    >>> out = balanced_bagging()
    >>> out["recall"] > out["plain_recall"]
    True
    """
    rng = np.random.default_rng(seed)
    X, y = imbalanced_pair(n_negative, n_positive, rng)
    T, truth = imbalanced_pair(1000, max(round(1000 * n_positive / n_negative), 2), rng)
    labels, Y = y.astype(np.int64), np.eye(2)[y.astype(np.int64)]
    rows = balanced_bootstraps(labels, members, rng)  # (B, 2 n_min)
    features = 1 if variant == "balanced-random-forest" else None
    balanced = fit_forest(X, Y, members, rng, max_features=features, rows=rows)
    plain = fit_forest(X, Y, members, rng, max_features=features)
    out: Output = {}
    for prefix, forest in (("", balanced), ("plain_", plain)):
        p = forest.predict(T)[:, 1]  # (m,)
        recall, precision = recall_and_precision(truth, p > 0.5)
        out[f"{prefix}recall"], out[f"{prefix}precision"] = recall, precision
        out[f"{prefix}balanced_accuracy"] = (recall + float(np.mean(p[truth == 0] <= 0.5))) / 2
        out[f"{prefix}auc"] = ranking_auc(truth.astype(np.int64), p)
    majority = np.flatnonzero(labels == (0 if n_negative >= n_positive else 1))
    return {
        **out,
        "rows_per_member": rows.shape[1],
        "majority_rows_used": float(np.isin(majority, rows).mean()),
    }
