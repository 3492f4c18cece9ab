r"""Denoising score matching trains a network to give the score, the gradient of the log density with respect to the
data, by predicting how noised points should move back.

$$L = \mathbb{E}\Big[\lambda(t)\,\big\|s_\theta(x_t, t) - \nabla_{x_t} \ln p(x_t \mid x_0)\big\|^2\Big], \qquad
\nabla_{x_t} \ln p(x_t \mid x_0) = -\frac{x_t - \sqrt{\bar\alpha_t}\, x_0}{1 - \bar\alpha_t} = -\frac{\varepsilon}{\sqrt{1 - \bar\alpha_t}}$$

**Intuition.** The score of the unknown density cannot be observed, but that of the noising Gaussian can, and its mean
given $x_t$ is the score of the noised density. So regression on a known target learns the unknown score. For $\mathcal
N(\mu, s^2)$ the score is $(\mu - x) / s^2$; noised, it is again linear, so here a line $s_\theta(x) = wx + b$ is fitted
and compared with the exact one.

**When to use it.** To train score-based models; with the right weight it is noise prediction.

**Cost.** One sample of noise an example; no Hessian, unlike plain score matching.

**Pitfalls.** The weight $\lambda(t)$ is often left out of the formula. Without it small noise dominates, since the
target grows like $1/\sqrt{1 - \bar\alpha_t}$; with $\lambda = 1 - \bar\alpha_t$ the loss equals that of noise
prediction with $\varepsilon_\theta = -\sqrt{1 - \bar\alpha_t}\, s_\theta$. The score belongs to the noised density, not
to the data. It is a gradient with respect to $x$, not to the parameters. The loss has a floor above zero.

**References.** Vincent, *A connection between score matching and denoising autoencoders* (2011). Song and Ermon (2019),
arXiv:1907.05600. Song et al. (2020), arXiv:2011.13456.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]


def conditional_score(x_t: Floats, x0: Floats, alpha_bar: float) -> Floats:
    """Gradient of ln p(x_t | x_0).

    Examples
    --------
    >>> conditional_score(np.array([1.0]), np.array([0.0]), 0.75).tolist()
    [-4.0]
    """
    return np.asarray(-(x_t - np.sqrt(alpha_bar) * x0) / (1 - alpha_bar))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Learnt and exact score."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x = np.linspace(-4, 4, 50) + np.sqrt(inputs["alpha_bar"]) * inputs["mean"]
    axes.plot(x, output["slope"] * x + output["intercept"], label="learnt")
    axes.plot(x, output["exact_slope"] * x + output["exact_intercept"], "--", label="exact")
    axes.set(xlabel="x", ylabel="score", title=f"ᾱ = {inputs['alpha_bar']:g}")
    axes.legend()
    return figure


@algorithm(
    id="denoising-score-matching",
    name="Denoising score matching",
    aliases=("DSM", "score function", "score network", "score matching", "score of a Gaussian", "score-based model"),
    example={"mean": 1.0, "std": 0.5, "alpha_bar": 0.5},
    cost="trains",
    figure=draw,
)
def denoising_score_matching(
    mean: Annotated[float, Field(ge=-10, le=10)] = 1.0,
    std: Annotated[float, Field(ge=0.05, le=10)] = 0.5,
    alpha_bar: Annotated[float, Field(ge=0.01, le=0.99)] = 0.5,
    x: Annotated[float, Field(ge=-100, le=100)] = 0.0,
    steps: Annotated[int, Field(ge=1, le=1000)] = 300,
    seed: Seed = 0,
) -> Output:
    """Fit a linear score to noised Gaussian data.

    Parameters
    ----------
    mean : float
        Mean μ of the data.
    std : float
        Standard deviation s of the data.
    alpha_bar : float
        Signal share ᾱ of the noised point.
    x : float
        A point at which to give the score of the data themselves, (μ - x) / s².
    steps : int
        Steps of gradient descent on 5,000 noised points.
    seed : int
        Seed of data and noise.

    Returns
    -------
    dict
        ``slope``, ``intercept`` learnt; ``exact_slope``, ``exact_intercept`` of the noised density; ``loss_before``, ``loss_after``; ``weighted_loss`` = (1 - ᾱ) times it and ``noise_prediction_loss``, equal to it;
        ``data_score`` at x.

    Examples
    --------
    >>> result = denoising_score_matching(mean=1.0, std=0.5, alpha_bar=0.5, x=2.0)
    >>> result["data_score"], round(result["exact_slope"], 2)
    (-4.0, -1.6)
    """
    rng, a = np.random.default_rng(seed), alpha_bar
    x0 = mean + std * rng.standard_normal(5000)  # (n,)
    noise = rng.standard_normal(5000)
    x_t = np.sqrt(a) * x0 + np.sqrt(1 - a) * noise
    target = conditional_score(x_t, x0, a)  # (n,)
    centre, scale = x_t.mean(), x_t.std()  # standardised inputs make plain descent quick
    u = (x_t - centre) / scale
    w = b = 0.0
    loss_before = float((target**2).mean())
    for _ in range(steps):
        residual = w * u + b - target
        w -= 0.2 * float((residual * u).mean())
        b -= 0.2 * float(residual.mean())
    score = w * u + b
    loss = float(((score - target) ** 2).mean())
    variance = a * std**2 + 1 - a
    return {
        "slope": w / float(scale),
        "intercept": b - w * float(centre / scale),
        "exact_slope": -1 / variance,
        "exact_intercept": float(np.sqrt(a)) * mean / variance,
        "loss_before": loss_before,
        "loss_after": loss,
        "weighted_loss": (1 - a) * loss,
        "noise_prediction_loss": float(((-np.sqrt(1 - a) * score - noise) ** 2).mean()),
        "data_score": (mean - x) / std**2,
    }
