r"""Residual analysis plots what a regression left unexplained against the fitted values, to check linearity and constant variance.

$$e_i = y_i - \hat y_i, \qquad \text{a good fit: } e \text{ shows no pattern against } \hat y \text{ and an even spread}$$

**Intuition.** If the model is right, only noise is left. A bow means that the relation is curved; a funnel means that the noise grows with the
level; long runs of one sign along $x$ mean the same as a bow, or dependent errors.

**When to use it.** After every regression, before reading p-values.

**Cost.** $O(n)$ after the fit.

**Pitfalls.** The plain correlation of residuals and fitted values is zero by construction, so it cannot reveal anything; test the residuals
against a *curved* term instead. A line fitted to a parabola leaves residuals that correlate perfectly with $x^2$ (centred), although its own
correlation with $x$ is zero. A high $R^2$ does not exclude a pattern. Textbook panels of residual plots cannot be checked without their
data, so here every case is generated. Points with high leverage have small residuals because they pull the line: standardise.

**References.** Anscombe, *Graphs in statistical analysis* (1973). Cook and Weisberg, *Residuals and Influence in Regression* (1982). Ramsey
(1969), *Journal of the Royal Statistical Society B* 31, for the test with powers of the fit.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Number
from algorithms.linear_models.linear_regression import least_squares
from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import paired

Floats = NDArray[np.float64]
Sample = Annotated[list[Number], Field(min_length=5, max_length=4096)]


def correlation_or_zero(a: Floats, b: Floats) -> float:
    """Correlation of two arrays (n,), 0 if one is constant up to rounding.

    Examples
    --------
    >>> correlation_or_zero(np.array([1.0, 1.0]), np.array([1.0, 2.0]))
    0.0
    """
    da, db = a - a.mean(), b - b.mean()
    scale = float(np.linalg.norm(da) * np.linalg.norm(db))
    return float(np.clip(da @ db / scale, -1, 1)) if scale > 1e-300 else 0.0


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Residuals against fitted values."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x, y = np.asarray(inputs["x"]), np.asarray(inputs["y"])
    fitted = output["intercept"] + output["slope"] * x
    axes.plot(fitted, y - fitted, "o")
    axes.axhline(0, ls=":", color="black")
    axes.set(xlabel="fitted", ylabel="residual", title=output["verdict"])
    return figure


@algorithm(
    id="residual-analysis",
    name="Residual plots and linearity check",
    aliases=("residuals vs fitted", "linearity assumption", "residual plot", "residuals"),
    example={"x": [-3, -2, -1, 0, 1, 2, 3, 4], "y": [9.1, 3.8, 1.2, 0.1, 0.9, 4.2, 8.9, 16.1]},
    figure=draw,
)
def residual_analysis(x: Sample, y: Sample) -> Output:
    """Fit a line and look for patterns in its residuals.

    Parameters
    ----------
    x, y : list of float, length n
        Feature and target.

    Returns
    -------
    dict
        ``slope``, ``intercept``; ``residuals``, the first 50; ``correlation_with_fitted``, 0 by construction;
        ``curvature``, correlation of the residuals with the squared centred x after removing its linear part;
        ``spread_trend``, correlation of the size of the residuals (after a parabola) with x; ``sign_changes`` along x;
        ``verdict``: "curved", "variance changes" or "no pattern" (limits at 3 / sqrt(n)).

    Raises
    ------
    ValueError
        If the lists differ in length or x has fewer than three values.

    Examples
    --------
    >>> residual_analysis([-2, -1, 0, 1, 2], [4, 1, 0, 1, 4])["verdict"]
    'curved'
    """
    a, b = paired(x, y)
    if len(set(x)) < 3:
        raise ValueError("x needs at least three different values to tell a line from a curve")
    centred = (a - a.mean()) / a.std()  # (n,)
    line = np.stack([np.ones(len(a)), centred], axis=1)  # (n, 2)
    beta = least_squares(line, b)
    residuals = b - line @ beta  # (n,)
    square = centred**2 - line @ least_squares(line, centred**2)  # (n,), the part of x² that no line explains
    curve = np.stack([np.ones(len(a)), centred, centred**2], axis=1)  # (n, 3)
    spread = np.abs(b - curve @ least_squares(curve, b))  # (n,)
    exact = np.abs(residuals).max() <= 1e-9 * max(float(np.abs(b).max()), 1e-300)  # rounding has no pattern
    curvature = 0.0 if exact else correlation_or_zero(residuals, square)
    clean = spread.max() <= 1e-9 * max(float(np.abs(b).max()), 1e-300)
    spread_trend = 0.0 if clean else correlation_or_zero(spread, a)
    limit = min(3 / np.sqrt(len(a)), 0.9)
    verdict = "curved" if abs(curvature) > limit else "variance changes" if abs(spread_trend) > limit else "no pattern"
    signs = np.sign(residuals[np.argsort(a, kind="stable")])
    return {
        "slope": float(beta[1] / a.std()),
        "intercept": float(beta[0] - beta[1] * a.mean() / a.std()),
        "residuals": residuals[:50],
        "correlation_with_fitted": 0.0 if exact else correlation_or_zero(residuals, line @ beta),
        "curvature": curvature,
        "spread_trend": spread_trend,
        "sign_changes": int((signs[1:] * signs[:-1] < 0).sum()),
        "verdict": verdict,
    }
