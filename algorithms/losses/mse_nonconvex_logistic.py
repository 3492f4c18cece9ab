r"""Mean squared error after a sigmoid is a non-convex function of the weights, while the log loss of the same model is
convex.

$$f(w) = (y - \sigma(wx))^2, \quad f''(w) = 2x^2\,s\,(s - (y - \sigma)(1 - 2\sigma)), \quad s = \sigma(1 - \sigma);
\qquad g''(w) = x^2 s \ge 0$$

**Intuition.** A confident wrong prediction should hurt most and teach most. Under squared error the sigmoid is flat
there: the curve bends down, and the gradient dies. The log loss grows linearly instead, so its slope stays near one.

**When to use it.** To answer why classifiers are not trained with squared error, and how losses follow from
likelihoods: Gaussian noise gives squared error, a Bernoulli label gives cross-entropy.

**Cost.** $O(n)$ for each weight.

**Pitfalls.** Squared error corresponds to a Gaussian *likelihood*; a Gaussian *prior* gives L2 regularisation, and the
two are often mixed up. Classifiers output continuous probabilities, so "discrete outputs" is no reason for the trouble.
Non-convex does not mean many minima: $-e^{-x^2}$ has one and is not convex. Nor are all losses in use convex: those of
$k$-means, mixtures and deep networks are not. Log loss is convex for logistic regression, not in a deep network's
weights. Squared error on probabilities (the Brier score) remains a fine *metric*.

**References.** Bishop, *Pattern Recognition and Machine Learning* (2006), sections 1.2.5 and 4.3. Boyd and
Vandenberghe, *Convex Optimization* (2004), section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

GRID = np.linspace(-6, 6, 241)
Features = Annotated[list[Annotated[float, Field(ge=-10, le=10)]], Field(min_length=1, max_length=200)]
Bits = Annotated[list[Annotated[int, Field(ge=0, le=1)]], Field(min_length=1, max_length=200)]


def squared_error(w: Floats, x: Floats, y: Floats) -> Floats:
    """Mean squared error of σ(w x) for each weight.

    Examples
    --------
    >>> squared_error(np.array([0.0]), np.array([1.0]), np.array([1.0])).tolist()
    [0.25]
    """
    return np.asarray(((y - logistic(w[:, None] * x)) ** 2).mean(axis=1))  # (weights, n) → (weights,)


def log_loss(w: Floats, x: Floats, y: Floats) -> Floats:
    """Mean log loss of σ(w x) for each weight, from logits.

    Examples
    --------
    >>> log_loss(np.array([0.0]), np.array([1.0]), np.array([1.0])).round(4).tolist()
    [0.6931]
    """
    z = w[:, None] * x  # (weights, n)
    return np.asarray((np.logaddexp(0, z) - y * z).mean(axis=1))


def second_derivatives(w: float, x: Floats, y: Floats) -> tuple[float, float]:
    """Second derivatives of the squared error and of the log loss at a weight.

    Examples
    --------
    >>> second_derivatives(0.0, np.array([1.0]), np.array([1.0]))
    (0.125, 0.25)
    """
    p = logistic(w * x)  # (n,)
    s = p * (1 - p)  # (n,)
    squared = 2 * x**2 * s * (s - (y - p) * (1 - 2 * p))
    return float(squared.mean()), float((x**2 * s).mean())


def violates_convexity(f: Callable[[Floats], Floats], grid: Floats) -> bool:
    """Whether some midpoint of two grid points lies above the chord between them.

    Examples
    --------
    >>> violates_convexity(np.square, GRID), violates_convexity(lambda x: -np.exp(-(x**2)), GRID)
    (False, True)
    """
    a, b = np.meshgrid(grid, grid)
    middle = f(((a + b) / 2).ravel())
    chord = (f(a.ravel()) + f(b.ravel())) / 2
    return bool((middle > chord + 1e-12).any())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both losses against the weight."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    x, y = np.asarray(inputs["x"]), np.asarray(inputs["labels"], dtype=np.float64)
    axes.plot(GRID, squared_error(GRID, x, y), label="squared error")
    axes.plot(GRID, log_loss(GRID, x, y), label="log loss")
    axes.axvline(inputs["weight"], color="grey", linestyle=":")
    axes.set(xlabel="weight", ylabel="loss")
    axes.legend()
    return figure


@algorithm(
    id="mse-nonconvex-logistic",
    name="MSE with a sigmoid is non-convex (why not MSE for classification)",
    aliases=(
        "MSE for classification",
        "Brier with sigmoid",
        "Loss functions as negative log-likelihoods",
        "Gaussian likelihood -> MSE",
        "Bernoulli likelihood -> cross-entropy",
        "Convexity test",
        "convex vs non-convex function",
    ),
    example={"weight": -2.0, "x": [1.0], "labels": [1], "observations": [1.0, 2.0, 6.0]},
    figure=draw,
)
def mse_nonconvex_logistic(
    weight: Annotated[float, Field(ge=-100, le=100)] = -2.0,
    x: Features = [1.0],  # noqa: B006
    labels: Bits = [1],  # noqa: B006
    observations: Annotated[list[Number], Field(min_length=1, max_length=200)] = [1.0, 2.0, 6.0],  # noqa: B006
) -> Output:
    """Curvature of squared error and log loss of a one-weight logistic model, and the likelihoods behind both losses.

    Parameters
    ----------
    weight : float
        Where to take the second derivatives.
    x : list of float, length n
        Features.
    labels : list of 0 or 1, length n
        Classes.
    observations : list of float
        A sample for the Gaussian likelihood; its constant prediction is fitted.

    Returns
    -------
    dict
        ``mse_second_derivative`` and ``log_loss_second_derivative`` at the weight; ``mse_is_convex``,
        ``log_loss_is_convex`` and ``single_minimum_is_convex`` (of -exp(-x²)) by the chord test on [-6, 6];
        ``mse_minimiser`` and ``gaussian_mle`` of the observations' location; ``cross_entropy_minimiser`` and
        ``bernoulli_mle`` of the labels' probability (on a grid).

    Raises
    ------
    ValueError
        If `x` and `labels` differ in length.

    Examples
    --------
    >>> out = mse_nonconvex_logistic(-2.0)
    >>> round(out["mse_second_derivative"], 3), out["mse_is_convex"], out["log_loss_is_convex"]
    (-0.119, False, True)
    """
    if len(x) != len(labels):
        raise ValueError(f"give one label for each x: {len(x)} features, {len(labels)} labels")
    features, y = np.asarray(x, dtype=np.float64), np.asarray(labels, dtype=np.float64)  # (n,) each
    mse_curvature, log_curvature = second_derivatives(weight, features, y)
    coarse = GRID[::8]
    sample = np.asarray(observations, dtype=np.float64)
    centers = np.linspace(sample.min(), sample.max(), 1001)  # candidate locations
    gaussian = 0.5 * ((sample - centers[:, None]) ** 2 + np.log(2 * np.pi)).sum(axis=1)  # negative log-likelihood
    p = np.linspace(0.001, 0.999, 999)
    bernoulli = -np.log(np.where(y == 1, p[:, None], 1 - p[:, None])).sum(axis=1)
    cross_entropy = -(y.mean() * np.log(p) + (1 - y.mean()) * np.log1p(-p))
    return {
        "mse_second_derivative": mse_curvature,
        "log_loss_second_derivative": log_curvature,
        "mse_is_convex": not violates_convexity(lambda w: squared_error(w, features, y), coarse),
        "log_loss_is_convex": not violates_convexity(lambda w: log_loss(w, features, y), coarse),
        "single_minimum_is_convex": not violates_convexity(lambda v: -np.exp(-(v**2)), coarse),
        "mse_minimiser": centers[((sample - centers[:, None]) ** 2).mean(axis=1).argmin()],
        "gaussian_mle": centers[gaussian.argmin()],
        "cross_entropy_minimiser": p[cross_entropy.argmin()],
        "bernoulli_mle": p[bernoulli.argmin()],
    }
