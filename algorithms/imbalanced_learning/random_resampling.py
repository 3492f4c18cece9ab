r"""Random over- and undersampling balance the classes by duplicating minority rows or by dropping majority rows at
random.

$$n_{\min}' = n_{\text{maj}} \ \text{(oversampling)}, \qquad n_{\text{maj}}' = n_{\min} \ \text{(undersampling)}, \qquad
\mathbb E[\text{copies of a minority row}] = \frac{n_{\text{maj}}}{n_{\min}}$$

**Intuition.** A learner that minimises the average loss listens to the majority. Changing the proportions changes whom
it listens to. Oversampling is in expectation the same as giving every minority row the weight
$n_{\text{maj}} / n_{\min}$; undersampling is the same idea with fewer rows, fast but wasteful.

**When to use it.** Oversampling for learners that take no weights; undersampling when majority rows are plentiful and
training is slow.

**Cost.** Over: up to twice the rows. Under: $2 n_{\min}$ rows.

**Pitfalls.** Split first, resample only the training part: copies of one row in both parts leak. Both shift the
predicted probabilities upwards for the minority; correct them or move the threshold. Duplicates invite overfitting in
trees and nearest neighbours. Undersampling throws information away and has high variance; average several samples.
Report recall, precision and PR-AUC on the original proportions.

**References.** He and Garcia, *Learning from imbalanced data*, IEEE TKDE (2009). Japkowicz and Stephen, *The class
imbalance problem* (2002).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.imbalanced_learning.class_weighting import (
    fit_logistic,
    imbalanced_pair,
    probability,
    recall_and_precision,
)
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints


def resample(y: Ints, method: str, rng: np.random.Generator) -> Ints:
    """Row numbers of a balanced sample: all rows plus copies, or a subset.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 1])
    >>> [np.bincount(y[resample(y, m, np.random.default_rng(0))]).tolist() for m in ("over", "under")]
    [[3, 3], [1, 1]]
    """
    classes, counts = np.unique(y, return_counts=True)
    parts = []
    for c, count in zip(classes, counts, strict=True):
        rows = np.flatnonzero(y == c)
        if method == "over":
            parts.append(np.append(rows, rng.choice(rows, counts.max() - count)))
        else:
            parts.append(rng.choice(rows, counts.min(), replace=False))
    return np.sort(np.concatenate(parts))


@algorithm(
    id="random-resampling",
    name="Random over- and undersampling",
    aliases=(
        "random oversampling",
        "duplicate minority",
        "random undersampling",
        "drop majority",
        "oversampling",
        "undersampling",
    ),
    example={"n_negative": 950, "n_positive": 50, "method": "over"},
    cost="seconds",
)
def random_resampling(
    n_negative: Annotated[int, Field(ge=10, le=2000)] = 950,
    n_positive: Annotated[int, Field(ge=5, le=500)] = 50,
    method: Literal["over", "under"] = "over",
    repeats: Annotated[int, Field(ge=1, le=20)] = 10,
    seed: Seed = 0,
) -> Output:
    """Balance two overlapping Gaussians, fit logistic regressions and compare with class weights.

    Parameters
    ----------
    n_negative : int
        Rows of class 0.
    n_positive : int
        Rows of class 1.
    method : {"over", "under"}
        Duplicate the rarer class or drop rows of the commoner one.
    repeats : int
        Random resamples averaged.
    seed : int
        Seed of data and resampling.

    Returns
    -------
    dict
        ``counts_before`` and ``counts_after``, ``copies`` (expected uses of a row of the rarer class), ``coefficients``
        (mean over resamples), ``coefficients_weighted`` (class weights on all rows), ``coefficient_spread`` (mean
        standard deviation over resamples), test ``recall`` and ``precision`` at 0.5, ``recall_before``,
        ``mean_probability``, ``prevalence``.

    Examples
    --------
    >>> random_resampling(90, 10, "under")["counts_after"].tolist()
    [10, 10]
    """
    rng = np.random.default_rng(seed)
    X, y = imbalanced_pair(n_negative, n_positive, rng)
    T, truth = imbalanced_pair(2 * n_negative, 2 * n_positive, rng)
    labels = y.astype(np.int64)
    fits = []
    for _ in range(repeats):
        rows = resample(labels, method, rng)
        fits.append(fit_logistic(X[rows], y[rows]))
    rare = int(n_positive < n_negative)
    ratio = max(n_positive, n_negative) / min(n_positive, n_negative)
    weighted = fit_logistic(X, y, np.where(labels == rare, ratio, 1.0))
    p = probability(T, np.mean(fits, axis=0))
    recall, precision = recall_and_precision(truth, p > 0.5)
    return {
        "counts_before": np.bincount(labels),
        "counts_after": np.bincount(labels[rows]),
        "copies": ratio if method == "over" else 1.0,
        "coefficients": np.mean(fits, axis=0),
        "coefficients_weighted": weighted,
        "coefficient_spread": float(np.std(fits, axis=0).mean()),
        "recall": recall,
        "precision": precision,
        "recall_before": recall_and_precision(truth, probability(T, fit_logistic(X, y)) > 0.5)[0],
        "mean_probability": float(p.mean()),
        "prevalence": n_positive / (n_positive + n_negative),
    }
