r"""Synthetic data generation learns the distribution of real samples and draws new ones from it, to enlarge or to replace a data set.

$$\hat p(x \mid y) = \mathcal N(\hat\mu_y, \hat\Sigma_y), \qquad x' \sim \hat p(\cdot \mid y)$$

**Intuition.** The simplest generator is a Gaussian for each class, fitted to the training part. Whether the samples are any use is measured by training on synthetic and testing on real data (TSTR), compared with training on real data. Deep generators, simulators and language models follow the same test.

**When to use it.** Rare classes, privacy, robustness to conditions that were not recorded, and pairs of image and text where captions are scarce.

**Cost.** $O(n d^2 + d^3)$ to fit, $O(d^2)$ a sample.

**Pitfalls.** A generator adds no information about the world beyond its data and its assumptions; many samples from few do not replace collecting. It must be fitted on training rows only and must not *leak test items*: a generator that memorises
returns them, and the test score is worthless. Check exact copies and the distance to the nearest test row, compared with that of real training rows. Privacy does not follow from being synthetic. Training repeatedly on generated
data collapses the distribution. Errors of the generator become facts for the model.

**References.** Chawla et al., *SMOTE*, arXiv:1106.1813. Esteban, Hyland and Rätsch, arXiv:1706.02633, for TSTR. Shumailov et al., *The curse of recursion*, arXiv:2305.17493.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.linear_models.logistic_regression import fit_logistic
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Generator = Literal["gaussian", "leaking copy"]
PerClass = Annotated[int, Field(ge=10, le=1000)]


def real_samples(n: int, seed: int) -> tuple[Floats, Ints]:
    """Two correlated Gaussian classes (n, 2), means (-1, 0) and (1, 0.5).

    Examples
    --------
    >>> real_samples(4, seed=0)[0].shape
    (4, 2)
    """
    y = np.arange(n) % 2
    mixing = np.array([[1.0, 0.6], [0.0, 0.8]])
    noise = np.random.default_rng(seed).standard_normal((n, 2)) @ mixing
    return noise + np.array([[-1.0, 0.0], [1.0, 0.5]])[y], y


def gaussian_samples(X: Floats, per_class: int, rng: np.random.Generator) -> Floats:
    """Samples (per_class, d) from the Gaussian with mean and covariance of X (n, d).

    Examples
    --------
    >>> gaussian_samples(np.array([[0.0], [2.0]]), 3, np.random.default_rng(0)).shape
    (3, 1)
    """
    L = np.linalg.cholesky(np.atleast_2d(np.cov(X.T)) + 1e-9 * np.eye(X.shape[1]))
    return np.asarray(X.mean(axis=0) + rng.standard_normal((per_class, X.shape[1])) @ L.T)


def nearest_distances(A: Floats, B: Floats) -> Floats:
    """Distance (n,) of each row of A (n, d) to the nearest of B (m, d)."""
    return np.asarray(np.sqrt(((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=2)).min(axis=1))


def accuracy_of(X: Floats, y: Ints, X_test: Floats, y_test: Ints) -> float:
    """Test accuracy of a logistic regression trained on X, y."""
    theta, _ = fit_logistic(X, y.astype(np.float64), l2=1e-3)
    return float(((X_test @ theta[1:] + theta[0] > 0) == (y_test == 1)).mean())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Real training rows and the first synthetic ones."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X, y = real_samples(400, inputs["seed"])
    axes.scatter(X[:200, 0], X[:200, 1], c=y[:200], cmap="coolwarm", s=8, label="real")
    samples = np.asarray(output["samples"])
    axes.scatter(samples[:, 0], samples[:, 1], marker="x", color="black", label="synthetic")
    axes.legend()
    axes.set_title(f"train synthetic, test real: {output['accuracy_synthetic']:.2f}")
    return figure


@algorithm(
    id="synthetic-data-generation",
    name="Synthetic sample generation",
    aliases=("synthetic data", "image-text pairs", "TSTR", "data synthesis", "train on synthetic test on real"),
    example={"generator": "gaussian"},
    figure=draw,
)
def synthetic_data_generation(generator: Generator = "gaussian", per_class: PerClass = 200, seed: Seed = 0) -> Output:
    """Generate samples from 200 real training rows, and judge them on 200 test rows.

    Parameters
    ----------
    generator : {"gaussian", "leaking copy"}
        A Gaussian for each class fitted to training rows, or a generator that copies training and test rows, to show how
        leakage is found.
    per_class : int
        Number of synthetic samples a class.
    seed : int
        Seed of real and synthetic samples.

    Returns
    -------
    dict
        ``accuracy_real`` and ``accuracy_synthetic``, on the test rows after training on real or on synthetic ones;
        ``copies_of_test_rows``; ``nearest_test_distance``, median from a synthetic sample to the nearest test row, and
        ``nearest_test_distance_of_training`` rows, to compare; ``mean_error``, largest gap of class means; ``samples``, the
        first 20.

    Examples
    --------
    >>> synthetic_data_generation("gaussian")["copies_of_test_rows"]
    0
    """
    X, y = real_samples(400, seed)
    train, test = slice(0, 200), slice(200, 400)
    rng = np.random.default_rng(seed + 1)
    parts = []
    for c in (0, 1):
        if generator == "gaussian":
            parts.append(gaussian_samples(X[train][y[train] == c], per_class, rng))
        else:
            parts.append(rng.choice(X[y == c], size=per_class))
    fake, labels = np.concatenate(parts), np.repeat([0, 1], per_class)  # (2 per_class, 2), (2 per_class,)
    distances = nearest_distances(fake, X[test])  # (2 per_class,)
    gaps = [fake[labels == c].mean(axis=0) - X[train][y[train] == c].mean(axis=0) for c in (0, 1)]
    return {
        "accuracy_real": accuracy_of(X[train], y[train], X[test], y[test]),
        "accuracy_synthetic": accuracy_of(fake, labels, X[test], y[test]),
        "copies_of_test_rows": int((distances == 0).sum()),
        "nearest_test_distance": float(np.median(distances)),
        "nearest_test_distance_of_training": float(np.median(nearest_distances(X[train], X[test]))),
        "mean_error": float(np.abs(gaps).max()),
        "samples": fake[rng.permutation(len(fake))[:20]],
    }
