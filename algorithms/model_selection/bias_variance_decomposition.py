r"""The bias-variance decomposition splits the expected squared error of a prediction into squared bias, variance and
irreducible noise.

$$\mathbb E\big[(y - \hat f(x))^2\big] = \underbrace{\big(\mathbb E\hat f(x) - f(x)\big)^2}_{\text{bias}^2} +
\underbrace{\mathrm{Var}\,\hat f(x)}_{\text{variance}} + \underbrace{\sigma^2}_{\text{noise}}$$

The expectation runs over training sets and the noise of the test target.

**Intuition.** Imagine refitting on many training sets. Bias is how far the average fit is from the truth: a straight
line cannot follow a sine. Variance is how much single fits scatter about their average: a polynomial of high degree
follows the noise of its sample. Flexibility trades one for the other; high bias is underfitting, high variance
overfitting.

**When to use it.** To understand which remedy can help: more data and averaging lower variance, a richer model lowers
bias.

**Cost.** An experiment refits the model many times.

**Pitfalls.** Bias enters squared; adding plain bias, or leaving out the noise term, is a common slip. The irreducible
error is the variance of the target given the inputs; it does not come from how the problem is framed. The identity
holds for squared error; for 0-1 loss there are several incompatible versions. Very large networks can lower both parts
at once (double descent). With real data the truth is unknown, so the parts cannot be measured separately.

**References.** Geman, Bienenstock and Doursat, *Neural networks and the bias/variance dilemma*, Neural Computation
(1992). Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 7.3.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def polynomial_features(x: Floats, degree: int) -> Floats:
    """Legendre basis (n, degree + 1) on [0, 1]: the same space as powers of x, well conditioned.

    Examples
    --------
    >>> polynomial_features(np.array([0.0, 1.0]), 1).tolist()
    [[1.0, -1.0], [1.0, 1.0]]
    """
    return np.asarray(np.polynomial.legendre.legvander(2 * x - 1, degree))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of squared bias, variance and noise by degree."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    b, v = np.array(output["bias2_by_degree"]), np.array(output["variance_by_degree"])
    x = np.arange(len(b))
    axes.bar(x, b, label="bias²")
    axes.bar(x, v, bottom=b, label="variance")
    axes.axhline(output["noise"], linestyle="--", color="black", label="noise")
    axes.set(xlabel="degree", ylabel="expected squared error")
    axes.legend()
    return figure


@algorithm(
    id="bias-variance-decomposition",
    name="Bias-variance decomposition",
    aliases=("bias-variance trade-off", "bias variance tradeoff", "irreducible error", "bias squared plus variance"),
    example={"degree": 3, "n": 20, "noise": 0.3},
    figure=draw,
)
def bias_variance_decomposition(
    degree: Annotated[int, Field(ge=0, le=12)] = 3,
    n: Annotated[int, Field(ge=14, le=200)] = 20,
    noise: Annotated[NonNegative, Field(le=10)] = 0.3,
    repeats: Annotated[int, Field(ge=10, le=2000)] = 500,
    seed: Seed = 0,
) -> Output:
    """Polynomials fitted to noisy samples of sin(2 pi x) on an even grid of [0, 1], exactly and by simulation.

    Parameters
    ----------
    degree : int
        Degree of the polynomial.
    n : int
        Training points.
    noise : float
        Standard deviation of the noise.
    repeats : int
        Training sets of the simulation.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``bias2``, ``variance``, ``noise`` (variance of the noise) and their sum ``expected_error``, averaged over 50
        test points; ``simulated_bias2``, ``simulated_variance``, ``simulated_error``; ``bias2_by_degree`` and
        ``variance_by_degree`` (degrees 0 to 12).

    Examples
    --------
    >>> out = bias_variance_decomposition(degree=1)
    >>> round(out["bias2"], 3), round(out["variance"], 3)
    (0.213, 0.009)
    """
    x, q = np.linspace(0, 1, n), np.linspace(0, 1, 50)
    seen, truth = np.sin(2 * np.pi * x), np.sin(2 * np.pi * q)  # (n,), (50,)

    def smoother(p: int) -> Floats:
        return np.asarray(polynomial_features(q, p) @ np.linalg.pinv(polynomial_features(x, p)))  # (50, n)

    def parts(p: int) -> tuple[float, float]:
        S = smoother(p)
        return float(np.mean((S @ seen - truth) ** 2)), float(noise**2 * np.mean(np.sum(S**2, axis=1)))

    rng = np.random.default_rng(seed)
    y = seen + noise * rng.standard_normal((repeats, n))  # (R, n)
    fits = y @ smoother(degree).T  # (R, 50)
    fresh = truth + noise * rng.standard_normal((repeats, 50))
    bias2, variance = parts(degree)
    curve = [parts(p) for p in range(13)]
    return {
        "bias2": bias2,
        "variance": variance,
        "noise": noise**2,
        "expected_error": bias2 + variance + noise**2,
        "simulated_bias2": float(np.mean((fits.mean(axis=0) - truth) ** 2)),
        "simulated_variance": float(fits.var(axis=0).mean()),
        "simulated_error": float(np.mean((fresh - fits) ** 2)),
        "bias2_by_degree": [b for b, _ in curve],
        "variance_by_degree": [v for _, v in curve],
    }
