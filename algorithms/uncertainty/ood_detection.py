r"""Out-of-distribution (OOD) detection scores how unlike the training data an input is, so that a model can decline to answer.

$$s_{\text{MSP}} = 1 - \max_c p(c \mid x), \qquad
s_{\text{Mahalanobis}} = \min_c\, (x - \mu_c)^\top \Sigma^{-1} (x - \mu_c)$$

**Intuition.** The maximum softmax probability (MSP) asks whether the classifier is unsure. The Mahalanobis distance asks whether the
features lie near any class, measured in the shared covariance. A threshold on the score decides; the AUROC judges the score
without one.

**When to use it.** Medical and industrial classifiers, intent detection with unknown intents, monitoring of drift.

**Cost.** MSP is free; Mahalanobis needs class means and one covariance of a feature layer.

**Pitfalls.** That OOD inputs get higher uncertainty is a hope, not a rule: beyond the data a softmax network extrapolates its decision
boundaries and grows more confident with distance, so MSP can score worse than chance. Points between classes look unsure
and are no outliers. Judge on several kinds of OOD data, near and far. A threshold tuned on known outliers fits those.
Density models can give outliers higher likelihood than the data. The AUROC hides the false alarms at a usable threshold:
report the false positive rate at 95 percent recall.

**References.** Hendrycks and Gimpel, arXiv:1610.02136. Lee et al., arXiv:1807.03888. Hein, Andriushchenko and Bitterwolf,
arXiv:1812.05720 (confidence far away).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints, gaussian_blobs

CENTERS = np.array([[0.0, 2.0], [-1.8, -1.0], [1.8, -1.0]])


def train_softmax(X: Floats, y: Ints, steps: int = 300) -> Floats:
    """Weights (3, 3) of softmax regression, the last row being the bias, by gradient descent."""
    design = np.hstack([X, np.ones((len(X), 1))])  # (n, 3)
    target = np.eye(3)[y]  # (n, 3)
    W = np.zeros((3, 3))
    for _ in range(steps):
        W -= 0.5 * design.T @ (softmax_along(design @ W) - target) / len(y)
    return W


def mahalanobis(X: Floats, y: Ints, points: Floats) -> Floats:
    """Squared distance (m,) of points (m, d) to the nearest class mean in the pooled covariance."""
    means = np.stack([X[y == c].mean(axis=0) for c in range(3)])  # (3, d)
    centered = X - means[y]  # (n, d)
    precision = np.linalg.inv(centered.T @ centered / len(X))  # (d, d)
    gaps = points[:, None] - means  # (m, 3, d)
    return np.asarray(np.einsum("mcd,de,mce->mc", gaps, precision, gaps).min(axis=1))


def auroc(inside: Floats, outside: Floats) -> float:
    """Probability that an outside score exceeds an inside one, ties counting half.

    Examples
    --------
    >>> auroc(np.array([0.0, 1.0]), np.array([1.0, 2.0]))
    0.875
    """
    gaps = outside[:, None] - inside  # (m, n)
    return float(((gaps > 0) + 0.5 * (gaps == 0)).mean())


@algorithm(
    id="ood-detection",
    name="Out-of-distribution detection",
    aliases=("OOD", "maximum softmax probability", "Mahalanobis", "MSP", "novelty detection", "out of distribution"),
    example={"where": "far", "n": 100},
    cost="seconds",
)
def ood_detection(
    where: Literal["far", "between"] = "far", n: Annotated[int, Field(ge=10, le=300)] = 100, seed: Seed = 0
) -> Output:
    """Train a softmax classifier on three clusters and score outliers.

    Parameters
    ----------
    where : {"far", "between"}
        Outliers beyond the clusters, where the classifier extrapolates, or in the middle of the three, where it is unsure.
    n : int
        Training points a cluster; as many again for testing, and as many outliers.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``accuracy`` on new inside points; ``auroc_msp`` and ``auroc_mahalanobis``; ``fpr_at_95_msp`` and
        ``fpr_at_95_mahalanobis``, inside points flagged when 95 percent of the outliers are; ``confidence_inside`` and
        ``confidence_outside``, mean largest probabilities.

    Examples
    --------
    >>> r = ood_detection("far")
    >>> r["confidence_outside"] > r["confidence_inside"], r["auroc_msp"] < 0.5 < r["auroc_mahalanobis"]
    (True, True)
    """
    X, y = gaussian_blobs(CENTERS, n, 0.6, seed)
    new, truth = gaussian_blobs(CENTERS, n, 0.6, seed + 1)
    center = 5 * CENTERS if where == "far" else np.zeros((1, 2))
    outliers, _ = gaussian_blobs(center, n, 0.3, seed + 2)
    W = train_softmax(X, y)
    inside, outside = (softmax_along(np.hstack([p, np.ones((len(p), 1))]) @ W) for p in (new, outliers))
    scores = {
        "msp": (1 - inside.max(axis=1), 1 - outside.max(axis=1)),
        "mahalanobis": (mahalanobis(X, y, new), mahalanobis(X, y, outliers)),
    }
    output: Output = {
        "accuracy": float((inside.argmax(axis=1) == truth).mean()),
        "confidence_inside": float(inside.max(axis=1).mean()),
        "confidence_outside": float(outside.max(axis=1).mean()),
    }
    for name, (normal, strange) in scores.items():
        output[f"auroc_{name}"] = auroc(normal, strange)
        output[f"fpr_at_95_{name}"] = float((normal >= np.quantile(strange, 0.05)).mean())
    return output
