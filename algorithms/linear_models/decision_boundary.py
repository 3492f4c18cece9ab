r"""A decision boundary is the set of points where a classifier is undecided, so that crossing it changes the predicted class.

$$\{x : w \cdot x + b = 0\}, \qquad \text{signed distance} = \frac{w \cdot x + b}{\lVert w \rVert}$$

**Intuition.** A linear model cuts the space with a hyperplane: $w$ is perpendicular to it, $b$ shifts it, and the sign of $w \cdot x + b$ tells the
side. The distance measures how sure the model is, up to a factor. Non-linear models have curved boundaries: trees are staircases parallel to the
axes, nearest neighbours are polygons, networks are piecewise linear or smooth.

**When to use it.** To see what a model can and cannot separate, and where its errors lie.

**Cost.** $O(d)$ a point.

**Pitfalls.** In $d$ dimensions the boundary has $d - 1$: a point on the line, a curve in the plane, a surface in space. To call it
one-dimensional is right only in the plane. "Decision surface" is the same thing, or the graph of the score over the input space: say
which. A plot over two features of a model that uses more is a slice. Changing the threshold of a logistic model shifts the boundary in
parallel. Wiggly boundaries signal overfitting.

**References.** Bishop, *Pattern Recognition and Machine Learning* (2006), section 4.1. Hastie, Tibshirani and Friedman (2009), chapter 4.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, Probability, rectangular
from algorithms.linear_models.logit_function import log_odds
from algorithms.registry import Output, algorithm

Weights = Annotated[list[Number], Field(min_length=1, max_length=50)]
Points = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=50)]],
    Field(min_length=1, max_length=50),
    AfterValidator(rectangular),
]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The points by side, and the boundary if there are two features."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    X = np.asarray(inputs["points"])
    second = X[:, 1] if X.shape[1] > 1 else np.zeros(len(X))
    axes.scatter(X[:, 0], second, c=output["classes"], cmap="coolwarm")
    if X.shape[1] == 2:
        normal, on = np.asarray(inputs["weights"]), np.asarray(output["nearest_boundary_point"])
        along = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
        reach = 1.5 * max(float(np.abs(X - on).max()), 1.0)
        ends = np.stack([on - reach * along, on + reach * along])
        axes.plot(ends[:, 0], ends[:, 1], "k--")
    axes.set(xlabel="x₁", ylabel="x₂", title="decision boundary")
    return figure


@algorithm(
    id="decision-boundary",
    name="Decision boundary / decision surface",
    aliases=("decision surface", "hyperplane", "separating hyperplane", "linear decision boundary"),
    example={"weights": [3.0, 4.0], "bias": -5.0, "points": [[0, 0], [1, 1], [3, 2], [1, 0.5]]},
    figure=draw,
)
def decision_boundary(weights: Weights, bias: Number, points: Points, threshold: Probability = 0.5) -> Output:
    """Sides and distances of points with respect to a linear decision boundary.

    Parameters
    ----------
    weights : list of float, length d
        Normal vector w, not all 0.
    bias : float
        Offset b.
    points : list of list of float, shape (n, d)
        Points to classify.
    threshold : float
        Probability from which a logistic model says class 1, strictly between 0 and 1; 0.5 leaves the boundary at
        w·x + b = 0.

    Returns
    -------
    dict
        ``classes`` (n,), 1 where the probability is at least the threshold; ``signed_distances`` (n,) to the boundary;
        ``boundary_dimension`` d - 1; ``distance_from_origin`` of the boundary; ``nearest_boundary_point`` (d,) to the
        origin.

    Raises
    ------
    ValueError
        If the numbers of weights and of coordinates differ, all weights are 0, or the threshold is 0 or 1.

    Examples
    --------
    >>> decision_boundary([3, 4], -5, [[0, 0], [3, 2]])["signed_distances"].tolist()
    [-1.0, 2.4]
    """
    w, X = np.asarray(weights, dtype=np.float64), np.asarray(points, dtype=np.float64)  # (d,), (n, d)
    if X.shape[1] != len(w):
        raise ValueError(f"there are {len(w)} weights and points with {X.shape[1]} coordinates; they must match")
    norm = float(np.linalg.norm(w))
    if norm == 0 or not 0 < threshold < 1:
        raise ValueError("some weight must differ from 0, and the threshold lie strictly between 0 and 1")
    offset = bias - float(log_odds(np.array([threshold]))[0])  # where the logit reaches that of the threshold
    distances = (X @ w + offset) / norm  # (n,)
    return {
        "classes": (distances >= 0).astype(np.int64),
        "signed_distances": distances,
        "boundary_dimension": len(w) - 1,
        "distance_from_origin": abs(offset) / norm,
        "nearest_boundary_point": -offset / norm**2 * w,
    }
