r"""Logistic regression models the probability of a class as the sigmoid of a weighted sum of features.

$$z = w \cdot x + b, \qquad P(y = 1 \mid x) = \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad \log \frac{p}{1 - p} = w \cdot x + b$$

**Intuition.** The log-odds are linear in the features. Where $z = 0$ the probability is one half; that hyperplane is the decision boundary. The
weights are found by maximum likelihood, a convex problem.

**When to use it.** As the baseline of binary classification, and where effects must be read: raising $x_j$ by 1 multiplies the odds by
$e^{w_j}$.

**Cost.** $O(n d^2 + d^3)$ for each of a few Newton steps.

**Pitfalls.** Its output is a probability, not only a discrete label; the label comes from thresholding. It is both a regression (a generalised
linear model with Bernoulli response) and, with a threshold, a classifier. It is not immune to overfitting: without regularisation
the weights diverge on linearly separable data, which fewer samples than features ($n < p$) almost guarantees. Regularised, it is
usable there. Scale features before penalising. It cannot bend its boundary without new features. Squared error in place of the
cross-entropy makes the problem non-convex.

**References.** Cox, *The regression analysis of binary sequences* (1958). Hastie, Tibshirani and Friedman (2009), section 4.4. Albert and
Anderson (1984), *Biometrika* 71, on separation.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Number, rectangular
from algorithms.linear_models.linear_regression import features_and_target, with_intercept
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Features = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=50)]],
    Field(min_length=2, max_length=512),
    AfterValidator(rectangular),
]
BinaryLabels = Annotated[list[Annotated[int, Field(ge=0, le=1)]], Field(min_length=2, max_length=512)]
Penalty = Annotated[float, Field(ge=0, le=1000)]


def mean_loss(theta: Floats, A: Floats, y: Floats, l2: float) -> float:
    """Mean cross-entropy plus l2 / 2 |w|²; the first entry of theta is the intercept and not penalised.

    Examples
    --------
    >>> round(mean_loss(np.zeros(2), np.ones((3, 2)), np.array([0.0, 1.0, 1.0]), 0.0), 4)
    0.6931
    """
    z = A @ theta  # (n,)
    cross_entropy = np.logaddexp(0, z) - y * z  # (n,), from logits
    return float(cross_entropy.mean() + l2 / 2 * (theta[1:] @ theta[1:]))


def fit_logistic(X: Floats, y: Floats, l2: float = 0.0, iterations: int = 30) -> tuple[Floats, list[float]]:
    """Newton's method from zero with step halving: parameters (1 + d,), intercept first, and the loss before each step.

    Examples
    --------
    >>> theta, losses = fit_logistic(np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0.0, 1.0, 0.0, 1.0]))
    >>> theta.round(3).tolist(), losses[-1] < losses[0]
    ([-1.362, 0.908], True)
    """
    A = with_intercept(X)  # (n, 1 + d)
    theta = np.zeros(A.shape[1])
    penalty = np.full(A.shape[1], l2)
    penalty[0] = 0.0
    losses = [mean_loss(theta, A, y, l2)]
    for _ in range(iterations):
        p = logistic(A @ theta)  # (n,)
        gradient = A.T @ (p - y) / len(y) + penalty * theta  # (1 + d,)
        if np.abs(gradient).max() < 1e-10:
            break
        curvature = p * (1 - p) / len(y)  # (n,)
        hessian = (A.T * curvature) @ A + np.diag(penalty + 1e-12)  # (1 + d, 1 + d); flat for separable data
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while mean_loss(theta - size * step, A, y, l2) > losses[-1] and size > 1e-6:
            size /= 2
        theta = theta - size * step
        losses.append(mean_loss(theta, A, y, l2))
    return theta, losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The first two features with the decision boundary, or the curve of a single feature."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    X, y = np.asarray(inputs["X"]), np.asarray(inputs["y"])
    w, b = np.asarray(output["weights"]), output["bias"]
    if X.shape[1] == 1:
        x = np.linspace(X.min() - 1, X.max() + 1, 200)
        axes.plot(x, logistic(b + w[0] * x))
        axes.plot(X[:, 0], y, "o")
        axes.set(xlabel="x", ylabel="P(y = 1)")
    else:
        axes.scatter(X[:, 0], X[:, 1], c=y, cmap="coolwarm")
        if X.shape[1] == 2 and abs(w[1]) > 1e-12:
            ends = np.array([X[:, 0].min(), X[:, 0].max()])
            axes.plot(ends, -(b + w[0] * ends) / w[1], "k--")
    axes.set_title(f"accuracy {output['accuracy']:.2f}")
    return figure


@algorithm(
    id="logistic-regression",
    name="Logistic regression",
    aliases=("logit model", "sigmoid regression", "linear classifier", "logistic classifier", "logit regression"),
    example={"X": [[0.5], [1.0], [1.5], [2.0], [2.5], [3.0], [3.5], [4.0]], "y": [0, 0, 0, 1, 0, 1, 1, 1]},
    figure=draw,
)
def logistic_regression(X: Features, y: BinaryLabels, l2: Penalty = 0.0) -> Output:
    """Maximum-likelihood fit with an intercept, optionally with an L2 penalty.

    Parameters
    ----------
    X : list of list of float, shape (n, d)
        Features, one row a sample.
    y : list of int, length n
        Classes, 0 or 1.
    l2 : float
        Weight of the penalty l2 / 2 |w|² added to the mean loss (not on the bias); 0 for none.

    Returns
    -------
    dict
        ``weights`` (d,), ``bias``, ``odds_ratios`` (d,); ``loss_before``, ``loss_after`` (mean, with penalty); ``accuracy``
        on these data; ``separable``, whether the found hyperplane separates the classes, and ``diverges``, whether the
        maximum-likelihood weights are infinite because of that; ``newton_steps``; ``probabilities``, the first 50.

    Raises
    ------
    ValueError
        If rows and labels differ in number.

    Examples
    --------
    >>> fit = logistic_regression([[0], [1], [2], [3]], [0, 1, 0, 1])
    >>> fit["weights"].round(3).tolist(), fit["diverges"]
    ([0.908], False)
    """
    features, target = features_and_target(X, [float(label) for label in y])
    center, scale = features.mean(axis=0), features.std(axis=0)  # (d,), (d,)
    scale = np.where(scale > 0, scale, 1.0)
    if l2 == 0:  # without a penalty scaling changes nothing but the conditioning
        theta, losses = fit_logistic((features - center) / scale, target)
        w = theta[1:] / scale
        b = float(theta[0] - w @ center)
    else:
        theta, losses = fit_logistic(features, target, l2)
        w, b = theta[1:], float(theta[0])
    z = features @ w + b  # (n,)
    separable = bool(((2 * target - 1) * z > 0).all())
    return {
        "weights": w,
        "bias": b,
        "odds_ratios": np.exp(np.clip(w, -700, 700)),
        "loss_before": losses[0],
        "loss_after": losses[-1],
        "accuracy": float(((z > 0) == (target == 1)).mean()),
        "separable": separable,
        "diverges": separable and l2 == 0,
        "newton_steps": len(losses) - 1,
        "probabilities": logistic(z)[:50],
    }
