r"""Kernel density estimation (KDE) smooths a sample into a density by placing a small bump on each point.

$$\hat f(x) = \frac{1}{n h} \sum_{i=1}^{n} K\left(\frac{x - x_i}{h}\right)$$

**Intuition.** Each observation spreads its mass $1/n$ over its neighbourhood; where points are dense the bumps pile up. The
bandwidth $h$ sets how far: small values show every point (low bias, high variance), large ones a single hill. The estimate
integrates to 1.

**When to use it.** To look at a distribution without the arbitrary edges of a histogram, and for anomaly scores in few dimensions.

**Cost.** $O(n)$ an evaluated point; trees or FFT on a grid are faster.

**Pitfalls.** "Non-parametric" does not mean free of assumptions: the kernel, the bandwidth and with them the smoothness (and a metric)
are assumed. The bandwidth matters far more than the kernel. Silverman's rule assumes one hill and oversmooths several. Mass
leaks over hard borders, such as negative waiting times. In more than a few dimensions almost all neighbourhoods are empty, and KDE
needs enormous samples.

**References.** Rosenblatt (1956), *Annals of Mathematical Statistics* 27. Parzen (1962), same journal 33. Silverman, *Density
Estimation for Statistics and Data Analysis* (1986).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_density

Floats = NDArray[np.float64]
Kernel = Literal["gaussian", "epanechnikov"]
Data = Annotated[list[Number], Field(min_length=2, max_length=1000)]
Points = Annotated[list[Number], Field(min_length=1, max_length=50)]
Bandwidth = Annotated[float, Field(ge=1e-6, le=1e9)]


def silverman_bandwidth(x: Floats) -> float:
    """Rule-of-thumb bandwidth 0.9 min(sd, IQR / 1.34) n^(-1/5) of a sample (n,).

    Raises
    ------
    ValueError
        If the sample is constant.

    Examples
    --------
    >>> round(silverman_bandwidth(np.arange(10.0)), 4)
    1.7193
    """
    q1, q3 = np.quantile(x, [0.25, 0.75])
    spreads = [s for s in (float(x.std(ddof=1)), float(q3 - q1) / 1.34) if s > 0]
    if not spreads:
        raise ValueError("a constant sample has no rule-of-thumb bandwidth; give bandwidth")
    return float(0.9 * min(spreads) * len(x) ** -0.2)


def density(x: Floats, at: Floats, h: float, kernel: Kernel) -> Floats:
    """Estimated density at the points (m,) from a sample (n,).

    Examples
    --------
    >>> density(np.array([0.0]), np.array([0.0, 2.0]), 1.0, "epanechnikov").tolist()
    [0.75, 0.0]
    """
    u = (at[:, None] - x[None, :]) / h  # (m, n)
    bumps = normal_density(u) if kernel == "gaussian" else 0.75 * np.clip(1 - u**2, 0, None)  # (m, n)
    return np.asarray(bumps.mean(axis=1) / h)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The estimated density over the sample."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["grid"], output["grid_density"])
    axes.plot(inputs["data"], np.zeros(len(inputs["data"])), "|", ms=12)
    axes.set(xlabel="x", ylabel="density", title=f"bandwidth {output['bandwidth']:.3g}")
    return figure


@algorithm(
    id="kernel-density-estimation",
    name="Kernel density estimation",
    aliases=("KDE", "Parzen window", "Parzen-Rosenblatt", "bandwidth", "density estimation"),
    example={"data": [1.0, 1.3, 1.9, 2.2, 5.8, 6.1, 6.4], "points": [2.0, 4.0, 6.0]},
    figure=draw,
)
def kernel_density_estimation(
    data: Data, points: Points, bandwidth: Bandwidth | None = None, kernel: Kernel = "gaussian"
) -> Output:
    """Density estimate at `points` and on a grid.

    Parameters
    ----------
    data : list of float, length n
        Sample.
    points : list of float, length m
        Where to evaluate the density.
    bandwidth : float
        Width h of the bumps; None takes Silverman's rule.
    kernel : {"gaussian", "epanechnikov"}
        Shape of the bumps.

    Returns
    -------
    dict
        ``density`` (m,); ``bandwidth``; ``grid`` (50,) and ``grid_density`` (50,) over the sample and 4 bandwidths
        beyond; ``integral`` over that range, close to 1; ``peaks``, the number of local maxima on a fine grid.

    Raises
    ------
    ValueError
        If the sample is constant and no bandwidth is given.

    Examples
    --------
    >>> kernel_density_estimation([0.0, 1.0], [0.5], bandwidth=1.0)["density"].round(4).tolist()
    [0.3521]
    """
    x = np.asarray(data, dtype=np.float64)  # (n,)
    h = silverman_bandwidth(x) if bandwidth is None else bandwidth
    grid = np.linspace(x.min() - 4 * h, x.max() + 4 * h, 50)
    fine = np.linspace(grid[0], grid[-1], 1001)
    f = density(x, fine, h, kernel)  # (1001,)
    inner = f[1:-1]
    return {
        "density": density(x, np.asarray(points, dtype=np.float64), h, kernel),
        "bandwidth": h,
        "grid": grid,
        "grid_density": density(x, grid, h, kernel),
        "integral": float((f[1:] + f[:-1]).sum() / 2 * (fine[1] - fine[0])),
        "peaks": int(((inner > f[:-2]) & (inner >= f[2:])).sum()),
    }
