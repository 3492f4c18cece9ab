r"""A hybrid supervised and unsupervised ensemble adds the score of an unsupervised model as a feature of a supervised
one.

$$\hat p(y = 1 \mid x) = \sigma\big(w^\top [x,\; s(x)] + b\big), \qquad s(x) = \text{mean distance to the } k \text{ nearest
rows}$$

**Intuition.** A clustering or anomaly model sees structure in the inputs without labels: which rows are unusual, which
group a row belongs to. Handing this to the classifier as one more column lets even a linear model use it. If the rare
class is scattered around a dense crowd, no line separates it from the crowd, but the anomaly score does.

**When to use it.** When labels are few and inputs many: fraud, defects, intrusions. The unsupervised part may also
learn from unlabelled rows.

**Cost.** That of the unsupervised model; brute-force neighbours take $O(n^2 d)$.

**Pitfalls.** Compute the score of a training row without the row itself, else its distance to itself is zero and
training and test scores differ. Fit the unsupervised part on training rows only. Anomalous does not mean positive:
without labels that confirm it, the score is a guess. Scale the score like the other features.

**References.** Aggarwal, *Outlier Analysis* (2017), chapter 7. Zhao and Hryniewicki, *XGBOD: improving supervised
outlier detection with unsupervised representation learning*, IJCNN (2018).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.imbalanced_learning.class_weighting import fit_logistic, probability
from algorithms.inputs import Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def neighbour_distance(Q: Floats, X: Floats, k: int, own: bool = False) -> Floats:
    """Mean distance (m,) from each row of Q to its k nearest rows of X; with `own`, Q is X and a row skips itself.

    Examples
    --------
    >>> neighbour_distance(np.array([[0.0], [3.0]]), np.array([[0.0], [3.0]]), 1, own=True).tolist()
    [3.0, 3.0]
    """
    D = np.sqrt(squared_distances(Q, X))  # (m, n)
    if own:
        np.fill_diagonal(D, np.inf)
    return np.asarray(np.sort(D, axis=1)[:, :k].mean(axis=1))


def crowd_and_ring(n: int, share: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """A Gaussian crowd (class 0) with rare rows on a wide ring around it (class 1)."""
    y = (rng.random(n) < share).astype(np.int64)
    angle = rng.uniform(0, 2 * np.pi, n)
    ring = 3.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (n, 2)
    return np.where(y[:, None] == 1, ring, 0) + rng.standard_normal((n, 2)), y


def ranking_auc(y: Ints, score: Floats) -> float:
    """Probability that a random positive scores above a random negative, ties counted half."""
    difference = score[y == 1][:, None] - score[y == 0][None, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


@algorithm(
    id="hybrid-ensemble",
    name="Hybrid supervised + unsupervised ensemble",
    aliases=("cluster features + classifier", "anomaly score as a feature", "hybrid supervised and unsupervised"),
    example={"n": 300, "k": 5, "seed": 0},
    cost="trains",
)
def hybrid_ensemble(
    n: Annotated[int, Field(ge=100, le=500)] = 300,
    minority_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.1,
    k: Annotated[int, Field(ge=1, le=20)] = 5,
    seed: Seed = 0,
) -> Output:
    """Logistic regression with and without an anomaly score, on a crowd with a ring of rare rows.

    Parameters
    ----------
    n : int
        Training rows, and as many for testing.
    minority_share : float
        Share of the ring.
    k : int
        Neighbours of the anomaly score.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        Test AUC ``auc_supervised`` (coordinates only), ``auc_unsupervised`` (score only), ``auc_hybrid``;
        ``score_weight`` of the standardised score in the hybrid.

    Examples
    --------
    >>> out = hybrid_ensemble()
    >>> out["auc_hybrid"] > 0.9 > out["auc_supervised"]
    True
    """
    rng = np.random.default_rng(seed)
    X, y = crowd_and_ring(n, minority_share, rng)
    T, truth = crowd_and_ring(n, minority_share, rng)
    if min(y.sum(), truth.sum()) < 2:
        raise ValueError("too few minority rows were drawn; raise n or minority_share")
    s, s_test = neighbour_distance(X, X, k, own=True), neighbour_distance(T, X, k)  # (n,), (m,)
    z, z_test = (s - s.mean()) / s.std(), (s_test - s.mean()) / s.std()
    plain = fit_logistic(X, y.astype(np.float64))
    hybrid = fit_logistic(np.column_stack([X, z]), y.astype(np.float64))
    return {
        "auc_supervised": ranking_auc(truth, probability(T, plain)),
        "auc_unsupervised": ranking_auc(truth, s_test),
        "auc_hybrid": ranking_auc(truth, probability(np.column_stack([T, z_test]), hybrid)),
        "score_weight": float(hybrid[-1]),
    }
