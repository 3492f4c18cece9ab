r"""The earth mover's distance, or Wasserstein-1 distance, is the least work that turns one distribution into another.

$$W_1(p, q) = \inf_{\gamma} \sum_{i, j} \gamma_{ij}\, d(x_i, y_j) = \int |F_p(t) - F_q(t)|\, dt \quad \text{(on the line)}$$

**Intuition.** See $p$ as a heap of earth and $q$ as a hole; work is mass times distance. On the line the cheapest plan moves mass in order:
for samples of equal size it is the mean absolute difference of the sorted values. Shifting a sample by $c$ costs $|c|$.

**When to use it.** To compare samples on a scale that means something: drift of a feature, generated against real data, ordinal labels. Unlike KL it
stays finite and informative when the supports do not overlap, which is why Wasserstein GANs use it.

**Cost.** $O(n \log n)$ on the line; a linear program in higher dimensions, about $O(n^3 \log n)$, or Sinkhorn's approximation.

**Pitfalls.** It has the units of the data: scale features first. It compares distributions, not paired values. The average of
one-dimensional distances over features is not the distance in the joint space. In high dimensions it needs very many samples, the error
shrinking like $n^{-1/d}$.

**References.** Monge (1781); Kantorovich (1942). Rubner, Tomasi and Guibas (2000), *International Journal of Computer Vision* 40.
Peyré and Cuturi, *Computational Optimal Transport*, arXiv:1803.00567.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import NonNegative, Vector
from algorithms.registry import Output, algorithm
from algorithms.statistics.shannon_entropy import normalised

Floats = NDArray[np.float64]
Masses = Annotated[list[NonNegative], Field(min_length=1, max_length=4096)]


def step_function(x: Floats, mass: Floats, at: Floats) -> Floats:
    """Distribution function of weighted points (n,) at each position (m,).

    Examples
    --------
    >>> step_function(np.array([1.0, 3.0]), np.array([0.25, 0.75]), np.array([0.0, 1.0, 3.0])).tolist()
    [0.0, 0.25, 1.0]
    """
    order = np.argsort(x)
    cumulative = np.concatenate([[0.0], np.cumsum(mass[order])])  # (n + 1,)
    return np.asarray(cumulative[np.searchsorted(x[order], at, side="right")])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both distribution functions; the distance is the area between them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for name in ("x", "y"):
        v = np.sort(inputs[name])
        axes.step(np.concatenate([v[:1], v]), np.arange(len(v) + 1) / len(v), where="post", label=name)
    axes.set(ylabel="F", title=f"W₁ = {output['distance']:.3g}")
    axes.legend()
    return figure


@algorithm(
    id="earth-movers-distance",
    name="Earth mover's (Wasserstein-1) distance",
    aliases=("EMD", "Wasserstein distance", "optimal transport", "W1", "Kantorovich distance"),
    example={"x": [0.0, 1.0, 3.0], "y": [5.0, 6.0, 8.0]},
    figure=draw,
)
def earth_movers_distance(x: Vector, y: Vector, x_mass: Masses | None = None, y_mass: Masses | None = None) -> Output:
    """Distance of two samples, or of two weighted sets of positions, on the line.

    Parameters
    ----------
    x, y : list of float
        Positions; the lists may differ in length.
    x_mass, y_mass : list of float
        Mass at each position, divided by the sum; None weights all alike.

    Returns
    -------
    dict
        ``distance`` at least 0, in units of the data; ``mean_difference``, mean of y minus mean of x, never larger in
        size than the distance.

    Raises
    ------
    ValueError
        If masses do not match their positions or are all 0.

    Examples
    --------
    >>> earth_movers_distance([0, 1, 3], [5, 6, 8])["distance"]
    5.0
    """
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)  # (n,), (m,)
    p = normalised(np.ones(len(a)) if x_mass is None else x_mass)  # (n,)
    q = normalised(np.ones(len(b)) if y_mass is None else y_mass)  # (m,)
    if len(p) != len(a) or len(q) != len(b):
        raise ValueError("each position needs one mass; give lists of equal length")
    at = np.unique(np.concatenate([a, b]))  # both functions are constant between these
    gap = np.abs(step_function(a, p, at[:-1]) - step_function(b, q, at[:-1]))
    return {"distance": float(gap @ np.diff(at)), "mean_difference": float(q @ b - p @ a)}
