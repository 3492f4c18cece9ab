"""Fit the abstention model: logistic regression on questions known to be answerable or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError

RISKS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.15, 0.2, 0.5)
FOLDS = 10
REPEATS = 4


def fit_calibration(
    rows: Sequence[tuple[Mapping[str, float], bool]], fitted_on: str, weights: Sequence[float] | None = None
) -> dict[str, Any]:
    """Weights and thresholds in the form of ``answering/calibration.json``.

    Thresholds come from cross-validated probabilities: for each risk the least probability at which the share of
    unanswerable questions among those answered stays within it, or nearest to it where no threshold does.

    Parameters
    ----------
    rows : sequence of (features, answerable)
        At least ten of each kind.
    fitted_on : str
        Which questions, for the record.
    weights : sequence of float, optional
        How often each question stands for others in the mix that the risk refers to; 1 by default.

    Raises
    ------
    InputError
        If there are too few questions of one kind.
    """
    from sklearn.model_selection import StratifiedKFold

    labels = np.array([answerable for _, answerable in rows])
    if min(labels.sum(), (~labels).sum()) < FOLDS:
        raise InputError("too few questions of one kind", fix=f"give at least {FOLDS} of each")
    names = list(rows[0][0])
    mix = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)  # (n,)
    matrix = np.array([[values[name] for name in names] for values, _ in rows])  # (n, f)
    # both kinds weigh the same while slopes are learned, since the few unanswerable questions would hardly bend them;
    # the odds of the mix are put back afterwards
    odds = float(mix[labels].sum() / mix[~labels].sum())
    balanced = np.where(labels, mix, mix * odds)  # (n,)
    logits = np.zeros(len(labels))
    for repeat in range(REPEATS):
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=repeat).split(matrix, labels):
            model = weighted_regression(matrix[train], labels[train], balanced[train])
            logits[test] += model.decision_function(matrix[test]) / REPEATS
    held_out = 1 / (1 + np.exp(-logits - np.log(odds)))  # (n,)
    model = weighted_regression(matrix, labels, balanced)
    scaler, regression = model[0], model[1]
    slopes = regression.coef_[0] / scaler.scale_
    return {
        "intercept": float(regression.intercept_[0] - slopes @ scaler.mean_ + np.log(odds)),
        "weights": {name: float(weight) for name, weight in zip(names, slopes, strict=True)},
        "thresholds": {f"{risk:g}": least_probability(held_out, labels, risk, mix) for risk in RISKS} | {"1": 0.0},
        "fitted_on": fitted_on,
    }


def weighted_regression(matrix: NDArray[np.float64], labels: NDArray[np.bool_], weights: NDArray[np.float64]) -> Any:
    """Standardised logistic regression with a weight for each row."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3))
    return model.fit(matrix, labels, logisticregression__sample_weight=weights)


def least_probability(
    probabilities: NDArray[np.float64],
    answerable: NDArray[np.bool_],
    risk: float,
    weights: NDArray[np.float64],
) -> float:
    """Lowest threshold whose answered questions hold at most a weighted share `risk` of unanswerable ones.

    Examples
    --------
    >>> least_probability(np.array([0.9, 0.8, 0.3]), np.array([True, True, False]), 0.1, np.ones(3))
    0.8
    """
    candidates = np.unique(probabilities)  # ascending: the first that keeps the risk answers the most
    for threshold in candidates:
        answered = probabilities >= threshold
        if weights[answered & ~answerable].sum() <= risk * weights[answered].sum():
            return round(float(threshold), 4)
    return round(float(candidates[-1]), 4)
