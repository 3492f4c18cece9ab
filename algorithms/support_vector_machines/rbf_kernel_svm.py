r"""The RBF (Gaussian) kernel measures similarity by distance, and a kernel SVM with it draws boundaries of any shape.

$$k(x, y) = \exp\big(-\gamma \lVert x - y\rVert^2\big), \qquad
f(x) = \sum_{i \in SV} \alpha_i\, y_i\, k(x_i, x) + b$$

**Intuition.** Every support vector places a bump of its class's sign; the sum of the bumps decides. A point has
similarity 1 to itself and almost 0 to far points, so the classifier is local. A ring around a disc, which no line
separates, is easy. $\gamma$ sets the width of the bumps.

**When to use it.** As the default non-linear kernel for standardised features and up to some ten thousand rows.

**Cost.** $O(n^2 d)$ for the Gram matrix, one kernel value a support vector for a prediction.

**Pitfalls.** RBF and Gaussian kernel are two names of one kernel, not two choices. Large $\gamma$ memorises the
training set (every point its own bump), small $\gamma$ is nearly linear; tune it with $C$. More features than samples
do not protect from overfitting: kernel and regularisation do. The number of support vectors grows with the data, so the
model is non-parametric; that is true of the RBF kernel, not of a polynomial one. For linear problems use the linear
kernel; the sigmoid (tanh) kernel is not linear. Unscaled features ruin the distance.

**References.** Boser, Guyon and Vapnik, COLT (1992). Schölkopf and Smola, *Learning with Kernels* (2002). Hsu, Chang
and Lin, *A practical guide to support vector classification* (2003).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed, Table, Targets, check_lengths
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.support_vector_machines.support_vector_machine import signs, solve_dual
from algorithms.toy_data import Floats, Ints


def rbf_kernel(A: Floats, B: Floats, gamma: float) -> Floats:
    """Kernel matrix (n, m) of the rows of A (n, d) and B (m, d).

    Examples
    --------
    >>> rbf_kernel(np.array([[0.0]]), np.array([[0.0], [1.0]]), 1.0).round(4).tolist()
    [[1.0, 0.3679]]
    """
    return np.asarray(np.exp(-gamma * squared_distances(A, B)))


def ring_and_disc(n: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """A disc (class 0) inside a ring (class 1)."""
    y = np.repeat([0, 1], [n - n // 2, n // 2])
    radius = np.where(y == 1, 3.0, rng.uniform(0, 1.5, n)) + 0.2 * rng.standard_normal(n)
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), y


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Decision scores on a grid for the ring."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    if output["grid_scores"]:
        image = axes.imshow(output["grid_scores"], extent=(-4, 4, -4, 4), origin="lower", cmap="RdBu", vmin=-2, vmax=2)
        figure.colorbar(image)
    axes.set(title=f"{output['n_support_vectors']} support vectors, γ = {inputs['gamma']:g}")
    return figure


@algorithm(
    id="rbf-kernel-svm",
    name="RBF (Gaussian) kernel and kernel SVM",
    aliases=(
        "RBF (Gaussian) kernel",
        "RBF kernel",
        "Gaussian kernel",
        "radial basis function",
        "kernel SVM",
        "non-linear SVM",
        "support vectors",
    ),
    example={"gamma": 0.5, "C": 1.0, "n": 80, "seed": 0},
    cost="seconds",
    figure=draw,
)
def rbf_kernel_svm(
    X: Table | None = None,
    y: Targets | None = None,
    gamma: Annotated[float, Field(gt=0, le=1e4)] = 0.5,
    C: Annotated[float, Field(ge=1e-3, le=1e3)] = 1.0,
    n: Annotated[int, Field(ge=10, le=200)] = 80,
    seed: Seed = 0,
) -> Output:
    """Fit an SVM with the RBF kernel and one with the linear kernel, on the given rows or on a disc inside a ring.

    Parameters
    ----------
    X : list of list of float or None
        Training rows; None draws the disc and the ring.
    y : list of float or None
        Labels of two classes.
    gamma : float
        Inverse squared width of the kernel.
    C : float
        Cost of a unit of hinge loss.
    n : int
        Points of the disc and ring.
    seed : int
        Seed of the disc and ring.

    Returns
    -------
    dict
        ``training_accuracy``, ``linear_accuracy``, ``n_support_vectors``, ``support_vectors`` and ``alphas`` (first
        50), ``b``, ``scores`` (first 50 rows), ``smallest_eigenvalue`` of the Gram matrix, ``kernel_first_pair`` (rows
        0 and 1), ``test_accuracy`` on a fresh disc and ring and ``grid_scores`` (7, 7) over [-4, 4]² (null for given
        rows).

    Raises
    ------
    ValueError
        If only one of `X` and `y` is given, lengths differ, or there are not exactly two classes.

    Examples
    --------
    >>> out = rbf_kernel_svm()
    >>> out["training_accuracy"], out["linear_accuracy"] < 0.8
    (1.0, True)
    """
    rng = np.random.default_rng(seed)
    if (X is None) != (y is None):
        raise ValueError("give both X and y, or neither")
    test = None
    if X is not None and y is not None:
        check_lengths(X, y)
        A, (t, _) = np.asarray(X, dtype=np.float64), signs(y)  # (n, d), (n,)
    else:
        A, labels = ring_and_disc(n, rng)
        t, test = np.where(labels == 1, 1.0, -1.0), ring_and_disc(200, rng)
    K = rbf_kernel(A, A, gamma)  # (n, n)
    alpha, b = solve_dual(K, t, C, tolerance=1e-4)
    linear, b_linear = solve_dual(A @ A.T, t, C, tolerance=1e-2, steps=5000)
    support = np.flatnonzero(alpha > 1e-6 * C)

    def score(Q: Floats) -> Floats:
        return np.asarray(rbf_kernel(Q, A[support], gamma) @ (alpha * t)[support] + b)

    side = np.linspace(-4, 4, 7)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)  # (49, 2)
    return {
        "training_accuracy": float(np.mean(np.sign(score(A)) == t)),
        "linear_accuracy": float(np.mean(np.sign(A @ A.T @ (linear * t) + b_linear) == t)),
        "n_support_vectors": len(support),
        "support_vectors": support[:50],
        "alphas": alpha[support][:50],
        "b": b,
        "scores": score(A)[:50],
        "smallest_eigenvalue": float(np.linalg.eigvalsh(K)[0]),
        "kernel_first_pair": float(K[0, 1]),
        "test_accuracy": None if test is None else float(np.mean(np.sign(score(test[0])) == 2 * test[1] - 1)),
        "grid_scores": None if test is None else score(grid).reshape(7, 7),
    }
