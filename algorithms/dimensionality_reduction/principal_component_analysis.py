r"""Principal component analysis finds the orthogonal directions along which centred data vary the most.

$$\Sigma = \frac{1}{n - 1} X_c^\top X_c = V \Lambda V^\top, \qquad Z = X_c V_k, \qquad
\text{lost variance} = \sum_{j > k} \lambda_j$$

with $X_c$ the centred data. The same $V$ are the right singular vectors of $X_c$, and $\lambda_j = s_j^2 / (n - 1)$.

**Intuition.** Rotate the axes so that the first catches as much variance as possible, the second as much of the rest,
and so on. The scores $Z$ are uncorrelated, ordered by variance, and keeping the first $k$ gives the best rank-$k$
approximation in squared error.

**When to use it.** To compress, to denoise, to plot, to decorrelate before another method.

**Cost.** $O(n d \min(n, d))$ by SVD.

**Pitfalls.** Centring is required; scaling is a choice: needed when units differ, harmful when the scale carries
meaning. Skewed data and outliers distort it, since it rests on second moments. A component mixes all features, so it
neither names the features that vary most nor helps interpretation, and it ignores the target. Signs are arbitrary. A
linear autoencoder with squared loss on centred data finds the same subspace, not the axes. Fit it on training rows
only.

**References.** Pearson (1901). Hotelling (1933). Jolliffe, *Principal Component Analysis* (2002). Eckart and Young
(1936).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.figures import whole_ticks
from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Rows = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=64)]],
    Field(min_length=2, max_length=512),
    AfterValidator(rectangular),
]


def principal_axes(X: Floats) -> tuple[Floats, Floats]:
    """Variances (r,) in descending order and axes (r, d) of centred rows; the largest entry of an axis is positive.

    Examples
    --------
    >>> variances, axes = principal_axes(np.array([[-1.0, 0.0], [1.0, 0.0]]))
    >>> variances.round(6).tolist(), axes[0].tolist()
    ([2.0, 0.0], [1.0, 0.0])
    """
    _, s, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)  # (r,), (r, d)
    flip = np.sign(Vt[np.arange(len(Vt)), np.abs(Vt).argmax(axis=1)])
    return s**2 / (len(X) - 1), Vt * flip[:, None]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Cumulative share of the variance by number of components."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    share = np.cumsum(output["explained_variance_ratio"])
    axes.bar(range(1, len(share) + 1), output["explained_variance_ratio"])
    axes.plot(range(1, len(share) + 1), share, "o-", color="black")
    whole_ticks(axes.xaxis)
    axes.set(xlabel="component", ylabel="share of the variance", ylim=(0, 1.05))
    return figure


@algorithm(
    id="principal-component-analysis",
    name="Principal component analysis",
    aliases=("PCA", "SVD", "eigen-decomposition of the covariance", "principal components", "explained variance"),
    example={
        "X": [
            [2.5, 2.4],
            [0.5, 0.7],
            [2.2, 2.9],
            [1.9, 2.2],
            [3.1, 3.0],
            [2.3, 2.7],
            [2, 1.6],
            [1, 1.1],
            [1.5, 1.6],
            [1.1, 0.9],
        ],
        "n_components": 1,
    },
    figure=draw,
)
def principal_component_analysis(
    X: Rows, n_components: Annotated[int, Field(ge=1, le=64)] = 2, standardize: bool = False
) -> Output:
    """Project the rows of `X` on their first principal components.

    Parameters
    ----------
    X : list of list of float, n rows of d features
        Data.
    n_components : int
        Components kept.
    standardize : bool
        Divide each feature by its standard deviation first.

    Returns
    -------
    dict
        ``components`` (k, d), ``explained_variance`` and ``explained_variance_ratio`` (all, at most 50), ``scores``
        (first 50 rows), ``mean`` (d,), ``total_variance``, ``lost_variance``, ``reconstruction_error`` (summed squares
        over n - 1; equals the lost variance).

    Raises
    ------
    ValueError
        If `n_components` exceeds min(n, d), or a feature is constant with `standardize`.

    Examples
    --------
    >>> out = principal_component_analysis([[0, 0], [1, 1], [2, 2]], n_components=1)
    >>> out["components"].round(4).tolist(), out["explained_variance"].round(4).tolist()
    ([[0.7071, 0.7071]], [2.0, 0.0])
    """
    A = np.asarray(X, dtype=np.float64)  # (n, d)
    if n_components > min(A.shape):
        raise ValueError(f"n_components is {n_components}, but {A.shape[0]} rows of {A.shape[1]} allow {min(A.shape)}")
    if standardize:
        if np.any(A.std(axis=0) == 0):
            raise ValueError("a constant feature cannot be standardized; drop it")
        A = (A - A.mean(axis=0)) / A.std(axis=0, ddof=1)
    variances, axes = principal_axes(A)
    V = axes[:n_components]  # (k, d)
    centred = A - A.mean(axis=0)
    Z = centred @ V.T  # (n, k)
    total = float(variances.sum())
    return {
        "components": V,
        "explained_variance": variances[:50],
        "explained_variance_ratio": variances[:50] / total if total > 0 else np.zeros(min(len(variances), 50)),
        "scores": Z[:50],
        "mean": A.mean(axis=0),
        "total_variance": total,
        "lost_variance": float(variances[n_components:].sum()),
        "reconstruction_error": float(np.sum((centred - Z @ V) ** 2) / (len(A) - 1)),
    }
