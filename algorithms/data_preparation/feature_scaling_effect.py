r"""The effect of feature scaling depends on the model: methods that compare sizes across features need it, trees and plain least squares do not.

$$\lVert x - y \rVert^2 = \sum_j (x_j - y_j)^2 \quad \text{is dominated by the feature with the largest spread}$$

**Intuition.** Measure one feature in millimetres instead of metres and it counts a million times more in a squared distance. Nearest neighbours, k-means, SVM with RBF kernel, PCA and ridge or lasso then see little else. A tree asks only "is $x_j$ below a threshold?", and the
threshold moves along. Least squares answers with a coefficient a thousand times smaller and the same predictions.

**When to use it.** Scale for distance-based, kernel and penalised models, and for gradient descent, which otherwise zig-zags. Leave it out for trees and forests.

**Cost.** $O(n d)$.

**Pitfalls.** "Standardise because linear regression assumes Gaussian data" is wrong twice: what is assumed Gaussian (for inference) are the *errors*, and OLS predictions are invariant to affine scaling of the features. With a penalty they are
not. Fit the scaler on training data only. If the units are meaningful and common, as in coordinates, scaling can destroy information. Scaling noise features up to unit variance can hurt
neighbours.

**References.** Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), sections 3.4, 13.3, 14.3. Aggarwal, *Data Mining: The Textbook* (2015), section 3.2.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.clustering_metrics.adjusted_rand_index import adjusted_rand_index
from algorithms.data_preparation.missing_value_masking import best_stump
from algorithms.data_preparation.standardization import standardised
from algorithms.inputs import Seed
from algorithms.linear_models.linear_regression import least_squares, with_intercept
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Factor = Annotated[float, Field(ge=1, le=1e6)]
Length = Annotated[int, Field(ge=20, le=300)]


def two_classes(n: int, factor: float, seed: int) -> tuple[Floats, Ints]:
    """Feature 1 separates the classes (means ±2, sd 1); feature 2 is noise in a unit `factor` times smaller.

    Examples
    --------
    >>> two_classes(4, 1.0, seed=0)[1].tolist()
    [0, 1, 0, 1]
    """
    y = np.arange(n) % 2
    X = np.random.default_rng(seed).standard_normal((n, 2))
    X[:, 0] += 4.0 * y - 2.0
    X[:, 1] *= factor
    return X, y


def neighbour_accuracy(X: Floats, y: Ints, k: int = 5) -> float:
    """Leave-one-out accuracy of k nearest neighbours."""
    D = ((X[:, None, :] - X[None, :, :]) ** 2).sum(axis=2)  # (n, n)
    np.fill_diagonal(D, np.inf)
    nearest = np.argsort(D, axis=1, kind="stable")[:, :k]  # (n, k)
    return float(((y[nearest].mean(axis=1) > 0.5) == (y == 1)).mean())


def two_means(X: Floats, seed: int) -> Ints:
    """Cluster numbers (n,) of 2-means, the best of ten starts."""
    rng = np.random.default_rng(seed)
    best, labels = np.inf, np.zeros(len(X), dtype=np.int64)
    for _ in range(10):
        centers = X[rng.choice(len(X), size=2, replace=False)]  # (2, d)
        for _ in range(50):
            D = ((X[:, None, :] - centers) ** 2).sum(axis=2)  # (n, 2)
            near = D.argmin(axis=1)
            moved = np.stack([X[near == c].mean(axis=0) if (near == c).any() else centers[c] for c in (0, 1)])
            if np.array_equal(moved, centers):
                break
            centers = moved
        inertia = float(D.min(axis=1).sum())
        if inertia < best:
            best, labels = inertia, near
    return labels


def compared(X: Floats, y: Ints, seed: int) -> dict[str, Any]:
    """What four methods make of one version of the features."""
    A = with_intercept(X)
    _, _, _, _, _, errors = best_stump(X, y.astype(np.float64))
    return {
        "knn": neighbour_accuracy(X, y),
        "kmeans": adjusted_rand_index(y.tolist(), two_means(X, seed).tolist())["ari"],
        "tree": 1 - errors / len(y),
        "ols": A @ least_squares(A, y.astype(np.float64)),
    }


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Scores before and after scaling."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    names = ["knn_accuracy", "kmeans_ari", "tree_accuracy"]
    place = np.arange(3)
    axes.bar(place - 0.2, [output[f"{n}_raw"] for n in names], width=0.4, label="raw")
    axes.bar(place + 0.2, [output[f"{n}_scaled"] for n in names], width=0.4, label="standardised")
    axes.set_xticks(place, ["k-NN", "k-means (ARI)", "tree split"])
    axes.set(ylabel="score", ylim=(None, 1.3))  # room for the legend above the bars
    axes.legend(ncols=2, loc="upper center")
    return figure


@algorithm(
    id="feature-scaling-effect",
    name="When feature scaling matters (kNN, k-means, SVM vs trees, OLS)",
    aliases=("feature scaling", "when to scale features", "does scaling matter", "scaling for kNN"),
    example={"factor": 1000.0},
    cost="seconds",
    figure=draw,
)
def feature_scaling_effect(factor: Factor = 1000.0, n: Length = 120, seed: Seed = 0) -> Output:
    """Nearest neighbours, k-means, a tree split and least squares on raw and on standardised features.

    Parameters
    ----------
    factor : float
        How many times smaller the unit of the noise feature is, so that its numbers are that much larger.
    n : int
        Number of samples, in two classes.
    seed : int
        Seed of the data and of the k-means starts.

    Returns
    -------
    dict
        ``knn_accuracy_raw``, ``knn_accuracy_scaled`` (leave-one-out, k = 5); ``kmeans_ari_raw``, ``kmeans_ari_scaled``
        against the classes; ``tree_accuracy_raw``, ``tree_accuracy_scaled`` of the best single split;
        ``ols_largest_difference`` between both predictions.

    Examples
    --------
    >>> result = feature_scaling_effect(1000.0, n=60)
    >>> result["tree_accuracy_raw"] == result["tree_accuracy_scaled"], result["ols_largest_difference"] < 1e-9
    (True, True)
    """
    X, y = two_classes(n, factor, seed)  # (n, 2), (n,)
    raw, scaled = compared(X, y, seed), compared(standardised(X), y, seed)
    return {
        "knn_accuracy_raw": raw["knn"],
        "knn_accuracy_scaled": scaled["knn"],
        "kmeans_ari_raw": raw["kmeans"],
        "kmeans_ari_scaled": scaled["kmeans"],
        "tree_accuracy_raw": raw["tree"],
        "tree_accuracy_scaled": scaled["tree"],
        "ols_largest_difference": float(np.abs(raw["ols"] - scaled["ols"]).max()),
    }
