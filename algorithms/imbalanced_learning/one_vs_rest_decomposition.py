r"""One-vs-rest decomposition (one-vs-all) solves a problem of $K$ classes by $K$ binary classifiers, each separating
one class from all others.

$$\hat y(x) = \arg\max_{k \in \{1, \dots, K\}} f_k(x), \qquad f_k \text{ trained on } [y = k]$$

**Intuition.** Ask every class in turn: is it you? The most confident yes wins. It turns any binary learner into a
multi-class one and lets each class have its own features, weights and threshold, which helps rare classes in a long
tail. One-vs-one trains $K(K-1)/2$ pairs instead.

**When to use it.** With binary learners such as SVMs, for multi-label problems, and for many classes where classifiers
are trained and added one at a time.

**Cost.** $K$ binary fits on all rows.

**Pitfalls.** Every sub-problem is imbalanced, one class against $K - 1$, even if the classes are not: weight or
resample each. Scores of different classifiers are comparable only if calibrated; SVM margins often are not. The $K$
probabilities do not sum to one; normalising them is a convention. A class in the middle of the others cannot be cut off
by a line, so linear one-vs-rest ignores it where softmax regression finds it.

**References.** Rifkin and Klautau, *In defense of one-vs-all classification*, JMLR (2004). Bishop, *Pattern Recognition
and Machine Learning* (2006), section 4.1.2.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.imbalanced_learning.class_weighting import fit_logistic, probability, with_intercept
from algorithms.inputs import Table, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Classes = Annotated[list[Annotated[int, Field(ge=-1_000, le=1_000)]], Field(min_length=2, max_length=256)]


def fit_one_vs_rest(X: Floats, y: Ints, K: int, l2: float, balanced: bool = False) -> Floats:
    """Coefficients (K, d + 1) of one logistic regression a class, for class numbers y (n,) in 0..K-1."""
    rows = []
    for k in range(K):
        target = (y == k).astype(np.float64)
        share = target.mean()
        w = np.where(target == 1, 0.5 / max(share, 1e-12), 0.5 / max(1 - share, 1e-12)) if balanced else None
        rows.append(fit_logistic(X, target, w, l2))
    return np.array(rows)


@algorithm(
    id="one-vs-rest-decomposition",
    name="One-vs-rest class decomposition",
    aliases=("OvR", "one-vs-all", "one vs rest", "one-versus-rest", "OvA"),
    example={
        "X": [[0, 0], [0, 1], [1, 0], [5, 5], [5, 6], [6, 5], [0, 9], [1, 9], [0, 10]],
        "y": [0, 0, 0, 1, 1, 1, 2, 2, 2],
        "X_new": [[1, 1], [6, 6], [1, 8]],
    },
)
def one_vs_rest_decomposition(
    X: Table,
    y: Classes,
    X_new: Table | None = None,
    l2: Annotated[float, Field(ge=1e-4, le=1e4)] = 0.1,
    balanced: bool = False,
) -> Output:
    """Fit one binary logistic regression for every class.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of int, length n
        Class labels, at most 20 different ones.
    X_new : list of list of float or None
        Rows to predict; the training rows if not given.
    l2 : float
        Penalty on the coefficients.
    balanced : bool
        Weight each binary problem so that the class and the rest count equally.

    Returns
    -------
    dict
        ``classes``, ``n_problems`` (K), ``positive_shares`` (K,) of the binary problems, ``predictions`` and ``scores``
        (binary probabilities, first 50 rows), ``score_sums`` (need not be one), ``training_accuracy``,
        ``majority_share``.

    Raises
    ------
    ValueError
        If shapes do not fit, or there are fewer than two or more than 20 classes.

    Examples
    --------
    >>> one_vs_rest_decomposition([[0.0], [1.0], [9.0], [10.0]], [3, 3, 7, 7], [[2.0], [8.0]])["predictions"].tolist()
    [3, 7]
    """
    check_lengths(X, y)
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    Q = A if X_new is None else np.asarray(X_new, dtype=np.float64)  # (m, d)
    classes, index = np.unique(y, return_inverse=True)
    if Q.shape[1] != A.shape[1]:
        raise ValueError(f"X has {A.shape[1]} features and X_new has {Q.shape[1]}; they must agree")
    if not 2 <= len(classes) <= 20:
        raise ValueError(f"y holds {len(classes)} classes; give 2 to 20")
    scale = np.maximum(np.abs(A).max(axis=0), 1e-300)
    B = fit_one_vs_rest(A / scale, index, len(classes), l2, balanced)  # (K, d + 1)
    scores = np.stack([probability(Q / scale, beta) for beta in B], axis=1)  # (m, K)
    fitted = (with_intercept(A / scale) @ B.T).argmax(axis=1)
    return {
        "classes": classes,
        "n_problems": len(classes),
        "positive_shares": np.bincount(index) / len(index),
        "predictions": classes[scores.argmax(axis=1)][:50],
        "scores": scores[:50],
        "score_sums": scores.sum(axis=1)[:50],
        "training_accuracy": float(np.mean(fitted == index)),
        "majority_share": float(np.bincount(index).max() / len(index)),
    }
