r"""Fitting a logistic growth curve estimates limit, rate and midpoint of S-shaped growth, so that it can be extrapolated.

$$f(t) = \frac{K}{1 + e^{-r (t - t_0)}}, \qquad \frac{df}{dt} = r f \left(1 - \frac fK\right)$$

**Intuition.** Growth is exponential while resources are plenty and stops at the capacity $K$; at $t_0$ half of it is reached and growth is fastest.
Knowing the form of the law turns a few points into a forecast. A tree ensemble cannot do that: beyond the last point it repeats
the last leaf.

**When to use it.** For populations, adoption and epidemics, when theory supports the form.

**Cost.** Levenberg-Marquardt: some tens of steps, each $O(n)$ for three parameters.

**Pitfalls.** Before the midpoint is passed, $K$ is hardly determined: early data fit a limit of a thousand or a million equally well, and the
forecast is worthless although the fit is perfect. Noise is usually proportional, so weigh or take logarithms. The start matters; the
starting values here come from the data. A wrong form extrapolates wrongly with great confidence; growth may have two phases. The
"logistic" here is the same function as in logistic regression, but fitted to values, not to classes.

**References.** Verhulst (1838). Levenberg (1944); Marquardt (1963). Bates and Watts, *Nonlinear Regression Analysis and Its
Applications* (1988).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.linear_models.linear_regression import least_squares, with_intercept
from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import paired

Floats = NDArray[np.float64]
Times = Annotated[list[Annotated[float, Field(ge=-1e6, le=1e6)]], Field(min_length=4, max_length=500)]
Values = Annotated[list[Annotated[float, Field(gt=0, le=1e12)]], Field(min_length=4, max_length=500)]
Ahead = Annotated[list[Annotated[float, Field(ge=-1e6, le=1e6)]], Field(min_length=1, max_length=50)]


def curve(parameters: Floats, t: Floats) -> Floats:
    """Logistic curve with parameters (K, r, t0) at the times (n,).

    Examples
    --------
    >>> curve(np.array([10.0, 1.0, 5.0]), np.array([5.0])).tolist()
    [5.0]
    """
    K, r, t0 = parameters
    return np.asarray(K * logistic(r * (t - t0)))


def jacobian(parameters: Floats, t: Floats) -> Floats:
    """Derivatives (n, 3) of the curve by K, r and t0."""
    K, r, t0 = parameters
    s = logistic(r * (t - t0))  # (n,)
    slope = K * s * (1 - s)
    return np.stack([s, slope * (t - t0), -slope * r], axis=1)


def start(t: Floats, y: Floats) -> Floats:
    """Starting parameters: a limit a little above the data, then a line through the logits."""
    K = 1.1 * float(y.max())
    line = least_squares(with_intercept(t[:, None]), np.log(y / (K - y)))
    r = float(line[1]) or 1e-3
    return np.array([K, r, -line[0] / r])


def fit(t: Floats, y: Floats, iterations: int = 300) -> tuple[Floats, float, float]:
    """Levenberg-Marquardt: parameters (3,), sum of squared residuals at the start and at the end."""
    parameters = start(t, y)
    loss = first = float(((curve(parameters, t) - y) ** 2).sum())
    damping = 1e-3
    for _ in range(iterations):
        residual, J = curve(parameters, t) - y, jacobian(parameters, t)  # (n,), (n, 3)
        H = J.T @ J
        lift = np.diag(damping * np.maximum(np.diag(H), 1e-12))
        trial = parameters - np.linalg.solve(H + lift, J.T @ residual)
        trial_loss = float(((curve(trial, t) - y) ** 2).sum())
        if trial_loss < loss:
            done = loss - trial_loss <= 1e-15 * loss
            parameters, loss, damping = trial, trial_loss, max(damping / 3, 1e-12)
            if done:
                break
        else:
            damping *= 4
            if damping > 1e12:
                break
    return parameters, first, loss


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Data, fitted curve and forecast."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    t = np.linspace(min(inputs["t"]), max(*inputs["t"], *inputs["forecast_t"]), 200)
    axes.plot(t, curve(np.array([output["capacity"], output["rate"], output["midpoint"]]), t))
    axes.plot(inputs["t"], inputs["y"], "o")
    axes.plot(inputs["forecast_t"], output["forecast"], "x")
    axes.axhline(output["capacity"], ls=":")
    axes.set(xlabel="t", ylabel="y", title="logistic growth")
    return figure


@algorithm(
    id="logistic-growth-curve-fit",
    name="Logistic growth curve fit (parametric extrapolation)",
    aliases=("population growth", "S-curve", "logistic growth", "Verhulst model", "carrying capacity"),
    example={
        "t": [0, 1, 2, 3, 4, 5, 6, 7, 8],
        "y": [1.799, 4.743, 11.920, 26.894, 50.000, 73.106, 88.080, 95.257, 98.201],
        "forecast_t": [10, 12, 20],
    },
    figure=draw,
)
def logistic_growth_curve_fit(t: Times, y: Values, forecast_t: Ahead) -> Output:
    """Least-squares fit of a logistic curve and its extrapolation.

    Parameters
    ----------
    t : list of float, length n
        Times, at least three different ones.
    y : list of float, length n
        Sizes, above 0.
    forecast_t : list of float, length m
        Times to predict.

    Returns
    -------
    dict
        ``capacity`` K, ``rate`` r, ``midpoint`` t0; ``forecast`` (m,); ``loss_before`` and ``loss_after``, sums of squared
        residuals; ``constant_forecast``, the last value, which is what a tree would extrapolate;
        ``midpoint_passed``, whether the data go beyond it, without which the capacity is not to be trusted.

    Raises
    ------
    ValueError
        If the lists differ in length or there are fewer than three different times.

    Examples
    --------
    >>> fit_ = logistic_growth_curve_fit([0, 1, 2, 3, 4], [1.1920, 2.6894, 5.0, 7.3106, 8.8080], [8])
    >>> round(fit_["capacity"], 2), round(fit_["rate"], 2), round(fit_["midpoint"], 2)
    (10.0, 1.0, 2.0)
    """
    times, sizes = paired(t, y)
    if len(set(t)) < 3:
        raise ValueError("three parameters need at least three different times")
    shift, span = float(times.mean()), float(np.ptp(times))
    top = float(sizes.max())  # fit on unit scales, so that tolerances mean the same for all data
    (K, r, t0), first, last = fit((times - shift) / span, sizes / top)
    parameters = np.array([K * top, r / span, t0 * span + shift])
    return {
        "capacity": float(parameters[0]),
        "rate": float(parameters[1]),
        "midpoint": float(parameters[2]),
        "forecast": curve(parameters, np.asarray(forecast_t, dtype=np.float64)),
        "loss_before": first * top**2,
        "loss_after": last * top**2,
        "constant_forecast": float(sizes[times.argmax()]),
        "midpoint_passed": bool(times.max() > parameters[2]) if r > 0 else bool(times.min() < parameters[2]),
    }
