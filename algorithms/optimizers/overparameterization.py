r"""Overparameterization, more parameters than samples, makes it easy for gradient descent to reach zero training loss.

$$f(x) = \sum_{j=1}^{m} a_j \max(0, w_j \cdot x + b_j), \qquad m \ge n \;\Rightarrow\; \exists\, a: f(x_i) = y_i \;\forall i$$

**Intuition.** With $m$ features and $n$ targets there are $n$ equations in $m$ unknowns. If $m < n$ they contradict
each other and a residual is left. If $m \ge n$ and the features are independent, a whole $(m - n)$-dimensional set of
solutions fits perfectly, and from anywhere one of them is near. Descent goes straight to the closest, without bad local
minima in between.

**When to use it.** To see why wide networks train easily, and what the interpolation regime is.

**Cost.** $O(nm)$ a step.

**Pitfalls.** Zero training loss says nothing about the test error; random labels are fitted as well. Near $m = n$ the
test error often peaks (double descent) and falls again as $m$ grows, since descent from zero finds the solution of
least norm. Counting parameters alone is not enough: repeated rows with different labels can't be fitted by any width.
Easier optimisation is no argument against regularisation.

**References.** Zhang et al., *Understanding deep learning requires rethinking generalization*, arXiv:1611.03530. Du et
al., arXiv:1810.02054. Belkin et al., *Reconciling modern machine learning practice and the bias-variance trade-off*,
arXiv:1812.11118.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.relu import rectify
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Widths = Annotated[list[Annotated[int, Field(ge=1, le=400)]], Field(min_length=1, max_length=6)]


def random_relu_features(X: Floats, width: int, rng: np.random.Generator) -> Floats:
    """Hidden layer (n, width) with fixed random weights, scaled to unit mean square.

    Examples
    --------
    >>> random_relu_features(np.ones((3, 2)), 5, np.random.default_rng(0)).shape
    (3, 5)
    """
    W, b = rng.standard_normal((X.shape[1], width)), rng.standard_normal(width)
    return np.asarray(rectify(X @ W + b) / np.sqrt(width))


def descend(H: Floats, y: Floats, steps: int) -> Floats:
    """Gradient descent from zero on the mean squared error, with the largest safe step and Nesterov's momentum.

    Examples
    --------
    >>> descend(np.eye(2), np.array([1.0, -1.0]), 200).round(6).tolist()
    [1.0, -1.0]
    """
    rate = 1 / max(float(np.linalg.norm(H, 2) ** 2), 1e-12)  # all features may be dead
    a = before = np.zeros(H.shape[1])  # (m,)
    for t in range(steps):
        ahead = a + t / (t + 3) * (a - before)
        before, a = a, ahead - rate * H.T @ (H @ ahead - y)
    return a


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Training error against the width."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(inputs["widths"], output["descent_errors"], "o-", label="gradient descent")
    axes.plot(inputs["widths"], output["lowest_errors"], "--", label="lowest possible")
    axes.axvline(inputs["samples"], color="grey", linestyle=":")
    axes.set(xlabel="width", ylabel="training error")
    axes.legend()
    return figure


@algorithm(
    id="overparameterization",
    name="Overparameterization eases optimization",
    aliases=("interpolation regime", "over-parameterisation", "wide networks reach zero training loss"),
    example={"samples": 30, "widths": [5, 15, 30, 100, 300], "steps": 2000, "seed": 0},
    cost="seconds",
    figure=draw,
)
def overparameterization(
    samples: Annotated[int, Field(ge=5, le=60)] = 30,
    widths: Widths = [5, 15, 30, 100, 300],  # noqa: B006
    steps: Annotated[int, Field(ge=1, le=5000)] = 2000,
    seed: Seed = 0,
) -> Output:
    """Fit random labels ±1 by random ReLU features of several widths, and report the training error.

    Parameters
    ----------
    samples : int
        Number n of points in five dimensions.
    widths : list of int, at most 6
        Numbers m of hidden units; only the output weights are trained.
    steps : int
        Steps of gradient descent.
    seed : int
        Seed of the data and the features.

    Returns
    -------
    dict
        One entry a width: ``descent_errors``, the mean squared error after descent (1 at the start); ``lowest_errors``,
        that of the least-squares solution, 0 from m = n on; ``weight_norms`` of the descent solution; ``accuracies`` on
        the training labels.

    Examples
    --------
    >>> out = overparameterization(samples=10, widths=[3, 200])
    >>> out["lowest_errors"][0] > 0.1, out["descent_errors"][1] < 1e-3
    (True, True)
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((samples, 5))  # (n, 5)
    y = rng.permutation(np.where(np.arange(samples) % 2 == 0, 1.0, -1.0))  # (n,)
    rows: dict[str, list[float]] = {k: [] for k in ("descent_errors", "lowest_errors", "weight_norms", "accuracies")}
    for width in widths:
        H = random_relu_features(X, width, rng)  # (n, m)
        a = descend(H, y, steps)  # (m,)
        best = np.linalg.lstsq(H, y, rcond=None)[0]  # (m,)
        rows["descent_errors"].append(float(((H @ a - y) ** 2).mean()))
        rows["lowest_errors"].append(float(((H @ best - y) ** 2).mean()))
        rows["weight_norms"].append(float(np.linalg.norm(a)))
        rows["accuracies"].append(float((np.sign(H @ a) == y).mean()))
    return rows
