r"""The regularization strength lambda trades the fit to the training data against the size of the weights.

$$w(\lambda) = \arg\min_w \lVert Xw - y \rVert^2 + \lambda \lVert w \rVert^2$$

**Intuition.** At $\lambda = 0$ the model is ordinary least squares and follows the noise. As $\lambda$ grows, weights
that the data support only weakly go first, and the validation error falls. Later the useful ones are cut down too, and
it rises again: a U. At $\lambda \to \infty$ nothing but the mean is left.

**When to use it.** To choose $\lambda$: sweep it over several orders of magnitude and take the lowest validation error.

**Cost.** One fit a value; for ridge one singular value decomposition serves the whole path.

**Pitfalls.** The training error can't choose $\lambda$: it never falls as $\lambda$ grows, so it always votes for zero.
Sweep on a logarithmic grid, and extend the grid if the best value lies at its edge. Features must be on one scale, or
the penalty hits them unequally. Too much regularisation underfits: both errors are high. The best $\lambda$ depends on
the amount of data and on how the loss is normalised, so it does not carry over.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), sections 3.4 and 7.10.
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.regularization.l2_regularization import ridge
from algorithms.toy_data import linear_data

Strengths = Annotated[list[NonNegative], Field(min_length=2, max_length=20)]
DEFAULT = [0.0, 0.01, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0, 10000.0]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training and validation error along the path."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["penalties"], output["training_mse"], "o-", label="training")
    axes.plot(output["penalties"], output["validation_mse"], "o-", label="validation")
    axes.axvline(output["best_penalty"], color="grey", linestyle=":")
    axes.set(xlabel="λ", ylabel="mean squared error")
    axes.set_xscale("symlog", linthresh=0.01)
    axes.set_xlim(left=0)  # the scale would show negative strengths too
    axes.legend()
    return figure


@algorithm(
    id="regularization-strength-tradeoff",
    name="Regularization strength lambda",
    aliases=(
        "lambda sweep",
        "over-regularisation",
        "regularisation path",
        "choosing lambda",
        "regularization parameter",
    ),
    example={"penalties": DEFAULT, "samples": 30, "features": 20, "noise": 2.0, "seed": 0},
    figure=draw,
)
def regularization_strength_tradeoff(
    penalties: Strengths = DEFAULT,
    samples: Annotated[int, Field(ge=5, le=500)] = 30,
    features: Annotated[int, Field(ge=1, le=50)] = 20,
    noise: Annotated[float, Field(ge=0, le=100)] = 2.0,
    seed: Seed = 0,
) -> Output:
    """Ridge path on noisy linear data: five useful features, the others useless.

    Parameters
    ----------
    penalties : list of float, 2 to 20
        Values of λ; they are sorted.
    samples : int
        Training samples.
    features : int
        Number of features.
    noise : float
        Standard deviation of the target's noise.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``penalties`` in rising order with, for each, ``training_mse``, ``validation_mse`` (1,000 fresh samples) and
        ``norms`` of the weights; ``best_penalty`` by validation, ``best_validation_mse``;
        ``least_squares_validation_mse`` at λ = 0; ``mean_only_validation_mse`` of the prediction zero.

    Examples
    --------
    >>> out = regularization_strength_tradeoff()
    >>> 0 < out["best_penalty"] < 10000, out["best_validation_mse"] < out["least_squares_validation_mse"]
    (True, True)
    """
    truth = np.where(np.arange(features) < 5, 1.0, 0.0)  # (d,)
    X, y = linear_data(truth, 0.0, samples + 1000, noise, seed)
    X_train, y_train, X_validation, y_validation = X[:samples], y[:samples], X[samples:], y[samples:]
    order = sorted(penalties)
    fits = [ridge(X_train, y_train, penalty) for penalty in order]  # (d,) each
    validation = [float(((X_validation @ w - y_validation) ** 2).mean()) for w in fits]
    best = int(np.argmin(validation))
    least_squares = ridge(X_train, y_train, 0.0)
    return {
        "penalties": order,
        "training_mse": [float(((X_train @ w - y_train) ** 2).mean()) for w in fits],
        "validation_mse": validation,
        "norms": [float(np.linalg.norm(w)) for w in fits],
        "best_penalty": order[best],
        "best_validation_mse": validation[best],
        "least_squares_validation_mse": float(((X_validation @ least_squares - y_validation) ** 2).mean()),
        "mean_only_validation_mse": float((y_validation**2).mean()),
    }
