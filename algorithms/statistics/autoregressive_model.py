r"""An autoregressive model AR(p) predicts the current value of a series from its own p past values.

$$x_t = c + \sum_{i=1}^{p} \phi_i x_{t-i} + \varepsilon_t, \qquad \varepsilon_t \sim \mathcal N(0, \sigma^2)$$

**Intuition.** It is a linear regression of the series on its own past. For AR(1) with $|\phi| < 1$ a shock fades
geometrically, the mean is $c / (1 - \phi)$ and the variance $\sigma^2 / (1 - \phi^2)$; with $\phi = 1$ shocks stay forever (a
random walk).

**When to use it.** For stationary series with short memory, as a baseline, and as the linear ancestor of autoregressive
language models, which also predict each element from those before it.

**Cost.** $O(n p^2)$ to fit by least squares; $O(p)$ a forecast step.

**Pitfalls.** The process is stationary only if all eigenvalues of the companion matrix lie inside the unit circle; for AR(1) that is
$|\phi| < 1$, for higher orders looking at single coefficients is not enough. Difference or detrend first if it is not.
Forecasts far ahead converge to the mean, and their uncertainty to the variance of the series. Least squares is biased
towards zero in short series. Never shuffle before splitting.

**References.** Yule, *On a method of investigating periodicities* (1927). Box and Jenkins, *Time Series Analysis* (1970).
Hamilton, *Time Series Analysis* (1994), chapter 3.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Coefficients = Annotated[list[Annotated[float, Field(ge=-2, le=2)]], Field(min_length=1, max_length=8)]
Length = Annotated[int, Field(ge=50, le=5000)]
Level = Annotated[float, Field(ge=-1000, le=1000)]
Noise = Annotated[float, Field(ge=1e-6, le=1000)]


def companion(phi: Floats) -> Floats:
    """Companion matrix (p, p): the AR(p) as a first-order system.

    Examples
    --------
    >>> companion(np.array([0.5, 0.2])).tolist()
    [[0.5, 0.2], [1.0, 0.0]]
    """
    A = np.eye(len(phi), k=-1)
    A[0] = phi
    return A


def stationary_variance(phi: Floats, sigma: float) -> float:
    """Variance of the stationary process: the solution of S = A S Aᵀ + Q, first entry.

    Examples
    --------
    >>> round(stationary_variance(np.array([0.6]), 1.0), 4)
    1.5625
    """
    A = companion(phi)
    p = len(phi)
    Q = np.zeros(p * p)
    Q[0] = sigma**2
    S = np.linalg.solve(np.eye(p * p) - np.kron(A, A), Q)  # (p²,), S row by row
    return float(S[0])


def fit(x: Floats, p: int) -> Floats:
    """Least-squares estimates (1 + p,) of the constant and the coefficients."""
    past = [x[p - i : len(x) - i] for i in range(1, p + 1)]  # each (n - p,)
    design = np.stack([np.ones(len(x) - p), *past], axis=1)  # (n - p, 1 + p)
    q, r = np.linalg.qr(design)
    return np.asarray(np.linalg.solve(r, q.T @ x[p:]), dtype=np.float64)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The end of the simulated series and its forecast."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    tail, forecast = output["tail"], output["forecast"]
    axes.plot(range(len(tail)), tail)
    axes.plot(range(len(tail), len(tail) + len(forecast)), forecast, "--")
    axes.set(xlabel="step", title="AR process and forecast")
    return figure


@algorithm(
    id="autoregressive-model",
    name="AR(p) autoregressive model",
    aliases=("AR model", "autoregression", "AR(1)", "AR(p)", "autoregressive process"),
    example={"phi": [0.6]},
    figure=draw,
)
def autoregressive_model(
    phi: Coefficients, constant: Level = 0.0, sigma: Noise = 1.0, n: Length = 2000, seed: Seed = 0
) -> Output:
    """Stationarity and moments of an AR(p), and a simulation fitted back by least squares.

    Parameters
    ----------
    phi : list of float, length p
        Coefficients of the last p values, nearest first.
    constant : float
        The constant c.
    sigma : float
        Standard deviation of the noise.
    n : int
        Length of the simulated series; cut to 100 for a process that is not stationary, since it may explode.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``stationary``; ``largest_root``, the largest modulus of the companion matrix' eigenvalues; ``mean`` and
        ``variance`` of the stationary process (None otherwise); ``sample_mean``, ``sample_variance``;
        ``fitted_constant``, ``fitted_phi`` (p,); ``tail`` the last 30 values, ``forecast`` the next 10.

    Examples
    --------
    >>> round(autoregressive_model([0.6])["variance"], 4)
    1.5625
    """
    coefficients = np.asarray(phi, dtype=np.float64)  # (p,)
    p = len(coefficients)
    root = float(np.abs(np.linalg.eigvals(companion(coefficients))).max())
    stationary = root < 1 - 1e-9
    length, burn_in = (n, 200) if stationary else (100, 0)
    rng = np.random.default_rng(seed)
    noise = sigma * rng.standard_normal(length + burn_in)
    start = constant / (1 - coefficients.sum()) if stationary else 0.0
    series = [start] * p
    for e in noise:
        series.append(float(constant + coefficients @ np.array(series[: -p - 1 : -1]) + e))
    x = np.array(series[p + burn_in :])  # (length,)
    estimate = fit(x, p)  # (1 + p,)
    ahead = x[-p:].tolist()
    for _ in range(10):
        ahead.append(float(estimate[0] + estimate[1:] @ np.array(ahead[: -p - 1 : -1])))
    return {
        "stationary": stationary,
        "largest_root": root,
        "mean": float(start) if stationary else None,
        "variance": stationary_variance(coefficients, sigma) if stationary else None,
        "sample_mean": float(x.mean()),
        "sample_variance": float(x.var()),
        "fitted_constant": float(estimate[0]),
        "fitted_phi": estimate[1:],
        "tail": x[-30:],
        "forecast": np.array(ahead[p:]),
    }
