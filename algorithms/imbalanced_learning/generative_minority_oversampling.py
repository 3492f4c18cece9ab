r"""Synthetic minority samples from a VAE or a GAN come from a generative network that is trained on the minority rows
and then sampled.

$$\text{VAE: } \max\; \mathbb E_{q(z \mid x)}[\ln p(x \mid z)] - \mathrm{KL}\big(q(z \mid x)\,\Vert\,\mathcal N(0, I)\big), \qquad
\text{GAN: } \min_G \max_D\; \mathbb E[\ln D(x)] + \mathbb E[\ln(1 - D(G(z)))]$$

**Intuition.** SMOTE draws straight lines between neighbours. A generative model learns the distribution itself and can
make rows anywhere in it, also for images or text embeddings, where interpolation of raw values is meaningless. The VAE
learns a code and decodes random codes; in the GAN a generator learns to fool a discriminator.

**When to use it.** For complex inputs with at least hundreds of minority rows.

**Cost.** Training a network, against nothing for SMOTE.

**Pitfalls.** The minority is small, which is exactly when generative models overfit or copy. VAE samples are too smooth
if the decoder's noise is left out when sampling. GANs collapse to a few modes and need care to converge. Check that the
synthetic rows match the mean, the covariance and the rest of the distribution, and that they are not copies. Nothing
can be learned about the minority that is not in its rows. Judge by a classifier tested on real data.

**References.** Kingma and Welling, *Auto-encoding variational Bayes*, arXiv:1312.6114. Goodfellow et al., *Generative
adversarial nets*, NIPS (2014), arXiv:1406.2661. Mescheder, Geiger and Nowozin, ICML (2018), for the gradient penalty.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

MIXING = np.array([[1.0, 0.0], [0.8, 0.6]])  # covariance [[1, 0.8], [0.8, 1]]
CENTER = np.array([3.0, -1.0])


def dense(rng: np.random.Generator, a: int, b: int) -> list[Any]:
    """Weight (a, b) and bias (b,) tensors with gradients, drawn by numpy so that the seed decides."""
    import torch

    return [
        torch.tensor(rng.standard_normal((a, b)) / np.sqrt(a), requires_grad=True),
        torch.zeros(b, dtype=torch.float64, requires_grad=True),
    ]


def layers(x: Any, p: list[Any]) -> Any:
    """Two-layer tanh network with parameters [W1, b1, W2, b2]."""
    import torch

    return torch.tanh(x @ p[0] + p[1]) @ p[2] + p[3]


def train_vae(X: Floats, steps: int, rng: np.random.Generator) -> tuple[list[float], Any]:
    """Losses by step and a sampler n -> (n, d) of a VAE with Gaussian decoder, trained on standardised rows X (n, d)."""
    import torch

    x = torch.tensor(X)
    d = X.shape[1]
    encoder, decoder = dense(rng, d, 16) + dense(rng, 16, 2 * d), dense(rng, d, 16) + dense(rng, 16, d)
    log_sigma = torch.zeros(d, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([*encoder, *decoder, log_sigma], lr=0.01)
    losses = []
    for _ in range(steps):
        mu, log_var = layers(x, encoder).chunk(2, dim=1)  # (n, d) each
        z = mu + torch.exp(log_var / 2) * torch.tensor(rng.standard_normal(X.shape))
        misfit = ((x - layers(z, decoder)) * torch.exp(-log_sigma)) ** 2 / 2 + log_sigma + np.log(2 * np.pi) / 2
        divergence = (torch.exp(log_var) + mu**2 - 1 - log_var) / 2
        loss = (misfit + divergence).sum(dim=1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))

    def sample(n: int) -> Floats:
        z = torch.tensor(rng.standard_normal((n, d)))
        noise = rng.standard_normal((n, d)) * np.exp(log_sigma.detach().numpy())
        return np.asarray(layers(z, decoder).detach().numpy() + noise)

    return losses, sample


def train_gan(X: Floats, steps: int, rng: np.random.Generator) -> tuple[list[float], Any]:
    """Discriminator losses by step and a sampler, as in `train_vae`, with a gradient penalty on the real rows."""
    import torch

    x = torch.tensor(X, requires_grad=True)
    d = X.shape[1]
    generator, critic = dense(rng, d, 16) + dense(rng, 16, d), dense(rng, d, 16) + dense(rng, 16, 1)
    slow = torch.optim.Adam(generator, lr=0.003, betas=(0.0, 0.9))
    fast = torch.optim.Adam(critic, lr=0.01, betas=(0.0, 0.9))
    average = [p.detach().clone() for p in generator]
    losses = []
    for step in range(steps):
        fake = layers(torch.tensor(rng.standard_normal((len(X), d))), generator)
        real_score = layers(x, critic)
        (slope,) = torch.autograd.grad(real_score.sum(), x, create_graph=True)
        softplus = torch.nn.functional.softplus
        loss = softplus(-real_score).mean() + softplus(layers(fake.detach(), critic)).mean()
        fast.zero_grad()
        (loss + (slope**2).sum(dim=1).mean() / 2).backward()  # type: ignore[no-untyped-call]
        fast.step()
        losses.append(float(loss.detach()))
        slow.zero_grad()
        softplus(-layers(fake, critic)).mean().backward()  # type: ignore[no-untyped-call]
        slow.step()
        keep = min(0.98, step / (step + 10))
        average = [keep * a + (1 - keep) * p.detach() for a, p in zip(average, generator, strict=True)]

    def sample(n: int) -> Floats:
        return np.asarray(layers(torch.tensor(rng.standard_normal((n, d))), average).numpy())

    return losses, sample


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Real and synthetic rows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    for name in ("real", "synthetic"):
        rows = np.array(output[f"{name}_excerpt"])
        axes.scatter(rows[:, 0], rows[:, 1], label=name, alpha=0.7)
    axes.set(xlabel="feature 1", ylabel="feature 2")
    axes.legend()
    axes.set(title=inputs["model"].upper())
    return figure


@algorithm(
    id="generative-minority-oversampling",
    name="VAE / GAN synthetic minority samples",
    aliases=("synthetic data by VAE", "synthetic data by GAN", "generative oversampling", "GAN oversampling"),
    example={"model": "vae", "n": 100, "steps": 400, "seed": 0},
    cost="trains",
    figure=draw,
)
def generative_minority_oversampling(
    model: Literal["vae", "gan"] = "vae",
    n: Annotated[int, Field(ge=20, le=300)] = 100,
    steps: Annotated[int, Field(ge=10, le=1500)] = 400,
    seed: Seed = 0,
) -> Output:
    """Train on correlated Gaussian minority rows and compare 1,000 synthetic rows with them.

    Parameters
    ----------
    model : {"vae", "gan"}
        Generative network.
    n : int
        Minority rows.
    steps : int
        Full-batch training steps.
    seed : int
        Seed of data, weights and noise.

    Returns
    -------
    dict
        ``real_mean``, ``synthetic_mean`` (2,), ``real_covariance``, ``synthetic_covariance`` (2, 2), ``mean_error`` and
        ``covariance_error`` (largest absolute difference, in units of the standard deviations),
        ``error_before_training`` (covariance error of the untrained network), ``loss_first`` and ``loss_last`` (means
        of ten steps), ``smallest_distance`` (of a synthetic row to a real one), excerpts ``real_excerpt`` and
        ``synthetic_excerpt`` (50 rows).

    Examples
    --------
    >>> out = generative_minority_oversampling("vae", n=60, steps=200)
    >>> out["loss_last"] < out["loss_first"]
    True
    """
    rng = np.random.default_rng(seed)
    X = CENTER + rng.standard_normal((n, 2)) @ MIXING.T  # (n, 2)
    center, scale = X.mean(axis=0), X.std(axis=0)
    Z = (X - center) / scale
    train = train_vae if model == "vae" else train_gan
    untrained = train(Z, 0, np.random.default_rng(seed))[1](1000)
    losses, sample = train(Z, steps, rng)
    S = sample(1000)  # (1000, 2), standardised
    real = np.cov(Z.T)
    rows = center + scale * S
    gaps = np.sqrt(np.sum((S[:, None] - Z[None]) ** 2, axis=2))  # (1000, n)
    return {
        "real_mean": center,
        "synthetic_mean": rows.mean(axis=0),
        "real_covariance": np.cov(X.T),
        "synthetic_covariance": np.cov(rows.T),
        "mean_error": float(np.abs(S.mean(axis=0)).max()),
        "covariance_error": float(np.abs(np.cov(S.T) - real).max()),
        "error_before_training": float(np.abs(np.cov(untrained.T) - real).max()),
        "loss_first": float(np.mean(losses[:10])),
        "loss_last": float(np.mean(losses[-10:])),
        "smallest_distance": float(gaps.min()),
        "real_excerpt": X[:50],
        "synthetic_excerpt": rows[:50],
    }
