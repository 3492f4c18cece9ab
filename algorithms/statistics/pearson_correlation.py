r"""The Pearson correlation coefficient measures how well a straight line describes the relation of two variables.

$$r = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}{\sqrt{\sum_i (x_i - \bar x)^2}\,\sqrt{\sum_i (y_i - \bar y)^2}}
= \frac{\operatorname{cov}(x, y)}{s_x s_y}$$

**Intuition.** It is the covariance of the standardised variables, or the cosine of the angle between the centred data
vectors. It is 1 or -1 exactly when the points lie on a rising or falling line; its sign is the direction. Shifting or
positively rescaling a variable changes nothing.

**When to use it.** For roughly linear relations without gross outliers. For monotone but curved ones use Spearman.

**Cost.** $O(n)$.

**Pitfalls.** Correlation is narrower than dependence: with $y = x^2$ on symmetric $x$, $r = 0$ although $y$ is a function of
$x$, and Spearman does not see it either; mutual information does. Calling any statistical relation "correlation" is a
common error. Zero is the value in the population: a sample of independent variables gives about
$\pm 1/\sqrt n$, hardly ever exactly zero. One outlier can create or destroy $r$. The size of $r$ says nothing about the slope, and
correlation does not show a cause. A constant variable has no correlation.

**References.** Pearson (1895), *Proceedings of the Royal Society* 58. Anscombe, *Graphs in statistical analysis* (1973).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Sample = Annotated[list[Number], Field(min_length=2, max_length=4096)]


def paired(x: list[float], y: list[float]) -> tuple[Floats, Floats]:
    """Both lists as arrays (n,).

    Raises
    ------
    ValueError
        If they differ in length.

    Examples
    --------
    >>> paired([1, 2], [3, 4])[1].tolist()
    [3.0, 4.0]
    """
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} values and y {len(y)}; they must pair up")
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def pearson(x: Floats, y: Floats) -> float:
    """Correlation of two arrays (n,).

    Raises
    ------
    ValueError
        If one of them is constant.

    Examples
    --------
    >>> round(pearson(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 7.0])), 4)
    0.9934
    """
    dx, dy = x - x.mean(), y - y.mean()  # (n,), (n,)
    sx, sy = np.abs(dx).max(), np.abs(dy).max()
    if sx <= 1e-14 * np.abs(x).max() or sy <= 1e-14 * np.abs(y).max():
        raise ValueError("a constant variable has no correlation; give one that varies")
    dx, dy = dx / sx, dy / sy  # squares of huge values would overflow
    return float(np.clip((dx @ dy) / np.sqrt((dx @ dx) * (dy @ dy)), -1, 1))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The points and the least-squares line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x, y = np.asarray(inputs["x"]), np.asarray(inputs["y"])
    axes.plot(x, y, "o")
    ends = np.array([x.min(), x.max()])
    axes.plot(ends, y.mean() + output["slope"] * (ends - x.mean()))
    axes.set(xlabel="x", ylabel="y", title=f"r = {output['r']:.3f}")
    return figure


@algorithm(
    id="pearson-correlation",
    name="Pearson correlation",
    aliases=(
        "Pearson's r",
        "correlation coefficient",
        "covariance",
        "linear correlation",
        "Zero correlation with non-linear dependence",
        "y=x^2",
        "dependence without correlation",
    ),
    example={"x": [-2, -1, 0, 1, 2], "y": [4, 1, 0, 1, 4]},
    figure=draw,
)
def pearson_correlation(x: Sample, y: Sample) -> Output:
    """Pearson's r, the covariance and the slope of the least-squares line.

    Parameters
    ----------
    x, y : list of float, length n
        Paired observations.

    Returns
    -------
    dict
        ``r`` in [-1, 1], ``r_squared``, ``covariance`` (divisor n - 1), ``slope`` of y on x.

    Raises
    ------
    ValueError
        If the lists differ in length or one is constant.

    Examples
    --------
    >>> pearson_correlation([-2, -1, 0, 1, 2], [4, 1, 0, 1, 4])["r"]
    0.0
    """
    a, b = paired(x, y)
    r = pearson(a, b)
    covariance = float((a - a.mean()) @ (b - b.mean()) / (len(a) - 1))
    return {"r": r, "r_squared": r**2, "covariance": covariance, "slope": covariance / float(a.var(ddof=1))}
