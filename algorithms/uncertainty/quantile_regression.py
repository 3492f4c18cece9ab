r"""Quantile regression (pinball loss) predicts a chosen quantile of the target instead of its mean.

$$\rho_q(r) = \max\big(q\,r,\; (q - 1)\,r\big), \qquad r = y - \hat y$$

**Intuition.** Being too low costs $q$ for each unit, being too high $1 - q$. At $q = 0.9$ low predictions are nine times as
expensive, so the fit moves up until nine tenths of the data lie below it. The constant that minimises the pinball loss is
the empirical quantile; at $q = 0.5$ it is the median.

**When to use it.** Prediction intervals without a normal assumption: quantiles 5 and 95, or 10, 50 and 90. Stocks and delivery times,
where under- and overestimates cost differently.

**Cost.** A linear program; gradient boosting and networks use the loss directly.

**Pitfalls.** Quantiles fitted separately can cross; sort them, or fit them jointly. Extreme quantiles need many data. A 5 to 95 range
covers 90 percent on average, not for every input. The loss has a kink, so plain Newton fails: here each step majorises it
by a parabola (MM). Pinball losses of different $q$ are not comparable. Check coverage on held-out data.

**References.** Koenker and Bassett, *Regression Quantiles* (1978). Hunter and Lange, *Quantile Regression via an MM Algorithm* (2000).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Level = Annotated[float, Field(gt=0, lt=1)]


def pinball(y: Floats, prediction: Floats | float, q: float) -> float:
    """Mean pinball loss.

    Examples
    --------
    >>> pinball(np.array([1.0, -1.0]), 0.0, 0.75)
    0.5
    """
    r = y - prediction
    return float(np.mean(np.maximum(q * r, (q - 1) * r)))


def fit(X: Floats, y: Floats, q: float, rounds: int = 300) -> Floats:
    """Weights (p,) of linear quantile regression by majorisation: weighted least squares with weights 1 / |residual|."""
    beta = np.linalg.lstsq(X, y, rcond=None)[0]  # (p,)
    floor = 1e-8 * max(float(np.std(y)), 1e-8)
    for _ in range(rounds):
        weight = 1 / (floor + np.abs(y - X @ beta))  # (n,)
        step = np.linalg.lstsq(X.T @ (weight[:, None] * X), X.T @ (weight * y + 2 * q - 1), rcond=None)[0]
        if np.allclose(step, beta, rtol=1e-10, atol=1e-12):
            break
        beta = step
    return np.asarray(beta)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Data with the fitted quantile lines."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x, y = noisy_line(inputs["n"], inputs["seed"])
    axes.plot(x, y, ".", markersize=2)
    for q, (intercept, slope) in zip(inputs["quantiles"], output["coefficients"], strict=True):
        axes.plot([0, 1], [intercept, intercept + slope], label=f"q = {q:g}")
    axes.set(xlabel="x", ylabel="y", title="quantile regression")
    axes.legend()
    return figure


def noisy_line(n: int, seed: int) -> tuple[Floats, Floats]:
    """Points of y = 1 + 2x with noise of standard deviation 0.2 + x."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, n)
    return x, 1 + 2 * x + (0.2 + x) * rng.standard_normal(n)


@algorithm(
    id="quantile-regression",
    name="Quantile regression (pinball loss)",
    aliases=("pinball loss", "quantile loss", "quantile prediction", "check loss"),
    example={"values": [1, 2, 3, 4, 100], "quantile": 0.5, "quantiles": [0.1, 0.5, 0.9], "n": 1000},
    cost="seconds",
    figure=draw,
)
def quantile_regression(
    values: Annotated[list[Number], Field(min_length=1, max_length=4_096)],
    quantile: Level = 0.5,
    quantiles: Annotated[list[Level], Field(min_length=1, max_length=5)] = [0.1, 0.5, 0.9],  # noqa: B006 (never changed)
    n: Annotated[int, Field(ge=20, le=2_000)] = 1_000,
    seed: Seed = 0,
) -> Output:
    """The quantile of given values as the minimiser of the pinball loss, and quantile lines for data with growing noise.

    Parameters
    ----------
    values : list of float
        Numbers whose quantile is wanted.
    quantile : float
        Level of it.
    quantiles : list of float
        Levels of the regression lines.
    n : int
        Training points of y = 1 + 2x + (0.2 + x) noise.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``minimizer``, the value with the least pinball loss, ``loss`` there and ``loss_at_mean``; for each line its
        ``coefficients`` [intercept, slope], ``coverage``, the share of new data below it, and ``crossings``, the share of new
        inputs at which the lines are out of order.

    Examples
    --------
    >>> r = quantile_regression([1, 2, 3, 4, 100], quantile=0.5, n=200)
    >>> r["minimizer"], r["loss"], r["loss_at_mean"]
    (3.0, 10.1, 15.6)
    """
    v = np.asarray(values, dtype=float)  # (m,)
    minimizer = float(np.sort(v)[int(np.ceil(quantile * len(v))) - 1])
    x, y = noisy_line(n, seed)
    X = np.stack([np.ones(n), x], axis=1)  # (n, 2)
    lines = np.stack([fit(X, y, q) for q in quantiles])  # (k, 2)
    new_x, new_y = noisy_line(5_000, seed + 1)
    predicted = np.stack([np.ones(5_000), new_x], axis=1) @ lines[np.argsort(quantiles)].T  # (5000, k)
    return {
        "minimizer": minimizer,
        "loss": pinball(v, minimizer, quantile),
        "loss_at_mean": pinball(v, float(v.mean()), quantile),
        "coefficients": lines,
        "coverage": [float((new_y <= line[0] + line[1] * new_x).mean()) for line in lines],
        "crossings": float((np.diff(predicted, axis=1) < 0).any(axis=1).mean()),
    }
