r"""A diversity ensemble by negative correlation learning trains its members together and rewards them for differing
from their mean.

$$e_m = (f_m - y)^2 - \lambda\,(f_m - \bar f)^2, \qquad
(\bar f - y)^2 = \frac1M \sum_m (f_m - y)^2 - \frac1M \sum_m (f_m - \bar f)^2$$

**Intuition.** The identity on the right (ambiguity decomposition) says that the squared error of the average is the
mean error of the members minus their spread. So members should be good and different. The penalty with $\lambda$ pays
for the spread: $\lambda = 0$ trains each member alone, $\lambda = 1$ trains the average as one big model.

**When to use it.** For small ensembles of neural networks or other members trained by gradient descent.

**Cost.** $M$ members in one joint training; each step needs the ensemble's output.

**Pitfalls.** Diversity is no goal in itself: at a given ensemble error more spread only means worse members. With
$\lambda$ near 1 the members overfit jointly like one large network. Some papers drop the factor from the gradient and
use a different scale of $\lambda$. The decomposition is exact for squared error with fixed weights; classification
votes have no such identity.

**References.** Krogh and Vedelsby, *Neural network ensembles, cross validation, and active learning*, NIPS (1995). Liu
and Yao, *Ensemble learning via negative correlation*, Neural Networks (1999). Brown, Wyatt and Tino, *Managing
diversity in regression ensembles*, JMLR (2005).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def ambiguity_decomposition(F: Floats, y: Floats) -> tuple[float, float, float]:
    """Ensemble error, mean member error and mean ambiguity of predictions F (M, n).

    Examples
    --------
    >>> ambiguity_decomposition(np.array([[0.0], [2.0]]), np.array([1.0]))
    (0.0, 1.0, 1.0)
    """
    mean = F.mean(axis=0)  # (n,)
    return float(np.mean((mean - y) ** 2)), float(np.mean((F - y) ** 2)), float(np.mean((F - mean) ** 2))


@algorithm(
    id="negative-correlation-ensemble",
    name="Diversity ensemble (negative correlation learning)",
    aliases=("diverse ensemble", "NCL", "negative correlation learning", "ambiguity decomposition"),
    example={"penalty": 0.8, "members": 6, "seed": 0},
    cost="trains",
)
def negative_correlation_ensemble(
    penalty: Annotated[float, Field(ge=0, le=1)] = 0.8,
    members: Annotated[int, Field(ge=2, le=20)] = 6,
    steps: Annotated[int, Field(ge=10, le=2000)] = 600,
    n: Annotated[int, Field(ge=10, le=200)] = 60,
    noise: Annotated[NonNegative, Field(le=5)] = 0.2,
    seed: Seed = 0,
) -> Output:
    """Train members on random cosine features of a noisy sine by gradient descent, with and without the penalty.

    Parameters
    ----------
    penalty : float
        Weight lambda of the diversity term.
    members : int
        Members M.
    steps : int
        Steps of gradient descent.
    n : int
        Training points.
    noise : float
        Standard deviation of the noise.
    seed : int
        Seed of data and features.

    Returns
    -------
    dict
        Test values ``ensemble_error``, ``mean_error``, ``ambiguity`` with the penalty and ``independent_*`` without;
        ``training_loss_before`` and ``training_loss_after`` (squared error of the ensemble).

    Examples
    --------
    >>> out = negative_correlation_ensemble(steps=200)
    >>> out["ambiguity"] > out["independent_ambiguity"]
    True
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, n)
    y = np.sin(2 * x) + noise * rng.standard_normal(n)
    t = np.linspace(-3, 3, 200)
    a, b = 2 * rng.standard_normal((members, 1, 8)), rng.uniform(0, 2 * np.pi, (members, 1, 8))
    Phi, Test = (np.sqrt(2 / 8) * np.cos(a * v[None, :, None] + b) for v in (x, t))  # (M, n, 8), (M, 200, 8)

    def train(weight: float) -> tuple[Floats, float, float]:
        W = np.zeros((members, 8))
        for step in range(steps + 1):
            F = np.einsum("mnk,mk->mn", Phi, W)  # (M, n)
            mean = F.mean(axis=0)
            if step == 0:
                before = float(np.mean((mean - y) ** 2))
            if step < steps:
                # the mean is held constant, so that a weight of 1 descends the error of the average itself
                slope = (F - y) - weight * (F - mean)  # (M, n)
                W = W - 0.5 * np.einsum("mn,mnk->mk", slope, Phi) / n
        return np.einsum("mnk,mk->mn", Test, W), before, float(np.mean((mean - y) ** 2))

    truth = np.sin(2 * t)
    F, before, after = train(penalty)
    error, mean_error, ambiguity = ambiguity_decomposition(F, truth)
    alone = ambiguity_decomposition(train(0.0)[0], truth)
    return {
        "ensemble_error": error,
        "mean_error": mean_error,
        "ambiguity": ambiguity,
        "independent_ensemble_error": alone[0],
        "independent_mean_error": alone[1],
        "independent_ambiguity": alone[2],
        "training_loss_before": before,
        "training_loss_after": after,
    }
