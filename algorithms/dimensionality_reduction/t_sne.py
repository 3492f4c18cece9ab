r"""t-SNE draws high-dimensional data in the plane so that neighbours stay neighbours.

$$p_{j|i} \propto e^{-\lVert x_i - x_j\rVert^2 / 2\sigma_i^2}, \qquad
q_{ij} \propto \frac{1}{1 + \lVert z_i - z_j\rVert^2}, \qquad
\min_z \sum_{i \ne j} p_{ij} \ln \frac{p_{ij}}{q_{ij}}$$

with $p_{ij} = (p_{j|i} + p_{i|j}) / 2n$ and $\sigma_i$ set so that the entropy of row $i$ is $\log_2$ of the
perplexity.

**Intuition.** Each point spreads its attention over about as many neighbours as the perplexity says. The map is moved
by gradient descent until its own neighbour probabilities agree. The heavy tail of the Student t gives moderately
distant points room, so clusters separate instead of crowding. The Kullback-Leibler divergence punishes losing a
neighbour more than inventing one.

**When to use it.** To look at embeddings for local structure.

**Cost.** $O(n^2)$ a step in the exact form; Barnes-Hut takes $O(n \log n)$.

**Pitfalls.** Distances between clusters, their sizes and densities in the picture mean little. Different perplexities
and seeds give different pictures: try several. Clusters may appear in pure noise. It has no map for new points. Early
exaggeration helps the layout and must end before the final phase. Do not cluster or measure on the map.

**References.** van der Maaten and Hinton, *Visualizing data using t-SNE*, JMLR (2008). Wattenberg, Viégas and Johnson,
*How to use t-SNE effectively*, Distill (2016).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, gaussian_blobs


def neighbour_probabilities(D: Floats, perplexity: float) -> tuple[Floats, Floats]:
    """Conditional probabilities (n, n) from squared distances, and the perplexity each row reached (n,).

    Examples
    --------
    >>> P, reached = neighbour_probabilities(np.array([[0.0, 1, 4], [1, 0, 1], [4, 1, 0]]), 1.5)
    >>> P.sum(axis=1).round(6).tolist(), reached.round(4).tolist()
    ([1.0, 1.0, 1.0], [1.5, 2.0, 1.5])
    """
    n = len(D)
    P, reached = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        others = np.delete(D[i], i)
        shifted = others - others.min()
        low, high, beta = 0.0, np.inf, 1 / max(float(shifted.mean()), 1e-12)  # beta = 1 / (2 sigma^2)
        for _ in range(60):
            p = np.exp(-beta * shifted)
            p /= p.sum()
            entropy = float(-np.sum(p * np.log(np.maximum(p, 1e-300))))
            if entropy > np.log(perplexity):
                low, beta = beta, beta * 2 if high == np.inf else (beta + high) / 2
            else:
                high, beta = beta, (beta + low) / 2
        P[i, np.arange(n) != i] = p
        reached[i] = np.exp(entropy)
    return P, reached


def divergence_and_gradient(Z: Floats, P: Floats) -> tuple[float, Floats]:
    """KL(P || Q) of a map Z (n, 2) and its gradient (n, 2)."""
    kernel = 1 / (1 + squared_distances(Z, Z))  # (n, n)
    np.fill_diagonal(kernel, 0)
    Q = np.maximum(kernel / kernel.sum(), 1e-300)
    KL = float(np.sum(np.where(P > 0, P * np.log(np.maximum(P, 1e-300) / Q), 0)))
    force = (P - Q) * kernel  # (n, n)
    return KL, 4 * (force.sum(axis=1)[:, None] * Z - force @ Z)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The map by cluster."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    Z = np.array(output["map_excerpt"])
    axes.scatter(Z[:, 0], Z[:, 1], c=output["cluster_excerpt"])
    axes.set(title=f"t-SNE, perplexity {inputs['perplexity']:g}, KL {output['kl_after']:.2f}")
    return figure


@algorithm(
    id="t-sne",
    name="t-SNE",
    aliases=("tSNE", "t-distributed stochastic neighbor embedding", "perplexity of t-SNE"),
    example={"clusters": 3, "per_cluster": 20, "perplexity": 10.0, "seed": 0},
    cost="trains",
    figure=draw,
)
def t_sne(
    clusters: Annotated[int, Field(ge=1, le=5)] = 3,
    per_cluster: Annotated[int, Field(ge=5, le=40)] = 20,
    dimension: Annotated[int, Field(ge=2, le=50)] = 10,
    perplexity: Annotated[float, Field(ge=2, le=50)] = 10.0,
    steps: Annotated[int, Field(ge=50, le=1000)] = 400,
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 20.0,
    seed: Seed = 0,
) -> Output:
    """Embed Gaussian clusters in the plane by gradient descent with momentum and early exaggeration.

    Parameters
    ----------
    clusters : int
        Clusters drawn, with centres on coordinate axes.
    per_cluster : int
        Points of a cluster.
    dimension : int
        Coordinates of the data.
    perplexity : float
        Effective number of neighbours; below a third of the number of points.
    steps : int
        Gradient steps; the first quarter exaggerates P fourfold.
    learning_rate : float
        Step size.
    seed : int
        Seed of data and start.

    Returns
    -------
    dict
        ``kl_before``, ``kl_after``, ``kl_curve`` (at most 50 values, after exaggeration), ``perplexity_reached`` (min,
        max over rows), ``neighbour_agreement`` (share of points whose nearest neighbour on the map is of their
        cluster), ``map_excerpt`` and ``cluster_excerpt`` (50 points).

    Raises
    ------
    ValueError
        If the perplexity is too large for the number of points, or there are more clusters than dimensions.

    Examples
    --------
    >>> out = t_sne(per_cluster=10, perplexity=5, steps=200)
    >>> out["kl_after"] < out["kl_before"], out["neighbour_agreement"]
    (True, 1.0)
    """
    n = clusters * per_cluster
    if perplexity * 3 > n:
        raise ValueError(f"perplexity {perplexity:g} is too large for {n} points; keep it below {n / 3:g}")
    if clusters > dimension:
        raise ValueError(f"{clusters} clusters need at least as many dimensions, not {dimension}")
    X, y = gaussian_blobs(8.0 * np.eye(clusters, dimension), per_cluster, 1.0, seed)
    conditional, reached = neighbour_probabilities(squared_distances(X, X), perplexity)
    P = (conditional + conditional.T) / (2 * n)  # (n, n)
    Z = 1e-2 * np.random.default_rng(seed).standard_normal((n, 2))  # (n, 2)
    before, velocity, curve = divergence_and_gradient(Z, P)[0], np.zeros((n, 2)), []
    for step in range(steps):
        early = step < steps // 4
        KL, gradient = divergence_and_gradient(Z, 4 * P if early else P)
        if not early:
            curve.append(KL)
        velocity = (0.5 if early else 0.8) * velocity - learning_rate * gradient
        Z = Z + velocity
        Z = Z - Z.mean(axis=0)
    D = squared_distances(Z, Z)
    np.fill_diagonal(D, np.inf)
    picked = np.unique(np.linspace(0, n - 1, 50).astype(int))
    return {
        "kl_before": before,
        "kl_after": divergence_and_gradient(Z, P)[0],
        "kl_curve": np.array(curve)[np.unique(np.linspace(0, len(curve) - 1, 50).astype(int))],
        "perplexity_reached": [float(reached.min()), float(reached.max())],
        "neighbour_agreement": float(np.mean(y[D.argmin(axis=1)] == y)),
        "map_excerpt": Z[picked],
        "cluster_excerpt": y[picked],
    }
