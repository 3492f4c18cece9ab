r"""The Kullback-Leibler (KL) divergence measures how much is lost when the distribution p is described by q.

$$D_\text{KL}(p \,\|\, q) = \sum_i p_i \log \frac{p_i}{q_i}, \qquad
D_\text{KL}\bigl(\mathcal N(\mu, \sigma^2) \,\|\, \mathcal N(0, 1)\bigr) = \tfrac12 \left(\mu^2 + \sigma^2 - 1 - \ln \sigma^2\right)$$

**Intuition.** It is the number of extra bits (or nats) a code made for $q$ needs on data from $p$: cross-entropy minus entropy. It is never
negative, and 0 only if both agree.

**When to use it.** As the term of a variational autoencoder that pulls the latent distribution towards the Gaussian prior, in distillation,
and as the leash on the policy in reinforcement learning from feedback.

**Cost.** $O(K)$; the Gaussian form is $O(d)$ and summed over dimensions.

**Pitfalls.** It is no distance: $D(p \| q) \ne D(q \| p)$, and there is no triangle inequality. Fitting $q$ by $D(p \| q)$ covers all modes,
by $D(q \| p)$ it picks one. If $q_i = 0$ where $p_i > 0$ it is infinite. A VAE loss without this term is only an autoencoder's: the loss is
reconstruction *plus* KL. In code $\ln \sigma^2$ is often the network's output: do not take the logarithm again.

**References.** Kullback and Leibler, *On information and sufficiency* (1951). Kingma and Welling, *Auto-encoding variational Bayes*,
arXiv:1312.6114. Cover and Thomas (2006), chapter 2.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.statistics.shannon_entropy import LOG, Base, Weights, normalised

Floats = NDArray[np.float64]
Means = Annotated[list[Annotated[float, Field(ge=-1e6, le=1e6)]], Field(min_length=1, max_length=4096)]
Sds = Annotated[list[Annotated[float, Field(ge=1e-6, le=1e6)]], Field(min_length=1, max_length=4096)]


def divergence(p: Floats, q: Floats) -> float:
    """KL divergence in nats of two arrays of probabilities of the same shape; infinite where q misses mass of p.

    Examples
    --------
    >>> divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    inf
    """
    inside = p > 0
    if (q[inside] == 0).any():
        return float("inf")
    return max(float((p[inside] * np.log(p[inside] / q[inside])).sum()), 0.0)  # rounding could go below 0


@algorithm(
    id="kl-divergence",
    name="Kullback-Leibler divergence",
    aliases=("KL", "relative entropy", "Gaussian KL", "KL divergence", "VAE KL term"),
    example={"p": [0.5, 0.5], "q": [0.9, 0.1], "mean": [1.0], "sd": [1.0]},
)
def kl_divergence(
    p: Weights, q: Weights, mean: Means, sd: Sds, form: Literal["discrete", "gaussian"] = "discrete", base: Base = "e"
) -> Output:
    """KL divergence of two discrete distributions, and of a Gaussian from the standard normal.

    Parameters
    ----------
    p, q : list of float, length K
        Probabilities (or weights, which are divided by their sum); p is the true distribution.
    mean, sd : list of float, length d
        Means and standard deviations of independent Gaussians.
    form : {"discrete", "gaussian"}
        Which of the two is returned as ``kl``.
    base : {"2", "e", "10"}
        Base of the logarithm.

    Returns
    -------
    dict
        ``kl`` of the chosen form, at least 0; for "discrete" also ``reverse_kl`` of q from p; for "gaussian"
        ``kl_by_dimension``, at most the first 50.

    Raises
    ------
    ValueError
        If the paired lists of the chosen form differ in length.

    Examples
    --------
    >>> kl_divergence([1], [1], mean=[1.0], sd=[1.0], form="gaussian")["kl"]
    0.5
    """
    if form == "gaussian":
        if len(mean) != len(sd):
            raise ValueError(f"mean has {len(mean)} dimensions and sd {len(sd)}; they must pair up")
        m, s = np.asarray(mean, dtype=np.float64), np.asarray(sd, dtype=np.float64)  # (d,), (d,)
        each = (m**2 + s**2 - 1 - np.log(s**2)) / 2 / LOG[base]  # (d,)
        return {"kl": float(each.sum()), "kl_by_dimension": each[:50]}
    if len(p) != len(q):
        raise ValueError(f"p has {len(p)} outcomes and q {len(q)}; they must be over the same ones")
    a, b = normalised(p), normalised(q)  # (K,), (K,)
    return {"kl": divergence(a, b) / LOG[base], "reverse_kl": divergence(b, a) / LOG[base]}
