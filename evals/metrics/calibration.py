"""Abstention and confidence: precision and recall, AUROC, risk against coverage, calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InputError

BINS = 10


def precision_recall(gold: Sequence[bool], predicted: Sequence[bool]) -> tuple[float | None, float | None]:
    """Precision and recall of a decision; None where there is nothing to divide by.

    Examples
    --------
    >>> precision_recall([True, True, False], [True, False, False])
    (1.0, 0.5)
    """
    hits = sum(g and p for g, p in zip(gold, predicted, strict=True))
    precision = hits / sum(predicted) if sum(predicted) else None
    recall = hits / sum(gold) if sum(gold) else None
    return precision, recall


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """Probability that a positive scores above a negative, ties counted half; None where one kind is absent.

    Examples
    --------
    >>> auroc([0.9, 0.8, 0.1], [True, False, False])
    1.0
    """
    from scipy.stats import rankdata

    values, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=bool)
    if positive.all() or not positive.any():
        return None
    ranks = rankdata(values)  # (n,)
    count = int(positive.sum())
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * (len(values) - count)))


@dataclass(frozen=True)
class RiskCoverage:
    """Risk of the most confident answers at each coverage.

    Attributes
    ----------
    coverage, risk : tuple of float
        Points in order of coverage; equal confidences are answered together.
    area : float
        AURC: mean risk over all coverages.
    optimal : float
        Least AURC possible with so many wrong answers.
    """

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    area: float
    optimal: float


def risk_coverage(confidence: Sequence[float], wrong: Sequence[float]) -> RiskCoverage:
    """Selective risk against coverage (Geifman & El-Yaniv 2017; AURC of Geifman et al. 2019).

    Parameters
    ----------
    confidence : sequence of float, shape (n,)
        Higher is answered earlier; within equal confidences the risk is that of the whole group in expectation.
    wrong : sequence of float, shape (n,)
        Loss of each answer, 0 to 1.

    Raises
    ------
    InputError
        If there are no answers.

    Examples
    --------
    >>> curve = risk_coverage([0.9, 0.5], [0, 1])
    >>> curve.risk, curve.area
    ((0.0, 0.5), 0.25)
    """
    scores, losses = np.asarray(confidence, dtype=np.float64), np.asarray(wrong, dtype=np.float64)
    if not len(scores) or len(scores) != len(losses):
        raise InputError("there are no answers", fix="give a confidence and a loss of each answer")
    _, inverse, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    group_mean = np.bincount(inverse, weights=losses) / counts  # (g,)
    expected = np.repeat(group_mean, counts)  # (n,) best first; ties in expectation of their order
    running = np.cumsum(expected) / np.arange(1, len(expected) + 1)  # (n,)
    ends = np.cumsum(counts) - 1
    best = np.sort(losses)
    optimal = float((np.cumsum(best) / np.arange(1, len(best) + 1)).mean())
    return RiskCoverage(
        tuple(((ends + 1) / len(scores)).tolist()), tuple(running[ends].tolist()), float(running.mean()), optimal
    )


@dataclass(frozen=True)
class Reliability:
    """Calibration of probabilities.

    Attributes
    ----------
    error : float
        ECE: mean gap between confidence and observed share, weighted by the bins' sizes.
    brier : float
        Mean squared error of the probabilities.
    bins : tuple of (confidence, observed, count)
        Bins that hold something.
    """

    error: float
    brier: float
    bins: tuple[tuple[float, float, int], ...]


def reliability(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> Reliability:
    """Expected calibration error over bins of equal width, the last one closed (Naeini et al. 2015).

    Raises
    ------
    InputError
        If a confidence is outside 0 to 1 or there are none.

    Examples
    --------
    >>> round(reliability([0.95, 0.95], [True, False]).error, 4)
    0.45
    """
    scores, labels = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if not len(scores) or not ((scores >= 0) & (scores <= 1)).all():
        raise InputError("a confidence is no probability", fix="give values from 0 to 1")
    place = np.minimum((scores * bins).astype(np.int64), bins - 1)  # (n,)
    found = []
    error = 0.0
    for number in np.unique(place):
        inside = place == number
        mean, observed, count = float(scores[inside].mean()), float(labels[inside].mean()), int(inside.sum())
        found.append((mean, observed, count))
        error += abs(mean - observed) * count / len(scores)
    return Reliability(error, float(((scores - labels) ** 2).mean()), tuple(found))
