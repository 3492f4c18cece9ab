r"""Shift-robust training prepares a model for changed inputs, by augmentations that mimic the change or ensembles over conditions.

$$\min_\theta \; \mathbb{E}_{(x, y)}\, \mathbb{E}_{a \sim A}\, L\big(f_\theta(a(x)), y\big), \qquad
\bar p(y \mid x) = \frac1D \sum_{d=1}^{D} p_d(y \mid x)$$

**Intuition.** If the cameras in use are noisier or turned, show the model noisy or turned images in training. If it is unknown which
condition will come, train one model for each known condition and average: their errors differ, and the average fails less
badly in the worst one.

**When to use it.** Robotics (domain randomisation), speech and vision under changing devices, hospitals, seasons.

**Cost.** Augmentation is nearly free; an ensemble costs as many models as conditions.

**Pitfalls.** The augmentation must resemble the shift: robustness to noise does not carry over to blur. Too strong augmentation costs
accuracy on clean data. Judge on the worst condition, not on the mean. Randomise over a range that includes the target,
not at one guess. An ensemble of models that share the training data shares their blind spots. Augmentation helps against
changed inputs, not against a changed relation of input and label. Keep a condition aside for testing.

**References.** Tobin et al., *Domain Randomization*, arXiv:1703.06907. Hendrycks and Dietterich, arXiv:1903.12261 (corruptions). Ovadia
et al., arXiv:1906.02530 (ensembles under shift).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

ANGLES = np.radians([0.0, 45.0, 90.0])


def turn(X: Floats, angle: Floats | float) -> Floats:
    """Points (n, 2) turned about the origin, all by one angle or each by its own."""
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * X[:, 0] - s * X[:, 1], s * X[:, 0] + c * X[:, 1]], axis=1)


def sample(n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Class 1 around (2, 0), class 0 around (-2, 0), spread 0.7."""
    y = rng.integers(2, size=n).astype(float)
    return np.stack([4 * y - 2, np.zeros(n)], axis=1) + 0.7 * rng.standard_normal((n, 2)), y


def fit(X: Floats, y: Floats, steps: int = 200) -> Floats:
    """Weights (2,) of logistic regression without bias, with a small L2 penalty."""
    w = np.zeros(2)
    for _ in range(steps):
        w -= 0.3 * (X.T @ (logistic(X @ w) - y) / len(y) + 0.01 * w)
    return w


def error(p: Floats, y: Floats) -> float:
    """Share of wrong classes at a threshold of one half."""
    return float(((p > 0.5) != (y > 0.5)).mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Target error by strength of the augmentation."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["sweep_degrees"], output["sweep_target_error"], "o-", label="shifted data")
    axes.plot(output["sweep_degrees"], output["sweep_clean_error"], "o-", label="clean data")
    axes.set(
        xlabel="augmentation up to (degrees)", ylabel="error", title=f"shift of {inputs['shift_degrees']:g} degrees"
    )
    axes.legend()
    return figure


@algorithm(
    id="shift-robust-training",
    name="Shift-robust training (augmentation, ensembles)",
    aliases=(
        "augmentations that mimic the expected shift",
        "domain randomisation",
        "domain randomization",
        "ensemble over subsets/conditions for shift robustness",
        "domain ensembles",
        "ensemble over conditions",
    ),
    example={"shift_degrees": 80, "augmentation_degrees": 80},
    cost="trains",
    figure=draw,
)
def shift_robust_training(
    shift_degrees: Annotated[float, Field(ge=0, le=180)] = 80,
    augmentation_degrees: Annotated[float, Field(ge=0, le=180)] = 80,
    n: Annotated[int, Field(ge=20, le=3_000)] = 1_000,
    seed: Seed = 0,
) -> Output:
    """Classify two clusters that appear turned in use.

    Parameters
    ----------
    shift_degrees : float
        Angle by which the target data are turned.
    augmentation_degrees : float
        Training copies are turned by uniform angles from 0 to this.
    n : int
        Training points; for the ensemble as many in each condition.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``target_error_plain`` and ``target_error_augmented``; ``clean_error_plain`` and ``clean_error_augmented``;
        ``sweep_degrees``, ``sweep_target_error`` and ``sweep_clean_error``; for models of the conditions 0, 45 and 90
        degrees: ``worst_error_of_members`` (each one's error in its worst condition), their mean
        ``average_worst_error_of_members`` and ``worst_error_of_ensemble``.

    Examples
    --------
    >>> r = shift_robust_training(shift_degrees=80)
    >>> r["target_error_augmented"] < r["target_error_plain"] - 0.1
    True
    """
    rng = np.random.default_rng(seed)
    X, y = sample(n, rng)
    test, truth = sample(5_000, rng)
    shifted = turn(test, np.radians(shift_degrees))
    fraction = rng.random(n)

    def errors(degrees: float) -> tuple[float, float]:
        w = fit(turn(X, np.radians(degrees) * fraction), y)
        return error(logistic(shifted @ w), truth), error(logistic(test @ w), truth)

    plain, augmented = errors(0.0), errors(augmentation_degrees)
    sweep = [0.0, 30.0, 60.0, 90.0, 120.0]
    swept = [errors(degrees) for degrees in sweep]
    members = [fit(turn(sample_x, angle), sample_y) for angle in ANGLES for sample_x, sample_y in [sample(n, rng)]]
    conditions = [turn(test, angle) for angle in ANGLES]
    probabilities = np.array([[logistic(c @ w) for c in conditions] for w in members])  # (3 models, 3 conditions, m)
    worst = [max(error(p, truth) for p in row) for row in probabilities]
    return {
        "target_error_plain": plain[0],
        "target_error_augmented": augmented[0],
        "clean_error_plain": plain[1],
        "clean_error_augmented": augmented[1],
        "sweep_degrees": sweep,
        "sweep_target_error": [target for target, _ in swept],
        "sweep_clean_error": [clean for _, clean in swept],
        "worst_error_of_members": worst,
        "average_worst_error_of_members": float(np.mean(worst)),
        "worst_error_of_ensemble": max(error(p, truth) for p in probabilities.mean(axis=0)),
    }
