r"""Trees cannot extrapolate: outside the range of the training data their prediction is constant.

$$f(x) = f(x_{\max}) \quad \text{for every } x > x_{\max}$$

**Intuition.** A leaf answers with the mean of the targets it has seen. Beyond the last threshold every query falls into
the same outermost leaf, so the prediction stays where it was at the edge. Averages of trees (forests) and sums of trees
(boosting) inherit this: a forest can never leave the range of its training targets. A model trained on $y = x$ over
$[0, 1]$ answers about 1 at $x = 10$.

**When to use it.** As a check before using tree ensembles for trends, far-horizon forecasts or physical laws. Help them
by predicting differences, by removing the trend first, or by linear leaves.

**Cost.** None.

**Pitfalls.** Cross-validation with random folds hides the problem, because every fold covers the same range; split by
time instead. The flat line looks like confidence but is only the edge. Extrapolation is not the only reason against
tree ensembles, as is sometimes said: small samples of a smooth or truly linear signal also favour other models. And a
linear model extrapolates, but nothing guarantees that the line goes on.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), chapters 9, 10 and 15.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.ensembles.gradient_boosting import fit_boosting
from algorithms.ensembles.random_forest import fit_forest
from algorithms.inputs import NonNegative, Number, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.trees.decision_tree import grow, predict_tree


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Prediction of the trees and the true line inside and outside the training range."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["curve_x"], output["curve_tree"], label=inputs["model"])
    axes.plot(output["curve_x"], np.multiply(inputs["slope"], output["curve_x"]), "--", label="truth")
    axes.axvspan(0, 1, alpha=0.15, label="training range")
    axes.set(xlabel="x", ylabel="prediction")
    axes.legend()
    return figure


@algorithm(
    id="tree-extrapolation",
    name="Trees cannot extrapolate",
    aliases=("constant outside the training range", "random forest extrapolation", "tree models for forecasting"),
    example={"x": 10.0, "model": "random-forest"},
    cost="trains",
    figure=draw,
)
def tree_extrapolation(
    x: Number = 10.0,
    model: Literal["tree", "random-forest", "gbdt"] = "random-forest",
    n: Annotated[int, Field(ge=10, le=200)] = 60,
    slope: Annotated[float, Field(ge=-100, le=100)] = 1.0,
    noise: Annotated[NonNegative, Field(le=10)] = 0.0,
    seed: Seed = 0,
) -> Output:
    """Train on a line over [0, 1] and predict at `x`.

    Parameters
    ----------
    x : float
        Query, usually outside [0, 1].
    model : {"tree", "random-forest", "gbdt"}
        One full tree, a forest of 30 or 100 boosted trees.
    n : int
        Training points, evenly spaced.
    slope : float
        Slope of the line through the origin.
    noise : float
        Standard deviation of the noise of the targets.
    seed : int
        Seed of the noise and the bootstraps.

    Returns
    -------
    dict
        ``prediction`` at x, ``prediction_at_edge`` (nearest training point), ``linear_prediction`` of least squares,
        ``truth``; ``curve_x`` and ``curve_tree`` (41,) over [-1, 3].

    Examples
    --------
    >>> out = tree_extrapolation(10.0, "tree")
    >>> out["prediction"] == out["prediction_at_edge"] == 1.0
    True
    """
    rng = np.random.default_rng(seed)
    A = np.linspace(0, 1, n)[:, None]  # (n, 1)
    y = slope * A[:, 0] + noise * rng.standard_normal(n)  # (n,)
    if model == "tree":
        root = grow(A, y[:, None], criterion="variance")

        def predict(Q: Floats) -> Floats:
            return predict_tree(root, Q)[:, 0]
    elif model == "random-forest":
        forest = fit_forest(A, y[:, None], 30, rng, criterion="variance")

        def predict(Q: Floats) -> Floats:
            return forest.predict(Q)[:, 0]
    else:
        boosted = fit_boosting(A, y, 100, 0.1, 3, "squared")

        def predict(Q: Floats) -> Floats:
            return boosted.raw(Q)

    intercept_and_slope = np.linalg.lstsq(np.column_stack([np.ones(n), A]), y, rcond=None)[0]  # (2,)
    grid = np.linspace(-1, 3, 41)
    return {
        "prediction": float(predict(np.array([[x]]))[0]),
        "prediction_at_edge": float(predict(np.array([[min(max(x, 0.0), 1.0)]]))[0]),
        "linear_prediction": float(intercept_and_slope @ [1, x]),
        "truth": slope * x,
        "curve_x": grid,
        "curve_tree": predict(grid[:, None]),
    }
