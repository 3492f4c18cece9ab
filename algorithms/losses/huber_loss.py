r"""Huber loss is quadratic for small errors and linear for large ones, which bounds the pull of an outlier.

$$L_\delta(e) = \begin{cases} \tfrac12 e^2 & |e| \le \delta \\ \delta\,(|e| - \tfrac12\delta) & |e| > \delta \end{cases},
\qquad L_\delta'(e) = \max(-\delta, \min(\delta, e))$$

**Intuition.** The derivative is the error, clipped to $[-\delta, \delta]$. Up to $\delta$ an observation pulls in
proportion to its distance, as under squared error; beyond, it pulls with constant force, as under absolute error. The
two pieces meet smoothly.

**When to use it.** For regression with outliers that are noise, for value functions in reinforcement learning, and as
smooth L1 for box coordinates in detection. If large errors matter by themselves, squared error is right; if outliers
are noise, Huber or absolute error.

**Cost.** $O(n)$; minimising it takes iterations, since there is no closed form.

**Pitfalls.** L1 or L2 regularisation is *not* a remedy for outliers: a penalty on the weights leaves the squared loss
as it is, and the outlier's pull with it. Robustness comes from the loss, from trimming or from winsorising. $\delta$
carries the unit of the errors: scale the target, or set it to about $1.345$ robust standard deviations. PyTorch's
`smooth_l1_loss` is Huber divided by $\delta$; they agree at $\delta = 1$. Outliers among the *features* still do harm.

**References.** Huber, *Robust estimation of a location parameter* (1964). Girshick, *Fast R-CNN*, arXiv:1504.08083
(smooth L1).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Delta = Annotated[float, Field(allow_inf_nan=False, ge=1e-6, le=1e9)]


def huber(e: Floats, delta: float) -> Floats:
    """Huber loss of each error.

    Examples
    --------
    >>> huber(np.array([0.5, -2.0]), 1.0).tolist()
    [0.125, 1.5]
    """
    size = np.abs(e)
    return np.where(size <= delta, 0.5 * e**2, delta * (size - 0.5 * delta))


def huber_location(sample: Floats, delta: float) -> float:
    """The constant that minimises the summed Huber loss: a root of the summed clipped residuals, found by bisection.

    Examples
    --------
    >>> round(huber_location(np.array([0.0, 1.0, 100.0]), 1.0), 6)
    1.0
    """
    low, high = float(sample.min()), float(sample.max())
    for _ in range(200):  # the pull falls monotonically with the location
        middle = (low + high) / 2
        if np.clip(sample - middle, -delta, delta).sum() > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Huber, squared and absolute loss against the error."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    delta = inputs["delta"]
    e = np.linspace(-4 * delta, 4 * delta, 201)
    axes.plot(e, huber(e, delta), label=f"Huber, δ = {delta:g}")
    axes.plot(e, 0.5 * e**2, "--", label="½ squared error")
    axes.plot(e, np.abs(e) * delta, ":", label="δ · absolute error")
    axes.set(xlabel="error", ylabel="loss")
    axes.legend()
    return figure


@algorithm(
    id="huber-loss",
    name="Huber loss (smooth L1)",
    aliases=("smooth L1", "robust loss", "robust regression loss", "smooth_l1_loss"),
    example={"errors": [0.5, 2.0], "delta": 1.0, "sample": [0.9, 1.0, 1.1, 0.95, 1.05, 20.0], "penalty": 1.0},
    figure=draw,
)
def huber_loss(
    errors: Vector,
    delta: Delta = 1.0,
    sample: Vector = [0.9, 1.0, 1.1, 0.95, 1.05, 20.0],  # noqa: B006
    penalty: NonNegative = 1.0,
) -> Output:
    """Huber loss of errors, and how an outlier moves the fitted location under three losses.

    Parameters
    ----------
    errors : list of float, length n
        Prediction minus target, or the reverse.
    delta : float
        Where the loss turns linear, in the unit of the errors.
    sample : list of float
        Observations whose location is estimated, with an outlier.
    penalty : float
        Strength of the L2 penalty on the location, for comparison.

    Returns
    -------
    dict
        ``losses`` and ``gradients`` of the first 50 errors; ``loss``, the mean; ``half_mse`` and ``mae`` of the same
        errors; ``mean``, ``penalised_mean`` and ``huber_location`` of the sample; ``median``; ``outlier_pull_squared``,
        ``outlier_pull_penalised`` and ``outlier_pull_huber``, the force of the farthest observation on each estimate.

    Examples
    --------
    >>> huber_loss([0.5, 2.0])["losses"].tolist()
    [0.125, 1.5]
    """
    e = np.asarray(errors, dtype=np.float64)  # (n,)
    x = np.asarray(sample, dtype=np.float64)  # (m,)
    outlier = x[np.abs(x - np.median(x)).argmax()]
    mean, penalised, robust = float(x.mean()), float(x.sum() / (len(x) + penalty)), huber_location(x, delta)
    losses = huber(e, delta)
    return {
        "losses": losses[:50],
        "gradients": np.clip(e, -delta, delta)[:50],
        "loss": losses.mean(),
        "half_mse": 0.5 * (e**2).mean(),
        "mae": np.abs(e).mean(),
        "mean": mean,
        "penalised_mean": penalised,
        "huber_location": robust,
        "median": np.median(x),
        "outlier_pull_squared": abs(outlier - mean),
        "outlier_pull_penalised": abs(outlier - penalised),
        "outlier_pull_huber": min(abs(outlier - robust), delta),
    }
