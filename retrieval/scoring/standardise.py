"""Standard scores, which put the stages on one scale before they are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


def z_scores(scores: Scores) -> Scores:
    """Scores minus their mean, divided by their standard deviation; all 0 where they are equal.

    Examples
    --------
    >>> z_scores(np.array([1.0, 2.0, 3.0])).round(4).tolist()
    [-1.2247, 0.0, 1.2247]
    >>> z_scores(np.array([5.0, 5.0])).tolist()
    [0.0, 0.0]
    """
    spread = scores.std() if len(scores) else 0.0
    if spread < 1e-12:
        return np.zeros(len(scores))
    return np.asarray((scores - scores.mean()) / spread)


def range_scores(scores: Scores) -> Scores:
    """Scores moved and stretched to run from 0 to 1; all 0 where they are equal.

    Examples
    --------
    >>> range_scores(np.array([1.0, 2.0, 5.0])).tolist()
    [0.0, 0.25, 1.0]
    """
    width = scores.max() - scores.min() if len(scores) else 0.0
    return np.zeros(len(scores)) if width < 1e-12 else np.asarray((scores - scores.min()) / width)


STANDARDISE: dict[str, Callable[[Scores], Scores]] = {"z": z_scores, "range": range_scores}


def weighted_sum(
    scores: Mapping[str, Scores], weights: Mapping[str, float], standardise: Callable[[Scores], Scores] = z_scores
) -> Scores:
    """Sum of the weighted standard scores of each stage over the same candidates.

    Examples
    --------
    >>> weighted_sum({"a": np.array([0.0, 1.0]), "b": np.array([1.0, 0.0])}, {"a": 2.0, "b": 1.0}).tolist()
    [-1.0, 1.0]
    """
    return np.asarray(sum(weights[name] * standardise(values) for name, values in scores.items()))
