r"""Class weighting multiplies the loss of each row by a weight of its class, so that a rare class counts as much as a
common one.

$$L(\theta) = \sum_i w_{y_i}\, \ell\big(y_i, f_\theta(x_i)\big), \qquad
w_c^{\text{balanced}} = \frac{n}{K\, n_c}, \qquad \texttt{scale\_pos\_weight} = \frac{n_-}{n_+}$$

**Intuition.** An unweighted loss is a sum over rows, so 99% of it belongs to a class with 99% of the rows. A weight $w$
on the minority has the same loss, gradient and optimum as writing each of its rows $w$ times; it only needs no extra
memory.

**When to use it.** With any learner that accepts sample weights: logistic regression, trees, neural networks. In
boosted trees `scale_pos_weight` multiplies the gradients and Hessians of the positives.

**Cost.** None.

**Pitfalls.** Weights change the prior that the model believes in, so predicted probabilities are no longer calibrated;
correct them or calibrate afterwards. Often moving the threshold of an unweighted model does as much. Regularisation
strength is relative to the sum of the weights. No boosted or bagged ensemble is best under imbalance by a theorem:
weights, loss and tuning decide. Dropping the features that go along with a group is a step of fairness preprocessing
and does nothing about a rare label, although both are called imbalance.

**References.** King and Zeng, *Logistic regression in rare events data*, Political Analysis (2001). Elkan, *The
foundations of cost-sensitive learning*, IJCAI (2001).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def with_intercept(X: Floats) -> Floats:
    """Prepend a column of ones.

    Examples
    --------
    >>> with_intercept(np.array([[5.0]])).tolist()
    [[1.0, 5.0]]
    """
    return np.column_stack([np.ones(len(X)), X])


def fit_logistic(X: Floats, y: Floats, w: Floats | None = None, l2: float = 1e-3, steps: int = 50) -> Floats:
    """Weighted logistic regression by damped Newton steps.

    Minimises sum_i w_i * log-loss_i + l2 / 2 * |beta|^2 without penalty on the intercept.

    Returns
    -------
    (d + 1,) array
        Intercept and coefficients.
    """
    A = with_intercept(X)  # (n, d + 1)
    w = np.ones(len(y)) if w is None else w
    penalty = np.full(A.shape[1], l2)
    penalty[0] = 0.0

    def objective(beta: Floats) -> float:
        z = A @ beta
        return float(w @ (np.logaddexp(0, z) - y * z) + penalty @ beta**2 / 2)

    beta = np.zeros(A.shape[1])
    value = objective(beta)
    for _ in range(steps):
        p = logistic(A @ beta)  # (n,)
        gradient = A.T @ (w * (p - y)) + penalty * beta  # (d + 1,)
        hessian = A.T @ (A * (w * p * (1 - p))[:, None]) + np.diag(penalty + 1e-9)  # (d + 1, d + 1)
        step = np.linalg.solve(hessian, gradient)
        scale = 1.0
        while scale > 1e-6 and objective(beta - scale * step) > value:
            scale /= 2  # a full Newton step overshoots when the classes are nearly separable
        beta = beta - scale * step
        new = objective(beta)
        if value - new < 1e-12 * (1 + abs(value)):
            break
        value = new
    return np.asarray(beta)


def probability(X: Floats, beta: Floats) -> Floats:
    """Probability of class 1 (n,) under coefficients from `fit_logistic`."""
    return logistic(with_intercept(X) @ beta)


def imbalanced_pair(n_neg: int, n_pos: int, rng: np.random.Generator, distance: float = 1.5) -> tuple[Floats, Floats]:
    """Two unit Gaussians in the plane, negatives at the origin and positives at (distance, distance)."""
    X = rng.standard_normal((n_neg + n_pos, 2))  # (n, 2)
    X[n_neg:] += distance
    return X, np.repeat([0.0, 1.0], [n_neg, n_pos])


def recall_and_precision(y: Floats, positive: NDArray[np.bool_]) -> tuple[float, float]:
    """Recall and precision of the predicted positives (a boolean array); precision 0 if there are none.

    Examples
    --------
    >>> recall_and_precision(np.array([1.0, 1.0, 0.0]), np.array([True, False, True]))
    (0.5, 0.5)
    """
    hits = float(np.sum(positive & (y == 1)))
    return hits / max(float(np.sum(y == 1)), 1.0), hits / max(float(np.sum(positive)), 1.0)


@algorithm(
    id="class-weighting",
    name="Class weighting / sample re-weighting",
    aliases=("class_weight", "scale_pos_weight", "re-weighting", "class weights", "balanced class weights"),
    example={"n_negative": 950, "n_positive": 50, "weighting": "balanced"},
)
def class_weighting(
    n_negative: Annotated[int, Field(ge=10, le=2000)] = 950,
    n_positive: Annotated[int, Field(ge=5, le=500)] = 50,
    weighting: Literal["none", "balanced", "scale_pos_weight"] = "balanced",
    seed: Seed = 0,
) -> Output:
    """Weights from class counts, and what they do to a logistic regression on two overlapping Gaussians.

    Parameters
    ----------
    n_negative : int
        Rows of the majority class.
    n_positive : int
        Rows of the minority class.
    weighting : {"none", "balanced", "scale_pos_weight"}
        All ones; n / (K n_c); or 1 for negatives and n_negative / n_positive for positives.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``weight_negative``, ``weight_positive``, ``scale_pos_weight``; ``recall`` and ``precision`` on fresh data of
        the same imbalance at threshold 0.5, ``mean_probability`` and the true ``prevalence`` there;
        ``recall_unweighted``.

    Examples
    --------
    >>> out = class_weighting(900, 100)
    >>> out["scale_pos_weight"], out["weight_positive"], round(out["weight_negative"], 4)
    (9.0, 5.0, 0.5556)
    """
    n = n_negative + n_positive
    weights = {
        "none": (1.0, 1.0),
        "balanced": (n / (2 * n_negative), n / (2 * n_positive)),
        "scale_pos_weight": (1.0, n_negative / n_positive),
    }[weighting]
    rng = np.random.default_rng(seed)
    X, y = imbalanced_pair(n_negative, n_positive, rng)
    T, truth = imbalanced_pair(2 * n_negative, 2 * n_positive, rng)
    p = probability(T, fit_logistic(X, y, np.where(y == 1, weights[1], weights[0])))
    recall, precision = recall_and_precision(truth, p > 0.5)
    plain = probability(T, fit_logistic(X, y))
    return {
        "weight_negative": weights[0],
        "weight_positive": weights[1],
        "scale_pos_weight": n_negative / n_positive,
        "recall": recall,
        "precision": precision,
        "mean_probability": float(p.mean()),
        "prevalence": n_positive / n,
        "recall_unweighted": recall_and_precision(truth, plain > 0.5)[0],
    }
