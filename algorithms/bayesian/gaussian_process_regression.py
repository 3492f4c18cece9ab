r"""Gaussian process regression puts a prior over functions and predicts with a mean and a variance at each point.

$$\mu_* = k_*^\top (K + \sigma^2 I)^{-1} y, \qquad
v_* = k_{**} - k_*^\top (K + \sigma^2 I)^{-1} k_*, \qquad k(x, x') = s^2 \exp\left(-\frac{(x - x')^2}{2 \ell^2}\right)$$

**Intuition.** Any finite set of function values is jointly Gaussian, with a covariance that says how alike neighbours are. Conditioning on the data bends the
functions through them. Near data the variance is small, far away it returns to the prior. Without noise the mean interpolates and the variance at
the training points is zero.

**When to use it.** Few, expensive, smooth observations: experiments, simulators, and as the surrogate of Bayesian optimisation; kriging in geostatistics.

**Cost.** $O(n^3)$ to fit and $O(n)$ memory a query, $O(n^2)$ in all: thousands of points at most without approximations.

**Pitfalls.** The kernel and its length scale $\ell$ are assumptions; choose them by the marginal likelihood. The variance does not depend on the observed
targets, only on where the inputs are, so it does not notice a wrong kernel. Away from data the mean falls back to the prior mean, here 0: centre the targets.
Add a little jitter, since $K$ is nearly singular for close points. Use Cholesky, not the inverse.

**References.** Rasmussen and Williams, *Gaussian Processes for Machine Learning* (2006), chapter 2. Krige (1951); Matheron (1963).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import paired

Floats = NDArray[np.float64]
Observed = Annotated[list[Number], Field(min_length=1, max_length=300)]
Asked = Annotated[list[Number], Field(min_length=1, max_length=50)]
Scale = Annotated[float, Field(ge=1e-3, le=1e6)]
Noise = Annotated[float, Field(ge=0, le=1e6)]


def kernel(a: Floats, b: Floats, length_scale: float, signal_sd: float) -> Floats:
    """Squared-exponential covariance (n, m) of points (n,) and (m,).

    Examples
    --------
    >>> kernel(np.array([0.0]), np.array([0.0, 1.0]), 1.0, 1.0).round(4).tolist()
    [[1.0, 0.6065]]
    """
    gaps = (a[:, None] - b[None, :]) / length_scale  # (n, m)
    return np.asarray(signal_sd**2 * np.exp(-(gaps**2) / 2))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The observations, and mean with two standard deviations where asked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    order = np.argsort(inputs["x_new"])
    x = np.asarray(inputs["x_new"])[order]
    mean, sd = np.asarray(output["mean"])[order], np.asarray(output["sd"])[order]
    axes.plot(x, mean)
    axes.fill_between(x, mean - 2 * sd, mean + 2 * sd, alpha=0.2)
    axes.plot(inputs["x"], inputs["y"], "o")
    axes.set(xlabel="x", title="Gaussian process, mean ± 2 sd")
    return figure


@algorithm(
    id="gaussian-process-regression",
    name="Gaussian process regression",
    aliases=("GP", "kriging", "surrogate model", "Gaussian process", "GPR"),
    example={
        "x": [-3.0, -2.0, -1.0, 1.0, 2.0],
        "y": [-0.14, -0.91, -0.84, 0.84, 0.91],
        "x_new": [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0],
    },
    figure=draw,
)
def gaussian_process_regression(
    x: Observed, y: Observed, x_new: Asked, length_scale: Scale = 1.0, signal_sd: Scale = 1.0, noise_sd: Noise = 0.0
) -> Output:
    """Posterior mean and standard deviation of the function at new points.

    Parameters
    ----------
    x, y : list of float, length n
        Observations; the prior mean is 0.
    x_new : list of float, length m
        Where to predict.
    length_scale : float
        Distance over which function values stay alike.
    signal_sd : float
        Prior standard deviation of the function.
    noise_sd : float
        Standard deviation of the observation noise; 0 interpolates.

    Returns
    -------
    dict
        ``mean`` (m,); ``sd`` (m,) of the function, without the noise of a new observation; ``log_marginal_likelihood`` of
        the observations.

    Raises
    ------
    ValueError
        If the lists differ in length, or the covariance matrix is singular (equal or very close x without noise).

    Examples
    --------
    >>> result = gaussian_process_regression([0.0, 1.0], [1.0, 2.0], [0.0, 10.0])
    >>> result["mean"].round(3).tolist(), result["sd"].round(3).tolist()
    ([1.0, 0.0], [0.0, 1.0])
    """
    seen, target = paired(x, y)
    asked = np.asarray(x_new, dtype=np.float64)  # (m,)
    n = len(seen)
    K = kernel(seen, seen, length_scale, signal_sd) + (noise_sd**2 + 1e-12 * signal_sd**2) * np.eye(n)  # (n, n)
    try:
        L = np.linalg.cholesky(K)
    except np.linalg.LinAlgError as error:
        raise ValueError("the covariance matrix is singular: points are too close; raise noise_sd") from error
    half = np.linalg.solve(L, target)  # (n,), L⁻¹ y
    cross = np.linalg.solve(L, kernel(seen, asked, length_scale, signal_sd))  # (n, m), L⁻¹ k*
    variance = signal_sd**2 - (cross**2).sum(axis=0)  # (m,)
    log_likelihood = -0.5 * float(half @ half) - float(np.log(np.diag(L)).sum()) - n / 2 * math.log(2 * math.pi)
    return {
        "mean": cross.T @ half,
        "sd": np.sqrt(np.maximum(variance, 0.0)),
        "log_marginal_likelihood": log_likelihood,
    }
