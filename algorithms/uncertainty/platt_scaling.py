r"""Platt scaling turns the scores of a classifier into probabilities by fitting a sigmoid with a slope and an offset.

$$p(y = 1 \mid s) = \sigma(a s + b), \qquad t_+ = \frac{N_+ + 1}{N_+ + 2}, \quad t_- = \frac{1}{N_- + 2}$$

**Intuition.** Margins of an SVM or sums of boosted trees order examples well but are no probabilities. A logistic regression with the
score as its only feature finds how steeply they should rise. The smoothed targets $t_\pm$ keep perfectly separated scores
from an infinite slope.

**When to use it.** Small calibration sets, and scores whose distortion is S-shaped. With a thousand examples or more, isotonic
regression is more flexible.

**Cost.** A few Newton steps on two parameters.

**Pitfalls.** Fit on data the classifier was not trained on. With a positive slope the order, and so the AUC, is unchanged; a negative
slope says the scores are reversed. A sigmoid cannot mend distortions of another shape, and can spoil scores that were
already calibrated. Like isotonic regression and temperature scaling it calibrates classifier scores; for regression
uncertainty recalibrate quantiles instead. Multi-class problems need one-against-rest and renormalising.

**References.** Platt, *Probabilistic Outputs for Support Vector Machines* (1999). Lin, Lin and Weng, *A Note on Platt's Probabilistic
Outputs* (2007).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Scores = Annotated[list[Annotated[float, Field(ge=-1_000, le=1_000)]], Field(min_length=2, max_length=4_096)]


def log_loss(z: Floats, targets: Floats) -> float:
    """Mean cross-entropy of logits (n,) against targets in [0, 1]."""
    return float(np.mean(np.logaddexp(0, z) - targets * z))


def fit_sigmoid(s: Floats, targets: Floats, rounds: int = 100) -> tuple[float, float]:
    """Slope and offset of least cross-entropy, by Newton's method with step halving.

    Examples
    --------
    >>> a, b = fit_sigmoid(np.array([-1.0, 1.0]), np.array([0.25, 0.75]))
    >>> round(a, 4), abs(b) < 1e-6
    (1.0986, True)
    """
    X = np.stack([s, np.ones_like(s)], axis=1)  # (n, 2)
    w = np.zeros(2)
    for _ in range(rounds):
        p = logistic(X @ w)  # (n,)
        gradient = X.T @ (p - targets)  # (2,)
        hessian = X.T @ ((p * (1 - p))[:, None] * X) + 1e-12 * np.eye(2)  # (2, 2)
        step = np.linalg.solve(hessian, gradient)
        value, size = log_loss(X @ w, targets), 1.0
        while size > 1e-10 and log_loss(X @ (w - size * step), targets) > value:
            size /= 2
        w = w - size * step
        if np.abs(size * step).max() < 1e-12:
            break
    return float(w[0]), float(w[1])


@algorithm(
    id="platt-scaling",
    name="Platt scaling",
    aliases=("sigmoid calibration", "Platt calibration", "calibrate SVM scores"),
    example={
        "scores": [-3.0, -2.0, -1.5, -1.0, -0.5, 0.2, 0.5, 1.0, 1.5, 2.5],
        "labels": [False, False, False, True, False, False, True, True, True, True],
    },
)
def platt_scaling(
    scores: Scores,
    labels: Annotated[list[bool], Field(min_length=2, max_length=4_096)],
    smooth_targets: bool = True,
) -> Output:
    """Fit the sigmoid and calibrate the scores.

    Parameters
    ----------
    scores : list of float, length n
        Scores of a binary classifier.
    labels : list of bool, length n
        The true classes.
    smooth_targets : bool
        Use Platt's targets instead of 0 and 1.

    Returns
    -------
    dict
        ``slope`` a and ``offset`` b; ``probabilities`` of the scores (first 50); ``log_loss`` with the true labels, and
        ``log_loss_uncalibrated`` when σ(score) is taken as it is; ``keeps_order``, whether the slope is positive.

    Raises
    ------
    ValueError
        If the lengths differ, a class is missing, or without smoothing the scores separate the classes perfectly.

    Examples
    --------
    >>> r = platt_scaling([-2, -1, 1, 2], [False, True, False, True])
    >>> r["keeps_order"], r["log_loss"] < r["log_loss_uncalibrated"]
    (True, True)
    """
    s, y = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)  # (n,), (n,)
    if len(s) != len(y) or y.all() or not y.any():
        raise ValueError("scores and labels need one length, and both classes must occur")
    separated = s[y].min() > s[~y].max() or s[y].max() < s[~y].min()
    if separated and not smooth_targets:
        raise ValueError("the scores separate the classes perfectly, so the slope is infinite; use smooth_targets")
    positive, negative = int(y.sum()), int((~y).sum())
    high, low = ((positive + 1) / (positive + 2), 1 / (negative + 2)) if smooth_targets else (1.0, 0.0)
    a, b = fit_sigmoid(s, np.where(y, high, low))
    return {
        "slope": a,
        "offset": b,
        "probabilities": logistic(a * s + b)[:50],
        "log_loss": log_loss(a * s + b, y.astype(float)),
        "log_loss_uncalibrated": log_loss(s, y.astype(float)),
        "keeps_order": a > 0,
    }
