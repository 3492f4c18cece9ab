r"""The normal distribution is the bell-shaped density that sums of many small independent effects approach.

$$f(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\left(-\frac{(x - \mu)^2}{2\sigma^2}\right), \qquad z = \frac{x - \mu}{\sigma}$$

**Intuition.** $\mu$ is the centre, $\sigma$ the distance from there to the inflection points. 68.27%, 95.45% and 99.73% of the
mass lie within 1, 2 and 3 $\sigma$: the 68-95-99.7 rule.

**When to use it.** For measurement errors and averages. Control charts put limits at $\mu \pm 3\sigma$ (a process in control gives a
false alarm for 0.27% of the points); a clinical reference interval is $\mu \pm 1.96\sigma$; parametric value at risk is
$-(\mu - 1.645\sigma)$ at 95%.

**Cost.** One exponential a point; the distribution function takes one error function.

**Pitfalls.** Standardising does *not* make data normal: z-scores keep the shape, and exponential data keep their skewness of 2. Asset
returns have heavier tails than the normal, so normal value at risk understates extreme losses. A density is not a
probability and may exceed 1. $1.96\sigma$ gives 95%, $2\sigma$ gives 95.45%. With estimated $\mu$ and $\sigma$ small samples need
Student's t.

**References.** Gauss, *Theoria motus* (1809). Shewhart, *Economic Control of Quality of Manufactured Product* (1931). Johnson,
Kotz and Balakrishnan, *Continuous Univariate Distributions* (1994).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Points = Annotated[list[Number], Field(min_length=1, max_length=50)]
Spread = Annotated[float, Field(ge=1e-9, le=1e9)]
Level = Annotated[float, Field(gt=0.5, lt=1)]


def normal_density(z: Floats) -> Floats:
    """Standard normal density of an array of any shape.

    Examples
    --------
    >>> normal_density(np.array([0.0, 1.0])).round(5).tolist()
    [0.39894, 0.24197]
    """
    return np.asarray(np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))


def normal_cdf(z: Floats) -> Floats:
    """Standard normal distribution function of an array (n,); exact in the lower tail.

    Examples
    --------
    >>> normal_cdf(np.array([0.0, -1.96])).round(4).tolist()
    [0.5, 0.025]
    """
    return np.array([math.erfc(-v / math.sqrt(2)) / 2 for v in z])


def normal_quantile(p: Floats) -> Floats:
    """Standard normal quantiles of probabilities (n,) in (0, 1), by bisection.

    Examples
    --------
    >>> normal_quantile(np.array([0.025, 0.975])).round(3).tolist()
    [-1.96, 1.96]
    """
    lower = np.minimum(p, 1 - p)  # the lower tail keeps its relative precision
    low, high = np.full(len(p), -40.0), np.zeros(len(p))
    for _ in range(60):
        middle = (low + high) / 2
        below = normal_cdf(middle) < lower
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(np.where(p > 0.5, -high, high) + 0.0)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The density with the given points and the reference interval."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    mean, sd = inputs["mean"], inputs["sd"]
    x = np.linspace(mean - 4 * sd, mean + 4 * sd, 200)
    axes.plot(x, normal_density((x - mean) / sd) / sd)
    axes.plot(inputs["x"], output["density"], "o")
    axes.axvspan(*output["reference_interval_95"], alpha=0.2, label="central 95%")
    axes.set(xlabel="x", ylabel="density", title=f"normal, μ = {mean:g}, σ = {sd:g}")
    axes.legend()
    return figure


@algorithm(
    id="normal-distribution",
    name="Normal distribution",
    aliases=(
        "Gaussian",
        "Gaussian distribution",
        "bell curve",
        "PDF",
        "68-95-99.7 rule",
        "three-sigma rule",
        "Quality control chart limits",
        "control limits",
        "Shewhart chart",
        "3-sigma limits",
        "Parametric value at risk of asset returns",
        "value at risk",
        "VaR",
        "z of returns",
        "Biological reference interval",
        "reference interval",
        "normal range",
        "blood pressure",
    ),
    example={"x": [-2.0, -1.0, 0.0, 1.0, 2.0]},
    figure=draw,
)
def normal_distribution(x: Points, mean: Number = 0.0, sd: Spread = 1.0, level: Level = 0.95) -> Output:
    """Density and distribution function at `x`, with the usual limits.

    Parameters
    ----------
    x : list of float, length n
        Points to evaluate.
    mean : float
        Mean of the distribution.
    sd : float
        Standard deviation.
    level : float
        Confidence of the value at risk.

    Returns
    -------
    dict
        ``density``, ``cdf`` and ``z``, each (n,); ``share_within_1_2_3_sd`` (3,); ``reference_interval_95`` and
        ``control_limits`` (mean ± 3 sd), each (2,); ``false_alarm_rate`` outside the control limits;
        ``value_at_risk``, the loss that is exceeded with probability 1 - level if x is a return.

    Examples
    --------
    >>> normal_distribution([0.0, 1.0])["density"].round(5).tolist()
    [0.39894, 0.24197]
    """
    z = (np.asarray(x, dtype=np.float64) - mean) / sd  # (n,)
    within = 1 - 2 * normal_cdf(np.array([-1.0, -2.0, -3.0]))  # (3,)
    q95, q = normal_quantile(np.array([0.975, level]))
    return {
        "density": normal_density(z) / sd,
        "cdf": normal_cdf(z),
        "z": z,
        "share_within_1_2_3_sd": within,
        "reference_interval_95": np.array([mean - q95 * sd, mean + q95 * sd]),
        "control_limits": np.array([mean - 3 * sd, mean + 3 * sd]),
        "false_alarm_rate": float(1 - within[2]),
        "value_at_risk": float(-(mean - q * sd)),
    }
