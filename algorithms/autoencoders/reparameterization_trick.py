r"""The reparameterization trick writes a random variable as a differentiable function of its parameters and of noise
that has none, so that gradients pass through the sampling.

$$z = \mu + \sigma \varepsilon, \quad \varepsilon \sim \mathcal N(0, 1): \qquad
\nabla_{\mu} \mathbb{E}[f(z)] = \mathbb{E}[f'(z)], \quad \nabla_{\sigma} \mathbb{E}[f(z)] = \mathbb{E}[f'(z)\, \varepsilon]$$

**Intuition.** A sample as such has no derivative. Move the randomness outside: draw $\varepsilon$, then shift and
stretch it. Now $z$ depends smoothly on $\mu$ and $\sigma$ and the chain rule applies to each sample. For $f(z) = z^2$
the expectation is $\mu^2 + \sigma^2$ and the gradients are $2\mu$ and $2\sigma$. The score-function estimator
$\mathbb{E}[f(z)\, \nabla \ln p(z)]$ needs no derivative of $f$ but is far noisier.

**When to use it.** In VAEs, in stochastic policies with continuous actions, in normalising flows.

**Cost.** One sample is often enough; the variance falls like $1/n$.

**Pitfalls.** It needs a continuous variable and a differentiable $f$; for discrete ones use Gumbel-softmax or the score
function. Networks output $\ln \sigma^2$, so $\sigma = e^{\frac12 \ln \sigma^2}$: forgetting the half is common. Draw
new noise for each input and step. `sample()` in PyTorch cuts the gradient; use `rsample()`.

**References.** Kingma and Welling (2013), arXiv:1312.6114. Rezende, Mohamed and Wierstra (2014), arXiv:1401.4082.
Williams (1992), on REINFORCE.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]


def function_and_derivative(name: str, z: Floats) -> tuple[Floats, Floats]:
    """f(z) and f'(z) elementwise."""
    if name == "square":
        return z**2, 2 * z
    if name == "sine":
        return np.sin(z), np.cos(z)
    return np.exp(z), np.exp(z)


def exact_gradients(name: str, mu: float, sigma: float) -> tuple[float, float]:
    """Derivatives of E[f(z)] with respect to mu and sigma."""
    if name == "square":  # mu² + sigma²
        return 2 * mu, 2 * sigma
    if name == "sine":  # sin(mu) exp(-sigma²/2)
        damping = float(np.exp(-(sigma**2) / 2))
        return float(np.cos(mu)) * damping, -sigma * float(np.sin(mu)) * damping
    value = float(np.exp(mu + sigma**2 / 2))
    return value, sigma * value


@algorithm(
    id="reparameterization-trick",
    name="Reparameterization trick",
    aliases=("pathwise gradient", "reparametrization trick", "rsample", "gradient through sampling"),
    example={"mu": 1.0, "sigma": 0.5},
)
def reparameterization_trick(
    mu: Annotated[float, Field(ge=-5, le=5)] = 1.0,
    sigma: Annotated[float, Field(ge=0.01, le=3)] = 0.5,
    function: Literal["square", "sine", "exponential"] = "square",
    samples: Annotated[int, Field(ge=2, le=200_000)] = 20_000,
    seed: Seed = 0,
) -> Output:
    """Estimate the gradient of E[f(z)] for z ~ N(mu, sigma²) in two ways.

    Parameters
    ----------
    mu : float
        Mean.
    sigma : float
        Standard deviation.
    function : {"square", "sine", "exponential"}
        The function f.
    samples : int
        Monte Carlo samples.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``gradient_mu``, ``gradient_sigma`` by reparameterization, ``exact_mu``, ``exact_sigma``; ``score_function_mu``, ``score_function_sigma`` by the score function; ``standard_error_mu`` and
        ``score_function_standard_error_mu``; ``variance_ratio`` of the two for mu.

    Examples
    --------
    >>> result = reparameterization_trick(mu=1.0, sigma=0.5)
    >>> result["exact_mu"], abs(result["gradient_mu"] - 2.0) < 0.05
    (2.0, True)
    """
    noise = np.random.default_rng(seed).standard_normal(samples)  # (n,)
    f, derivative = function_and_derivative(function, mu + sigma * noise)  # (n,), (n,)
    score_mu, score_sigma = f * noise / sigma, f * (noise**2 - 1) / sigma  # f times the gradient of ln p(z)
    exact = exact_gradients(function, mu, sigma)
    pathwise_variance, score_variance = float(derivative.var()), float(score_mu.var())
    return {
        "gradient_mu": float(derivative.mean()),
        "gradient_sigma": float((derivative * noise).mean()),
        "exact_mu": exact[0],
        "exact_sigma": exact[1],
        "score_function_mu": float(score_mu.mean()),
        "score_function_sigma": float(score_sigma.mean()),
        "standard_error_mu": (pathwise_variance / samples) ** 0.5,
        "score_function_standard_error_mu": (score_variance / samples) ** 0.5,
        "variance_ratio": score_variance / pathwise_variance if pathwise_variance else np.inf,
    }
