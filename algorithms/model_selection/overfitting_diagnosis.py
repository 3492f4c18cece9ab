r"""Overfitting and underfitting are diagnosed by comparing the training error with the validation error, along training
or along the amount of data (learning curves).

$$\text{gap} = E_{\text{val}} - E_{\text{train}}, \qquad
\text{overfit: small } E_{\text{train}}, \text{ large gap}; \qquad \text{underfit: both large}$$

**Intuition.** A model that has learned the noise does well on the rows it saw and badly on others. A model that is too
simple does badly on both. The learning curve tells what would help: if the two errors have met at a high level, more
data cannot help and a richer model is needed; if they are far apart and still closing, more data helps.

**When to use it.** At every training run; stop at the lowest validation error.

**Cost.** A hold-out set, and refits for a learning curve.

**Pitfalls.** Training error alone can never show overfitting. Remedies for it are more data, regularisation, a smaller
model, early stopping. Cross-validation measures it and cures nothing. Many training steps overfit small data sets;
large ones bear more steps, not fewer, contrary to some advice. A large error on both sides may also be irreducible
noise: compare with the noise level. Choosing by validation error over many trials overfits the validation set.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapter 7. Goodfellow,
Bengio and Courville, *Deep Learning* (2016), section 5.2.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.model_selection.bias_variance_decomposition import polynomial_features
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def diagnose(train_error: float, validation_error: float, acceptable: float) -> str:
    """Verdict from two errors and the error one would accept (about that of the noise).

    Examples
    --------
    >>> diagnose(0.01, 0.9, 0.1), diagnose(0.8, 0.9, 0.1), diagnose(0.09, 0.1, 0.1)
    ('overfitting', 'underfitting', 'good fit')
    """
    if train_error > acceptable:
        return "underfitting"
    return "overfitting" if validation_error > acceptable else "good fit"


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training and validation error against the number of rows."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["curve_sizes"], output["curve_train"], "o-", label="training")
    axes.plot(output["curve_sizes"], output["curve_validation"], "o-", label="validation")
    axes.set(xlabel="training rows", ylabel="mean squared error", yscale="log", title=output["diagnosis"])
    axes.legend()
    return figure


@algorithm(
    id="overfitting-diagnosis",
    name="Overfitting / underfitting diagnosis (learning curves)",
    aliases=(
        "overfitting",
        "underfitting",
        "learning curve",
        "train vs validation error",
        "metric monitoring",
        "generalization gap",
    ),
    example={"target": "sine", "degree": 15, "n": 20},
    figure=draw,
)
def overfitting_diagnosis(
    target: Literal["sine", "parabola"] = "sine",
    degree: Annotated[int, Field(ge=0, le=15)] = 15,
    n: Annotated[int, Field(ge=16, le=200)] = 20,
    noise: Annotated[float, Field(ge=0.01, le=2)] = 0.2,
    seed: Seed = 0,
) -> Output:
    """Fit a polynomial to noisy data on [0, 1] and compare training and validation error.

    Parameters
    ----------
    target : {"sine", "parabola"}
        sin(2 pi x), or 4 (2x - 1)².
    degree : int
        Degree of the polynomial; 15 on 20 points overfits, 1 on the parabola underfits.
    n : int
        Training rows.
    noise : float
        Standard deviation of the noise.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``train_error``, ``validation_error`` (mean squared, 500 fresh rows), ``gap``, ``noise_level`` (variance of the
        noise), ``diagnosis`` (an error is acceptable up to twice the noise level), ``curve_sizes``, ``curve_train``,
        ``curve_validation``; ``validation_by_degree`` (0 to 15).

    Examples
    --------
    >>> overfitting_diagnosis("sine", 15)["diagnosis"], overfitting_diagnosis("parabola", 1)["diagnosis"]
    ('overfitting', 'underfitting')
    """
    rng = np.random.default_rng(seed)

    def sample(rows: int) -> tuple[Floats, Floats]:
        x = rng.random(rows)
        f = np.sin(2 * np.pi * x) if target == "sine" else 4 * (2 * x - 1) ** 2
        return x, f + noise * rng.standard_normal(rows)

    X, y = sample(400)
    V, v = sample(500)

    def errors(rows: int, p: int) -> tuple[float, float]:
        w = np.linalg.lstsq(polynomial_features(X[:rows], p), y[:rows], rcond=None)[0]
        train = float(np.mean((polynomial_features(X[:rows], p) @ w - y[:rows]) ** 2))
        return train, float(np.mean((polynomial_features(V, p) @ w - v) ** 2))

    train, validation = errors(n, degree)
    sizes = [m for m in (16, 24, 36, 60, 100, 200, 400) if m > degree]
    curve = [errors(m, degree) for m in sizes]
    return {
        "train_error": train,
        "validation_error": validation,
        "gap": validation - train,
        "noise_level": noise**2,
        "diagnosis": diagnose(train, validation, 2 * noise**2),
        "curve_sizes": sizes,
        "curve_train": [t for t, _ in curve],
        "curve_validation": [e for _, e in curve],
        "validation_by_degree": [errors(n, p)[1] for p in range(16)],
    }
