r"""Linear discriminant analysis (Fisher) projects labelled data on the directions that separate the class means most,
relative to the spread within classes.

$$\max_w \frac{w^\top S_B\, w}{w^\top S_W\, w}, \qquad w \propto S_W^{-1} (\mu_1 - \mu_2) \ \text{for two classes}$$

with $S_W$ the scatter within and $S_B$ the scatter between the classes.

**Intuition.** PCA looks for spread and ignores labels. Here a direction is good if class means are far apart and each
class is narrow. With $K$ classes the means span $K - 1$ dimensions, so there are at most $K - 1$ useful directions.
Seen as a classifier, it is the Bayes rule for Gaussian classes with one common covariance.

**When to use it.** As a supervised projection before plotting or classifying, and as a fast linear classifier for few
rows.

**Cost.** $O(n d^2 + d^3)$.

**Pitfalls.** The model behind it is Gaussian classes with equal covariance; it has nothing to do with uniformly
distributed data, as is sometimes claimed. With more features than rows $S_W$ is singular: shrink it. Projecting on
training labels overfits in that case. Classes with equal means but different spreads are invisible to it. The letters
LDA also stand for latent Dirichlet allocation, an unrelated topic model: spell it out.

**References.** Fisher, *The use of multiple measurements in taxonomic problems* (1936). Rao (1948). Hastie, Tibshirani
and Friedman, *The Elements of Statistical Learning* (2009), section 4.3.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Table, check_lengths
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Classes = Annotated[list[Annotated[int, Field(ge=-1_000, le=1_000)]], Field(min_length=2, max_length=256)]


def scatter_matrices(X: Floats, y: Ints) -> tuple[Floats, Floats]:
    """Scatter within and between the classes, each (d, d); their sum is the total scatter.

    Examples
    --------
    >>> W, B = scatter_matrices(np.array([[0.0], [2.0], [5.0], [7.0]]), np.array([0, 0, 1, 1]))
    >>> W.tolist(), B.tolist()
    ([[4.0]], [[25.0]])
    """
    d = X.shape[1]
    within, between = np.zeros((d, d)), np.zeros((d, d))
    for c in np.unique(y):
        rows = X[y == c]
        centred, offset = rows - rows.mean(axis=0), rows.mean(axis=0) - X.mean(axis=0)
        within += centred.T @ centred
        between += len(rows) * np.outer(offset, offset)
    return within, between


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Projected rows by class."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    Z = np.array(output["projected"])
    axes.scatter(Z[:, 0], Z[:, 1] if Z.shape[1] > 1 else np.zeros(len(Z)), c=inputs["y"][: len(Z)])
    axes.set(xlabel="first discriminant", title="linear discriminant analysis")
    return figure


@algorithm(
    id="linear-discriminant-analysis",
    name="Linear discriminant analysis",
    aliases=("LDA (discriminant)", "Fisher discriminant", "Fisher's linear discriminant", "LDA classifier"),
    example={
        "X": [[4, 2], [2, 4], [2, 3], [3, 6], [4, 4], [9, 10], [6, 8], [9, 5], [8, 7], [10, 8]],
        "y": [0] * 5 + [1] * 5,
    },
    figure=draw,
)
def linear_discriminant_analysis(X: Table, y: Classes, shrinkage: Annotated[float, Field(ge=0, le=1)] = 0.0) -> Output:
    """Discriminant directions, projected rows and the classification of the training rows.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Training rows.
    y : list of int, length n
        Class labels.
    shrinkage : float
        Mix of the within-class covariance with a multiple of the identity.

    Returns
    -------
    dict
        ``directions`` (at most K - 1, unit length), ``separation`` (eigenvalues of S_W⁻¹ S_B), ``projected`` (first 50
        rows), ``predictions`` (first 50 rows), ``training_accuracy``, ``class_means``.

    Raises
    ------
    ValueError
        If lengths differ, there is one class only, or S_W is singular.

    Examples
    --------
    >>> out = linear_discriminant_analysis([[0, 0], [1, 5], [4, 0], [5, 5]], [0, 0, 1, 1], shrinkage=0.1)
    >>> out["training_accuracy"]
    1.0
    """
    check_lengths(X, y)
    A, t = np.asarray(X, dtype=np.float64), np.asarray(y)  # (n, d), (n,)
    classes, counts = np.unique(t, return_counts=True)
    n, d = A.shape
    if len(classes) < 2 or n <= len(classes):
        raise ValueError("give at least two classes, and more rows than classes")
    W, B = scatter_matrices(A, t)
    S = W / (n - len(classes))  # pooled covariance
    S = (1 - shrinkage) * S + shrinkage * np.trace(S) / d * np.eye(d)
    values, U = np.linalg.eigh(S)
    if values[0] <= 1e-10 * max(values[-1], 1e-300):
        raise ValueError("the within-class scatter is singular; raise shrinkage or drop features")
    root = U / np.sqrt(values)  # (d, d); root' S root = I, which makes the problem symmetric
    strength, R = np.linalg.eigh(root.T @ B @ root)
    k = min(len(classes) - 1, d)
    directions = (root @ R[:, ::-1][:, :k]).T  # (k, d)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions *= np.sign(directions[np.arange(k), np.abs(directions).argmax(axis=1)])[:, None]
    means = np.array([A[t == c].mean(axis=0) for c in classes])  # (K, d)
    inverse = np.linalg.solve(S, means.T)  # (d, K)
    score = A @ inverse - 0.5 * np.sum(means.T * inverse, axis=0) + np.log(counts / n)  # (n, K)
    predicted = classes[score.argmax(axis=1)]
    return {
        "directions": directions,
        "separation": strength[::-1][:k] / (n - len(classes)),
        "projected": (A - A.mean(axis=0))[:50] @ directions.T,
        "predictions": predicted[:50],
        "training_accuracy": float(np.mean(predicted == t)),
        "class_means": means[:50],
    }
