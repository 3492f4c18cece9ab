r"""The least-squares GAN loss replaces the cross-entropy of the discriminator by squared distances of its score from 1
for real and 0 for generated data.

$$L_D = \tfrac12 \mathbb{E}\big[(D(x) - 1)^2\big] + \tfrac12 \mathbb{E}\big[D(G(z))^2\big], \qquad
L_G = \tfrac12 \mathbb{E}\big[(D(G(z)) - 1)^2\big]$$

**Intuition.** The score has no sigmoid. A generated sample far on the wrong side keeps a gradient in proportion to its
distance, $D(G(z)) - 1$, where the minimax loss would be flat. Samples that are already counted as real but lie far from
the boundary are pulled back too, towards the data. With the best discriminator the generator minimises a Pearson
$\chi^2$ divergence, if the targets are chosen as $b - c = 1$ and $b - a = 2$.

**When to use it.** As a steady default in image translation (CycleGAN).

**Cost.** A square a sample.

**Pitfalls.** Put no sigmoid at the end of the discriminator, or the gradient vanishes again. The factor $\tfrac12$
differs between codes, which changes the effective learning rate. The gradient does not vanish for far fakes, but may be
large: outliers dominate. A constant score of $\tfrac12$ is the best answer to equal distributions, with $L_D =
\tfrac14$. It is not a measure of image quality.

**References.** Mao et al., *Least squares generative adversarial networks* (2016), arXiv:1611.04076.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

Scores = Annotated[list[Annotated[float, Field(ge=-1e4, le=1e4)]], Field(min_length=1, max_length=512)]


@algorithm(
    id="least-squares-gan-loss",
    name="Least-squares GAN loss",
    aliases=("LSGAN", "least squares GAN", "L2 GAN loss"),
    example={"real_scores": [0.9, 1.2], "fake_scores": [-3.0, 0.4]},
)
def least_squares_gan_loss(real_scores: Scores, fake_scores: Scores) -> Output:
    """Losses of both players from raw scores.

    Parameters
    ----------
    real_scores : list of float
        D(x) for real data, without a sigmoid.
    fake_scores : list of float
        D(G(z)) for generated data.

    Returns
    -------
    dict
        ``discriminator_loss`` and its parts ``real_part``, ``fake_part``; ``generator_loss``; ``gradient_fake`` of each fake's generator loss with respect to its score (first 50, not divided by n).

    Examples
    --------
    >>> result = least_squares_gan_loss([1.0], [-9.0])
    >>> result["discriminator_loss"], result["gradient_fake"].tolist()
    (40.5, [-10.0])
    """
    real, fake = np.asarray(real_scores, dtype=np.float64), np.asarray(fake_scores, dtype=np.float64)
    real_part, fake_part = 0.5 * float(((real - 1) ** 2).mean()), 0.5 * float((fake**2).mean())
    return {
        "discriminator_loss": real_part + fake_part,
        "real_part": real_part,
        "fake_part": fake_part,
        "generator_loss": 0.5 * float(((fake - 1) ** 2).mean()),
        "gradient_fake": fake[:50] - 1,
    }
