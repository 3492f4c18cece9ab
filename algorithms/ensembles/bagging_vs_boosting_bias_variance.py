r"""Bagging reduces variance and boosting reduces bias: the same stumps, combined in the two ways, show which part of
the error moves.

$$\mathbb E\big[(\hat f(x) - f(x))^2\big] = \underbrace{(\mathbb E \hat f(x) - f(x))^2}_{\text{bias}^2} +
\underbrace{\mathrm{Var}\,\hat f(x)}_{\text{variance}}$$

**Intuition.** A stump is too simple for a curve: high bias, moderate variance. Averaging stumps from bootstrap samples
gives about the same mean prediction, only steadier, so the bias stays. Boosting adds stumps that each correct the sum
before them; the sum bends to the curve and the bias falls, while the variance can grow.

**When to use it.** To choose: deep trees that overfit call for bagging or a forest, shallow trees that underfit for
boosting.

**Cost.** Bagging fits its members in parallel, boosting in sequence.

**Pitfalls.** Saying that ensembles reduce both bias and variance against a single tree is imprecise: averaging lowers
the variance, boosting mainly the bias. Boosting for too many rounds, or with too high a rate, raises the variance until
it dominates. Bagging a high-bias learner wastes the computation.

**References.** Breiman, *Bagging predictors* (1996). Schapire and Freund, *Boosting: Foundations and Algorithms*
(2012). Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapters 10 and 15.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.ensembles.bagging import bagged_predictions
from algorithms.ensembles.gradient_boosting import fit_boosting, noisy_sine
from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.trees.decision_tree import grow, predict_tree


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Stacked bars of squared bias and variance."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    names = ["single", "bagging", "boosting"]
    bias2 = [output[f"{name}_bias2"] for name in names]
    axes.bar(names, bias2, label="bias²")
    axes.bar(names, [output[f"{name}_variance"] for name in names], bottom=bias2, label="variance")
    axes.set(ylabel="expected squared error")
    axes.legend()
    return figure


@algorithm(
    id="bagging-vs-boosting-bias-variance",
    name="Bagging reduces variance, boosting reduces bias",
    aliases=("random forest vs gradient boosting", "bias reduction", "bagging vs boosting"),
    example={"rounds": 30, "repeats": 15, "seed": 0},
    cost="trains",
    figure=draw,
)
def bagging_vs_boosting_bias_variance(
    max_depth: Annotated[int, Field(ge=1, le=6)] = 1,
    rounds: Annotated[int, Field(ge=1, le=60)] = 30,
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.3,
    repeats: Annotated[int, Field(ge=2, le=25)] = 15,
    n: Annotated[int, Field(ge=20, le=120)] = 60,
    noise: Annotated[NonNegative, Field(le=5)] = 0.3,
    seed: Seed = 0,
) -> Output:
    """Squared bias and variance of one tree, bagged trees and boosted trees on a noisy sine.

    Parameters
    ----------
    max_depth : int
        Depth of the trees; 1 gives stumps.
    rounds : int
        Members of each ensemble.
    learning_rate : float
        Shrinkage of boosting.
    repeats : int
        Training sets drawn.
    n : int
        Points of a training set.
    noise : float
        Standard deviation of the noise.
    seed : int
        Seed of data and bootstraps.

    Returns
    -------
    dict
        ``single_bias2``, ``single_variance``, ``bagging_bias2``, ``bagging_variance``, ``boosting_bias2``,
        ``boosting_variance``, averaged over 100 test points.

    Examples
    --------
    >>> out = bagging_vs_boosting_bias_variance(repeats=4)
    >>> out["boosting_bias2"] < out["single_bias2"] / 2
    True
    """
    rng = np.random.default_rng(seed)
    Q = np.linspace(-3, 3, 100)[:, None]  # (m, 1)
    predictions: dict[str, list[Any]] = {"single": [], "bagging": [], "boosting": []}
    for _ in range(repeats):
        X, y = noisy_sine(n, noise, rng)
        tree = grow(X, y[:, None], criterion="variance", max_depth=max_depth)
        predictions["single"].append(predict_tree(tree, Q)[:, 0])
        predictions["bagging"].append(bagged_predictions(X, y, Q, rounds, "bootstrap", max_depth, rng).mean(axis=0))
        predictions["boosting"].append(fit_boosting(X, y, rounds, learning_rate, max_depth).raw(Q))
    out: Output = {}
    for name, rows in predictions.items():
        P = np.array(rows)  # (R, m)
        out[f"{name}_bias2"] = float(np.mean((P.mean(axis=0) - np.sin(Q[:, 0])) ** 2))
        out[f"{name}_variance"] = float(P.var(axis=0).mean())
    return out
