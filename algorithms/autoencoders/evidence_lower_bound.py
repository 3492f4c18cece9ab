r"""The evidence lower bound (ELBO) bounds the log-likelihood of data under a latent-variable model; its negative is the
loss of a variational autoencoder.

$$\ln p(x) \ge \underbrace{\mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)]}_{-\text{reconstruction}} - \mathrm{KL}\big(q(z \mid x)\,\|\,p(z)\big), \qquad
\mathrm{KL} = \tfrac12 \sum_j \big(\sigma_j^2 + \mu_j^2 - 1 - \ln \sigma_j^2\big)$$

**Intuition.** The loss has exactly two terms: how well the latent explains the input, and how far the encoder's
Gaussian is from the prior. The gap of the bound is $\mathrm{KL}(q(z \mid x)\,\|\,p(z \mid x)) \ge 0$, so it is tight
when the encoder gives the true posterior. The model here is linear and Gaussian, $x \mid z \sim \mathcal N(wz + b,
s^2)$, so that everything is known exactly.

**When to use it.** To train VAEs and other latent-variable models, and to compare approximate posteriors.

**Cost.** One sample of $z$ an input for the first term, a closed form for the second.

**Pitfalls.** Leaving out the KL term gives a plain autoencoder that cannot be sampled. The sign of $\ln \sigma^2$ and
the factor $\tfrac12$ are often wrong. The squared error is the reconstruction term only up to the noise variance, $\|x
- \hat x\|^2 / (2 s^2)$, and a constant: with sums over pixels and means over latents the balance is lost. A strong
decoder may ignore $z$ (posterior collapse). The bound is no likelihood; compare models by importance sampling.

**References.** Kingma and Welling (2013), arXiv:1312.6114. Blei, Kucukelbir and McAuliffe (2016), arXiv:1601.00670.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

Real = Annotated[float, Field(ge=-1e3, le=1e3)]
Scale = Annotated[float, Field(ge=1e-3, le=1e3)]


def kl_to_standard_normal(mean: float, std: float) -> float:
    """KL of N(mean, std²) from N(0, 1) in nats.

    Examples
    --------
    >>> kl_to_standard_normal(1.0, 1.0)
    0.5
    """
    return 0.5 * (std**2 + mean**2 - 1 - 2 * float(np.log(std)))


@algorithm(
    id="evidence-lower-bound",
    name="Evidence lower bound (ELBO, VAE loss)",
    aliases=(
        "ELBO",
        "VAE loss",
        "variational lower bound",
        "reconstruction + KL",
        "KL to the prior",
        "variational inference",
    ),
    example={"x": 1.5, "q_mean": 0.6, "q_std": 0.6},
)
def evidence_lower_bound(
    x: Real = 1.5,
    q_mean: Real = 0.6,
    q_std: Scale = 0.6,
    weight: Real = 1.0,
    bias: Real = 0.0,
    noise_std: Scale = 1.0,
) -> Output:
    """ELBO of one observation with z ~ N(0, 1) and x | z ~ N(weight z + bias, noise_std²).

    Parameters
    ----------
    x : float
        The observation.
    q_mean : float
        Mean of the approximate posterior q(z | x).
    q_std : float
        Standard deviation of q.
    weight : float
        Weight w of the decoder.
    bias : float
        Bias b of the decoder.
    noise_std : float
        Standard deviation s of the decoder's noise.

    Returns
    -------
    dict
        ``elbo``; ``loss`` its negative; ``reconstruction`` = -E ln p(x | z) and ``kl`` to the prior, which add up to the loss; ``log_likelihood`` ln p(x); ``gap`` and ``kl_to_posterior``, equal;
        ``posterior_mean``, ``posterior_std`` with which the bound is tight.

    Examples
    --------
    >>> result = evidence_lower_bound(x=1.0, q_mean=0.5, q_std=0.5**0.5)
    >>> abs(round(result["gap"], 12)), result["posterior_mean"]
    (0.0, 0.5)
    """
    s2 = noise_std**2
    centre = x - weight * q_mean - bias
    reconstruction = 0.5 * float(np.log(2 * np.pi * s2)) + (centre**2 + (weight * q_std) ** 2) / (2 * s2)
    kl = kl_to_standard_normal(q_mean, q_std)
    variance = weight**2 + s2  # of x, z summed out
    log_likelihood = -0.5 * (float(np.log(2 * np.pi * variance)) + (x - bias) ** 2 / variance)
    posterior_mean, posterior_std = weight * (x - bias) / variance, float(np.sqrt(s2 / variance))
    to_posterior = kl_to_standard_normal((q_mean - posterior_mean) / posterior_std, q_std / posterior_std)
    return {
        "elbo": -(reconstruction + kl),
        "loss": reconstruction + kl,
        "reconstruction": reconstruction,
        "kl": kl,
        "log_likelihood": log_likelihood,
        "gap": log_likelihood + reconstruction + kl,
        "kl_to_posterior": to_posterior,
        "posterior_mean": posterior_mean,
        "posterior_std": posterior_std,
    }
