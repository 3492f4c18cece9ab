r"""More training data reduces the validation error, with falling returns and only as far as the new rows bring new
information.

$$E(N) \approx E_\infty + c\,N^{-\beta}, \qquad \text{for least squares with } p \text{ weights: } E(N) \approx \sigma^2\Big(1 + \frac{p}{N}\Big)$$

**Intuition.** Each independent row averages out a little noise of the fitted weights, so the variance falls with $N$;
bias and noise stay. A copy of a row is no new information: fitting the same rows twice gives the same weights. Rows
from a narrow range say little about the rest of the range, so a diverse sample of the same size does better.

**When to use it.** To decide between collecting more rows, more varied rows and a better model: draw the learning curve
first.

**Cost.** Labels; the curve itself takes a handful of refits.

**Pitfalls.** That diverse data beat more data is a half-truth: both count. Duplicates add nothing, while more rows that
are varied enough still lower the error. A curve that is flat at a high level asks for a richer model, not for data.
Duplicates that fall into both training and validation set make the error look better than it is. One random subset a
size gives a bumpy curve: average several.

**References.** Cortes, Jackel, Solla, Vapnik and Denker, *Learning curves*, NIPS (1993). Hastie, Tibshirani and
Friedman, *The Elements of Statistical Learning* (2009), chapter 7.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.model_selection.bias_variance_decomposition import polynomial_features
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def fit_at(x: Floats, y: Floats, q: Floats, degree: int) -> Floats:
    """Least-squares polynomial fitted on x, y (n,) and evaluated at q (m,)."""
    w = np.linalg.lstsq(polynomial_features(x, degree), y, rcond=None)[0]
    return np.asarray(polynomial_features(q, degree) @ w)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Learning curve."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogy(output["sizes"], output["errors"], "o-")
    axes.set_xscale("log", subs=[])  # labels between the decades would run into each other
    axes.axhline(output["noise_level"], linestyle="--", label="noise")
    axes.set(xlabel="training rows", ylabel="validation error")
    axes.legend()
    return figure


@algorithm(
    id="training-set-size-effect",
    name="More training data reduces validation error",
    aliases=("learning curve in N", "more data", "data diversity vs quantity", "effect of data set size"),
    example={"n": 40, "degree": 5, "noise": 0.3},
    cost="seconds",
    figure=draw,
)
def training_set_size_effect(
    n: Annotated[int, Field(ge=12, le=200)] = 40,
    degree: Annotated[int, Field(ge=1, le=8)] = 5,
    noise: Annotated[float, Field(ge=0.01, le=2)] = 0.3,
    repeats: Annotated[int, Field(ge=5, le=200)] = 60,
    seed: Seed = 0,
) -> Output:
    """Validation error of a polynomial on sin(2 pi x) for several training sets.

    Parameters
    ----------
    n : int
        Rows of the base training set.
    degree : int
        Degree of the polynomial.
    noise : float
        Standard deviation of the noise.
    repeats : int
        Training sets averaged.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        Mean squared validation error: ``error`` (n rows), ``error_duplicated`` (the same rows twice), ``error_doubled``
        (2n fresh rows), ``error_narrow`` (2n rows from half of the range), ``noise_level``; ``sizes`` and ``errors`` of
        the learning curve.

    Examples
    --------
    >>> out = training_set_size_effect()
    >>> bool(np.isclose(out["error_duplicated"], out["error"])), out["error_doubled"] < out["error"]
    (True, True)
    """
    rng = np.random.default_rng(seed)
    q = np.linspace(0, 1, 200)
    truth = np.sin(2 * np.pi * q)

    def error(x: Floats, y: Floats) -> float:
        return float(np.mean((fit_at(x, y, q, degree) - truth) ** 2) + noise**2)

    def sample(rows: int, high: float = 1.0) -> tuple[Floats, Floats]:
        # one point in each of `rows` equal strips, so that no fit hangs on a gap
        x = high * (np.arange(rows) + rng.random(rows)) / rows
        return x, np.sin(2 * np.pi * x) + noise * rng.standard_normal(rows)

    sizes = [12, 25, 50, 100, 200, 400]
    rows, curve = [], []
    for _ in range(repeats):
        x, y = sample(n)
        rows.append(
            [error(x, y), error(np.tile(x, 2), np.tile(y, 2)), error(*sample(2 * n)), error(*sample(2 * n, 0.5))]
        )
        curve.append([error(*sample(size)) for size in sizes])
    base, twice, doubled, narrow = np.mean(rows, axis=0)
    return {
        "error": float(base),
        "error_duplicated": float(twice),
        "error_doubled": float(doubled),
        "error_narrow": float(narrow),
        "noise_level": noise**2,
        "sizes": sizes,
        "errors": np.mean(curve, axis=0),
    }
