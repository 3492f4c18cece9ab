r"""A Gaussian mixture model describes data as draws from $K$ Gaussians, one chosen at random for each point.

$$p(x) = \sum_{k=1}^{K} \pi_k\, \mathcal N(x \mid \mu_k, \Sigma_k), \qquad
\gamma_{ik} = \frac{\pi_k\, \mathcal N(x_i \mid \mu_k, \Sigma_k)}{\sum_j \pi_j\, \mathcal N(x_i \mid \mu_j, \Sigma_j)}$$

**Intuition.** The responsibilities $\gamma_{ik}$ say how likely each component made each point. EM alternates: compute
them with the current parameters, then refit weights, means and covariances with them as weights. With full covariances
the clusters may be ellipses of any direction and size. With a common spherical covariance $\sigma^2 I$ and
$\sigma \to 0$ the responsibilities become 0 or 1 and the procedure is k-means.

**When to use it.** For soft clustering, for clusters that are stretched or differ in size (k-means splits those,
whatever is said of its generality), and for density estimation.

**Cost.** $O(n K d^2)$ an iteration with full covariances, plus $O(K d^3)$.

**Pitfalls.** The likelihood is unbounded: a component can shrink onto one point, so add a small ridge to the
covariances. EM finds a local optimum; restart. Compute in logarithms. Choose $K$ by BIC or held-out likelihood, not by
the training likelihood, which rises with $K$. Labels of components are arbitrary.

**References.** Dempster, Laird and Rubin, *Maximum likelihood from incomplete data via the EM algorithm* (1977).
Bishop, *Pattern Recognition and Machine Learning* (2006), section 9.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Seed
from algorithms.neighbors_and_clustering.k_means import kmeans_plus_plus
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Covariance = Literal["full", "spherical"]


@dataclass(frozen=True)
class Mixture:
    """Weights (K,), means (K, d), covariances (K, d, d) and the mean log-likelihood before each M step."""

    weights: Floats
    means: Floats
    covariances: Floats
    log_likelihoods: list[float]


def log_densities(X: Floats, means: Floats, covariances: Floats) -> Floats:
    """Logarithm of each component's density at each row, (n, K).

    Examples
    --------
    >>> log_densities(np.zeros((1, 2)), np.zeros((1, 2)), np.eye(2)[None]).round(4).tolist()
    [[-1.8379]]
    """
    out = np.empty((len(X), len(means)))
    for k in range(len(means)):
        L = np.linalg.cholesky(covariances[k])  # (d, d)
        z = np.linalg.solve(L, (X - means[k]).T)  # (d, n)
        out[:, k] = -0.5 * (np.sum(z**2, axis=0) + X.shape[1] * np.log(2 * np.pi)) - np.log(np.diag(L)).sum()
    return out


def responsibilities(X: Floats, weights: Floats, means: Floats, covariances: Floats) -> tuple[Floats, float]:
    """E step: responsibilities (n, K) and the mean log-likelihood of the rows."""
    joint = log_densities(X, means, covariances) + np.log(np.maximum(weights, 1e-300))  # (n, K)
    top = joint.max(axis=1, keepdims=True)
    total = top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))  # (n,)
    return np.exp(joint - total[:, None]), float(total.mean())


def update(X: Floats, R: Floats, kind: Covariance, ridge: float) -> tuple[Floats, Floats, Floats]:
    """M step: weights, means and covariances from responsibilities R (n, K)."""
    N = R.sum(axis=0) + 1e-12  # (K,)
    means = R.T @ X / N[:, None]  # (K, d)
    d = X.shape[1]
    covariances = np.empty((len(N), d, d))
    for k in range(len(N)):
        centred = X - means[k]  # (n, d)
        S = (R[:, k, None] * centred).T @ centred / N[k]  # (d, d)
        covariances[k] = (S if kind == "full" else np.eye(d) * np.trace(S) / d) + ridge * np.eye(d)
    return N / N.sum(), means, covariances


def fit_mixture(
    X: Floats, means: Floats, kind: Covariance = "full", iterations: int = 100, ridge: float = 1e-6, tol: float = 1e-8
) -> Mixture:
    """EM from the given means (K, d), equal weights and the covariance of all rows."""
    K, d = means.shape
    S = np.atleast_2d(np.cov(X.T, bias=True)) + ridge * np.eye(d)
    covariances = np.tile(S if kind == "full" else np.eye(d) * np.trace(S) / d, (K, 1, 1))
    weights = np.full(K, 1 / K)
    history: list[float] = []
    for _ in range(iterations):
        R, value = responsibilities(X, weights, means, covariances)
        history.append(value)
        if len(history) > 1 and value - history[-2] < tol:
            break
        weights, means, covariances = update(X, R, kind, ridge)
    return Mixture(weights, means, covariances, history)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Log-likelihood by iteration."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["log_likelihoods"], "o-")
    axes.set(xlabel="EM iteration", ylabel="mean log-likelihood", title="Gaussian mixture")
    return figure


@algorithm(
    id="gaussian-mixture-model",
    name="Gaussian mixture model",
    aliases=("GMM", "mixture of Gaussians", "EM for Gaussian mixtures", "soft clustering"),
    example={"X": [[0, 0], [0, 1], [1, 0], [1, 1], [8, 8], [8, 9], [9, 8], [9, 9]], "k": 2},
    cost="seconds",
    figure=draw,
)
def gaussian_mixture_model(
    X: Points,
    k: Annotated[int, Field(ge=1, le=8)] = 2,
    covariance: Covariance = "full",
    iterations: Annotated[int, Field(ge=1, le=200)] = 100,
    ridge: Annotated[float, Field(ge=1e-9, le=1e6)] = 1e-3,
    seed: Seed = 0,
) -> Output:
    """Fit a mixture to the rows of `X` by EM, started at k-means++ seeds.

    Parameters
    ----------
    X : list of list of float, n points of d coordinates
        Points.
    k : int
        Components.
    covariance : {"full", "spherical"}
        Any ellipsoid, or a ball for each component.
    iterations : int
        EM iterations at most.
    ridge : float
        Added to the diagonal of each covariance.
    seed : int
        Seed of the starting means.

    Returns
    -------
    dict
        ``weights`` (k,), ``means`` (k, d), ``covariances`` (k, d, d; null for d above 3), ``labels`` (most responsible
        component), ``responsibilities`` (first 20 rows), ``log_likelihoods`` (mean, by iteration, at most 50),
        ``log_likelihood_before``, ``log_likelihood_after``, ``bic`` (lower is better).

    Raises
    ------
    ValueError
        If there are fewer points than components.

    Examples
    --------
    >>> out = gaussian_mixture_model([[0], [1], [10], [11]], 2)
    >>> sorted(out["means"][:, 0].round(2).tolist())
    [0.5, 10.5]
    """
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    n, d = A.shape
    if n < k:
        raise ValueError(f"{n} points cannot carry {k} components; give more points or a smaller k")
    if np.abs(A).max() > 1e6:
        raise ValueError("coordinates above 1e6 lose the covariances to rounding; rescale X")
    start = kmeans_plus_plus(A, k, np.random.default_rng(seed))
    model = fit_mixture(A, start, covariance, iterations, ridge)
    R, value = responsibilities(A, model.weights, model.means, model.covariances)
    parameters = k - 1 + k * d + (k * d * (d + 1) // 2 if covariance == "full" else k)
    return {
        "weights": model.weights,
        "means": model.means,
        "covariances": model.covariances if d <= 3 else None,
        "labels": R.argmax(axis=1),
        "responsibilities": R[:20],
        "log_likelihoods": model.log_likelihoods[:50],
        "log_likelihood_before": model.log_likelihoods[0],
        "log_likelihood_after": value,
        "bic": parameters * float(np.log(n)) - 2 * n * value,
    }
