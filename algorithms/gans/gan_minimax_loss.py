r"""The GAN minimax loss is the value of the game between discriminator and generator; the non-saturating loss is
another loss for the generator with the same fixed point.

$$V = \mathbb{E}[\ln D(x)] + \mathbb{E}[\ln(1 - D(G(z)))], \qquad
L_G^{\text{minimax}} = \mathbb{E}[\ln(1 - D(G(z)))], \qquad L_G^{\text{non-saturating}} = -\mathbb{E}[\ln D(G(z))]$$

**Intuition.** $D$ maximises $V$, $G$ minimises it. With the best $D$, $V = 2\,\mathrm{JS}(p_{\text{data}} \,\|\, p_g) -
\ln 4$, so the optimum is $D = \tfrac12$ and $V = -\ln 4 = -1.386$. Early on $D$ wins, $D(G(z)) \approx 0$, and the
gradient of the minimax loss with respect to the logit is $-D(G(z))$: it vanishes just when it is needed. The
non-saturating gradient is $-(1 - D(G(z)))$, near $-1$ there.

**When to use it.** The non-saturating loss by default; as an auxiliary term in super-resolution, translation and
codecs.

**Cost.** A logarithm a sample.

**Pitfalls.** They are two different losses: "minimax (non-saturating) loss" mixes them up. The adversarial loss trains
$G$ against the present $D$; it is no absolute measure of quality, so compare generators by other scores. Take losses
from logits for precision. Switch labels rather than signs when implementing. If the supports of the two distributions
do not meet, JS is constant and gives no direction.

**References.** Goodfellow et al. (2014), arXiv:1406.2661. Arjovsky and Bottou (2017), arXiv:1701.04862.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

Judgement = Annotated[float, Field(gt=0, lt=1)]
Judgements = Annotated[list[Judgement], Field(min_length=1, max_length=512)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both generator losses over D(G(z))."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    d = np.linspace(0.01, 0.99, 99)
    axes.plot(d, np.log(1 - d), label="minimax: ln(1 - D)")
    axes.plot(d, -np.log(d), "--", label="non-saturating: -ln D")
    axes.set(xlabel="D(G(z))", ylabel="generator loss")
    axes.legend()
    return figure


@algorithm(
    id="gan-minimax-loss",
    name="GAN minimax and non-saturating loss",
    aliases=(
        "adversarial loss",
        "saturating GAN loss",
        "JS divergence",
        "Non-saturating GAN generator loss",
        "-log D(G(z))",
        "GAN loss",
    ),
    example={"d_real": [0.9, 0.8], "d_fake": [0.1, 0.2]},
    figure=draw,
)
def gan_minimax_loss(d_real: Judgements, d_fake: Judgements) -> Output:
    """Value of the game and both generator losses from the discriminator's outputs.

    Parameters
    ----------
    d_real : list of float
        D(x) in (0, 1) for real data.
    d_fake : list of float
        D(G(z)) in (0, 1) for generated data.

    Returns
    -------
    dict
        ``value`` V; ``discriminator_loss`` = -V; ``generator_minimax`` and ``generator_non_saturating`` losses; ``gradient_minimax`` and ``gradient_non_saturating`` of each fake's loss with respect to its logit (first 50, not divided by n);
        ``equilibrium_value`` = -ln 4; ``js_estimate`` = (V + ln 4) / 2, the Jensen-Shannon divergence if D is optimal.

    Examples
    --------
    >>> round(gan_minimax_loss([0.5], [0.5])["value"], 4)
    -1.3863
    """
    real, fake = np.asarray(d_real, dtype=np.float64), np.asarray(d_fake, dtype=np.float64)
    saturating = float(np.log1p(-fake).mean())
    value = float(np.log(real).mean()) + saturating
    return {
        "value": value,
        "discriminator_loss": -value,
        "generator_minimax": saturating,
        "generator_non_saturating": float(-np.log(fake).mean()),
        "gradient_minimax": -fake[:50],
        "gradient_non_saturating": -(1 - fake[:50]),
        "equilibrium_value": -float(np.log(4)),
        "js_estimate": (value + float(np.log(4))) / 2,
    }
