r"""The Breusch-Pagan test checks homoscedasticity: whether the errors of a regression have constant variance.

$$e_i^2 = \gamma_0 + \gamma^\top x_i + \text{error}, \qquad LM = n R^2 \sim \chi^2_d \ \text{under constant variance}$$

**Intuition.** If the variance does not depend on the features, the squared residuals cannot be predicted from them. So regress them on the
features; a large $n R^2$ says that the variance moves with $x$. This is Koenker's studentised form, which does not need normal errors.

**When to use it.** Before trusting the standard errors of OLS, together with the plot of residuals against fitted values.

**Cost.** A second least-squares fit.

**Pitfalls.** The assumption is constant *variance* of the errors; some texts write "constant residuals at every x", which is not it: residuals
vary by nature. Heteroscedasticity leaves the OLS coefficients unbiased, but makes their usual standard errors, p-values and intervals wrong: use
robust (sandwich) errors, weights, or a log transform. The test sees variance that is linear in the features; one that is large at both ends
needs squares as well (White's test). A missed curve in the mean also shows up as changing variance.

**References.** Breusch and Pagan, *A simple test for heteroscedasticity and random coefficient variation* (1979). Koenker (1981), *Journal of
Econometrics* 17. White (1980), *Econometrica* 48.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hypothesis_testing.chi_square_test import chi_square_p_value
from algorithms.hypothesis_testing.p_value import Alpha
from algorithms.inputs import Seed
from algorithms.linear_models.linear_regression import Rows, Targets, features_and_target, least_squares, with_intercept
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Noise = Literal["constant", "growing"]
Length = Annotated[int, Field(ge=20, le=2000)]


def simulated(noise: Noise, n: int, seed: int) -> tuple[Floats, Floats]:
    """x (n, 1) uniform on [0, 10] and y = 1 + 2 x with noise of sd 1, or of sd 0.1 + 0.3 x.

    Examples
    --------
    >>> simulated("constant", 20, seed=0)[0].shape
    (20, 1)
    """
    rng = np.random.default_rng(seed)
    x = 10 * rng.random(n)
    sd = np.ones(n) if noise == "constant" else 0.1 + 0.3 * x
    return x[:, None], 1 + 2 * x + sd * rng.standard_normal(n)


def residuals_of(X: Floats, y: Floats) -> Floats:
    """Residuals (n,) of the least-squares fit with intercept."""
    A = with_intercept(X)
    return np.asarray(y - A @ least_squares(A, y))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Residuals against the first feature."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    if inputs["X"] is not None and inputs["y"] is not None:
        X, y = features_and_target(inputs["X"], inputs["y"])
    else:
        X, y = simulated(inputs["noise"], inputs["n"], inputs["seed"])
    axes.plot(X[:, 0], residuals_of(X, y), ".")
    axes.set(xlabel="x₁", ylabel="residual", title=f"Breusch-Pagan p = {output['p_value']:.3g}")
    return figure


@algorithm(
    id="homoscedasticity-test",
    name="Homoscedasticity test (Breusch-Pagan)",
    aliases=("heteroscedasticity", "constant variance", "Breusch-Pagan", "homoscedasticity", "heteroskedasticity"),
    example={"noise": "growing"},
    figure=draw,
)
def homoscedasticity_test(
    noise: Noise = "growing",
    n: Length = 200,
    X: Rows | None = None,
    y: Targets | None = None,
    alpha: Alpha = 0.05,
    seed: Seed = 0,
) -> Output:
    """Breusch-Pagan test (studentised) on simulated or given data.

    Parameters
    ----------
    noise : {"constant", "growing"}
        Noise of the simulated data; not used if data are given.
    n : int
        Number of simulated samples.
    X : list of list of float, shape (n, d)
        Own features.
    y : list of float, length n
        Own targets.
    alpha : float
        Level of the test.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``lm``, the statistic n R²; ``degrees_of_freedom``; ``p_value``; ``reject``, whether constant variance is rejected;
        ``sd_lower_half`` and ``sd_upper_half`` of the residuals by the first feature.

    Raises
    ------
    ValueError
        If only one of `X` and `y` is given, the fit is exact, or the columns are linearly dependent.

    Examples
    --------
    >>> homoscedasticity_test("growing")["reject"], homoscedasticity_test("constant")["reject"]
    (True, False)
    """
    if (X is None) != (y is None):
        raise ValueError("give both X and y, or neither")
    features, target = simulated(noise, n, seed) if X is None or y is None else features_and_target(X, y)
    residuals = residuals_of(features, target)  # (n,)
    squared = residuals**2
    total = float(((squared - squared.mean()) ** 2).sum())
    if np.abs(residuals).max() <= 1e-9 * np.abs(target).max() or total == 0:
        raise ValueError("the fit is exact, so there are no errors whose variance could change")
    unexplained = float((residuals_of(features, squared) ** 2).sum())
    lm = len(target) * (1 - unexplained / total)
    d = features.shape[1]
    p = chi_square_p_value(max(lm, 0.0), d)
    upper = features[:, 0] > np.median(features[:, 0])
    return {
        "lm": lm,
        "degrees_of_freedom": d,
        "p_value": p,
        "reject": p < alpha,
        "sd_lower_half": float(residuals[~upper].std()),
        "sd_upper_half": float(residuals[upper].std()) if upper.any() else None,
    }
