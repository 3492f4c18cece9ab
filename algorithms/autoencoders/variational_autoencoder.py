r"""A variational autoencoder (VAE) is a generative model whose encoder gives a distribution over latents, kept near a
prior, and whose decoder turns latents into data.

$$q(z \mid x) = \mathcal N\big(\mu(x), \mathrm{diag}\, \sigma^2(x)\big), \quad z = \mu + \sigma \varepsilon, \qquad
L = -\mathbb{E}_q[\ln p(x \mid z)] + \mathrm{KL}\big(q(z \mid x)\,\|\,\mathcal N(0, I)\big)$$

**Intuition.** A plain autoencoder scatters its codes. Here each input claims a small cloud, and the KL term packs the
clouds around the origin without gaps, so that sampling $z \sim \mathcal N(0, I)$ and decoding gives new data, and
points between two codes decode to something between. One network infers for all inputs: amortized inference. For a
linear Gaussian decoder the best encoder is the exact posterior mean, which is checked here.

**When to use it.** To generate, interpolate, compress, detect anomalies, and as the first stage of latent diffusion.

**Cost.** As an autoencoder; one sample an input.

**Pitfalls.** Samples are blurrier than those of GANs or diffusion models: the likelihood averages over what the latent
leaves open. VAEs are not confined to continuous data or Gaussian latents: a Bernoulli or categorical likelihood models
discrete data, and the Gaussian is a choice. A VAE encodes data to latents; a standard GAN has no encoder and only maps
latents to images, though both are often said to encode. Interpolate means, not samples.

**References.** Kingma and Welling, *Auto-encoding variational Bayes* (2013), arXiv:1312.6114. Higgins et al.,
*beta-VAE* (2017).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam, backward, forward, new_network

NOISE = 0.5  # standard deviation of the Gaussian likelihood


def make_data(likelihood: str, n: int, seed: int) -> Floats:
    """Gaussian: two latents through a fixed linear map plus noise (n, 6). Bernoulli: noisy copies of two 8-bit patterns (n, 8)."""
    rng = np.random.default_rng(seed)
    if likelihood == "gaussian":
        return rng.standard_normal((n, 2)) @ true_decoder() + NOISE * rng.standard_normal((n, 6))
    patterns = np.array([[1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 1, 1]])
    bits = patterns[rng.integers(0, 2, n)]
    return np.where(rng.random(bits.shape) < 0.05, 1 - bits, bits).astype(np.float64)


def true_decoder() -> Floats:
    """The linear map (2, 6) behind the Gaussian data."""
    return np.random.default_rng(7).standard_normal((2, 6))


def loss_and_gradients(
    encoder: list[Floats], decoder: list[Floats], x: Floats, noise: Floats, likelihood: str
) -> tuple[float, float, list[Floats]]:
    """Mean reconstruction term and KL in nats, and the gradients of their sum for encoder and decoder."""
    n, k = noise.shape
    hidden = forward(encoder, x)
    mu, half_log = hidden[-1][:, :k], 0.5 * hidden[-1][:, k:]  # (n, k), (n, k): mean and ln sigma
    sigma = np.exp(half_log)
    layers = forward(decoder, mu + sigma * noise)
    out = layers[-1]  # (n, d): means, or logits of the bits
    if likelihood == "gaussian":
        constant = 0.5 * np.log(2 * np.pi * NOISE**2)
        reconstruction = float((((x - out) ** 2) / (2 * NOISE**2) + constant).sum() / n)
        d_out = (out - x) / NOISE**2 / n
    else:
        reconstruction = float((np.logaddexp(0, out) - x * out).sum() / n)
        d_out = (logistic(out) - x) / n
    kl = float(0.5 * (sigma**2 + mu**2 - 1 - 2 * half_log).sum() / n)
    d_decoder, d_z = backward(decoder, layers, d_out)
    d_mu = d_z + mu / n
    d_log_variance = 0.5 * (d_z * sigma * noise + (sigma**2 - 1) / n)
    d_encoder, _ = backward(encoder, hidden, np.concatenate([d_mu, d_log_variance], axis=1))
    return reconstruction, kl, d_encoder + d_decoder


def decode(decoder: list[Floats], z: Floats, likelihood: str) -> Floats:
    """Mean of the data given latents."""
    out = forward(decoder, z)[-1]
    return out if likelihood == "gaussian" else logistic(out)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Decoded points between two inputs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(output["interpolation"], aspect="auto", cmap="viridis")
    axes.set(xlabel="component of x", ylabel="step from first to second", title="latent interpolation")
    figure.colorbar(image)
    return figure


@algorithm(
    id="variational-autoencoder",
    name="Variational autoencoder",
    aliases=(
        "VAE",
        "amortized inference",
        "generative autoencoder",
        "Latent interpolation",
        "interpolate latents",
        "beta-VAE",
    ),
    example={"likelihood": "gaussian"},
    cost="trains",
    figure=draw,
)
def variational_autoencoder(
    likelihood: Literal["gaussian", "bernoulli"] = "gaussian",
    steps: Annotated[int, Field(ge=1, le=3000)] = 1500,
    seed: Seed = 0,
) -> Output:
    """Train a VAE with two latents on six-dimensional (Gaussian) or binary (Bernoulli) data.

    Parameters
    ----------
    likelihood : {"gaussian", "bernoulli"}
        Likelihood of the decoder: linear with Gaussian noise, or one hidden layer with bits.
    steps : int
        Training steps on 128 fresh inputs each.
    seed : int
        Seed of data, noise and weights.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after`` negative ELBO in nats with ``reconstruction`` and ``kl`` on fresh data; ``posterior_correlation`` of the encoder's means with the exact posterior means under the learnt decoder (Gaussian), else None;
        ``optimal_loss`` of the true model (Gaussian), else None; ``interpolation`` (5, d) decoded from between two inputs; ``endpoint_gap`` of its ends from the reconstructions (0); ``samples`` (3, d) decoded from the prior.

    Examples
    --------
    >>> result = variational_autoencoder("gaussian", steps=600)
    >>> result["loss_after"] < 0.5 * result["loss_before"], result["endpoint_gap"]
    (True, 0.0)
    """
    rng, k = np.random.default_rng(seed), 2
    d = 6 if likelihood == "gaussian" else 8
    encoder = new_network((d, 2 * k) if likelihood == "gaussian" else (d, 16, 2 * k), rng)
    decoder = new_network((k, d) if likelihood == "gaussian" else (k, 16, d), rng)
    optimizer, size = Adam(0.01), len(encoder)
    x_test = make_data(likelihood, 1000, seed + 1)
    noise_test = rng.standard_normal((1000, k))
    before = sum(loss_and_gradients(encoder, decoder, x_test, noise_test, likelihood)[:2])
    for step in range(steps):
        x = make_data(likelihood, 128, int(rng.integers(2**31)))
        grads = loss_and_gradients(encoder, decoder, x, rng.standard_normal((128, k)), likelihood)[2]
        optimizer.rate = 0.01 * (1 - step / steps)
        params = encoder + decoder
        optimizer.step(params, grads)
        encoder, decoder = params[:size], params[size:]
    reconstruction, kl, _ = loss_and_gradients(encoder, decoder, x_test, noise_test, likelihood)
    mu = forward(encoder, x_test)[-1][:, :k]  # (n, k)
    correlation = optimal = None
    if likelihood == "gaussian":
        W, b = decoder  # exact posterior mean under x = z W + b + noise
        exact = (x_test - b) @ W.T @ np.linalg.inv(W @ W.T + NOISE**2 * np.eye(k))
        correlation = float(np.corrcoef(mu.ravel(), exact.ravel())[0, 1])
        covariance = true_decoder().T @ true_decoder() + NOISE**2 * np.eye(d)
        quadratic = np.einsum("ni,ij,nj->n", x_test, np.linalg.inv(covariance), x_test).mean()
        optimal = 0.5 * float(quadratic + np.linalg.slogdet(2 * np.pi * covariance)[1])
    share = np.linspace(0, 1, 5)[:, None]
    path = decode(decoder, (1 - share) * mu[0] + share * mu[1], likelihood)  # (5, d)
    ends = decode(decoder, mu[:2], likelihood)
    return {
        "loss_before": before,
        "loss_after": reconstruction + kl,
        "reconstruction": reconstruction,
        "kl": kl,
        "posterior_correlation": correlation,
        "optimal_loss": optimal,
        "interpolation": path,
        "endpoint_gap": float(np.abs(path[[0, -1]] - ends).max().round(12)),
        "samples": decode(decoder, rng.standard_normal((3, k)), likelihood),
    }
