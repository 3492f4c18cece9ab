r"""Multidimensional scaling places points in a few dimensions so that their distances match a given distance matrix.

$$B = -\tfrac12\, J D^{(2)} J = V \Lambda V^\top, \qquad Z = V_k \Lambda_k^{1/2}, \qquad J = I - \tfrac1n \mathbf 1 \mathbf 1^\top$$

where $D^{(2)}$ holds the squared distances. This is the classical form, also called principal coordinates analysis.

**Intuition.** Squared Euclidean distances are inner products in disguise. Double centring recovers the matrix of inner
products of the centred points, and its square root gives coordinates. From the road distances of cities it draws a map,
up to rotation, reflection and shift.

**When to use it.** When only dissimilarities are known (ratings, edit distances, geodesics, as in Isomap).

**Cost.** $O(n^2)$ memory and $O(n^3)$ for the eigenvectors.

**Pitfalls.** If the input are Euclidean distances, the result in enough dimensions is exact and equals the PCA scores;
nothing is gained over PCA then. Distances that are not Euclidean give negative eigenvalues; their size measures the
misfit. It keeps large distances well and small ones badly. Metric and non-metric MDS minimise a stress instead and need
an iteration. Axes and orientation have no meaning.

**References.** Torgerson, *Multidimensional scaling: I. Theory and method*, Psychometrika (1952). Gower (1966). Borg
and Groenen, *Modern Multidimensional Scaling* (2005).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import NonNegative, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Distances = Annotated[
    list[Annotated[list[NonNegative], Field(min_length=2, max_length=200)]],
    Field(min_length=2, max_length=200),
    AfterValidator(rectangular),
]


def classical_scaling(D: Floats, k: int) -> tuple[Floats, Floats]:
    """Coordinates (n, k) and all eigenvalues (n,) in descending order from distances D (n, n).

    Examples
    --------
    >>> classical_scaling(np.array([[0.0, 2.0], [2.0, 0.0]]), 1)[0].round(6).tolist()
    [[1.0], [-1.0]]
    """
    n = len(D)
    J = np.eye(n) - 1 / n
    values, V = np.linalg.eigh(-0.5 * J @ D**2 @ J)
    values, V = values[::-1], V[:, ::-1]
    V = V * np.where(V[np.abs(V).argmax(axis=0), np.arange(n)] < 0, -1, 1)  # the largest entry of an axis is positive
    return V[:, :k] * np.sqrt(np.maximum(values[:k], 0)), values


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The map."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    Z = np.array(output["coordinates"])
    y = Z[:, 1] if Z.shape[1] > 1 else np.zeros(len(Z))
    axes.scatter(Z[:, 0], y)
    for i in range(len(Z)):
        axes.annotate(str(i), (Z[i, 0], y[i]), xytext=(5, 3), textcoords="offset points")
    axes.margins(0.15)
    axes.set(xlabel="coordinate 1", ylabel="coordinate 2", title=f"stress {output['stress']:.3g}", aspect="equal")
    return figure


@algorithm(
    id="multidimensional-scaling",
    name="Multidimensional scaling",
    aliases=("MDS", "classical MDS", "PCoA", "principal coordinates analysis", "Torgerson scaling"),
    example={"distances": [[0, 3, 4, 5], [3, 0, 5, 4], [4, 5, 0, 3], [5, 4, 3, 0]], "n_components": 2},
    figure=draw,
)
def multidimensional_scaling(distances: Distances, n_components: Annotated[int, Field(ge=1, le=10)] = 2) -> Output:
    """Coordinates whose distances reproduce `distances`.

    Parameters
    ----------
    distances : list of list of float, n by n
        Symmetric, zero on the diagonal.
    n_components : int
        Dimensions of the map.

    Returns
    -------
    dict
        ``coordinates`` (first 50 points), ``eigenvalues`` (largest 50), ``negative_share`` (size of the negative
        eigenvalues; 0 for Euclidean distances), ``stress`` (root of summed squared misfit over summed squared
        distance), ``largest_misfit``.

    Raises
    ------
    ValueError
        If the matrix is not square and symmetric with a zero diagonal, or has fewer rows than components.

    Examples
    --------
    >>> round(multidimensional_scaling([[0, 3, 4], [3, 0, 5], [4, 5, 0]])["stress"], 9)
    0.0
    """
    D = np.asarray(distances, dtype=np.float64)  # (n, n)
    if D.shape[0] != D.shape[1] or not np.allclose(D, D.T) or np.any(np.diag(D) != 0):
        raise ValueError("distances must be square and symmetric with zeros on the diagonal")
    if n_components > len(D):
        raise ValueError(f"n_components is {n_components}, but there are {len(D)} points")
    Z, values = classical_scaling(D, n_components)
    fitted = np.sqrt(np.sum((Z[:, None] - Z[None]) ** 2, axis=2))  # (n, n)
    size = float(np.abs(values).sum())
    norm = float(np.sqrt(np.sum(D**2)))
    return {
        "coordinates": Z[:50],
        "eigenvalues": values[:50],
        "negative_share": float(np.abs(values[values < -1e-9 * size]).sum() / size) if size > 0 else 0.0,
        "stress": float(np.sqrt(np.sum((fitted - D) ** 2))) / norm if norm > 0 else 0.0,
        "largest_misfit": float(np.abs(fitted - D).max()),
    }
