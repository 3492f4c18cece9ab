r"""The variational bound of a diffusion model bounds the negative log-likelihood of data by a reconstruction term and
Kullback-Leibler divergences, one for each step.

$$-\ln p_\theta(x_0) \le \underbrace{\mathrm{KL}\big(q(x_T \mid x_0)\,\|\,p(x_T)\big)}_{L_T}
+ \sum_{t=2}^{T} \underbrace{\mathrm{KL}\big(q(x_{t-1} \mid x_t, x_0)\,\|\,p_\theta(x_{t-1} \mid x_t)\big)}_{L_{t-1}}
\underbrace{-\ln p_\theta(x_0 \mid x_1)}_{L_0}$$

**Intuition.** It is the evidence lower bound with the noised points as latents. The posterior $q(x_{t-1} \mid x_t,
x_0)$ is Gaussian, so each KL has a closed form. $L_T$ has no parameters and is small if the chain ends in noise. For
Gaussian data the exact reverse steps are Gaussian too, and with them the bound is tight: it equals the entropy of the
data. An error in the model's means loosens it.

**When to use it.** To train for likelihood, to learn variances, and to report bits per dimension.

**Cost.** One term of the sum, drawn at random, an example in training; all $T$ for evaluation.

**Pitfalls.** The simple noise loss is this bound with other weights, and no longer a bound. A bound in nats divides by
$\ln 2$ for bits. For continuous data it may be negative. The sum starts at $t = 2$; the first step is the
reconstruction. A too short or too weak schedule shows up in $L_T$. A better bound need not mean better looking samples.

**References.** Ho, Jain and Abbeel (2020), arXiv:2006.11239. Nichol and Dhariwal (2021), arXiv:2102.09672. Kingma et
al., *Variational diffusion models* (2021), arXiv:2107.00630.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.diffusion.ddpm_forward_process import Schedule, noise_schedule
from algorithms.registry import Output, algorithm


def gaussian_kl(mean_gap_squared: float, q_variance: float, p_variance: float) -> float:
    """KL of two Gaussians in nats, given the (expected) squared distance of their means.

    Examples
    --------
    >>> gaussian_kl(1.0, 1.0, 1.0)
    0.5
    """
    ratio = q_variance / p_variance
    return 0.5 * (float(ratio - 1 - np.log(ratio)) + mean_gap_squared / p_variance)


@algorithm(
    id="diffusion-variational-bound",
    name="Variational lower bound of diffusion",
    aliases=("diffusion ELBO", "L_vlb", "VLB", "diffusion likelihood bound", "bits per dimension of diffusion"),
    example={"mean": 1.0, "std": 0.5, "steps": 100},
)
def diffusion_variational_bound(
    mean: Annotated[float, Field(ge=-10, le=10)] = 1.0,
    std: Annotated[float, Field(ge=0.05, le=10)] = 0.5,
    steps: Annotated[int, Field(ge=2, le=2000)] = 100,
    schedule: Schedule = "cosine",
    mean_error: Annotated[float, Field(ge=-10, le=10)] = 0.0,
) -> Output:
    """Expected bound for Gaussian data and the exact reverse steps, or ones with wrong means.

    Parameters
    ----------
    mean : float
        Mean of the data.
    std : float
        Standard deviation of the data.
    steps : int
        Length T of the chain.
    schedule : {"linear", "cosine"}
        Noise schedule.
    mean_error : float
        Added to the model's mean in every step, in standard deviations of the step.

    Returns
    -------
    dict
        ``bound`` in nats, expected over the data, and ``bound_bits``; its parts ``prior_term`` L_T, ``denoising_terms`` their sum and ``reconstruction_term``;
        ``largest_terms`` the denoising terms of the first 5 steps; ``entropy`` of the data, which no model can beat; ``gap`` of the bound.

    Examples
    --------
    >>> result = diffusion_variational_bound(steps=200)
    >>> bool(result["gap"] < 1e-3)
    True
    """
    beta, alpha_bar = noise_schedule(schedule, steps)
    terms = []
    reconstruction = 0.0
    for t in range(1, steps + 1):
        b, a, before = float(beta[t - 1]), float(alpha_bar[t]), float(alpha_bar[t - 1])
        var_before, var = before * std**2 + 1 - before, a * std**2 + 1 - a
        # exact reverse step of Gaussian data: mean c x_t + d, variance v
        c = np.sqrt(1 - b) * var_before / var
        d = np.sqrt(before) * mean - c * np.sqrt(a) * mean
        v = var_before * b / var
        d += mean_error * np.sqrt(v)
        # posterior given x_0: mean p x_0 + r x_t
        p = np.sqrt(before) * b / (1 - a)
        r = np.sqrt(1 - b) * (1 - before) / (1 - a)
        # x_t = sqrt(a) x_0 + sqrt(1 - a) noise: mean and variance of the gap of the two means
        from_x0 = p + (r - c) * np.sqrt(a)
        gap_mean = from_x0 * mean - d
        gap_squared = float(gap_mean**2 + (from_x0 * std) ** 2 + ((r - c) ** 2) * (1 - a))
        if t == 1:  # the posterior is the point x_0 itself
            reconstruction = 0.5 * float(np.log(2 * np.pi * v)) + gap_squared / (2 * v)
        else:
            terms.append(gaussian_kl(gap_squared, b * (1 - before) / (1 - a), v))
    last = float(alpha_bar[-1])
    prior = gaussian_kl(last * (mean**2 + std**2), 1 - last, 1.0)
    bound, entropy = prior + sum(terms) + reconstruction, 0.5 * float(np.log(2 * np.pi * np.e * std**2))
    return {
        "bound": bound,
        "bound_bits": bound / float(np.log(2)),
        "prior_term": prior,
        "denoising_terms": sum(terms),
        "reconstruction_term": reconstruction,
        "largest_terms": terms[:5],
        "entropy": entropy,
        "gap": bound - entropy,
    }
