r"""A cluster is isotropic if its variance is the same in every direction, so that its covariance is $\sigma^2 I$; a
test compares the eigenvalues.

$$\Sigma = \sigma^2 I \iff \lambda_1 = \dots = \lambda_d, \qquad
z = \Lambda^{-1/2} U^\top (x - \mu) \ \text{(whitening)}, \qquad \Sigma = U \Lambda U^\top$$

**Intuition.** The eigenvalues of the covariance are the variances along the axes of the cloud. If their ratio is far
from 1, the cluster is stretched (anisotropic). Whitening rotates to the axes and divides each by its standard
deviation; afterwards the covariance is the identity. Bartlett's sphericity statistic
$-(n - 1 - \frac{2 d^2 + d + 2}{6 d}) \ln\frac{\det S}{(\operatorname{tr} S / d)^d}$ follows a chi-square distribution
with $\frac{d(d+1)}{2} - 1$ degrees of freedom if the Gaussian is isotropic.

**When to use it.** Before k-means or any method that measures plain Euclidean distance.

**Cost.** $O(n d^2 + d^3)$.

**Pitfalls.** Isotropic does not mean round or uniform: a filled square has covariance $I/12$ and corners, and a
Gaussian is denser inside. Nor are the points at a similar distance from the centre; that would be a shell. In two
dimensions the radius of a Gaussian varies by 52% of its mean; it concentrates only in high dimension (7% at $d = 100$).
Whitening whole data mixes clusters: it uses the total covariance.

**References.** Bartlett (1954). Mardia, Kent and Bibby, *Multivariate Analysis* (1979), section 5.3.2. Vershynin,
*High-Dimensional Probability* (2018), chapter 3.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Points, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def whiten(X: Floats) -> Floats:
    """Rows with mean zero and identity covariance (PCA whitening).

    Examples
    --------
    >>> bool(np.allclose(np.cov(whiten(np.array([[0.0, 0], [4, 1], [2, 5], [1, 1]])).T), np.eye(2)))
    True
    """
    centred = X - X.mean(axis=0)  # (n, d)
    values, U = np.linalg.eigh(np.atleast_2d(np.cov(centred.T)))
    return np.asarray(centred @ U / np.sqrt(values))


@algorithm(
    id="isotropic-cluster-test",
    name="Isotropic vs anisotropic cluster test",
    aliases=(
        "isotropy",
        "covariance = sigma^2 I",
        "whitening",
        "anisotropic cluster",
        "sphericity test",
        "isotropic cluster",
    ),
    example={"shape": "stretched Gaussian", "n": 2000, "dimension": 2, "seed": 0},
    cost="seconds",
)
def isotropic_cluster_test(
    X: Points | None = None,
    shape: Literal["Gaussian", "stretched Gaussian", "square", "shell"] = "stretched Gaussian",
    n: Annotated[int, Field(ge=10, le=4000)] = 2000,
    dimension: Annotated[int, Field(ge=2, le=200)] = 2,
    stretch: Annotated[float, Field(ge=1, le=1000)] = 3.0,
    seed: Seed = 0,
) -> Output:
    """Eigenvalues, sphericity test and radii of a cluster, before and after whitening.

    Parameters
    ----------
    X : list of list of float or None
        Points of one cluster; None draws `shape`.
    shape : {"Gaussian", "stretched Gaussian", "square", "shell"}
        Cloud to draw: standard normal, its first axis stretched, uniform on the unit cube, or uniform on a sphere.
    n : int
        Points drawn.
    dimension : int
        Coordinates drawn.
    stretch : float
        Factor of the first axis.
    seed : int
        Seed of the cloud.

    Returns
    -------
    dict
        ``eigenvalues`` of the covariance (largest 50), ``eigenvalue_ratio`` (largest to smallest), ``whitened_ratio``,
        ``chi_square``, ``degrees_of_freedom``, ``isotropic`` (statistic below its mean plus three standard deviations),
        ``radius_variation`` (standard deviation over mean of the distance from the centre), ``mean_variance``.

    Raises
    ------
    ValueError
        If there are not clearly more points than dimensions, or a direction has no variance.

    Examples
    --------
    >>> [isotropic_cluster_test(shape=shape)["isotropic"] for shape in ("stretched Gaussian", "Gaussian")]
    [False, True]
    """
    rng = np.random.default_rng(seed)
    if X is not None:
        A = np.asarray(X, dtype=np.float64)  # (n, d)
    elif shape == "square":
        A = rng.random((n, dimension))
    else:
        A = rng.standard_normal((n, dimension))
        if shape == "shell":
            A /= np.linalg.norm(A, axis=1, keepdims=True)
        elif shape == "stretched Gaussian":
            A[:, 0] *= stretch
    rows, d = A.shape
    if rows < d + 2:
        raise ValueError(f"{rows} points in {d} dimensions have a singular covariance; give at least {d + 2}")
    values = np.linalg.eigvalsh(np.atleast_2d(np.cov(A.T)))[::-1]  # (d,) descending
    if values[-1] <= 1e-12 * max(values[0], 1e-300):
        raise ValueError("the points have no variance in some direction; drop constant or dependent coordinates")
    chi = -(rows - 1 - (2 * d * d + d + 2) / (6 * d)) * float(np.log(values).sum() - d * np.log(values.mean()))
    freedom = d * (d + 1) // 2 - 1
    radius = np.linalg.norm(A - A.mean(axis=0), axis=1)  # (n,)
    white = np.linalg.eigvalsh(np.atleast_2d(np.cov(whiten(A).T)))
    return {
        "eigenvalues": values[:50],
        "eigenvalue_ratio": float(values[0] / values[-1]),
        "whitened_ratio": float(white[-1] / white[0]),
        "chi_square": chi,
        "degrees_of_freedom": freedom,
        "isotropic": bool(chi <= freedom + 3 * np.sqrt(2 * freedom)),
        "radius_variation": float(radius.std() / radius.mean()),
        "mean_variance": float(values.mean()),
    }
