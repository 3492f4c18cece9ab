r"""Test-time augmentation (TTA) averages a model's predictions over transformed copies of the input.

$$\bar p(y \mid x) = \frac1K \sum_{k=1}^{K} p\big(y \mid a_k(x)\big), \qquad \text{spread} = \operatorname{std}_k\, p\big(y \mid a_k(x)\big)$$

**Intuition.** If a transformation such as a small shift or a flip should not change the answer, any change it makes is an error of
the model. Averaging cancels such errors, and the spread tells how fragile the prediction is.

**When to use it.** Images and audio at inference, medical imaging, competitions: a gain without retraining.

**Cost.** $K$ forward passes for each input.

**Pitfalls.** The augmentation must keep the label: a flip turns "left" into "right" and d into b. Average probabilities (or
logits), not the winning classes. Use transformations the model saw in training or tolerates; others add errors. For
segmentation and boxes the prediction must be transformed back before averaging. The spread measures sensitivity to these
transformations, not all uncertainty. Gains shrink for models that were trained with strong augmentation, and correct
predictions can flip to wrong ones.

The example classifies noisy signals whose pattern may sit a little off the place on which the model was trained.

**References.** Krizhevsky, Sutskever and Hinton, *ImageNet Classification with Deep CNNs* (2012), averaging over crops. Wang et al.,
*Aleatoric Uncertainty Estimation with Test-Time Augmentation*, arXiv:1807.07356. Shanmugam et al., arXiv:2011.11156.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

WIDTH = 24


def signals(n: int, shift: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Signals (n, 24) with one broad bump (class 0) or two narrow ones (class 1), shifted by up to `shift` places."""
    y = rng.integers(2, size=n)
    place = np.arange(WIDTH) - WIDTH / 2 - rng.integers(-shift, shift + 1, size=n)[:, None]  # (n, 24)
    broad = np.exp(-(place**2) / 8)
    double = np.exp(-((place - 4) ** 2) / 2) + np.exp(-((place + 4) ** 2) / 2)
    return np.where(y[:, None] == 0, broad, double) + noise * rng.standard_normal((n, WIDTH)), y


def fit(X: Floats, y: Ints, steps: int = 300) -> Floats:
    """Weights (24 + 1,) of logistic regression by gradient descent with a small L2 penalty; the last is the bias."""
    design = np.hstack([X, np.ones((len(X), 1))])  # (n, 25)
    w = np.zeros(design.shape[1])
    for _ in range(steps):
        w -= 0.5 * (design.T @ (logistic(design @ w) - y) / len(y) + 0.001 * w)
    return w


def probabilities(X: Floats, w: Floats) -> Floats:
    """Probability of class 1 (n,)."""
    return logistic(X @ w[:-1] + w[-1])


@algorithm(
    id="test-time-augmentation",
    name="Test-time augmentation",
    aliases=("TTA", "augmentation at inference", "averaging over crops"),
    example={"max_shift": 2, "test_shift": 2},
    cost="trains",
)
def augment_at_test_time(
    max_shift: Annotated[int, Field(ge=0, le=8)] = 2,
    test_shift: Annotated[int, Field(ge=0, le=8)] = 2,
    noise: Annotated[float, Field(ge=0, le=2)] = 0.5,
    n: Annotated[int, Field(ge=20, le=2_000)] = 1_000,
    seed: Seed = 0,
) -> Output:
    """Train on nearly centred signals and test on shifted ones, with and without averaging over shifts.

    Parameters
    ----------
    max_shift : int
        Augmentations are the shifts by -max_shift to max_shift; 0 for none.
    test_shift : int
        Largest shift of a test signal.
    noise : float
        Standard deviation of the noise.
    n : int
        Number of training signals and of test signals.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``accuracy_single`` and ``accuracy_tta``; ``log_loss_single`` and ``log_loss_tta``; ``passes`` K;
        ``mean_spread`` over the augmentations, and ``spread_when_right`` and ``spread_when_wrong`` of the averaged prediction
        (null if there is no such case).

    Examples
    --------
    >>> r = augment_at_test_time(max_shift=2)
    >>> r["passes"], r["accuracy_tta"] > r["accuracy_single"]
    (5, True)
    """
    rng = np.random.default_rng(seed)
    X, y = signals(n, 1, noise, rng)
    w = fit(X, y)
    new, truth = signals(n, test_shift, noise, rng)
    shifts = range(-max_shift, max_shift + 1)
    P = np.stack([probabilities(np.roll(new, s, axis=1), w) for s in shifts])  # (K, n)
    single, averaged, spread = P[max_shift], P.mean(axis=0), P.std(axis=0)  # (n,) each
    right = (averaged > 0.5) == truth

    def log_loss(p: Floats) -> float:
        return float(-np.mean(np.log(np.clip(np.where(truth == 1, p, 1 - p), 1e-12, 1))))

    return {
        "accuracy_single": float(((single > 0.5) == truth).mean()),
        "accuracy_tta": float(right.mean()),
        "log_loss_single": log_loss(single),
        "log_loss_tta": log_loss(averaged),
        "passes": len(shifts),
        "mean_spread": float(spread.mean()),
        "spread_when_right": float(spread[right].mean()) if right.any() else None,
        "spread_when_wrong": float(spread[~right].mean()) if not right.all() else None,
    }
