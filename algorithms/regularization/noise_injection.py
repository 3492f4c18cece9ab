r"""Noise injection adds random noise to inputs or weights during training; for linear least squares, input noise is
ridge regression.

$$\mathbb E_\epsilon \lVert y - (X + \epsilon) w \rVert^2 = \lVert y - Xw \rVert^2 + n\,\sigma^2 \lVert w \rVert^2, \qquad \epsilon_{ij} \sim N(0, \sigma^2)$$

**Intuition.** A model that must answer alike for slightly different inputs cannot have large slopes. Each noisy copy of
a sample is one more training sample; averaged over many copies the effect is a penalty on the slope. For a linear model
it is exactly L2 with $\lambda = n\sigma^2$.

**When to use it.** Where small changes of the input leave the answer alone: sensors, speech, images, numeric tables.
Noise on the weights prefers flat minima.

**Cost.** One random array a step.

**Pitfalls.** The equality holds in *expectation*, for squared error and a linear model; for others it is an
approximation for small noise. Noise must match the scale of each feature, so standardise first. Train with it, evaluate
without. Noise on the targets does not regularise a linear regression: it only adds variance. Too much noise underfits,
as too large a $\lambda$ does. It does not shrink the intercept, as ridge should not either.

**References.** Bishop, *Training with noise is equivalent to Tikhonov regularization* (1995). Goodfellow, Bengio and
Courville, *Deep Learning* (2016), section 7.5.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.regularization.l2_regularization import ridge
from algorithms.toy_data import linear_data


@algorithm(
    id="noise-injection",
    name="Noise injection into inputs or weights",
    aliases=("input noise", "jitter", "training with noise", "noise as regularization"),
    example={"noise": 0.5, "samples": 40, "copies": 1000, "seed": 0},
    cost="seconds",
)
def noise_injection(
    noise: Annotated[float, Field(ge=0, le=5)] = 0.5,
    samples: Annotated[int, Field(ge=4, le=100)] = 40,
    copies: Annotated[int, Field(ge=1, le=2000)] = 1000,
    seed: Seed = 0,
) -> Output:
    """Least squares on noisy copies of a data set with weights (2, -1, 0.5), beside ridge with λ = n σ².

    Parameters
    ----------
    noise : float
        Standard deviation σ of the noise on each input.
    samples : int
        Samples n.
    copies : int
        Noisy copies of each sample.
    seed : int
        Seed of the data and the noise.

    Returns
    -------
    dict
        ``equivalent_penalty``, n σ²; ``noisy_weights`` (3,) of least squares on all copies; ``ridge_weights`` (3,);
        ``clean_weights`` (3,) without noise; ``difference`` between the first two, relative to the norm of the second;
        ``noisy_norm`` and ``clean_norm``; ``weight_noise_loss_increase``, the mean rise of the squared error when noise
        of the same σ hits the clean weights, and its exact value ``expected_weight_noise_increase``, σ² times the mean
        squared norm of a sample.

    Examples
    --------
    >>> out = noise_injection(noise=0.5, samples=40)
    >>> out["equivalent_penalty"], bool(out["difference"] < 0.05)
    (10.0, True)
    """
    X, y = linear_data(np.array([2.0, -1.0, 0.5]), 0.0, samples, 0.3, seed)  # (n, 3), (n,)
    rng = np.random.default_rng(seed + 1)
    noisy = X + noise * rng.standard_normal((copies, samples, 3))  # (copies, n, 3)
    fitted = ridge(noisy.reshape(-1, 3), np.tile(y, copies), 0.0)  # (3,)
    expected = ridge(X, y, samples * noise**2)  # (3,)
    clean = ridge(X, y, 0.0)  # (3,)
    moved = clean + noise * rng.standard_normal((copies, 3))  # (copies, 3)
    increases = ((moved @ X.T - y) ** 2).mean(axis=1) - ((X @ clean - y) ** 2).mean()  # (copies,)
    return {
        "equivalent_penalty": samples * noise**2,
        "noisy_weights": fitted,
        "ridge_weights": expected,
        "clean_weights": clean,
        "difference": np.linalg.norm(fitted - expected) / np.linalg.norm(expected),
        "noisy_norm": np.linalg.norm(fitted),
        "clean_norm": np.linalg.norm(clean),
        "weight_noise_loss_increase": increases.mean(),
        "expected_weight_noise_increase": noise**2 * (X**2).sum(axis=1).mean(),
    }
