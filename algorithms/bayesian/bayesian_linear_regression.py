r"""Bayesian linear regression computes a posterior distribution over the coefficients, and with it an uncertainty for each prediction.

$$\Sigma = \left(\alpha I + \tfrac{1}{\sigma^2} X^\top X\right)^{-1}, \qquad m = \tfrac{1}{\sigma^2} \Sigma X^\top y, \qquad
\operatorname{Var}[y_* \mid x_*] = \sigma^2 + x_*^\top \Sigma\, x_*$$

**Intuition.** The prior $\beta \sim \mathcal N(0, \alpha^{-1} I)$ pulls coefficients to zero, the data pull them to the least-squares fit. The posterior
mean is exactly ridge regression with penalty $\lambda = \alpha \sigma^2$. The predictive variance is noise plus uncertainty about the line,
which grows away from the data.

**When to use it.** With few data, when uncertainty matters, or for sequential updates: today's posterior is tomorrow's prior.

**Cost.** $O(n d^2 + d^3)$.

**Pitfalls.** It is said to avoid overfitting inherently. It reduces it, as far as the prior and the noise level are sensible: a flat prior is plain least squares,
a too small $\sigma$ makes it overconfident. The variance grows only in directions that the features can see; a line far from the truth is confidently wrong.
The prior is not invariant to the scale of the features: standardise. Here the intercept has the same prior as the rest: centre the target. $\alpha$ and $\sigma$ can be set by
maximising the evidence.

**References.** Bishop, *Pattern Recognition and Machine Learning* (2006), section 3.3. MacKay, *Bayesian interpolation* (1992). Murphy, *Machine Learning:
A Probabilistic Perspective* (2012), chapter 7.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, Vector, rectangular
from algorithms.linear_models.linear_regression import features_and_target, with_intercept
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=50)]],
    Field(min_length=1, max_length=512),
    AfterValidator(rectangular),
]
Queries = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=50)]],
    Field(min_length=1, max_length=50),
    AfterValidator(rectangular),
]
Precision = Annotated[float, Field(ge=1e-6, le=1e6)]
Noise = Annotated[float, Field(ge=1e-4, le=1e6)]


def coefficient_posterior(A: Floats, y: Floats, alpha: float, noise_sd: float) -> tuple[Floats, Floats]:
    """Posterior mean (d,) and covariance (d, d) of the coefficients of A (n, d).

    Examples
    --------
    >>> mean, covariance = coefficient_posterior(np.array([[1.0]]), np.array([2.0]), alpha=1.0, noise_sd=1.0)
    >>> mean.tolist(), covariance.tolist()
    ([1.0], [[0.5]])
    """
    precision = alpha * np.eye(A.shape[1]) + A.T @ A / noise_sd**2  # (d, d)
    covariance = np.linalg.inv(precision)
    covariance = (covariance + covariance.T) / 2  # rounding breaks the symmetry
    return covariance @ (A.T @ y) / noise_sd**2, covariance


def log_evidence(A: Floats, y: Floats, alpha: float, noise_sd: float) -> float:
    """Log marginal likelihood of y (n,): the density of N(0, σ² I + A Aᵀ / α)."""
    mean, covariance = coefficient_posterior(A, y, alpha, noise_sd)
    n, d = A.shape
    misfit = float(((y - A @ mean) ** 2).sum() / noise_sd**2 + alpha * (mean @ mean))
    log_determinant = -float(np.linalg.slogdet(covariance)[1])  # of the posterior precision
    return float(-0.5 * (n * math.log(2 * math.pi * noise_sd**2) - d * math.log(alpha) + log_determinant + misfit))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Predictions with two standard deviations, over the first feature."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(np.asarray(inputs["X"])[:, 0], inputs["y"], "o")
    x = np.asarray(inputs["X_new"])[:, 0]
    axes.errorbar(x, output["predictive_mean"], 2 * np.asarray(output["predictive_sd"]), fmt="s", capsize=3)
    axes.set(xlabel="x₁", ylabel="y", title="predictive mean ± 2 sd")
    return figure


@algorithm(
    id="bayesian-linear-regression",
    name="Bayesian linear regression",
    aliases=("posterior over coefficients", "predictive variance", "Bayesian regression", "Bayesian ridge"),
    example={
        "X": [[-1.0], [-0.5], [0.0], [0.5], [1.0]],
        "y": [-1.9, -1.1, 0.2, 0.9, 2.1],
        "X_new": [[0.0], [1.0], [3.0], [6.0]],
    },
    figure=draw,
)
def bayesian_linear_regression(
    X: Rows, y: Vector, X_new: Queries, alpha: Precision = 1.0, noise_sd: Noise = 0.2
) -> Output:
    """Posterior over intercept and coefficients, and predictions with their uncertainty.

    Parameters
    ----------
    X : list of list of float, shape (n, d)
        Features, one row a sample; an intercept is added.
    y : list of float, length n
        Targets.
    X_new : list of list of float, shape (m, d)
        Where to predict.
    alpha : float
        Precision of the prior: each coefficient is N(0, 1 / alpha).
    noise_sd : float
        Standard deviation of the noise.

    Returns
    -------
    dict
        ``mean`` (d + 1,) and ``sd`` (d + 1,) of the coefficients, intercept first, cut to 50;
        ``predictive_mean`` (m,), ``predictive_sd`` (m,) with noise and ``model_sd`` (m,) without; ``ridge_penalty``
        alpha × noise_sd²; ``log_evidence``.

    Raises
    ------
    ValueError
        If sizes do not match.

    Examples
    --------
    >>> fit = bayesian_linear_regression([[-1.0], [1.0]], [-2.0, 2.0], [[0.0]], alpha=2.0, noise_sd=1.0)
    >>> fit["mean"].tolist()
    [0.0, 1.0]
    """
    features, target = features_and_target(X, y)
    asked = np.asarray(X_new, dtype=np.float64)  # (m, d)
    if asked.shape[1] != features.shape[1]:
        raise ValueError(f"X has {features.shape[1]} columns and X_new {asked.shape[1]}; they must match")
    A, B = with_intercept(features), with_intercept(asked)  # (n, d + 1), (m, d + 1)
    mean, covariance = coefficient_posterior(A, target, alpha, noise_sd)
    model_variance = np.maximum(((B @ covariance) * B).sum(axis=1), 0.0)  # (m,), x' Σ x
    return {
        "mean": mean[:50],
        "sd": np.sqrt(np.diag(covariance))[:50],
        "predictive_mean": B @ mean,
        "predictive_sd": np.sqrt(model_variance + noise_sd**2),
        "model_sd": np.sqrt(model_variance),
        "ridge_penalty": alpha * noise_sd**2,
        "log_evidence": log_evidence(A, target, alpha, noise_sd),
    }
