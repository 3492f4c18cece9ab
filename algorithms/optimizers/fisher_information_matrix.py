r"""The Fisher information matrix is the expected outer product of the score, the gradient of the log-likelihood.

$$F(\theta) = \mathbb E_{x \sim p_\theta}\!\left[\nabla_\theta \log p_\theta(x)\,\nabla_\theta \log p_\theta(x)^\top\right]
= -\mathbb E\!\left[\nabla_\theta^2 \log p_\theta(x)\right]$$

**Intuition.** It measures how strongly the distribution reacts to the parameters. Where a small change of $\theta$
changes the distribution a lot, a single observation tells much about $\theta$: the variance of any unbiased estimate is
at least $F^{-1}/n$. Locally, the KL divergence is $\tfrac12\,d\theta^\top F\,d\theta$.

**When to use it.** For standard errors, for the natural gradient and K-FAC, and to weight parameters in elastic weight
consolidation.

**Cost.** $O(d^2)$ memory; diagonal or block forms beyond a few thousand parameters.

**Pitfalls.** It is no Hessian of the loss: it is an expectation under the *model*, always symmetric and positive
semi-definite. The expected negative Hessian of the log-likelihood equals it, the Hessian on given data in general does
not. The *empirical* Fisher takes the training labels instead of samples from the model, and is another matrix. The
score has mean zero at the true parameters, so $F$ is its covariance. $F$ depends on the parametrisation: $1/(p(1-p))$
for a Bernoulli in $p$, $p(1-p)$ in the logit.

**References.** Fisher, *On the mathematical foundations of theoretical statistics* (1922). Amari, *Natural gradient
works efficiently in learning* (1998). Kunstner, Balles and Hennig, arXiv:1905.12558.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Family = Literal["bernoulli", "bernoulli_logit", "gaussian", "softmax"]
Parameters = Annotated[list[Annotated[float, Field(ge=-20, le=20)]], Field(min_length=1, max_length=16)]


def exact_fisher(family: Family, theta: Floats) -> Floats:
    """Fisher information matrix (d, d) in closed form.

    Examples
    --------
    >>> exact_fisher("bernoulli", np.array([0.5])).tolist(), exact_fisher("gaussian", np.array([0.0, 2.0])).tolist()
    ([[4.0]], [[0.25, 0.0], [0.0, 0.5]])
    """
    if family == "bernoulli":
        return np.array([[1 / (theta[0] * (1 - theta[0]))]])
    if family == "bernoulli_logit":
        p = softmax_along(np.array([0.0, theta[0]]))
        return np.array([[p[0] * p[1]]])
    if family == "gaussian":
        return np.diag([1 / theta[1] ** 2, 2 / theta[1] ** 2])
    q = softmax_along(theta)  # (d,)
    return np.asarray(np.diag(q) - np.outer(q, q))


def sample_scores(family: Family, theta: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Scores (n, d) of samples drawn from the model itself.

    Examples
    --------
    >>> sample_scores("softmax", np.zeros(3), 5, np.random.default_rng(0)).sum(axis=1).round(9).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0]
    """
    if family == "gaussian":
        z = rng.standard_normal(n)  # (n,), (x - μ) / σ
        return np.stack([z / theta[1], (z**2 - 1) / theta[1]], axis=1)
    if family == "softmax":
        q = softmax_along(theta)
        return np.asarray(np.eye(len(q))[rng.choice(len(q), size=n, p=q)] - q)
    p = theta[0] if family == "bernoulli" else softmax_along(np.array([0.0, theta[0]]))[1]
    x = (rng.random(n) < p).astype(np.float64)  # (n,)
    scores = (x - p) / (p * (1 - p)) if family == "bernoulli" else x - p
    return np.asarray(scores[:, None])


@algorithm(
    id="fisher-information-matrix",
    name="Fisher information matrix",
    aliases=("FIM", "score covariance", "Fisher information", "expected Hessian of the log-likelihood"),
    example={"family": "bernoulli", "theta": [0.2], "samples": 20000, "seed": 0},
)
def fisher_information_matrix(
    family: Family = "bernoulli",
    theta: Parameters = [0.2],  # noqa: B006
    samples: Annotated[int, Field(ge=100, le=100_000)] = 20_000,
    seed: Seed = 0,
) -> Output:
    """Fisher information of a distribution, exactly and from the scores of samples.

    Parameters
    ----------
    family : {"bernoulli", "bernoulli_logit", "gaussian", "softmax"}
        Bernoulli in p or in its logit, a Gaussian in (mean, standard deviation), or categorical logits.
    theta : list of float
        Parameters: [p], [logit], [mean, deviation], or at least two logits.
    samples : int
        Draws from the model for the estimate.
    seed : int
        Seed of the draws.

    Returns
    -------
    dict
        ``fisher`` (d, d), exact; ``estimate`` (d, d), the mean outer product of the sampled scores; ``mean_score``
        (d,), near 0; ``eigenvalues`` (d,), none negative; ``standard_errors`` (d,) of one observation by the Cramér-Rao
        bound, null if F is singular.

    Raises
    ------
    ValueError
        If `theta` doesn't fit the family.

    Examples
    --------
    >>> fisher_information_matrix("bernoulli", [0.2], samples=100)["fisher"].round(4).tolist()
    [[6.25]]
    """
    t = np.asarray(theta, dtype=np.float64)  # (d,)
    if family == "softmax" and len(t) < 2:
        raise ValueError("softmax needs at least two logits in theta")
    if family == "gaussian" and (len(t) != 2 or t[1] < 1e-3):
        raise ValueError("gaussian needs theta = [mean, standard deviation] with a deviation of at least 0.001")
    if family.startswith("bernoulli") and len(t) != 1:
        raise ValueError("a Bernoulli distribution has one parameter")
    if family == "bernoulli" and not 1e-6 < t[0] < 1 - 1e-6:
        raise ValueError("bernoulli needs a probability strictly between 0 and 1 in theta")
    F = exact_fisher(family, t)  # (d, d)
    scores = sample_scores(family, t, samples, np.random.default_rng(seed))  # (n, d)
    eigenvalues = np.linalg.eigvalsh(F)
    singular = eigenvalues[0] < 1e-12 * eigenvalues[-1]
    return {
        "fisher": F,
        "estimate": scores.T @ scores / samples,
        "mean_score": scores.mean(axis=0),
        "eigenvalues": eigenvalues,
        "standard_errors": None if singular else np.sqrt(np.diag(np.linalg.inv(F))),
    }
