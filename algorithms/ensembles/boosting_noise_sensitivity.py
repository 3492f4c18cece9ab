r"""Boosting is sensitive to label noise and outliers, because its later trees chase the rows that the earlier ones got
wrong.

$$L_{\exp}(m) = e^{-m}, \qquad L_{\text{logistic}}(m) = \ln(1 + e^{-m}), \qquad m = y\,F(x)$$

**Intuition.** A flipped label looks like a hard row. AdaBoost minimises the exponential loss, so the weight of such a
row grows exponentially with its margin error; soon the ensemble spends its rounds on a few wrong labels. Training error
goes to zero while the test error rises. A loss that grows linearly, or a clipped gradient as in the Huber loss, bounds
the pull of each row. Bagging gives every row the same say and votes the noise down.

**When to use it.** To choose a method for labels that come from clicks, crowds or rules.

**Cost.** That of the ensembles compared.

**Pitfalls.** The general statement that ensembles are more robust to outliers is true of bagging and voting and false
of boosting with an exponential loss. A training error of zero is no success when labels are noisy. Early stopping,
shrinkage, subsampling and robust losses help; cleaning the labels helps more. The effect depends on how much noise and
how flexible the weak learner is.

**References.** Dietterich, *An experimental comparison of three methods for constructing ensembles of decision trees*,
Machine Learning (2000). Long and Servedio, *Random classification noise defeats all convex potential boosters* (2010).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.ensembles.adaboost import fit_adaboost
from algorithms.ensembles.gradient_boosting import fit_boosting
from algorithms.ensembles.random_forest import fit_forest
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, two_moons
from algorithms.trees.decision_tree import one_hot


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Test errors of the methods."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    names = ["adaboost_few_rounds", "adaboost", "huber", "bagging"]
    axes.barh(names, [output[f"{name}_test_error"] for name in names])
    axes.set(xlabel="test error on clean labels", title=f"{inputs['flipped']:.0%} of the training labels flipped")
    return figure


@algorithm(
    id="boosting-noise-sensitivity",
    name="Boosting is sensitive to label noise and outliers",
    aliases=("AdaBoost and noise", "noise amplification", "label noise in boosting", "robust boosting"),
    example={"flipped": 0.2, "rounds": 100, "seed": 0},
    cost="trains",
    figure=draw,
)
def boosting_noise_sensitivity(
    flipped: Annotated[float, Field(ge=0, le=0.45)] = 0.2,
    rounds: Annotated[int, Field(ge=10, le=150)] = 100,
    n: Annotated[int, Field(ge=40, le=200)] = 150,
    seed: Seed = 0,
) -> Output:
    """Train on two moons with flipped labels, test on clean labels.

    Parameters
    ----------
    flipped : float
        Share of training labels that are flipped.
    rounds : int
        Rounds of boosting, AdaBoost with trees of depth 3 and Huber with depth 2; a tenth of them for the early-stopped
        run.
    n : int
        Training rows.
    seed : int
        Seed of data, flips and bootstraps.

    Returns
    -------
    dict
        For ``adaboost``, ``adaboost_few_rounds``, ``huber`` (gradient boosting of ±1 with a clipped gradient and rate
        0.2) and ``bagging`` (30 trees of depth 6): ``*_training_error`` on the noisy labels and ``*_test_error`` on
        clean ones.

    Examples
    --------
    >>> out = boosting_noise_sensitivity(rounds=60, n=80)
    >>> out["adaboost_test_error"] > out["bagging_test_error"]
    True
    """
    rng = np.random.default_rng(seed)
    X, clean = two_moons(n, 0.15, seed)
    T, truth = two_moons(400, 0.15, seed + 1)
    y = clean.copy()
    chosen = rng.choice(n, round(flipped * n), replace=False)
    y[chosen] = 1 - y[chosen]
    full, short = (fit_adaboost(X, y, 2, r, max_depth=3) for r in (rounds, max(rounds // 10, 1)))
    huber = fit_boosting(X, np.where(y == 1, 1.0, -1.0), rounds, 0.2, 2, "huber", 0.5)
    forest = fit_forest(X, one_hot(y)[1], 30, rng, max_depth=6)
    predictions: dict[str, Callable[[Floats], Ints]] = {
        "adaboost": lambda A: full.scores(A).argmax(axis=1),
        "adaboost_few_rounds": lambda A: short.scores(A).argmax(axis=1),
        "huber": lambda A: (huber.raw(A) > 0).astype(np.int64),
        "bagging": lambda A: forest.votes(A).argmax(axis=1),
    }
    out: Output = {"labels_flipped": len(chosen)}
    for name, predict in predictions.items():
        out[f"{name}_training_error"] = float(np.mean(predict(X) != y))
        out[f"{name}_test_error"] = float(np.mean(predict(T) != truth))
    return out
