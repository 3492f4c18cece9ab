r"""Saddle points outnumber local minima by far in high dimension, because a minimum needs every curvature to be
positive.

$$P(\text{all } n \text{ eigenvalues of a random symmetric matrix} > 0) \approx e^{-c\,n^2}, \qquad c = \tfrac{\ln 3}{4}$$

**Intuition.** At a random stationary point each direction may curve up or down. For a minimum all of them have to curve
up. If the signs were independent coins the chance would be $2^{-n}$; the eigenvalues of a random matrix repel each
other, which makes it even smaller. Nearly all stationary points of a complicated function of many variables are
therefore saddles.

**When to use it.** To explain why training of large networks rarely ends in a bad local minimum.

**Cost.** $O(n^3)$ for the eigenvalues of each matrix.

**Pitfalls.** It does not follow that saddles are *harmless*: they are the main obstacle in high dimension, since
gradient descent slows down near them, while poor local minima are rare. The opposite ranking is a common error. A
random symmetric matrix is a model, not the Hessian of a network: real Hessians have many eigenvalues near zero, and low
loss goes with few negative ones. A minimum that is found is not proved to be global.

**References.** Dauphin et al., arXiv:1406.2572. Choromanska et al., *The loss surfaces of multilayer networks*,
arXiv:1412.0233. Dean and Majumdar, *Large deviations of extreme eigenvalues of random matrices* (2006).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Dimensions = Annotated[list[Annotated[int, Field(ge=1, le=20)]], Field(min_length=1, max_length=8)]


def random_symmetric(n: int, count: int, rng: np.random.Generator) -> Floats:
    """Matrices (count, n, n) of the Gaussian orthogonal ensemble.

    Examples
    --------
    >>> M = random_symmetric(3, 2, np.random.default_rng(0))
    >>> M.shape, bool((M == M.transpose(0, 2, 1)).all())
    ((2, 3, 3), True)
    """
    A = rng.standard_normal((count, n, n))
    return np.asarray((A + A.transpose(0, 2, 1)) / np.sqrt(2))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Share of minima against the dimension."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(inputs["dimensions"], output["minimum_shares"], "o-", label="measured minima")
    axes.plot(inputs["dimensions"], output["independent_signs"], "--", label="2⁻ⁿ")
    axes.set(xlabel="dimension", ylabel="share", ylim=(0, 1))
    axes.legend()
    return figure


@algorithm(
    id="saddle-points-in-high-dimension",
    name="Saddles dominate critical points in high dimension",
    aliases=(
        "saddle points vs local minima",
        "local minima are rare in high dimension",
        "proliferation of saddle points",
    ),
    example={"dimensions": [1, 2, 3, 4, 6, 8], "matrices": 3000, "seed": 0},
    cost="seconds",
    figure=draw,
)
def saddle_points_in_high_dimension(
    dimensions: Dimensions = [1, 2, 3, 4, 6, 8],  # noqa: B006
    matrices: Annotated[int, Field(ge=100, le=5000)] = 3000,
    seed: Seed = 0,
) -> Output:
    """Shares of minima, maxima and saddles among random symmetric Hessians of each dimension.

    Parameters
    ----------
    dimensions : list of int, at most 8
        Numbers n of variables.
    matrices : int
        Random Hessians for each dimension.
    seed : int
        Seed of the matrices.

    Returns
    -------
    dict
        ``minimum_shares``, ``maximum_shares`` and ``saddle_shares``, one a dimension, summing to one;
        ``independent_signs``, 2 to the power of -n; ``negative_shares``, the mean share of negative eigenvalues, about
        ½ in every dimension.

    Examples
    --------
    >>> out = saddle_points_in_high_dimension([1, 8], matrices=500)
    >>> out["saddle_shares"][0], out["saddle_shares"][1] > 0.99
    (0.0, True)
    """
    rng = np.random.default_rng(seed)
    minima, maxima, saddles, negative = [], [], [], []
    for n in dimensions:
        eigenvalues = np.linalg.eigvalsh(random_symmetric(n, matrices, rng))  # (matrices, n)
        up = eigenvalues > 0  # (matrices, n)
        minima.append(float(up.all(axis=1).mean()))
        maxima.append(float((~up).all(axis=1).mean()))
        saddles.append(float((up.any(axis=1) & ~up.all(axis=1)).mean()))
        negative.append(float((~up).mean()))
    return {
        "minimum_shares": minima,
        "maximum_shares": maxima,
        "saddle_shares": saddles,
        "independent_signs": [2.0**-n for n in dimensions],
        "negative_shares": negative,
    }
