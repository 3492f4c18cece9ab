r"""Generative vs discriminative: a generative model learns the joint distribution of data and label, a discriminative one only the label given the data.

$$\text{generative: } P(x, y) = P(x \mid y)\,P(y), \qquad \text{discriminative: } P(y \mid x), \qquad
P(y \mid x) = \frac{P(x \mid y)\,P(y)}{\sum_{y'} P(x \mid y')\,P(y')}$$

**Intuition.** Naive Bayes and logistic regression are such a pair: with Gaussian features of equal variance both have linear log-odds. The generative one uses its assumption and needs few
samples; the discriminative one assumes less and wins in the end where the assumption is wrong. HMM and CRF are the same pair for sequences.

**When to use it.** Generative (mixtures, HMMs, naive Bayes): few labels, missing features, sampling, or when $P(x)$ is wanted, as for outliers. Discriminative
(logistic regression, SVM): many labels and accuracy is all.

**Cost.** Naive Bayes counts once, $O(nd)$; logistic regression iterates.

**Pitfalls.** Generative models classify too, by Bayes' rule. Note the bars: $P(y \mid x)$ is not $P(y, x)$ nor $P(x \mid y)$. BERT and XLNet are often listed as
discriminative. XLNet is pretrained generatively (a permuted autoregressive language model) and BERT as a denoiser; only their fine-tuned
classifiers are discriminative. A good $P(x)$ does not make a good classifier, and densities in high dimensions can rank outliers high.

**References.** Ng and Jordan, *On discriminative vs. generative classifiers* (2001). Sutton and McCallum, *An introduction to conditional random fields*, arXiv:1011.4088.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.bayesian.naive_bayes import fit_gaussian, gaussian_log_joint
from algorithms.inputs import Seed
from algorithms.linear_models.logistic_regression import fit_logistic
from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_cdf

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
World = Literal["independent", "redundant"]
Repeats = Annotated[int, Field(ge=5, le=40)]
SIZES = (10, 20, 50, 200, 1000)


def draw_classes(world: World, n: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Features (n, 10) and balanced classes (n,).

    "independent": ten independent features, means ±0.4 by class. "redundant": nine near-copies of one weak feature
    (means ±0.5) and one strong feature (means ±1), so independence given the class is wrong.

    Examples
    --------
    >>> X, y = draw_classes("redundant", 6, np.random.default_rng(0))
    >>> X.shape, int(y.sum())
    ((6, 10), 3)
    """
    y = np.arange(n) % 2
    sign = (2 * y - 1)[:, None]  # (n, 1)
    noise = rng.standard_normal((n, 10))
    if world == "independent":
        return 0.4 * sign + noise, y
    weak = 0.5 * sign + rng.standard_normal((n, 1))
    X = np.concatenate([weak + 0.3 * noise[:, :9], sign + noise[:, 9:]], axis=1)
    return X, y


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Accuracy of both against the number of training samples."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.semilogx(output["sizes"], output["generative_accuracy"], "o-", label="naive Bayes")
    axes.semilogx(output["sizes"], output["discriminative_accuracy"], "s-", label="logistic regression")
    axes.axhline(output["best_accuracy"], ls=":", color="black")
    axes.set(xlabel="training samples", ylabel="test accuracy", title=inputs["world"])
    axes.legend()
    return figure


@algorithm(
    id="generative-vs-discriminative",
    name="Generative vs discriminative models",
    aliases=(
        "joint vs conditional model",
        "naive Bayes vs logistic regression",
        "HMM vs CRF",
        "generative model",
        "discriminative model",
    ),
    example={"world": "redundant"},
    cost="seconds",
    figure=draw,
)
def generative_vs_discriminative(world: World = "redundant", repeats: Repeats = 15, seed: Seed = 0) -> Output:
    """Learning curves of naive Bayes and logistic regression, and what only the generative model can tell.

    Parameters
    ----------
    world : {"independent", "redundant"}
        Whether the features are independent given the class, as naive Bayes assumes.
    repeats : int
        Training sets for each size.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``sizes`` (5,); ``generative_accuracy`` and ``discriminative_accuracy`` (5,) on 2,000 fresh samples;
        ``best_accuracy`` any classifier can reach; ``log_density_typical`` and ``log_density_outlier``: log P(x) of
        ordinary points and of a point far from both classes under the generative model; ``outlier_confidence``, what the
        discriminative model says about that point.

    Examples
    --------
    >>> curves = generative_vs_discriminative("redundant", repeats=5)
    >>> bool(curves["discriminative_accuracy"][-1] > curves["generative_accuracy"][-1])
    True
    """
    rng = np.random.default_rng(seed)
    test, truth = draw_classes(world, 2000, rng)  # (2000, 10), (2000,)
    hits: dict[str, list[float]] = {"generative": [], "discriminative": []}
    for size in SIZES:
        found = []
        for _ in range(repeats):
            X, y = draw_classes(world, size, rng)  # (size, 10), (size,)
            prior, mean, variance = fit_gaussian(X, y)
            model = prior, mean, np.broadcast_to(variance.mean(axis=0), mean.shape)  # shared: linear log-odds
            theta, _ = fit_logistic(X, y.astype(np.float64), l2=1e-3)  # a trace of penalty: small sets are separable
            found.append([gaussian_log_joint(model, test).argmax(axis=1), (theta[0] + test @ theta[1:] > 0)])
        correct = [np.mean([np.mean(pair[i] == truth) for pair in found]) for i in range(2)]
        hits["generative"].append(float(correct[0]))
        hits["discriminative"].append(float(correct[1]))
    outlier = np.full((1, 10), 20.0)
    densities = [np.logaddexp.reduce(gaussian_log_joint(model, points), axis=1) for points in (test, outlier)]
    # squared distance of the class means over the variance, independent parts added
    separation = 10 * 0.8**2 if world == "independent" else 1 / (1 + 0.09 / 9) + 2**2
    return {
        "sizes": np.array(SIZES),
        "generative_accuracy": np.array(hits["generative"]),
        "discriminative_accuracy": np.array(hits["discriminative"]),
        "best_accuracy": float(normal_cdf(np.array([np.sqrt(separation) / 2]))[0]),
        "log_density_typical": float(np.median(densities[0])),
        "log_density_outlier": float(densities[1][0]),
        "outlier_confidence": float(1 / (1 + np.exp(-abs(theta[0] + outlier[0] @ theta[1:])))),
    }
