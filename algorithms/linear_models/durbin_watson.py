r"""The Durbin-Watson statistic checks whether the residuals of a regression are independent from one time step to the next.

$$DW = \frac{\sum_{t=2}^{n} (e_t - e_{t-1})^2}{\sum_{t=1}^{n} e_t^2} \approx 2 (1 - \hat\rho)$$

**Intuition.** If neighbours are independent, the mean squared difference of two is twice the variance: $DW \approx 2$. If a residual resembles the one
before it, differences are small and DW goes towards 0; if signs alternate, towards 4. For AR(1) errors with correlation $\rho$ it is about
$2(1 - \rho)$.

**When to use it.** For regressions on ordered data: time series, or rows sorted by distance or by the fitted value.

**Cost.** $O(n)$.

**Pitfalls.** Linear regression assumes independent *errors*, not that the data or the features are independent; this statistic is about the former.
It means something only if the order of the rows does. It sees correlation at lag 1 only; seasonal dependence needs Breusch-Godfrey or
Ljung-Box. With lagged targets among the features it is biased towards 2. Autocorrelation leaves the coefficients unbiased, but
the usual standard errors are too small: use HAC errors or model the dependence. A missing trend or curve also produces it.

**References.** Durbin and Watson, *Testing for serial correlation in least squares regression* I and II (1950, 1951), *Biometrika*.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Residuals = Annotated[list[Number], Field(min_length=3, max_length=4096)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Each residual against the one before."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    e = inputs["residuals"]
    axes.plot(e[:-1], e[1:], "o")
    axes.set(xlabel="residual t - 1", ylabel="residual t", title=f"DW = {output['durbin_watson']:.2f}")
    return figure


@algorithm(
    id="durbin-watson",
    name="Residual independence (Durbin-Watson)",
    aliases=("autocorrelation of residuals", "Durbin-Watson statistic", "independent errors", "serial correlation"),
    example={"residuals": [0.5, 0.7, 0.4, 0.6, 0.1, -0.2, -0.5, -0.7, -0.4, -0.5]},
    figure=draw,
)
def durbin_watson(residuals: Residuals) -> Output:
    """Durbin-Watson statistic of residuals in their order.

    Parameters
    ----------
    residuals : list of float, length n
        Residuals of a regression, in the order of time.

    Returns
    -------
    dict
        ``durbin_watson`` in [0, 4]; ``lag_1_autocorrelation``; ``approximation`` 2 (1 - autocorrelation); ``verdict``:
        "positive autocorrelation", "negative autocorrelation" or "no sign of autocorrelation" (limits at 2 ± 4 / sqrt(n)).

    Raises
    ------
    ValueError
        If all residuals are 0.

    Examples
    --------
    >>> durbin_watson([1, -1, 1, -1])["durbin_watson"]
    3.0
    """
    e = np.asarray(residuals, dtype=np.float64)  # (n,)
    if not e.any():
        raise ValueError("all residuals are 0, so they cannot be correlated")
    e = e / np.abs(e).max()  # squares of huge values would overflow
    energy = float(e @ e)
    statistic = float((np.diff(e) ** 2).sum()) / energy
    rho = float(e[1:] @ e[:-1]) / energy
    limit = 4 / np.sqrt(len(e))  # twice the standard error of 2 (1 - rho) under independence
    verdict = "no sign of autocorrelation"
    if abs(statistic - 2) > limit:
        verdict = "positive autocorrelation" if statistic < 2 else "negative autocorrelation"
    return {
        "durbin_watson": statistic,
        "lag_1_autocorrelation": rho,
        "approximation": 2 * (1 - rho),
        "verdict": verdict,
    }
