r"""Isomap unrolls a curved surface by scaling the distances along it, measured as shortest paths in a neighbourhood
graph.

$$d_G(i, j) = \min_{\text{paths } i \to j} \sum_{(a, b)\, \in\, \text{path}} \lVert x_a - x_b \rVert, \qquad Z = \mathrm{MDS}(d_G)$$

**Intuition.** On a rolled-up sheet two points can be near in space and far along the sheet. Small steps between
neighbours stay on the sheet, so the shortest path through them approximates the true (geodesic) distance. Classical
multidimensional scaling of these distances lays the sheet flat.

**When to use it.** For data on one smooth, densely sampled surface, such as images of an object that turns.

**Cost.** $O(n^2 d)$ for neighbours, $O(n^3)$ for all shortest paths in the plain form, $O(n^3)$ for the eigenvectors.

**Pitfalls.** It does not cope well with noise, although it is sometimes praised for that: a single edge that jumps
between two layers (short circuit) makes paths through it short and folds the map. Too few neighbours break the graph
into pieces, too many create short circuits. Holes and non-uniform sampling distort distances. The embedding is only
defined for the points given; new points need an extension.

**References.** Tenenbaum, de Silva and Langford, *A global geometric framework for nonlinear dimensionality reduction*,
Science (2000). Balasubramanian and Schwartz, *The Isomap algorithm and topological stability*, Science (2002).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.dimensionality_reduction.multidimensional_scaling import classical_scaling
from algorithms.inputs import Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def shortest_paths(lengths: Floats) -> Floats:
    """All-pairs shortest paths (n, n) by Floyd and Warshall; infinity marks a missing edge.

    Examples
    --------
    >>> inf = np.inf
    >>> shortest_paths(np.array([[0.0, 1, inf], [1, 0, 2], [inf, 2, 0]]))[0].tolist()
    [0.0, 1.0, 3.0]
    """
    D = lengths.copy()
    for k in range(len(D)):
        np.minimum(D, D[:, k, None] + D[None, k], out=D)
    return D


def neighbour_graph(X: Floats, k: int) -> Floats:
    """Edge lengths (n, n) between mutual or one-sided k nearest neighbours; infinity elsewhere."""
    D = np.sqrt(squared_distances(X, X))
    near = np.argsort(D, axis=1, kind="stable")[:, : k + 1]  # the point itself comes first
    edge = np.zeros(D.shape, dtype=bool)
    np.put_along_axis(edge, near, True, axis=1)
    return np.where(edge | edge.T, D, np.inf)


def spiral(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Points (n, 2) on an Archimedean spiral and their arc lengths (n,) from the inner end."""
    theta = np.linspace(1.5 * np.pi, 4.5 * np.pi, n)
    antiderivative = (theta * np.sqrt(1 + theta**2) + np.arcsinh(theta)) / 2
    X = theta[:, None] * np.stack([np.cos(theta), np.sin(theta)], axis=1)
    return X + noise * rng.standard_normal((n, 2)), antiderivative - antiderivative[0]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Isomap coordinate against the position along the spiral."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["arc_length_excerpt"], output["coordinate_excerpt"], "o")
    axes.set(xlabel="position along the spiral", ylabel="Isomap coordinate")
    return figure


@algorithm(
    id="isomap",
    name="Isomap",
    aliases=("geodesic MDS", "isometric mapping", "manifold learning with geodesics"),
    example={"n": 120, "neighbours": 4, "short_circuit": False},
    cost="seconds",
    figure=draw,
)
def isomap(
    n: Annotated[int, Field(ge=30, le=250)] = 120,
    neighbours: Annotated[int, Field(ge=2, le=60)] = 4,
    noise: Annotated[float, Field(ge=0, le=5)] = 0.0,
    short_circuit: bool = False,
    seed: Seed = 0,
) -> Output:
    """Unroll a spiral of one and a half turns to one dimension.

    Parameters
    ----------
    n : int
        Points along the spiral.
    neighbours : int
        Neighbours of a point in the graph.
    noise : float
        Standard deviation of noise on the points.
    short_circuit : bool
        Add one edge between two neighbouring turns.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``correlation`` (absolute, of the coordinate with the arc length), ``mds_correlation`` (plain Euclidean
        distances), ``geodesic_length`` (end to end in the graph), ``true_length``, ``euclidean_length``, ``edges``, and
        50 points each of ``arc_length_excerpt`` and ``coordinate_excerpt``.

    Raises
    ------
    ValueError
        If the graph is not connected.

    Examples
    --------
    >>> out = isomap()
    >>> out["correlation"] > 0.999 > out["mds_correlation"]
    True
    """
    X, arc = spiral(n, noise, np.random.default_rng(seed))
    graph = neighbour_graph(X, neighbours)
    if short_circuit:
        outer = n - 1
        inner = int(np.argmin(np.where(arc < 0.6 * arc[-1], np.linalg.norm(X - X[outer], axis=1), np.inf)))
        graph[outer, inner] = graph[inner, outer] = float(np.linalg.norm(X[outer] - X[inner]))
    D = shortest_paths(graph)
    if np.isinf(D).any():
        raise ValueError("the neighbourhood graph is not connected; raise neighbours")
    z = classical_scaling(D, 1)[0][:, 0]  # (n,)
    plain = classical_scaling(np.sqrt(squared_distances(X, X)), 1)[0][:, 0]
    picked = np.linspace(0, n - 1, 50).astype(int)
    return {
        "correlation": float(abs(np.corrcoef(z, arc)[0, 1])),
        "mds_correlation": float(abs(np.corrcoef(plain, arc)[0, 1])),
        "geodesic_length": float(D[0, -1]),
        "true_length": float(arc[-1]),
        "euclidean_length": float(np.linalg.norm(X[-1] - X[0])),
        "edges": int((np.isfinite(graph).sum() - n) // 2),
        "arc_length_excerpt": arc[picked],
        "coordinate_excerpt": z[picked],
    }
