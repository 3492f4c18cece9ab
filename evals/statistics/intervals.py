"""Bootstrap intervals of means and of paired differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError

RESAMPLES = 9999
LEVEL = 0.95
SEED = 20240607
BATCH_VALUES = 4_000_000

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval; the three agree where there is nothing to vary."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def mean_interval(values: Sequence[float], level: float = LEVEL, resamples: int = RESAMPLES) -> Estimate:
    """Mean of `values` over queries with a percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13).

    The percentile interval rather than BCa: it never leaves the range of the measure and needs no jackknife, which
    degenerates where most values are equal.

    Parameters
    ----------
    values : sequence of float, shape (n,)
        One value a query.
    level : float
        Coverage, between 0 and 1.
    resamples : int
        Bootstrap samples; the seed is fixed, so the same values give the same interval.

    Raises
    ------
    InputError
        If there are no values, or one is not finite.

    Examples
    --------
    >>> mean_interval([1.0, 1.0, 1.0])
    Estimate(value=1.0, low=1.0, high=1.0)
    """
    sample = checked(values)
    mean = float(sample.mean())
    if len(sample) < 2 or np.ptp(sample) == 0:
        return Estimate(mean, mean, mean)
    from scipy.stats import bootstrap

    result = bootstrap(
        (sample,),
        np.mean,
        n_resamples=resamples,
        confidence_level=level,
        method="percentile",
        vectorized=True,
        batch=max(1, BATCH_VALUES // len(sample)),
        rng=np.random.default_rng(SEED),
    )
    return Estimate(mean, float(result.confidence_interval.low), float(result.confidence_interval.high))


def statistic_interval(
    statistic: Callable[[Sequence[float], Sequence[bool]], float | None],
    values: Sequence[float],
    labels: Sequence[bool],
    level: float = LEVEL,
    resamples: int = 999,
) -> Estimate | None:
    """A statistic of labelled values with a percentile bootstrap interval over the pairs; None where it has no value.

    Resamples without a value (of one label only, for an AUROC) are left out.

    Examples
    --------
    >>> statistic_interval(lambda values, labels: max(values), [0.5, 0.5], [True, False])
    Estimate(value=0.5, low=0.5, high=0.5)
    """
    value = statistic(values, labels)
    if value is None:
        return None
    rng = np.random.default_rng(SEED)
    scores, marks = np.asarray(values, dtype=np.float64), np.asarray(labels, dtype=bool)
    drawn = []
    for _ in range(resamples if len(scores) > 1 else 0):
        places = rng.integers(0, len(scores), len(scores))
        again = statistic(scores[places].tolist(), marks[places].tolist())
        if again is not None:
            drawn.append(again)
    if not drawn:
        return Estimate(value, value, value)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(min(low, value)), float(max(high, value)))


def ratio_interval(ours: Sequence[float], theirs: Sequence[float], level: float = LEVEL) -> Estimate:
    """Ratio of two means of independent timings, ours over theirs, with a percentile bootstrap interval.

    Raises
    ------
    InputError
        If a sample is empty or not finite, or theirs has a mean of zero.

    Examples
    --------
    >>> ratio_interval([2.0, 2.0], [1.0, 1.0])
    Estimate(value=2.0, low=2.0, high=2.0)
    """
    a, b = checked(ours), checked(theirs)
    if b.mean() == 0:
        raise InputError("the other mean is zero", fix="compare with a baseline that did some work")
    rng = np.random.default_rng(SEED)
    above = rng.choice(a, (RESAMPLES, len(a))).mean(axis=1)  # (r,)
    below = rng.choice(b, (RESAMPLES, len(b))).mean(axis=1)  # (r,)
    ratios = above / np.where(below == 0, np.nan, below)
    tail = (1 - level) / 2
    low, high = np.nanquantile(ratios, [tail, 1 - tail])
    return Estimate(float(a.mean() / b.mean()), float(low), float(high))


def checked(values: Sequence[float]) -> Values:
    """Values as an array.

    Raises
    ------
    InputError
        If there are none, or one is not finite.
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or not len(sample):
        raise InputError("there are no values", fix="score at least one query")
    if not np.isfinite(sample).all():
        raise InputError("a value is not finite", fix="look at the query that gave it")
    return sample
