r"""Calibration of regression intervals checks whether predicted quantiles hold their promise, and recalibrates them if not.

$$u_i = F_i(y_i) \;\text{(PIT)}, \qquad \text{calibrated} \iff u_i \sim U(0, 1) \iff P(y \le F^{-1}(q)) = q \;\text{ for all } q$$

**Intuition.** The probability integral transform (PIT) says at which predicted quantile each observation fell. If forecasts are right,
all quantiles occur equally often. A U-shaped histogram means intervals that are too narrow, a hump ones that are too wide.
Recalibration learns the map from promised to observed frequency on held-out data and asks for other quantiles instead.

**When to use it.** Probabilistic forecasts of demand, energy, weather, and any interval that feeds a decision.

**Cost.** A sort and an isotonic fit.

**Pitfalls.** Platt scaling, isotonic regression and temperature scaling of class scores do not apply to regression uncertainty; what does
is isotonic recalibration of predicted quantiles. Coverage at one level says nothing about others. Calibration on average
can hide hard regions, so check subgroups. Wide intervals are calibrated too: among calibrated forecasts prefer the sharpest
(CRPS). The recalibration set must be exchangeable with new data.

**References.** Kuleshov, Fenner and Ermon, *Accurate Uncertainties for Deep Learning Using Calibrated Regression*,
arXiv:1807.00263. Gneiting, Balabdaoui and Raftery (2007).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.uncertainty.isotonic_regression import fit

LEVELS = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])


def coverage(u: Floats) -> Floats:
    """Observed frequency of u ≤ level at each of the seven levels."""
    return np.array([float((u <= level).mean()) for level in LEVELS])


def kolmogorov_smirnov(u: Floats) -> float:
    """Largest distance of the empirical distribution of u (n,) from the uniform one.

    Examples
    --------
    >>> round(kolmogorov_smirnov(np.array([0.25, 0.75])), 4)
    0.25
    """
    ordered, n = np.sort(u), len(u)
    steps = np.arange(n + 1) / n
    return float(max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))


def recalibrator(u: Floats) -> tuple[Floats, Floats]:
    """Monotone map from promised to observed frequency, as support points that start at (0, 0) and end at (1, 1)."""
    ordered = np.sort(u)
    promised, observed, _ = fit(ordered, (np.arange(len(u)) + 0.5) / len(u), np.ones(len(u)))
    return np.concatenate([[0.0], promised, [1.0]]), np.concatenate([[0.0], observed, [1.0]])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Observed against promised frequency before and after."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], "k--", linewidth=1)
    axes.plot(LEVELS, output["coverage_before"], "o-", label="before")
    axes.plot(LEVELS, output["coverage_after"], "o-", label="after")
    axes.set(xlabel="promised", ylabel="observed", title="quantile calibration")
    axes.legend()
    return figure


@algorithm(
    id="regression-calibration",
    name="Calibration of regression intervals (coverage / PIT)",
    aliases=(
        "PIT",
        "quantile recalibration",
        "probability integral transform",
        "interval coverage",
        "calibrated regression",
    ),
    example={"predicted_sigma": 0.5, "predicted_shift": 0.0, "n": 1000},
    figure=draw,
)
def regression_calibration(
    predicted_sigma: Annotated[float, Field(ge=0.05, le=20)] = 0.5,
    predicted_shift: Annotated[float, Field(ge=-5, le=5)] = 0.0,
    n: Annotated[int, Field(ge=20, le=2_000)] = 1_000,
    seed: Seed = 0,
) -> Output:
    """Judge and mend normal forecasts of a quantity whose true noise has standard deviation 1.

    Parameters
    ----------
    predicted_sigma : float
        Standard deviation that the forecasts state; 1 is right, less is overconfident.
    predicted_shift : float
        Constant error of the forecast mean.
    n : int
        Observations to fit the recalibration; as many again to test it.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``levels``; observed ``coverage_before`` and ``coverage_after`` of these quantiles on the test half; for the central 90
        percent interval ``interval_coverage_before`` and ``interval_coverage_after``; ``pit_histogram`` of ten bins (shares);
        ``ks_before`` and ``ks_after``, distances of the PIT from uniform; ``calibration_error_before`` and
        ``calibration_error_after``, mean absolute gaps over the levels.

    Examples
    --------
    >>> r = regression_calibration(predicted_sigma=0.5)
    >>> r["interval_coverage_before"] < 0.7, abs(r["interval_coverage_after"] - 0.9) < 0.05
    (True, True)
    """
    from scipy.special import ndtr

    rng = np.random.default_rng(seed)
    errors = rng.standard_normal(2 * n)  # y minus the true mean
    u = ndtr((errors - predicted_shift) / predicted_sigma)  # (2n,)
    promised, observed = recalibrator(u[:n])
    before = u[n:]
    after = np.interp(before, promised, observed)  # (n,)
    return {
        "levels": LEVELS,
        "coverage_before": coverage(before),
        "coverage_after": coverage(after),
        "interval_coverage_before": float(((before > 0.05) & (before <= 0.95)).mean()),
        "interval_coverage_after": float(((after > 0.05) & (after <= 0.95)).mean()),
        "pit_histogram": np.histogram(before, bins=10, range=(0, 1))[0] / n,
        "ks_before": kolmogorov_smirnov(before),
        "ks_after": kolmogorov_smirnov(after),
        "calibration_error_before": float(np.abs(coverage(before) - LEVELS).mean()),
        "calibration_error_after": float(np.abs(coverage(after) - LEVELS).mean()),
    }
