r"""A routed ensemble sends every query to one of several specialised models: by cluster, or by a head-or-tail decision.

$$\hat f(x) = f_{r(x)}(x), \qquad r(x) = \arg\min_k \lVert x - \mu_k\rVert \ \ (\text{clusters}) \quad\text{or}\quad
r(x) \in \{\text{head}, \text{tail}\}$$

**Intuition.** One model has to compromise when different regions follow different rules. The cluster-based form first
partitions the inputs, fits a model for each part and uses the model of the nearest centroid. The hierarchical form
serves long-tailed classes: a router decides whether a row belongs to a frequent (head) or a rare (tail) class, and a
model trained on those classes alone takes over, so rare classes do not compete with thousands of head rows.

**When to use it.** For data with regimes, and for long-tailed classification.

**Cost.** The router plus one expert a query; experts train on disjoint parts.

**Pitfalls.** A wrong route cannot be repaired by the expert, so the router's error is a floor. Small parts give experts
with high variance. Hard borders make the prediction jump; mixtures of experts blend instead. Report accuracy by group,
since an average over rows hides the tail.

**References.** Jacobs, Jordan, Nowlan and Hinton, *Adaptive mixtures of local experts*, Neural Computation (1991).
Kuncheva, *Combining Pattern Classifiers* (2014), on clustering and selection.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.imbalanced_learning.class_weighting import with_intercept
from algorithms.inputs import NonNegative, Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.neighbors_and_clustering.k_means import best_kmeans
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, gaussian_blobs
from algorithms.trees.decision_tree import grow, predict_tree

CENTERS = np.array([[0.0, 0.0], [6.0, 0.0], [3.0, 5.0]])
SLOPES = np.array([[2.0, 0.0], [-2.0, 1.0], [0.0, -3.0]])


def route_by_cluster(per_group: int, noise: float, rng: np.random.Generator, seed: int) -> Output:
    """Regimes with different linear rules: one global line against a line for each cluster."""
    X, group = gaussian_blobs(CENTERS, per_group, 0.8, seed)
    T, test_group = gaussian_blobs(CENTERS, 100, 0.8, seed + 1)

    def target(A: Floats, g: Ints) -> Floats:
        return np.asarray(np.sum((A - CENTERS[g]) * SLOPES[g], axis=1))

    y = target(X, group) + noise * rng.standard_normal(len(X))
    mu, c, _ = best_kmeans(X, 3, rng)
    experts = [np.linalg.lstsq(with_intercept(X[c == k]), y[c == k], rcond=None)[0] for k in range(3)]
    flat = np.linalg.lstsq(with_intercept(X), y, rcond=None)[0]
    route = squared_distances(T, mu).argmin(axis=1)  # (m,)
    routed = np.sum(with_intercept(T) * np.array(experts)[route], axis=1)
    truth = target(T, test_group)
    return {
        "routed_mse": float(np.mean((routed - truth) ** 2)),
        "single_model_mse": float(np.mean((with_intercept(T) @ flat - truth) ** 2)),
        "route_sizes": np.bincount(route, minlength=3),
    }


def route_by_frequency(per_group: int, rng: np.random.Generator) -> Output:
    """Two frequent and two rare classes: one flat tree against a balanced router with two experts."""
    centers = np.array([[0.0, 0.0], [0.0, 3.0], [2.2, 0.0], [2.2, 3.0]])  # classes 2 and 3 are the tail

    def draw_rows(sizes: list[int]) -> tuple[Floats, Ints]:
        y = np.repeat(np.arange(4), sizes)
        return centers[y] + rng.standard_normal((len(y), 2)), y

    tail = max(per_group // 10, 4)
    X, y = draw_rows([per_group, per_group, tail, tail])
    T, truth = draw_rows([150] * 4)
    Y = np.eye(4)[y]
    rare = y >= 2
    w = np.where(rare, 0.5 / rare.mean(), 0.5 / (~rare).mean())
    router = grow(X, np.eye(2)[rare.astype(int)], w=w, max_depth=3)
    head, tails = grow(X[~rare], Y[~rare], max_depth=3), grow(X[rare], Y[rare], max_depth=3)
    to_tail = predict_tree(router, T).argmax(axis=1) == 1
    routed = np.where(to_tail, predict_tree(tails, T).argmax(axis=1), predict_tree(head, T).argmax(axis=1))
    flat = predict_tree(grow(X, Y, max_depth=3), T).argmax(axis=1)
    is_tail = truth >= 2
    return {
        "routed_tail_accuracy": float(np.mean((routed == truth)[is_tail])),
        "routed_head_accuracy": float(np.mean((routed == truth)[~is_tail])),
        "single_model_tail_accuracy": float(np.mean((flat == truth)[is_tail])),
        "single_model_head_accuracy": float(np.mean((flat == truth)[~is_tail])),
        "router_accuracy": float(np.mean(to_tail == is_tail)),
        "routed_accuracy": float(np.mean(routed == truth)),
    }


@algorithm(
    id="routed-ensemble",
    name="Routed ensembles (hierarchical, cluster-based)",
    aliases=(
        "hierarchical head/tail ensemble",
        "head-tail experts",
        "cluster-based ensemble with routing",
        "per-cluster models",
        "cluster then predict",
    ),
    example={"routing": "clusters", "per_group": 40, "seed": 0},
    cost="trains",
)
def routed_ensemble(
    routing: Literal["clusters", "head-tail"] = "clusters",
    per_group: Annotated[int, Field(ge=20, le=300)] = 40,
    noise: Annotated[NonNegative, Field(le=5)] = 0.2,
    seed: Seed = 0,
) -> Output:
    """Compare a routed ensemble with one model of the same kind for all rows.

    Parameters
    ----------
    routing : {"clusters", "head-tail"}
        k-means routing between linear models, or a balanced tree that routes between a head and a tail expert.
    per_group : int
        Training rows of each regime, or of each head class (a tail class has a tenth).
    noise : float
        Standard deviation of the target noise ("clusters").
    seed : int
        Seed of data and clustering.

    Returns
    -------
    dict
        "clusters": ``routed_mse``, ``single_model_mse``, ``route_sizes``. "head-tail": accuracies on head and tail
        classes of the routed and the single model, ``router_accuracy`` and ``routed_accuracy``.

    Examples
    --------
    >>> out = routed_ensemble()
    >>> out["routed_mse"] < 0.1 * out["single_model_mse"]
    True
    """
    rng = np.random.default_rng(seed)
    if routing == "clusters":
        return route_by_cluster(per_group, noise, rng, seed)
    return route_by_frequency(per_group, rng)
