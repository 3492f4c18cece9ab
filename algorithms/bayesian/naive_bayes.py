r"""Naive Bayes classifies by Bayes' theorem with the assumption that the features are independent given the class.

$$P(y \mid x_1, \dots, x_d) \propto P(y) \prod_{i=1}^{d} P(x_i \mid y)$$

**Intuition.** Each class gets a prior and one simple distribution for each feature: a Gaussian for numbers, word frequencies for counts. In the logarithm
the evidence of the features adds up. Training is counting.

**When to use it.** As a fast baseline for text, with many classes or few samples, and for streams: counts can be updated.

**Cost.** $O(n d)$ to fit, $O(k d)$ a prediction.

**Pitfalls.** The features are *not* assumed to be uncorrelated altogether. They are independent only *conditionally on the class*:
$P(x_1, x_2 \mid y) = P(x_1 \mid y)\,P(x_2 \mid y)$. Marginally they may be strongly correlated, because the class moves both. Where the
assumption fails, repeated evidence is counted repeatedly and the probabilities come out too extreme, though the ranking is often fine. A word never seen in a
class has probability 0 and vetoes everything: smooth the counts. Multiply in logarithms, or the product underflows. A constant feature breaks the
Gaussian version without a variance floor.

**References.** Maron, *Automatic indexing* (1961). Domingos and Pazzani, *On the optimality of the simple Bayesian classifier* (1997). Manning, Raghavan and
Schütze (2008), chapter 13.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=100)]],
    Field(min_length=1, max_length=512),
    AfterValidator(rectangular),
]
Queries = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=100)]],
    Field(min_length=1, max_length=20),
    AfterValidator(rectangular),
]
Classes = Annotated[list[Annotated[int, Field(ge=-1000, le=1000)]], Field(min_length=1, max_length=512)]
Smoothing = Annotated[float, Field(gt=0, le=1000)]


def fit_gaussian(X: Floats, y: Ints) -> tuple[Floats, Floats, Floats]:
    """Log-priors (k,), means (k, d) and variances (k, d) for classes 0..k-1, with a small variance floor.

    Examples
    --------
    >>> fit_gaussian(np.array([[0.0], [2.0], [5.0]]), np.array([0, 0, 1]))[1].tolist()
    [[1.0], [5.0]]
    """
    groups = [X[y == c] for c in range(y.max() + 1)]
    floor = 1e-9 * X.var(axis=0).max() + 1e-300  # a constant feature would divide by 0
    prior = np.log(np.array([len(g) / len(X) for g in groups]))
    return prior, np.stack([g.mean(axis=0) for g in groups]), np.stack([g.var(axis=0) for g in groups]) + floor


def gaussian_log_joint(model: tuple[Floats, Floats, Floats], X: Floats) -> Floats:
    """log P(y) + sum_i log P(x_i | y), shape (n, k)."""
    prior, mean, variance = model
    gaps = (X[:, None, :] - mean) ** 2 / variance  # (n, k, d)
    return np.asarray(prior - 0.5 * (gaps + np.log(2 * np.pi * variance)).sum(axis=2))


def fit_multinomial(X: Floats, y: Ints, alpha: float) -> tuple[Floats, Floats]:
    """Log-priors (k,) and log word probabilities (k, d), smoothed by alpha.

    Examples
    --------
    >>> np.exp(fit_multinomial(np.array([[3.0, 0.0]]), np.array([0]), 1.0)[1]).round(2).tolist()
    [[0.8, 0.2]]
    """
    counts = np.stack([X[y == c].sum(axis=0) for c in range(y.max() + 1)]) + alpha  # (k, d)
    prior = np.log(np.bincount(y) / len(y))
    return prior, np.log(counts) - np.log(counts.sum(axis=1, keepdims=True))


@algorithm(
    id="naive-bayes",
    name="Naive Bayes classifier",
    aliases=(
        "NB",
        "Gaussian NB",
        "multinomial NB",
        "conditional independence",
        "Gaussian naive Bayes",
        "multinomial naive Bayes",
    ),
    example={
        "X": [[5.1, 1.4], [4.9, 1.5], [5.0, 1.3], [6.3, 4.7], [6.0, 4.5], [6.4, 4.9]],
        "y": [0, 0, 0, 1, 1, 1],
        "query": [[5.2, 1.6], [6.1, 4.4], [5.6, 3.0]],
    },
)
def naive_bayes(
    X: Rows, y: Classes, query: Queries, kind: Literal["gaussian", "multinomial"] = "gaussian", alpha: Smoothing = 1.0
) -> Output:
    """Fit naive Bayes and classify the queries.

    Parameters
    ----------
    X : list of list of float, shape (n, d)
        Training samples: numbers for "gaussian", counts (0 or above) for "multinomial".
    y : list of int, length n
        Classes, at most 20 different ones.
    query : list of list of float, shape (m, d)
        Samples to classify.
    kind : {"gaussian", "multinomial"}
        Distribution of a feature given the class.
    alpha : float
        Added to each count of the multinomial version.

    Returns
    -------
    dict
        ``classes`` (k,); ``predictions`` (m,); ``posteriors`` (m, k), rows summing to one; ``log_joint`` (m, k);
        ``training_accuracy``.

    Raises
    ------
    ValueError
        If sizes do not match, there are more than 20 classes, or counts are negative.

    Examples
    --------
    >>> result = naive_bayes([[1.0], [1.2], [5.0], [5.4]], [0, 0, 1, 1], [[1.1], [4.9]])
    >>> result["predictions"].tolist()
    [0, 1]
    """
    train, asked = np.asarray(X, dtype=np.float64), np.asarray(query, dtype=np.float64)  # (n, d), (m, d)
    if len(train) != len(y) or train.shape[1] != asked.shape[1]:
        raise ValueError("X needs one row for each class in y, and as many columns as query")
    classes, codes = np.unique(y, return_inverse=True)
    codes = codes.reshape(-1)
    if len(classes) > 20:
        raise ValueError("there are more than 20 classes; merge rare ones")
    if kind == "gaussian":
        gaussian = fit_gaussian(train, codes)
        joint, seen = gaussian_log_joint(gaussian, asked), gaussian_log_joint(gaussian, train)  # (m, k), (n, k)
    else:
        if min(train.min(), asked.min()) < 0:
            raise ValueError("the multinomial version needs counts, 0 or above")
        prior, words = fit_multinomial(train, codes, alpha)
        joint, seen = prior + asked @ words.T, prior + train @ words.T  # (m, k), (n, k)
    return {
        "classes": classes,
        "predictions": classes[joint.argmax(axis=1)],
        "posteriors": softmax_along(joint),
        "log_joint": joint,
        "training_accuracy": float((seen.argmax(axis=1) == codes).mean()),
    }
