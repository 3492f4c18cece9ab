r"""Permutation feature importance measures how much a fitted model's score drops when the values of one feature are
shuffled.

$$I_j = s(\hat f; X, y) - \frac1R \sum_{r} s\big(\hat f; X^{(j, r)}, y\big)$$

where $X^{(j, r)}$ has column $j$ permuted.

**Intuition.** Shuffling breaks the link between the feature and the target and leaves the feature's distribution as it
was. If the model relied on it, the score falls; the larger the drop, the more it was used. No refit is needed, and it
works for any model.

**When to use it.** On held-out rows, to explain what a fitted model uses.

**Cost.** $p \cdot R$ scorings.

**Pitfalls.** A large drop means important to this model; a small drop does not mean unimportant. Correlated features
stand in for each other: with an exact copy the drop is 0.49 each for a target that gives 1.96 to the feature alone,
because the weight is shared. Group such features and permute them together. On training rows overfitted noise looks
important. Shuffling creates impossible rows (a pregnant man), on which the model extrapolates. Negative values are
noise around zero. A bad model has meaningless importances.

**References.** Breiman, *Random forests*, Machine Learning (2001). Fisher, Rudin and Dominici, *All models are wrong,
but many are useful*, JMLR (2019). Hooker, Mentch and Zhou, *Unrestricted permutation forces extrapolation* (2021).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.feature_selection.recursive_feature_elimination import ridge_weights
from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Weights = Annotated[list[Annotated[float, Field(ge=-100, le=100)]], Field(min_length=1, max_length=10)]


def permutation_drops(
    predict: Callable[[Floats], Floats],
    X: Floats,
    y: Floats,
    columns: list[int],
    repeats: int,
    rng: np.random.Generator,
) -> float:
    """Mean drop of R² when the given columns of X (n, p) are permuted together.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0]])
    >>> permutation_drops(lambda A: np.full(len(A), 0.5), X, X[:, 0], [0], 3, np.random.default_rng(0))
    0.0
    """

    def score(A: Floats) -> float:
        return 1 - float(np.sum((y - predict(A)) ** 2) / np.sum((y - y.mean()) ** 2))

    base, drops = score(X), []
    for _ in range(repeats):
        shuffled = X.copy()
        shuffled[:, columns] = X[rng.permutation(len(X))][:, columns]
        drops.append(base - score(shuffled))
    return float(np.mean(drops))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Bars of the drops."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.barh(output["features"], output["importances"])
    axes.set(xlabel="drop of R² when permuted")
    return figure


@algorithm(
    id="permutation-feature-importance",
    name="Permutation feature importance",
    aliases=("MDA", "shuffle importance", "permutation importance", "mean decrease in accuracy"),
    example={"weights": [1.0, 0.5, 0.0], "duplicate": True, "n": 400, "seed": 0},
    cost="seconds",
    figure=draw,
)
def permutation_feature_importance(
    weights: Weights,
    duplicate: bool = False,
    n: Annotated[int, Field(ge=20, le=2000)] = 400,
    noise: Annotated[NonNegative, Field(le=100)] = 0.1,
    repeats: Annotated[int, Field(ge=1, le=30)] = 10,
    seed: Seed = 0,
) -> Output:
    """Importances of a ridge regression on held-out rows of a linear target.

    Parameters
    ----------
    weights : list of float, length p
        True weights of standard normal features; one must differ from 0.
    duplicate : bool
        Add an exact copy of feature 0, which shares its weight.
    n : int
        Training rows, and as many held out.
    noise : float
        Standard deviation of the target's noise.
    repeats : int
        Permutations of each feature.
    seed : int
        Seed of data and permutations.

    Returns
    -------
    dict
        ``features`` (names), ``importances`` (drop of R²), ``group_importance`` (feature 0 and its copy permuted
        together; of feature 0 alone without copy), ``score`` (held-out R²), ``fitted_weights``.

    Raises
    ------
    ValueError
        If all weights are 0.

    Examples
    --------
    >>> alone, shared = (permutation_feature_importance([1.0], duplicate=flag) for flag in (False, True))
    >>> 3 < alone["importances"][0] / shared["importances"][0] < 5
    True
    """
    if not any(weights):
        raise ValueError("all weights are 0, so nothing can be important; give a weight")
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((2 * n, len(weights)))  # (2n, p)
    y = X @ weights + noise * rng.standard_normal(2 * n)
    names = [f"x{j}" for j in range(len(weights))]
    if duplicate:
        X, names = np.column_stack([X, X[:, 0]]), [*names, "copy of x0"]
    w = ridge_weights(X[:n], y[:n], 1e-3)  # the penalty splits the weight evenly between copies
    center, offset = X[:n].mean(axis=0), float(y[:n].mean())

    def predict(A: Floats) -> Floats:
        return np.asarray((A - center) @ w + offset)

    T, t = X[n:], y[n:]
    group = [0, len(names) - 1] if duplicate else [0]
    return {
        "features": names,
        "importances": [permutation_drops(predict, T, t, [j], repeats, rng) for j in range(len(names))],
        "group_importance": permutation_drops(predict, T, t, group, repeats, rng),
        "score": 1 - float(np.sum((t - predict(T)) ** 2) / np.sum((t - t.mean()) ** 2)),
        "fitted_weights": w,
    }
