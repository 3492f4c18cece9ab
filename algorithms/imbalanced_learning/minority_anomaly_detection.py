r"""Treating the minority class as an anomaly fits a model of the majority alone and flags the rows that it finds
unlikely.

$$s(x) = (x - \hat\mu)^\top \hat\Sigma^{-1} (x - \hat\mu), \qquad \text{flag if } s(x) > q_{1 - \alpha}(s_{\text{train}})$$

with $\hat\mu$ and $\hat\Sigma$ from majority rows. This is the Mahalanobis distance, the log-density of a Gaussian up
to constants.

**Intuition.** With five positives among a million rows nothing can be learned about what positives look like, but a lot
about what is normal. One-class methods describe the normal and rank everything else by distance from it; no minority
label is needed for fitting.

**When to use it.** For extreme imbalance and for minorities that keep changing: faults, intrusions, fraud.

**Cost.** $O(n d^2 + d^3)$ for the Gaussian; one-class SVM and isolation forest are common alternatives.

**Pitfalls.** It assumes that the minority is unusual in the features used; a rare class inside the crowd is invisible.
Unusual is not the same as positive. Rows of the minority hidden in the training data inflate the covariance and mask
each other: use robust estimates. The threshold needs some labelled rows or a budget of alarms. Once there are enough
labels a supervised model wins. Anomaly scores are not probabilities.

**References.** Chandola, Banerjee and Kumar, *Anomaly detection: a survey*, ACM Computing Surveys (2009). Schölkopf et
al., *Estimating the support of a high-dimensional distribution* (2001). Liu, Ting and Zhou, *Isolation forest* (2008).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.ensembles.hybrid_ensemble import crowd_and_ring, ranking_auc
from algorithms.imbalanced_learning.class_weighting import fit_logistic, imbalanced_pair, probability
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def mahalanobis(Q: Floats, X: Floats) -> Floats:
    """Squared Mahalanobis distance (m,) of the rows of Q from the mean of X (n, d).

    Examples
    --------
    >>> X = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, -2.0], [0.0, 2.0]])
    >>> mahalanobis(np.array([[0.0, 0.0], [1.0, 0.0]]), X).round(4).tolist()
    [0.0, 1.5]
    """
    centred = Q - X.mean(axis=0)  # (m, d)
    covariance = np.atleast_2d(np.cov(X.T)) + 1e-9 * np.eye(X.shape[1])
    return np.asarray(np.sum(centred * np.linalg.solve(covariance, centred.T).T, axis=1))


@algorithm(
    id="minority-anomaly-detection",
    name="Minority class as anomaly",
    aliases=("one-class classification", "anomaly detection", "novelty detection for rare classes"),
    example={"minority": "ring", "n": 400, "minority_share": 0.05, "seed": 0},
    cost="seconds",
)
def minority_anomaly_detection(
    minority: Literal["ring", "inside"] = "ring",
    n: Annotated[int, Field(ge=100, le=1000)] = 400,
    minority_share: Annotated[float, Field(ge=0.01, le=0.3)] = 0.05,
    alarm_rate: Annotated[float, Field(gt=0, lt=1)] = 0.05,
    seed: Seed = 0,
) -> Output:
    """Fit a Gaussian to majority rows only and rank test rows.

    Parameters
    ----------
    minority : {"ring", "inside"}
        Rare rows scattered around the majority, or next to its centre.
    n : int
        Training rows, of which the majority is used, and as many test rows.
    minority_share : float
        Share of the minority.
    alarm_rate : float
        Share of the majority's training rows beyond the threshold.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``auc`` of the score on test rows, ``recall`` and ``false_alarm_rate`` at the threshold, ``threshold``,
        ``auc_linear_classifier`` (supervised logistic regression for comparison), ``training_rows_used``.

    Raises
    ------
    ValueError
        If too few minority rows are drawn.

    Examples
    --------
    >>> out = minority_anomaly_detection("ring")
    >>> out["auc"] > 0.9, out["auc"] > out["auc_linear_classifier"]
    (True, True)
    """
    rng = np.random.default_rng(seed)

    def sample() -> tuple[Floats, Floats]:
        if minority == "ring":
            X, y = crowd_and_ring(n, minority_share, rng)
            return X, y.astype(np.float64)
        rare = max(round(minority_share * n), 2)
        return imbalanced_pair(n - rare, rare, rng, distance=0.5)

    (X, y), (T, truth) = sample(), sample()
    if min(y.sum(), truth.sum()) < 2:
        raise ValueError("too few minority rows were drawn; raise n or minority_share")
    normal = X[y == 0]  # (n0, 2): the labels of the minority are not used
    threshold = float(np.quantile(mahalanobis(normal, normal), 1 - alarm_rate))
    score = mahalanobis(T, normal)  # (n,)
    labels = truth.astype(np.int64)
    return {
        "auc": ranking_auc(labels, score),
        "recall": float(np.mean(score[truth == 1] > threshold)),
        "false_alarm_rate": float(np.mean(score[truth == 0] > threshold)),
        "threshold": threshold,
        "auc_linear_classifier": ranking_auc(labels, probability(T, fit_logistic(X, y))),
        "training_rows_used": len(normal),
    }
