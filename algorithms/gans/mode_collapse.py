r"""Mode collapse is the failure of a GAN whose generator produces only a few of the kinds of data that it was shown.

$$\text{modes covered} = \#\{k : \text{at least } 1\% \text{ of all samples lie within } 5\sigma \text{ of centre } k\}$$

on a ring of eight Gaussians of standard deviation $\sigma$.

**Intuition.** The generator is rewarded for fooling the present discriminator, not for variety. If it may take many
steps while the discriminator stands still, all its samples run to the single point which that discriminator likes best;
the discriminator then learns to reject this point, and the crowd moves on to the next. With the players in balance all
eight modes are found. The ring makes this countable.

**When to use it.** As a first test of any GAN loss or architecture.

**Cost.** A small GAN and a nearest-centre count.

**Pitfalls.** Good-looking samples and healthy losses do not exclude collapse: count modes, and measure diversity apart
from quality. Missing modes and modes with too little mass are both failures. Collapse may be partial, within a class.
Other remedies: more discriminator steps, Wasserstein loss, minibatch statistics, packing several samples, unrolling. A
conditional generator that ignores its noise is a case of it.

**References.** Metz et al., *Unrolled generative adversarial networks* (2016), arXiv:1611.02163. Srivastava et al.,
*VEEGAN* (2017), arXiv:1705.07761. Lin et al., *PacGAN* (2017), arXiv:1712.04086.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.gans.generative_adversarial_network import train_gan
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import forward, new_network

SPREAD = 0.1
ANGLES = 2 * np.pi * np.arange(8) / 8
CENTRES = 2 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)  # (8, 2)


def mode_counts(points: Floats) -> Floats:
    """How many points (n, 2) lie within five standard deviations of each centre (8,)."""
    distance = np.linalg.norm(points[:, None, :] - CENTRES, axis=2)  # (n, 8)
    near = distance.min(axis=1) < 5 * SPREAD
    return np.bincount(distance.argmin(axis=1)[near], minlength=8).astype(np.float64)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Some generated points and the eight centres."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(CENTRES[:, 0], CENTRES[:, 1], "x", label="centres")
    points = np.array(output["points"])
    axes.plot(points[:, 0], points[:, 1], ".", label="generated")
    axes.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", title=f"{output['modes_covered']} of 8 modes")
    axes.legend()
    return figure


@algorithm(
    id="mode-collapse",
    name="Mode collapse",
    aliases=("mode dropping", "8-Gaussian ring", "GAN collapse", "missing modes", "lack of diversity"),
    example={"generator_steps": 20},
    cost="trains",
    figure=draw,
)
def mode_collapse(
    generator_steps: Annotated[int, Field(ge=1, le=20)] = 1,
    updates: Annotated[int, Field(ge=1, le=3000)] = 1500,
    seed: Seed = 0,
) -> Output:
    """Train a GAN on the ring and count the modes that it covers.

    Parameters
    ----------
    generator_steps : int
        Generator steps for each discriminator step; 1 is balanced.
    updates : int
        Generator and discriminator steps together.
    seed : int
        Seed of data, noise and weights.

    Returns
    -------
    dict
        ``modes_covered`` of 8; ``high_quality_share`` of 2,000 samples near some centre; ``counts`` (8,); ``entropy_bits`` of the counts, 3 for even coverage; ``sample_std`` overall standard deviation, 1.42 for the data; ``real_modes`` the same count on
        real data; ``points`` 40 samples.

    Examples
    --------
    >>> mode_collapse(generator_steps=20)["modes_covered"] <= 2
    True
    """
    rng = np.random.default_rng(seed)

    def real(n: int) -> Floats:
        return CENTRES[rng.integers(0, 8, n)] + SPREAD * rng.standard_normal((n, 2))

    G, D = new_network((2, 32, 32, 2), rng), new_network((2, 32, 32, 1), rng)
    train_gan(G, D, real, max(1, updates // (generator_steps + 1)), generator_steps, 0.005, rng, anneal=False)
    points = forward(G, rng.standard_normal((2000, 2)))[-1]  # (2000, 2)
    counts = mode_counts(points)
    shares = counts[counts > 0] / max(1.0, counts.sum())
    return {
        "modes_covered": int((counts >= 0.01 * len(points)).sum()),
        "high_quality_share": float(counts.sum() / len(points)),
        "counts": counts.astype(int),
        "entropy_bits": max(0.0, float(-(shares * np.log2(shares)).sum())),
        "sample_std": float(np.sqrt(points.var(axis=0).mean())),
        "real_modes": int((mode_counts(real(2000)) >= 20).sum()),
        "points": points[:40].round(3),
    }
