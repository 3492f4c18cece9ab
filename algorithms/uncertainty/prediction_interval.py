r"""A prediction interval is a range that will contain a new observation with a stated probability, the coverage.

$$\bar x \pm t_{1 - \alpha/2,\, n - 1}\; s \sqrt{1 + \tfrac1n} \qquad
\text{against the confidence interval of the mean: } \bar x \pm t\, s \sqrt{\tfrac1n}$$

**Intuition.** A new value differs from the estimated mean for two reasons: it scatters around the true mean ($s$), and the mean
is only estimated ($s / \sqrt n$). More data remove the second part and not the first. A wider interval says that more is
uncertain.

**When to use it.** Forecasts of single outcomes: demand of tomorrow, the duration of one trip, the next measurement.

**Cost.** Arithmetic.

**Pitfalls.** It is wider than the confidence interval of the mean, and the two are often confused: with growing data the latter
shrinks to nothing, the former to $\pm z \sigma$. The formula assumes normal data; for skewed data use quantiles,
quantile regression or conformal prediction. Coverage is an average over repetitions: a 95 percent interval is wrong one
time in twenty. A model's in-sample residuals are too small; use held-out ones. With few data take Student's t, not the
normal 1.96.

**References.** Hahn and Meeker, *Statistical Intervals* (1991). Vovk, Gammerman and Shafer, *Algorithmic Learning in a Random
World* (2005), on conformal prediction.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Sample = Annotated[list[Number], Field(min_length=2, max_length=4_096)]


def half_widths(samples: Floats, level: float) -> tuple[Floats, Floats]:
    """Half widths of the prediction and of the confidence interval for samples along the last axis (..., n)."""
    from scipy.special import stdtrit

    n = samples.shape[-1]
    t = float(stdtrit(n - 1, 0.5 + level / 2))
    s = samples.std(axis=-1, ddof=1)  # (...)
    return t * s * np.sqrt(1 + 1 / n), t * s / np.sqrt(n)


@algorithm(
    id="prediction-interval",
    name="Prediction interval",
    aliases=("interval forecast", "coverage", "prediction interval vs confidence interval", "95% prediction interval"),
    example={"sample": [4.1, 5.0, 4.6, 5.3, 4.8, 5.1, 4.4, 4.9], "level": 0.95},
)
def prediction_interval(
    sample: Sample,
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95,
    repetitions: Annotated[int, Field(ge=100, le=4_000)] = 2_000,
    seed: Seed = 0,
) -> Output:
    """Intervals for the next value and for the mean, and their coverage on simulated normal data.

    Parameters
    ----------
    sample : list of float, length n
        Observations.
    level : float
        Wanted coverage.
    repetitions : int
        Simulated samples, of n but at most 200 values.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``mean``; ``prediction_interval`` and ``confidence_interval`` [low, high]; ``width_ratio`` = √(n + 1);
        ``coverage_of_new_value`` by the former, ``coverage_of_mean`` and ``coverage_of_new_value_by_confidence_interval``
        by the latter.

    Examples
    --------
    >>> r = prediction_interval([1.0, 2.0, 3.0], level=0.95)
    >>> [round(v, 3) for v in r["prediction_interval"]], [round(v, 3) for v in r["confidence_interval"]]
    ([-2.968, 6.968], [-0.484, 4.484])
    """
    x = np.asarray(sample, dtype=float)  # (n,)
    wide, narrow = (float(h) for h in half_widths(x, level))
    size = min(len(x), 200)
    draws = np.random.default_rng(seed).standard_normal((repetitions, size + 1))  # (R, n + 1), true mean 0
    center, new = draws[:, :size].mean(axis=1), draws[:, size]  # (R,), (R,)
    outer, inner = half_widths(draws[:, :size], level)
    mean = float(x.mean())
    return {
        "mean": mean,
        "prediction_interval": [mean - wide, mean + wide],
        "confidence_interval": [mean - narrow, mean + narrow],
        "width_ratio": float(np.sqrt(len(x) + 1)),
        "coverage_of_new_value": float((np.abs(new - center) <= outer).mean()),
        "coverage_of_mean": float((np.abs(center) <= inner).mean()),
        "coverage_of_new_value_by_confidence_interval": float((np.abs(new - center) <= inner).mean()),
    }
