r"""A train/validation mismatch and leakage check looks for rows in both sets, and tests whether a classifier can tell the sets apart.

$$\text{overlap} = \frac{|\{v \in V : v \in T\}|}{|V|}, \qquad
\text{AUC}(\text{"is from } V\text{"}) \approx 0.5 \iff \text{same distribution}$$

**Intuition.** A validation row that was trained on measures memory, not skill. And if a classifier can guess from which set a row
comes (adversarial validation), the sets differ, and scores on one say little about the other.

**When to use it.** Before trusting any validation score; for benchmarks of language models as a contamination check, on n-grams.

**Cost.** Hashing for duplicates; one small cross-validated classifier.

**Pitfalls.** Exact matching misses near duplicates: normalise text, round numbers, or use MinHash. The other leaks do not show as
duplicates: the same patient or user on both sides (split by group), the future in the training set (split by time),
scaling or feature selection fitted before the split, and features that encode the target. The AUC must come from held-out
folds. An AUC near 0.5 for a linear classifier does not exclude differences it cannot see. A high AUC with a row number or a
date among the features says only that the split was by time.

**References.** Kaufman, Rosset and Perlich, *Leakage in Data Mining* (2012). Lopez-Paz and Oquab, *Revisiting Classifier Two-Sample
Tests*, arXiv:1610.06545. Kapoor and Narayanan, arXiv:2207.07048.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Number, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=16)]],
    Field(min_length=5, max_length=1_000),
    AfterValidator(rectangular),
]


def rank_auc(scores: Floats, positive: Floats) -> float:
    """Area under the ROC curve by comparing all pairs, ties counting half.

    Examples
    --------
    >>> rank_auc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([0, 0, 1, 1]))
    0.875
    """
    gaps = scores[positive == 1][:, None] - scores[positive == 0]
    return float(((gaps > 0) + 0.5 * (gaps == 0)).mean())


def ridge_logistic(X: Floats, t: Floats, rounds: int = 25) -> Floats:
    """Weights of logistic regression with a bias and an L2 penalty of one, by Newton steps."""
    D = np.hstack([X, np.ones((len(X), 1))])  # (n, d + 1)
    w = np.zeros(D.shape[1])
    penalty = np.append(np.ones(X.shape[1]), 1e-6)
    for _ in range(rounds):
        p = logistic(D @ w)
        hessian = D.T @ ((p * (1 - p))[:, None] * D) + np.diag(penalty)
        w -= np.linalg.solve(hessian, D.T @ (p - t) + penalty * w)
    return w


def cross_fitted_auc(X: Floats, t: Floats, folds: int, seed: int) -> float:
    """AUC of held-out scores; features are standardised, and their squares let it see changes of spread."""
    scaled = (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-12)
    design = np.hstack([scaled, scaled**2])  # (n, 2d)
    fold = np.random.default_rng(seed).permutation(len(X)) % folds
    aucs = []
    for k in range(folds):
        held = fold == k
        if 0 < t[held].sum() < held.sum():
            w = ridge_logistic(design[~held], t[~held])
            aucs.append(rank_auc(design[held] @ w[:-1] + w[-1], t[held]))
    return float(np.mean(aucs)) if aucs else 0.5


@algorithm(
    id="train-valid-leakage-check",
    name="Train/validation mismatch and leakage check",
    aliases=(
        "contamination",
        "adversarial validation",
        "duplicates across splits",
        "data leakage",
        "train-test leakage",
    ),
    example={
        "train": [[1.0, 2.0], [2.0, 1.0], [3.0, 0.5], [0.5, 1.5], [1.5, 2.5], [2.5, 0.0]],
        "valid": [[1.0, 2.0], [9.0, 7.0], [8.5, 6.0], [2.5, 0.0], [9.5, 8.0]],
    },
)
def train_valid_leakage_check(
    train: Rows,
    valid: Rows,
    decimals: Annotated[int, Field(ge=0, le=12)] = 6,
    folds: Annotated[int, Field(ge=2, le=10)] = 5,
    seed: Seed = 0,
) -> Output:
    """Compare two sets of numeric rows.

    Parameters
    ----------
    train : matrix (n, d)
        Training rows.
    valid : matrix (m, d)
        Validation rows.
    decimals : int
        Rows count as equal if they agree when rounded to so many decimals.
    folds : int
        Folds of the classifier that tells the sets apart.
    seed : int
        Seed of the folds.

    Returns
    -------
    dict
        ``duplicates``, numbers of validation rows that occur in training (first 50); ``overlap``, their share;
        ``duplicates_within_train``; ``adversarial_auc`` from held-out folds, about 0.5 for matched sets;
        ``largest_mean_shift`` in pooled standard deviations and the ``shifted_feature`` it belongs to; ``verdict``.

    Raises
    ------
    ValueError
        If the sets differ in their number of columns.

    Examples
    --------
    >>> rows = [[float(i), float(i % 3)] for i in range(20)]
    >>> r = train_valid_leakage_check(rows, rows[:5])
    >>> r["overlap"], r["duplicates"]
    (1.0, [0, 1, 2, 3, 4])
    """
    T, V = np.asarray(train, dtype=float), np.asarray(valid, dtype=float)  # (n, d), (m, d)
    if T.shape[1] != V.shape[1]:
        raise ValueError(f"train has {T.shape[1]} and valid {V.shape[1]} columns; make them equal")
    keys_train, keys_valid = ([tuple(row) for row in (M.round(decimals) + 0.0).tolist()] for M in (T, V))
    seen = set(keys_train)
    duplicates = [i for i, key in enumerate(keys_valid) if key in seen]
    pooled = np.vstack([T, V])
    shift = np.abs(V.mean(axis=0) - T.mean(axis=0)) / np.maximum(pooled.std(axis=0), 1e-12)  # (d,)
    auc = cross_fitted_auc(pooled, np.repeat([0.0, 1.0], [len(T), len(V)]), folds, seed)
    problems = (["duplicates across the sets"] if duplicates else []) + (
        ["different distributions"] if auc > 0.7 else []
    )
    return {
        "duplicates": duplicates[:50],
        "overlap": len(duplicates) / len(V),
        "duplicates_within_train": len(keys_train) - len(seen),
        "adversarial_auc": auc,
        "largest_mean_shift": float(shift.max()),
        "shifted_feature": int(shift.argmax()),
        "verdict": "; ".join(problems) or "no problem found",
    }
