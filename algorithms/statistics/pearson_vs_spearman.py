r"""Pearson vs Spearman: Pearson measures how linear a relation is, Spearman how monotone, and their gap tells which it is.

$$|\rho_\text{Spearman}| = 1 \iff \text{strictly monotone}, \qquad |r_\text{Pearson}| = 1 \iff \text{linear}$$

**Intuition.** For $x = 1, \dots, 100$ and $y = e^x$ the order is perfect, so Spearman is 1; the points are far from a line, so
Pearson is only 0.252. After taking logarithms of $y$ Pearson is 1 as well: the gap was curvature. Without any relation, both are
near zero.

**When to use it.** Pearson if the question is linear, or a linear model follows, and there are no gross outliers. Spearman for
ordinal data, curved monotone relations and outliers. If $|\text{Spearman}|$ is clearly above $|\text{Pearson}|$, plot, and try a
transformation.

**Cost.** $O(n)$ and $O(n \log n)$.

**Pitfalls.** Both miss relations that rise and then fall, such as a parabola over a symmetric range. Always using Spearman has
a price under bivariate normality: about 10% more data for the same precision. Pictures without their data, such as the often
reprinted panels of scatter plots, cannot be checked; generate the points and compute. Neither coefficient shows cause.

**References.** Spearman (1904), *American Journal of Psychology* 15. Anscombe, *Graphs in statistical analysis* (1973). De Winter,
Gosling and Potter, *Comparing the Pearson and Spearman correlation coefficients* (2016).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import Sample, paired, pearson
from algorithms.statistics.spearman_correlation import average_ranks

Floats = NDArray[np.float64]
Relation = Literal[
    "linear", "decreasing linear", "exponential", "decreasing exponential", "cubic", "parabola", "independent"
]
Length = Annotated[int, Field(ge=5, le=300)]


def related(relation: Relation, n: int, seed: int) -> tuple[Floats, Floats]:
    """x = 1..n and y for one of the relations; only "independent" is random.

    Examples
    --------
    >>> related("decreasing linear", 3, seed=0)[1].tolist()
    [-1.0, -2.0, -3.0]
    """
    x = np.arange(1, n + 1, dtype=np.float64)  # (n,)
    y = {
        "linear": x,
        "decreasing linear": -x,
        "exponential": np.exp(x),
        "decreasing exponential": -np.exp(x),
        "cubic": (x - x.mean()) ** 3,
        "parabola": (x - x.mean()) ** 2,
        "independent": np.random.default_rng(seed).standard_normal(n),
    }
    return x, y[relation]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The values on the left, their ranks on the right."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    if inputs["x"] is not None and inputs["y"] is not None:
        x, y = paired(inputs["x"], inputs["y"])
    else:
        x, y = related(inputs["relation"], inputs["n"], inputs["seed"])
    left.plot(x, y, ".")
    left.set_title(f"values: Pearson {output['pearson']:.3f}")
    right.plot(average_ranks(x), average_ranks(y), ".")
    right.set_title(f"ranks: Spearman {output['spearman']:.3f}")
    return figure


@algorithm(
    id="pearson-vs-spearman",
    name="Pearson vs Spearman (which to use)",
    aliases=("monotonic vs linear relationship", "choosing a correlation", "Spearman or Pearson"),
    example={"relation": "exponential", "n": 100},
    figure=draw,
)
def pearson_vs_spearman(
    relation: Relation = "exponential",
    n: Length = 100,
    x: Sample | None = None,
    y: Sample | None = None,
    seed: Seed = 0,
) -> Output:
    """Both correlations of a generated relation or of given data, and what their gap suggests.

    Parameters
    ----------
    relation : {"linear", "decreasing linear", "exponential", "decreasing exponential", "cubic", "parabola", "independent"}
        How y depends on x = 1..n; not used if data are given.
    n : int
        Number of points.
    x, y : list of float, length n
        Own data instead.
    seed : int
        Seed of the independent relation.

    Returns
    -------
    dict
        ``pearson``, ``spearman``, each in [-1, 1]; ``pearson_with_log_y`` where y is positive, else None;
        ``suggestion``: "linear", "monotone but curved: try a transform", or "no monotone relation: plot it".

    Raises
    ------
    ValueError
        If only one of `x` and `y` is given, they differ in length or one is constant.

    Examples
    --------
    >>> gap = pearson_vs_spearman("exponential", 100)
    >>> round(gap["pearson"], 7), round(gap["spearman"], 7)
    (0.252032, 1.0)
    """
    if (x is None) != (y is None):
        raise ValueError("give both x and y, or neither")
    a, b = related(relation, n, seed) if x is None or y is None else paired(x, y)
    r, rho = pearson(a, b), pearson(average_ranks(a), average_ranks(b))
    if abs(rho) < 0.5 and abs(r) < 0.5:
        suggestion = "no monotone relation: plot it"
    elif abs(rho) > abs(r) + 0.05:
        suggestion = "monotone but curved: try a transform"
    else:
        suggestion = "linear"
    return {
        "pearson": r,
        "spearman": rho,
        "pearson_with_log_y": pearson(a, np.log(b)) if (b > 0).all() else None,
        "suggestion": suggestion,
    }
