r"""The hinge GAN loss trains the discriminator like a support vector machine: it is penalised only for samples that
have not reached a margin of one.

$$L_D = \mathbb{E}\big[\max(0,\, 1 - D(x))\big] + \mathbb{E}\big[\max(0,\, 1 + D(G(z)))\big], \qquad L_G = -\mathbb{E}[D(G(z))]$$

**Intuition.** Once real scores are above 1 and fake scores below -1, the discriminator's loss is zero and it stops: it
is not driven to ever larger scores, which keeps the two players in balance. The generator's loss is linear, so every
fake has the same gradient, whatever its score.

**When to use it.** In large image GANs (SAGAN, BigGAN), with spectral normalisation of the discriminator.

**Cost.** A comparison a sample.

**Pitfalls.** The generator's loss has no hinge: clipping it too would leave it without gradient. Use raw scores, no
sigmoid. The sign of the margin differs between the two parts: $1 - D(x)$ for real, $1 + D(G(z))$ for fake. If all
samples are beyond the margin the discriminator learns nothing in that step, which is meant. Without a bound on the
discriminator's slope the scale of its scores, and with it the margin, means little. Equal distributions with score 0
give $L_D = 2$.

**References.** Lim and Ye, *Geometric GAN* (2017), arXiv:1705.02894. Miyato et al., *Spectral normalization* (2018),
arXiv:1802.05957.
"""

from __future__ import annotations

import numpy as np

from algorithms.gans.least_squares_gan_loss import Scores
from algorithms.registry import Output, algorithm


@algorithm(
    id="hinge-gan-loss",
    name="Hinge GAN loss",
    aliases=("hinge adversarial loss", "hinge loss for GANs", "SAGAN loss"),
    example={"real_scores": [1.5, 0.2], "fake_scores": [-2.0, -0.5]},
)
def hinge_gan_loss(real_scores: Scores, fake_scores: Scores) -> Output:
    """Losses of both players from raw scores.

    Parameters
    ----------
    real_scores : list of float
        D(x) for real data.
    fake_scores : list of float
        D(G(z)) for generated data.

    Returns
    -------
    dict
        ``discriminator_loss`` at least 0 and its parts ``real_part``, ``fake_part``; ``generator_loss``; ``active_real`` and ``active_fake`` shares of samples inside the margin, which still teach the discriminator;
        ``generator_gradient`` with respect to each fake score, not divided by n (-1 for all).

    Examples
    --------
    >>> hinge_gan_loss([1.5, 1.0], [-1.0, -3.0])["discriminator_loss"]
    0.0
    """
    real, fake = np.asarray(real_scores, dtype=np.float64), np.asarray(fake_scores, dtype=np.float64)
    real_part = float(np.maximum(0, 1 - real).mean())
    fake_part = float(np.maximum(0, 1 + fake).mean())
    return {
        "discriminator_loss": real_part + fake_part,
        "real_part": real_part,
        "fake_part": fake_part,
        "generator_loss": -float(fake.mean()),
        "active_real": float((real < 1).mean()),
        "active_fake": float((fake > -1).mean()),
        "generator_gradient": -1.0,
    }
