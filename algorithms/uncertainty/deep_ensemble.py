r"""Deep ensemble uncertainty is the spread of the predictions of several networks that were trained independently.

$$\mu = \frac1M \sum_m \mu_m(x), \qquad \sigma^2 = \frac1M \sum_m \big(\sigma_m^2 + \mu_m^2\big) - \mu^2$$

**Intuition.** Networks that start from different weights end in different minima. They agree on the training data, which all of
them fit, and disagree where nothing constrains them. The mean is also more accurate than its members.

**When to use it.** Whenever a few trainings are affordable: the strongest simple baseline for uncertainty and for robustness
under shift.

**Cost.** $M$ trainings and $M$ predictions; five members give most of the effect.

**Pitfalls.** The members must be independent: different initialisations and orders of data, which suffice for networks, or bootstrap
samples (bagging). Boosting does not qualify, although it is often listed here: its members are trained in sequence on
each other's errors, and their spread is no estimate of uncertainty. Stacking combines models and estimates no spread
either. Members that share a blind spot agree and are wrong. The spread is epistemic; add the predicted noise. Averaging
probabilities makes classifiers less confident, so recalibrate after averaging.

**References.** Lakshminarayanan, Pritzel and Blundell, *Simple and Scalable Predictive Uncertainty Estimation using Deep
Ensembles*, arXiv:1612.01474. Fort, Hu and Lakshminarayanan, arXiv:1912.02757.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.uncertainty.mc_dropout import curve, draw, forward, train


@algorithm(
    id="deep-ensemble",
    name="Deep ensemble uncertainty",
    aliases=("ensemble spread", "deep ensembles", "ensemble of neural networks", "ensemble uncertainty"),
    example={"members": 5, "steps": 400},
    cost="trains",
    figure=draw,
)
def deep_ensemble(
    members: Annotated[int, Field(ge=2, le=8)] = 5,
    steps: Annotated[int, Field(ge=10, le=600)] = 400,
    hidden: Annotated[int, Field(ge=4, le=48)] = 32,
    n: Annotated[int, Field(ge=10, le=100)] = 60,
    seed: Seed = 0,
) -> Output:
    """Train several networks on a sine within [-1, 1] and compare their predictions within [-3, 3].

    Parameters
    ----------
    members : int
        Number M of networks.
    steps : int
        Training steps of each.
    hidden : int
        Units of each of the two hidden layers.
    n : int
        Training points, the same for all members.
    seed : int
        Seed of the data and of the members' initialisations.

    Returns
    -------
    dict
        ``losses_after`` of the members; at 25 points ``x`` the ``mean`` and the spread ``std``; ``std_inside`` and
        ``std_outside``, means of it for |x| ≤ 1 and |x| ≥ 2; ``rmse_inside`` of the mean and ``member_rmse_inside``, the
        average of the members.

    Examples
    --------
    >>> r = deep_ensemble(members=3, steps=200)
    >>> r["std_outside"] > 3 * r["std_inside"]
    True
    """
    x, y = curve(n, np.random.default_rng(seed))
    points = np.linspace(-3, 3, 25)
    runs = [train(x, y, hidden, 0.0, steps, np.random.default_rng([seed, 1 + m])) for m in range(members)]
    ones = [np.ones(hidden)] * 2
    samples = np.stack([forward(theta, points, ones)[0] for theta, _ in runs])  # (M, 25)
    mean, std = samples.mean(axis=0), samples.std(axis=0)  # (25,), (25,)
    inside, outside = np.abs(points) <= 1, np.abs(points) >= 2
    errors = (samples - np.sin(3 * points))[:, inside]  # (M, inside)
    return {
        "losses_after": [losses[-1] for _, losses in runs],
        "x": points,
        "mean": mean,
        "std": std,
        "std_inside": float(std[inside].mean()),
        "std_outside": float(std[outside].mean()),
        "rmse_inside": float(np.sqrt(np.mean(errors.mean(axis=0) ** 2))),
        "member_rmse_inside": float(np.sqrt(np.mean(errors**2, axis=1)).mean()),
    }
