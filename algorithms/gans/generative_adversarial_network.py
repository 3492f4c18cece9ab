r"""A generative adversarial network (GAN) trains a generator to turn noise into data that a discriminator, trained at
the same time, cannot tell from real data.

$$\min_G \max_D\ \mathbb{E}_{x \sim p_{\text{data}}}[\ln D(x)] + \mathbb{E}_{z}[\ln(1 - D(G(z)))], \qquad
D^*(x) = \frac{p_{\text{data}}(x)}{p_{\text{data}}(x) + p_g(x)}$$

**Intuition.** The discriminator is a learnt loss function. It estimates where real data are denser than generated ones,
and its gradient tells the generator which way to move its samples. At the equilibrium $p_g = p_{\text{data}}$ and $D =
\tfrac12$ everywhere.

**When to use it.** For sharp samples in one forward pass, for translation between image domains, and as an extra loss
of other generators.

**Cost.** Two networks, updated in turn; sampling is one pass.

**Pitfalls.** The losses do not say how good the samples are: they measure one player against the other. Training is a
game, not a descent, and may circle or collapse to few modes; keep the players balanced. A standard GAN has no encoder:
it maps latents to images and cannot encode an image, though GANs and VAEs are often said alike to encode into a latent
space. In the generator's step the discriminator is fixed, and in the other the generated samples are constants. Give
Adam a $\beta_1$ of about 0.5.

**References.** Goodfellow et al., *Generative adversarial nets* (2014), arXiv:1406.2661. Radford, Metz and Chintala,
*DCGAN* (2015), arXiv:1511.06434.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam, backward, forward, new_network

Sampler = Callable[[int], Floats]


def discriminator_step(D: list[Floats], real: Floats, fake: Floats) -> tuple[float, list[Floats]]:
    """Mean cross-entropy of telling real from fake, and its gradients."""
    y = np.repeat([1.0, 0.0], [len(real), len(fake)])[:, None]  # (n, 1)
    layers = forward(D, np.concatenate([real, fake]))
    logits = layers[-1]  # (n, 1)
    loss = float((np.logaddexp(0, logits) - y * logits).mean())
    return loss, backward(D, layers, (logistic(logits) - y) / len(y))[0]


def generator_step(G: list[Floats], D: list[Floats], z: Floats) -> tuple[float, list[Floats]]:
    """Non-saturating loss -ln D(G(z)) and its gradients for the generator, the discriminator held fixed."""
    layers = forward(G, z)
    judged = forward(D, layers[-1])
    logits = judged[-1]  # (n, 1)
    _, d_fake = backward(D, judged, -logistic(-logits) / len(z))
    return float(np.logaddexp(0, -logits).mean()), backward(G, layers, d_fake)[0]


def train_gan(
    G: list[Floats],
    D: list[Floats],
    real: Sampler,
    rounds: int,
    generator_steps: int,
    rate: float,
    rng: np.random.Generator,
    anneal: bool = True,
) -> list[tuple[float, float]]:
    """Alternate one discriminator step and some generator steps, in place; losses of both a round."""
    for_g, for_d, losses = Adam(rate, beta1=0.5), Adam(rate, beta1=0.5), []
    width = G[0].shape[0]
    for step in range(rounds):
        if anneal:  # a falling rate stops the players from circling
            for_g.rate = for_d.rate = rate * (1 - step / rounds)
        fake = forward(G, rng.standard_normal((64, width)))[-1]
        d_loss, grads = discriminator_step(D, real(64), fake)
        for_d.step(D, grads)
        g_loss = 0.0
        for _ in range(generator_steps):
            g_loss, grads = generator_step(G, D, rng.standard_normal((64, width)))
            for_g.step(G, grads)
        losses.append((d_loss, g_loss))
    return losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Densities of real and generated data."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.stairs(output["real_histogram"], output["histogram_edges"], label="real")
    axes.stairs(output["fake_histogram"], output["histogram_edges"], label="generated")
    axes.set(xlabel="x", title="GAN")
    axes.legend()
    return figure


@algorithm(
    id="generative-adversarial-network",
    name="Generative adversarial network (training)",
    aliases=("GAN", "generator", "discriminator", "adversarial training of a generator", "optimal discriminator"),
    example={"mean": 3.0, "std": 0.5},
    cost="trains",
    figure=draw,
)
def generative_adversarial_network(
    mean: Annotated[float, Field(ge=-5, le=5)] = 3.0,
    std: Annotated[float, Field(ge=0.2, le=2)] = 0.5,
    rounds: Annotated[int, Field(ge=1, le=3000)] = 1500,
    seed: Seed = 0,
) -> Output:
    """Train a GAN on a one-dimensional Gaussian.

    Parameters
    ----------
    mean : float
        Mean of the real data.
    std : float
        Standard deviation of the real data.
    rounds : int
        Rounds of one discriminator and one generator step.
    seed : int
        Seed of data, noise and weights.

    Returns
    -------
    dict
        ``fake_mean_before``, ``fake_mean``, ``fake_std``; ``mean_d_real`` and ``mean_d_fake`` of the discriminator at the end, near 0.5 at the equilibrium; ``d_loss`` and ``g_loss`` averaged over the last tenth (at the equilibrium both are ln 2);
        ``optimal_d_gap`` mean distance of a discriminator trained against a fixed N(0, 1) from p / (p + q); histograms of both.

    Examples
    --------
    >>> result = generative_adversarial_network(mean=3.0, std=0.5, rounds=800)
    >>> abs(result["fake_mean"] - 3.0) < 0.5
    True
    """
    rng = np.random.default_rng(seed)

    def real(n: int) -> Floats:
        return mean + std * rng.standard_normal((n, 1))

    judge, optimizer = new_network((1, 32, 1), rng), Adam(0.02)
    for _ in range(300):  # a discriminator alone, against a generator that stands still at N(0, 1)
        optimizer.step(judge, discriminator_step(judge, real(256), rng.standard_normal((256, 1)))[1])
    points = np.concatenate([real(300), rng.standard_normal((300, 1))])
    log_ratio = -((points - mean) ** 2) / (2 * std**2) - np.log(std) + points**2 / 2  # ln p_data - ln p_g
    gap = np.abs(logistic(forward(judge, points)[-1]) - logistic(log_ratio)).mean()

    G, D = new_network((2, 32, 1), rng), new_network((1, 32, 1), rng)
    z = rng.standard_normal((2000, 2))
    before = float(forward(G, z)[-1].mean())
    losses = np.array(train_gan(G, D, real, rounds, 1, 0.005, rng))
    fake, truth = forward(G, z)[-1], real(2000)
    edges = np.linspace(mean - 4 * std, mean + 4 * std, 25)
    tail = losses[-max(1, rounds // 10) :].mean(axis=0)
    return {
        "fake_mean_before": before,
        "fake_mean": float(fake.mean()),
        "fake_std": float(fake.std()),
        "mean_d_real": float(logistic(forward(D, truth)[-1]).mean()),
        "mean_d_fake": float(logistic(forward(D, fake)[-1]).mean()),
        "d_loss": float(tail[0]),
        "g_loss": float(tail[1]),
        "optimal_d_gap": float(gap),
        "histogram_edges": edges,
        "real_histogram": np.histogram(truth, edges)[0],
        "fake_histogram": np.histogram(fake, edges)[0],
    }
