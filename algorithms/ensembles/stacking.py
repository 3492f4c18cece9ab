r"""Stacking (stacked generalization) trains a meta-model on the predictions of several base models.

$$\hat y(x) = g\big(f_1(x), \dots, f_M(x)\big), \qquad
g \text{ fitted on out-of-fold } \hat z_{im} = f_m^{(-k(i))}(x_i)$$

**Intuition.** Different models err in different places. Instead of averaging them with equal weights, a small model
learns how far to trust each. What it learns from must look like predictions on new rows, so each base model is fitted
without the fold that it predicts. With a linear meta-model and one perfect base, that base gets weight 1 and the rest
0.

**When to use it.** When several good and different models are at hand and a little extra accuracy is worth the
complexity.

**Cost.** $K$ fits for every base model, plus one on all rows.

**Pitfalls.** Fitting the meta-model on in-sample predictions leaks: a base that memorises its training rows (one
nearest neighbour, a full tree) looks perfect and takes all the weight. Descriptions that leave the out-of-fold step out
are missing the point. Blending with one hold-out set is the cheaper cousin and wastes rows. Keep the meta-model simple;
non-negative weights are safer with correlated bases. The stack itself needs a fresh test set.

**References.** Wolpert, *Stacked generalization*, Neural Networks (1992). Breiman, *Stacked regressions*, Machine
Learning (1996).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import grow, predict_tree

Base = Callable[[Floats, Floats, Floats], Floats]


def line(X: Floats, y: Floats, Q: Floats) -> Floats:
    """Least squares with intercept, predicted at Q."""
    A, B = np.column_stack([np.ones(len(X)), X]), np.column_stack([np.ones(len(Q)), Q])
    return np.asarray(B @ np.linalg.lstsq(A, y, rcond=None)[0])


def full_tree(X: Floats, y: Floats, Q: Floats) -> Floats:
    """A full regression tree, which memorises its training rows."""
    return predict_tree(grow(X, y[:, None], criterion="variance"), Q)[:, 0]


def shallow_tree(X: Floats, y: Floats, Q: Floats) -> Floats:
    """A regression tree of depth 3."""
    return predict_tree(grow(X, y[:, None], criterion="variance", max_depth=3), Q)[:, 0]


def out_of_fold(X: Floats, y: Floats, bases: list[Base], folds: int, rng: np.random.Generator) -> Floats:
    """Predictions (n, M) of every base for rows it was not fitted on."""
    fold = rng.permutation(len(X)) % folds  # (n,)
    Z = np.empty((len(X), len(bases)))
    for k in range(folds):
        held = fold == k
        for m, base in enumerate(bases):
            Z[held, m] = base(X[~held], y[~held], X[held])
    return Z


def meta_weights(Z: Floats, y: Floats) -> Floats:
    """Least-squares weights (M,) of the base predictions, without intercept."""
    return np.asarray(np.linalg.lstsq(Z, y, rcond=None)[0])


@algorithm(
    id="stacking",
    name="Stacking (stacked generalization)",
    aliases=("meta-model", "blending", "out-of-fold predictions", "stacked ensemble", "meta-learner of a stack"),
    example={"folds": 5, "perfect_base": False, "seed": 0},
    cost="trains",
)
def stacking(
    folds: Annotated[int, Field(ge=2, le=10)] = 5,
    perfect_base: bool = False,
    n: Annotated[int, Field(ge=20, le=200)] = 80,
    noise: Annotated[NonNegative, Field(le=10)] = 0.5,
    seed: Seed = 0,
) -> Output:
    """Stack a line and two trees on y = x + sin(3x) + noise, with and without out-of-fold predictions.

    Parameters
    ----------
    folds : int
        Folds of the out-of-fold predictions.
    perfect_base : bool
        Add a base that knows the true function.
    n : int
        Training points.
    noise : float
        Standard deviation of the noise.
    seed : int
        Seed of data and folds.

    Returns
    -------
    dict
        ``bases`` (names), ``weights_out_of_fold``, ``weights_in_sample`` (M,), noise-free test errors ``base_mse``
        (M,), ``mse_out_of_fold``, ``mse_in_sample``, ``mse_average``.

    Examples
    --------
    >>> stacking(perfect_base=True, noise=0.0)["weights_out_of_fold"].round(6)[3].item()
    1.0
    """

    def truth(X: Floats) -> Floats:
        return np.asarray(X[:, 0] + np.sin(3 * X[:, 0]))

    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (n, 1))  # (n, 1)
    y = truth(X) + noise * rng.standard_normal(n)
    Q = np.linspace(-2, 2, 300)[:, None]  # (m, 1)
    names = ["line", "shallow tree", "full tree"]
    bases: list[Base] = [line, shallow_tree, full_tree]
    if perfect_base:
        names.append("perfect")
        bases.append(lambda X, y, Q: truth(Q))
    honest = meta_weights(out_of_fold(X, y, bases, folds, rng), y)  # (M,)
    leaky = meta_weights(np.column_stack([base(X, y, X) for base in bases]), y)  # (M,)
    P = np.column_stack([base(X, y, Q) for base in bases])  # (m, M)

    def mse(prediction: Floats) -> float:
        return float(np.mean((prediction - truth(Q)) ** 2))

    return {
        "bases": names,
        "weights_out_of_fold": honest,
        "weights_in_sample": leaky,
        "base_mse": [mse(P[:, m]) for m in range(len(names))],
        "mse_out_of_fold": mse(P @ honest),
        "mse_in_sample": mse(P @ leaky),
        "mse_average": mse(P.mean(axis=1)),
    }
