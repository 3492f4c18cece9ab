r"""Standardization subtracts the mean and divides by the standard deviation, so that a feature has mean 0 and variance 1.

$$z = \frac{x - \mu}{\sigma}$$

**Intuition.** A z-score says how many standard deviations a value lies from the mean: 0 is the mean, the sign is the side. Scaled scores are the same on another ruler: an IQ is $100 + 15z$, so $z = 2$ is 130.

**When to use it.** Before methods that compare features by size: nearest neighbours, k-means, SVM, PCA, regularised linear models, and neural networks.

**Cost.** $O(n)$.

**Pitfalls.** It is a shift and a stretch, so the *shape* stays: exponential data keep their skewness of 2, and standardised data are not standard normal. It does change the range; what is kept are relative distances within a feature, so
"without distorting differences in the ranges" is loosely put. Take $\mu$ and $\sigma$ from the training data, and use them for validation, test and production; anything else leaks. $\mu$ and $\sigma$ are sensitive to outliers: the median and IQR are robust.
Population and sample standard deviation (divisor $n$ or $n - 1$) differ. Constant features have $\sigma = 0$. Sparse data lose their zeros by centring.

**References.** LeCun et al., *Efficient BackProp* (1998), on normalising inputs. Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 14.3.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from algorithms.inputs import Number, Positive, Vector
from algorithms.registry import Output, algorithm
from algorithms.statistics.mean_median_mode_skewness import skewness

Floats = NDArray[np.float64]


def standardised(X: Floats, train: Floats | None = None) -> Floats:
    """Columns of X (n, d) or values (n,) in standard deviations of the training data; constant ones become 0.

    Examples
    --------
    >>> standardised(np.array([1.0, 3.0])).tolist()
    [-1.0, 1.0]
    """
    source = X if train is None else train
    sd = source.std(axis=0)
    return np.asarray((X - source.mean(axis=0)) / np.where(sd > 0, sd, 1.0))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Histograms before and after: the same shape on another axis."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.hist(inputs["x"], bins=10)
    left.set_title("x")
    right.hist((np.asarray(inputs["x"]) - output["mean"]) / output["sd"], bins=10)
    right.set_title("z")
    return figure


@algorithm(
    id="standardization",
    name="Standardization (z-score)",
    aliases=("z-score", "StandardScaler", "standard scaling", "IQ scale", "standardisation", "z-score normalization"),
    example={"x": [2, 4, 4, 4, 5, 5, 7, 9]},
    figure=draw,
)
def standardization(
    x: Vector,
    x_new: Vector | None = None,
    divisor: Literal["n", "n - 1"] = "n",
    scale_mean: Number = 100.0,
    scale_sd: Positive = 15.0,
) -> Output:
    """z-scores of the training values, and of new ones by the same mean and standard deviation.

    Parameters
    ----------
    x : list of float, length n
        Training values.
    x_new : list of float, length m
        Later values, scaled with the parameters of `x`.
    divisor : {"n", "n - 1"}
        Population or sample standard deviation.
    scale_mean, scale_sd : float
        Mean and standard deviation of a scaled score, such as 100 and 15 for IQ.

    Returns
    -------
    dict
        ``z`` and ``scaled_scores``, the first 50; ``mean``, ``sd``; ``z_new``, the first 50 (None without `x_new`);
        ``skewness_before``, ``skewness_after``, which are equal.

    Raises
    ------
    ValueError
        If the training values are constant.

    Examples
    --------
    >>> standardization([2, 4, 4, 4, 5, 5, 7, 9])["z"].tolist()
    [-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0]
    """
    values = np.asarray(x, dtype=np.float64)  # (n,)
    if values.min() == values.max():
        raise ValueError("the training values are constant, so their standard deviation is 0; drop the feature")
    mean, sd = float(values.mean()), float(values.std(ddof=0 if divisor == "n" else 1))
    z = (values - mean) / sd  # (n,)
    return {
        "z": z[:50],
        "scaled_scores": scale_mean + scale_sd * z[:50],
        "mean": mean,
        "sd": sd,
        "z_new": None if x_new is None else (np.asarray(x_new, dtype=np.float64)[:50] - mean) / sd,
        "skewness_before": skewness(values),
        "skewness_after": skewness(z),
    }
