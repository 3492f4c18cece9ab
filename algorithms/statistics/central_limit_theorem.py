r"""The central limit theorem says that the standardised mean of many independent variables is approximately normal.

$$\frac{\bar X_n - \mu}{\sigma / \sqrt n} \xrightarrow{d} \mathcal N(0, 1), \qquad \operatorname{Var}(\bar X_n) = \frac{\sigma^2}{n}$$

**Intuition.** In a sum, extremes of single terms cancel, and what remains of their distribution is mean and variance. So means of
uniform, exponential or coin-flip variables all look alike for large $n$. It is why measurement errors, sums of many small effects,
are modelled as normal.

**When to use it.** For confidence intervals and tests of means, without knowing the distribution of the data.

**Cost.** $n$ draws a mean.

**Pitfalls.** It is not true "regardless of the distribution": the variables must be (near) independent and have a *finite
variance*. The mean of Cauchy variables has the same Cauchy distribution for every $n$; averaging more gains nothing. How large $n$ must
be depends on the skewness, which shrinks only as $1/\sqrt n$; "n = 30" is a folk rule. The theorem is about the distribution of
the *mean*: the data themselves do not become normal. Far tails converge last.

**References.** Lindeberg (1922), *Mathematische Zeitschrift* 15. Feller, *An Introduction to Probability Theory*, vol. 2 (1971).
Billingsley, *Probability and Measure* (1995), section 27.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_cdf, normal_density

Floats = NDArray[np.float64]
Source = Literal["uniform", "exponential", "bernoulli", "cauchy"]
SampleSize = Annotated[int, Field(ge=1, le=500)]
Repeats = Annotated[int, Field(ge=100, le=5000)]
MOMENTS = {"uniform": (0.5, 1 / 12), "exponential": (1.0, 1.0), "bernoulli": (0.5, 0.25)}
BINS = np.linspace(-4, 4, 33)


def means(source: Source, sample_size: int, repeats: int, seed: int) -> Floats:
    """Means (repeats,) of independent samples.

    Examples
    --------
    >>> means("bernoulli", 2, 3, seed=0).tolist()
    [0.5, 0.0, 1.0]
    """
    rng = np.random.default_rng(seed)
    u = rng.random((repeats, sample_size))  # (repeats, sample_size), in [0, 1)
    if source == "exponential":
        u = -np.log1p(-u)  # inverse of the distribution function
    elif source == "bernoulli":
        u = (u > 0.5).astype(np.float64)
    elif source == "cauchy":
        u = np.tan(np.pi * (u - 0.5))
    return np.asarray(u.mean(axis=1))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Histogram of the standardised means and the standard normal density."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    width = BINS[1] - BINS[0]
    axes.bar(BINS[:-1] + width / 2, output["histogram"], width=width)
    x = np.linspace(-4, 4, 200)
    axes.plot(x, normal_density(x), "k")
    axes.set(xlabel="standardised mean", ylabel="density", title=f"{inputs['source']}, n = {inputs['sample_size']}")
    return figure


@algorithm(
    id="central-limit-theorem",
    name="Central limit theorem",
    aliases=("CLT", "sampling distribution of the mean", "sum of many small errors", "Cauchy counterexample"),
    example={"source": "exponential", "sample_size": 30},
    cost="seconds",
    figure=draw,
)
def central_limit_theorem(
    source: Source = "exponential", sample_size: SampleSize = 30, repeats: Repeats = 4000, seed: Seed = 0
) -> Output:
    """Distribution of the mean of `sample_size` draws, over many repetitions.

    Parameters
    ----------
    source : {"uniform", "exponential", "bernoulli", "cauchy"}
        Distribution of a single draw; the last has no variance.
    sample_size : int
        Draws a mean.
    repeats : int
        Number of means.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``mean_of_means``, ``variance_of_means`` and ``expected_variance`` σ²/n (None for Cauchy);
        ``interquartile_range`` of the means; ``skewness`` of the means (None for Cauchy); ``distance_to_normal``, the
        largest gap between the distribution functions of the standardised means and the standard normal (Cauchy is
        scaled by quartiles); ``histogram`` (32,) density over [-4, 4].

    Examples
    --------
    >>> result = central_limit_theorem("uniform", 12)
    >>> round(result["expected_variance"], 6), round(result["variance_of_means"], 3)
    (0.006944, 0.007)
    """
    m = means(source, sample_size, repeats, seed)  # (repeats,)
    q1, middle, q3 = np.quantile(m, [0.25, 0.5, 0.75])
    if source == "cauchy":
        mean, variance = None, None
        z = (m - middle) / ((q3 - q1) / 1.349)  # a normal has an interquartile range of 1.349 sd
    else:
        mean, variance = MOMENTS[source][0], MOMENTS[source][1] / sample_size
        z = (m - mean) / np.sqrt(variance)
    ordered = normal_cdf(np.sort(z))  # (repeats,)
    steps = np.arange(repeats + 1) / repeats
    gap = max(float((steps[1:] - ordered).max()), float((ordered - steps[:-1]).max()))
    counts = np.histogram(z, bins=BINS)[0]  # (32,)
    return {
        "mean_of_means": float(m.mean()),
        "variance_of_means": float(m.var()),
        "expected_variance": variance,
        "interquartile_range": float(q3 - q1),
        "skewness": None if source == "cauchy" else float((((m - m.mean()) / m.std()) ** 3).mean()),
        "distance_to_normal": gap,
        "histogram": counts / (repeats * (BINS[1] - BINS[0])),
    }
