r"""k-means assumes isotropic clusters: plain distance to a mean favours balls of similar size, and stretched clusters
are cut.

$$c_i = \arg\min_k \lVert x_i - \mu_k\rVert^2 \quad\text{against}\quad
c_i = \arg\max_k \Big[\ln \pi_k - \tfrac12 \ln\det\Sigma_k - \tfrac12 (x_i - \mu_k)^\top \Sigma_k^{-1} (x_i - \mu_k)\Big]$$

**Intuition.** k-means is the limit of a Gaussian mixture with one common spherical covariance. Two long parallel clouds
that lie side by side are cheaper to cut across, in the middle of their length, than along the gap. A mixture with full
covariances measures distance in units of each cluster's own spread and finds the gap. If all clusters share one shape,
dividing that shape out of the data (whitening) makes them round and repairs k-means.

**When to use it.** To decide between k-means, a Gaussian mixture, and scaling the features first.

**Cost.** A full-covariance mixture has $d(d+1)/2$ parameters more for every cluster.

**Pitfalls.** k-means is sometimes said to generalise to clusters of different shapes and sizes; plain k-means does not.
Standardising each feature repairs axis-aligned stretch only. Whitening with the total covariance also removes the
difference between the clusters along with their shape; it repairs parallel clouds here because the stretch dominates. A
low inertia does not reveal the mistake.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 14.3. Hubert and
Arabie, *Comparing partitions* (1985), for the adjusted Rand index.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.latent_variable_models.gaussian_mixture_model import fit_mixture, responsibilities
from algorithms.neighbors_and_clustering.isotropic_cluster_test import whiten
from algorithms.neighbors_and_clustering.k_means import best_kmeans, kmeans_plus_plus
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def adjusted_rand_index(a: Ints, b: Ints) -> float:
    """Agreement of two partitions, 1 if equal and 0 on average by chance.

    Examples
    --------
    >>> adjusted_rand_index(np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2]))
    1.0
    """
    table = np.zeros((int(a.max()) + 1, int(b.max()) + 1))
    np.add.at(table, (a, b), 1)

    def pairs(counts: Floats) -> float:
        return float(np.sum(counts * (counts - 1) / 2))

    together, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / pairs(np.array([float(len(a))]))
    highest = (rows + columns) / 2
    return 1.0 if highest == expected else (together - expected) / (highest - expected)


def stretched_pair(per_cluster: int, stretch: float, gap: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Two Gaussians stretched along one diagonal, `gap` standard deviations apart across it."""
    y = np.repeat([0, 1], per_cluster)
    flat = rng.standard_normal((2 * per_cluster, 2)) * [stretch, 1.0]
    flat[:, 1] += gap * y
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    return flat @ turn.T, y


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Adjusted Rand index of the methods."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    names = ["k_means", "k_means_standardized", "k_means_whitened", "gaussian_mixture"]
    axes.barh(names, [output[f"ari_{name}"] for name in names])
    axes.set(xlabel="adjusted Rand index", xlim=(-0.05, 1), title=f"stretch {inputs['stretch']:g}")
    return figure


@algorithm(
    id="k-means-isotropy-assumption",
    name="k-means assumes isotropic clusters",
    aliases=("elongated clusters", "spherical bias", "k-means on stretched clusters", "k-means vs GMM"),
    example={"stretch": 8.0, "gap": 6.0, "seed": 0},
    cost="seconds",
    figure=draw,
)
def k_means_isotropy_assumption(
    stretch: Annotated[float, Field(ge=1, le=50)] = 8.0,
    gap: Annotated[float, Field(ge=0, le=50)] = 6.0,
    per_cluster: Annotated[int, Field(ge=20, le=200)] = 100,
    seed: Seed = 0,
) -> Output:
    """Cluster two parallel stretched Gaussians with k-means and with a full-covariance mixture.

    Parameters
    ----------
    stretch : float
        Standard deviation along the clouds; across them it is 1.
    gap : float
        Distance of the clouds across.
    per_cluster : int
        Points of a cloud.
    seed : int
        Seed of data and starts.

    Returns
    -------
    dict
        Adjusted Rand index with the truth: ``ari_k_means``, ``ari_k_means_standardized``, ``ari_k_means_whitened``,
        ``ari_gaussian_mixture``; ``inertia_k_means`` and ``inertia_truth`` (which is larger when stretched).

    Examples
    --------
    >>> out = k_means_isotropy_assumption()
    >>> out["ari_k_means"] < 0.1, out["ari_gaussian_mixture"] > 0.9
    (True, True)
    """
    rng = np.random.default_rng(seed)
    X, y = stretched_pair(per_cluster, stretch, gap, rng)
    _, labels, inertias = best_kmeans(X, 2, rng)
    standard = (X - X.mean(axis=0)) / X.std(axis=0)
    fits = [fit_mixture(X, kmeans_plus_plus(X, 2, rng), iterations=200) for _ in range(8)]
    best = max(fits, key=lambda m: m.log_likelihoods[-1])
    R, _ = responsibilities(X, best.weights, best.means, best.covariances)
    return {
        "ari_k_means": adjusted_rand_index(y, labels),
        "ari_k_means_standardized": adjusted_rand_index(y, best_kmeans(standard, 2, rng)[1]),
        "ari_k_means_whitened": adjusted_rand_index(y, best_kmeans(whiten(X), 2, rng)[1]),
        "ari_gaussian_mixture": adjusted_rand_index(y, R.argmax(axis=1)),
        "inertia_k_means": float(inertias[-1]),
        "inertia_truth": float(sum(np.sum((X[y == k] - X[y == k].mean(axis=0)) ** 2) for k in range(2))),
    }
