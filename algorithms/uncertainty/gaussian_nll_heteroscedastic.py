r"""Heteroscedastic Gaussian NLL regression predicts a mean and a variance for each input and trains both by likelihood.

$$\mathcal{L} = \frac{1}{n} \sum_i \tfrac12 \Big(\log \sigma_i^2 + \frac{(y_i - \mu_i)^2}{\sigma_i^2}\Big) \;\big(+ \tfrac12 \log 2\pi\big)$$

**Intuition.** The squared error is divided by the variance, so the model may excuse itself where data are noisy, and the
logarithm charges for every excuse. For one residual the loss is least at $\sigma^2 = (y - \mu)^2$.

**When to use it.** When the noise depends on the input, when intervals are wanted, and as a member of a deep ensemble.

**Cost.** That of ordinary regression with a second output.

**Pitfalls.** Predict the logarithm of the variance, so that it stays positive and gradients stay tame. Gradients of the mean are
scaled by $1 / \sigma^2$: points that look noisy early are ignored and never fitted (start with the mean alone, or use the
beta-NLL). With enough capacity a point is fitted exactly and its variance goes to zero: the loss has no lower bound, so
regularise or set a floor. The variance describes noise only, not what the model has not seen. An outlier inflates it; a
Student t is more robust.

**References.** Nix and Weigend, *Estimating the Mean and Variance of the Target Probability Distribution* (1994). Seitzer et al.,
arXiv:2203.09168 (beta-NLL).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def gaussian_nll(y: Floats, mean: Floats, log_variance: Floats) -> float:
    """Mean negative log likelihood, the constant included.

    Examples
    --------
    >>> round(gaussian_nll(np.array([0.0]), np.array([0.0]), np.array([0.0])), 4)
    0.9189
    """
    return float(np.mean(0.5 * (np.log(2 * np.pi) + log_variance + (y - mean) ** 2 * np.exp(-log_variance))))


def gradients(Phi: Floats, y: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Gradients (p,) in the weights of the mean Φa and of the log variance Φb."""
    residual, precision = y - Phi @ a, np.exp(-Phi @ b)  # (n,), (n,)
    return -Phi.T @ (residual * precision) / len(y), 0.5 * Phi.T @ (1 - residual**2 * precision) / len(y)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Learned mean with a band of two standard deviations, and the true band."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x, mean, sigma = (np.asarray(output[key]) for key in ("x", "mean", "sigma"))
    axes.plot(x, mean, label="mean")
    axes.fill_between(x, mean - 2 * sigma, mean + 2 * sigma, alpha=0.3, label="± 2σ learned")
    for sign in (-1, 1):
        axes.plot(x, mean + sign * 2 * np.asarray(output["true_sigma"]), "k--", linewidth=1)
    axes.set(xlabel="x", ylabel="y", title="heteroscedastic regression")
    axes.legend()
    return figure


@algorithm(
    id="gaussian-nll-heteroscedastic",
    name="Heteroscedastic Gaussian NLL regression",
    aliases=(
        "mean-variance network",
        "Gaussian NLL",
        "heteroscedastic regression",
        "negative log likelihood regression",
    ),
    example={"n": 400, "steps": 1500, "y": 3.0, "mu": 1.0, "variance": 4.0},
    cost="trains",
    figure=draw,
)
def gaussian_nll_heteroscedastic(
    n: Annotated[int, Field(ge=20, le=2_000)] = 400,
    steps: Annotated[int, Field(ge=1, le=5_000)] = 1_500,
    learning_rate: Annotated[float, Field(gt=0, le=0.2)] = 0.1,
    y: Number = 3.0,
    mu: Number = 1.0,
    variance: Annotated[float, Field(gt=1e-12, le=1e12)] = 4.0,
    seed: Seed = 0,
) -> Output:
    """Evaluate the loss of one point, and learn mean and variance of data whose noise grows with x.

    Parameters
    ----------
    n : int
        Training points of y = 1 + 2x + noise, with σ(x) = exp(-1 + x) and x in [-1, 1].
    steps : int
        Steps of gradient descent.
    learning_rate : float
        Step size.
    y : float
        Observed value of the one point.
    mu : float
        Its predicted mean.
    variance : float
        Its predicted variance.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``point_loss`` = ½ (log σ² + (y - μ)² / σ²) without the constant, and ``best_variance`` = (y - μ)²;
        ``nll_before`` and ``nll`` on new data; ``nll_constant_variance``, the best model with one variance; at five points
        ``x`` the ``mean``, ``sigma`` and ``true_sigma``.

    Examples
    --------
    >>> r = gaussian_nll_heteroscedastic(steps=300)
    >>> round(r["point_loss"], 4), r["best_variance"], r["nll"] < r["nll_constant_variance"] < r["nll_before"]
    (1.1931, 4.0, True)
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, n + 2_000)
    target = 1 + 2 * x + np.exp(-1 + x) * rng.standard_normal(n + 2_000)
    Phi = np.stack([np.ones_like(x), x], axis=1)  # (n + 2000, 2)
    train, test = slice(0, n), slice(n, None)
    a, b = np.zeros(2), np.zeros(2)
    before = gaussian_nll(target[test], Phi[test] @ a, Phi[test] @ b)
    for _ in range(steps):
        to_a, to_b = gradients(Phi[train], target[train], a, b)
        a, b = a - learning_rate * to_a, b - learning_rate * to_b
    line = np.linalg.lstsq(Phi[train], target[train], rcond=None)[0]  # (2,)
    constant = np.log(np.mean((target[train] - Phi[train] @ line) ** 2))
    points = np.linspace(-1, 1, 5)
    design = np.stack([np.ones(5), points], axis=1)  # (5, 2)
    return {
        "point_loss": 0.5 * (float(np.log(variance)) + (y - mu) ** 2 / variance),
        "best_variance": (y - mu) ** 2,
        "nll_before": before,
        "nll": gaussian_nll(target[test], Phi[test] @ a, Phi[test] @ b),
        "nll_constant_variance": gaussian_nll(target[test], Phi[test] @ line, np.full(2_000, constant)),
        "x": points,
        "mean": design @ a,
        "sigma": np.exp(design @ b / 2),
        "true_sigma": np.exp(-1 + points),
    }
