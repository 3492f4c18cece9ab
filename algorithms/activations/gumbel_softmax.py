r"""Gumbel-softmax replaces a draw from a categorical distribution by a softmax of noisy log-probabilities, which has a
gradient.

$$y_i = \frac{\exp((\log p_i + g_i)/\tau)}{\sum_j \exp((\log p_j + g_j)/\tau)}, \qquad g_i = -\log(-\log u_i),\; u_i \sim U(0, 1)$$

**Intuition.** The Gumbel-max trick says that $\arg\max_i (\log p_i + g_i)$ is an exact draw from $p$. The argmax has no
useful gradient; a softmax at temperature $\tau$ in its place has one. Small $\tau$ gives nearly one-hot samples, large
$\tau$ nearly uniform ones. The randomness sits in $g$, outside the path of the gradient.

**When to use it.** In discrete latent variables (categorical VAEs), differentiable choices in networks, and, as
Gumbel-max or Gumbel-top-$k$, to sample tokens without normalising.

**Cost.** $O(n)$ a sample.

**Pitfalls.** The relaxed sample is biased: its mean is $p$ only in the limit $\tau \to 0$, where the gradient's
variance explodes. Anneal $\tau$, or take the hard sample forward and the soft gradient backward (straight-through). The
sign is easy to get wrong: $g = -\log(-\log u)$, two minus signs. Argmax without noise is not sampling at all.

**References.** Jang, Gu and Poole, arXiv:1611.01144. Maddison, Mnih and Teh, *The concrete distribution*,
arXiv:1611.00712.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.log_softmax import log_softmax_along
from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Number, Positive, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def gumbel_noise(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Standard Gumbel variables by inversion.

    Examples
    --------
    >>> gumbel_noise((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    u = 1 - rng.random(shape)  # in (0, 1], so that the inner logarithm is finite
    return -np.log(-np.log(np.clip(u, 1e-300, 1 - 1e-16)))


@algorithm(
    id="gumbel-softmax",
    name="Gumbel-softmax (concrete distribution)",
    aliases=("concrete distribution", "Gumbel-max", "Gumbel-max trick", "straight-through Gumbel"),
    example={"logits": [0.0, 0.6931471805599453, 1.6094379124341003], "temperature": 0.5, "draws": 4000, "seed": 0},
)
def gumbel_softmax(
    logits: Annotated[list[Number], Field(min_length=1, max_length=64)],
    temperature: Positive = 0.5,
    draws: Annotated[int, Field(ge=1, le=20_000)] = 4000,
    seed: Seed = 0,
) -> Output:
    """Relaxed and exact samples from the categorical distribution of `logits`.

    Parameters
    ----------
    logits : list of float, length n
        Unnormalised log-probabilities.
    temperature : float
        Of the relaxed samples; towards 0 they become one-hot.
    draws : int
        Number of samples for the frequencies.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``probabilities`` (n,), the softmax of the logits; ``sample`` (n,), the first relaxed sample; ``hard_sample``,
        its argmax; ``frequencies`` (n,) of the argmax over all draws, close to the probabilities; ``relaxed_mean``
        (n,), which is biased; ``mean_largest``, the mean of each sample's largest entry, near 1 at a low temperature.

    Examples
    --------
    >>> out = gumbel_softmax([0.0, 0.0], temperature=0.1, draws=1000, seed=1)
    >>> bool(abs(out["frequencies"][0] - 0.5) < 0.05)
    True
    """
    log_p = log_softmax_along(np.asarray(logits, dtype=np.float64))  # (n,)
    noisy = log_p + gumbel_noise((draws, len(log_p)), np.random.default_rng(seed))  # (draws, n)
    relaxed = softmax_along(noisy / temperature)  # (draws, n)
    chosen = noisy.argmax(axis=1)  # (draws,)
    return {
        "probabilities": np.exp(log_p),
        "sample": relaxed[0],
        "hard_sample": int(chosen[0]),
        "frequencies": np.bincount(chosen, minlength=len(log_p)) / draws,
        "relaxed_mean": relaxed.mean(axis=0),
        "mean_largest": relaxed.max(axis=1).mean(),
    }
