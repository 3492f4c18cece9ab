r"""An imbalance-measuring term in the loss penalises the difference between how a model treats two groups or classes.

$$L(\theta) = \frac1n \sum_i \ell_i + \lambda\, \Big(\frac{1}{n_A} \sum_{i \in A} \hat p_i - \frac{1}{n_B} \sum_{i \in B} \hat p_i\Big)^2$$

**Intuition.** The plain loss does not care whether group $A$ gets high scores more often than group $B$. The added term
does: its gradient pulls the two means together, and $\lambda$ says how many units of loss a smaller gap is worth. The
gap shrinks as $\lambda$ grows.

**When to use it.** To keep the mean prediction (demographic parity), or the mean over true positives (equal
opportunity), similar across groups.

**Cost.** One extra mean a group; batches must contain both groups.

**Pitfalls.** This is a fairness regulariser. It is sometimes listed as a remedy for class imbalance, which it is not:
it evens out predictions between groups and does nothing for a rare label; use weights, sampling or thresholds for that.
Equal means can hide unequal errors. If base rates differ, parity and calibration cannot both hold. Small batches
estimate the gap badly. Dropping the group column is not enough, since other features encode it.

**References.** Kamishima, Akaho, Asoh and Sakuma, *Fairness-aware classifier with prejudice remover regularizer*, ECML
PKDD (2012). Barocas, Hardt and Narayanan, *Fairness and Machine Learning* (2023).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.imbalanced_learning.class_weighting import with_intercept
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints


def loss_and_gradient(w: Floats, A: Floats, y: Floats, group: Ints, penalty: float) -> tuple[float, Floats, float]:
    """Loss, gradient (d,) and gap of the mean predictions for A (n, d) with intercept column.

    Examples
    --------
    >>> A, y, g = np.array([[1.0], [1.0]]), np.array([0.0, 1.0]), np.array([0, 1])
    >>> round(loss_and_gradient(np.zeros(1), A, y, g, 5.0)[0], 4)
    0.6931
    """
    z = A @ w
    p = logistic(z)  # (n,)
    weight = np.where(group == 1, 1 / max(int((group == 1).sum()), 1), -1 / max(int((group == 0).sum()), 1))
    gap = float(weight @ p)
    loss = float(np.mean(np.logaddexp(0, z) - y * z)) + penalty * gap**2
    gradient = A.T @ (p - y) / len(y) + 2 * penalty * gap * (A.T @ (weight * p * (1 - p)))
    return loss, gradient, gap


def descend(A: Floats, y: Floats, group: Ints, penalty: float, steps: int) -> Floats:
    """Weights (d,) after gradient descent with step halving."""
    w, rate = np.zeros(A.shape[1]), 1.0
    value, gradient, _ = loss_and_gradient(w, A, y, group, penalty)
    for _ in range(steps):
        new, slope, _ = loss_and_gradient(w - rate * gradient, A, y, group, penalty)
        if new > value:
            rate /= 2
            continue
        w, value, gradient, rate = w - rate * gradient, new, slope, rate * 1.1
    return w


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Gap and accuracy against the weight of the term."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["penalties"], output["gaps"], "o-", label="gap")
    axes.plot(output["penalties"], output["accuracies"], "o-", label="accuracy")
    axes.set(xlabel="λ", xscale="symlog")
    axes.legend()
    return figure


@algorithm(
    id="imbalance-regularization-term",
    name="Imbalance-measuring term in the loss",
    aliases=("fairness regulariser", "fairness regularizer", "prejudice remover", "demographic parity penalty"),
    example={"penalty": 10.0, "n": 600, "seed": 0},
    cost="seconds",
    figure=draw,
)
def imbalance_regularization_term(
    penalty: Annotated[float, Field(ge=0, le=1000)] = 10.0,
    n: Annotated[int, Field(ge=40, le=2000)] = 600,
    group_shift: Annotated[float, Field(ge=0, le=5)] = 1.5,
    steps: Annotated[int, Field(ge=10, le=1000)] = 400,
    seed: Seed = 0,
) -> Output:
    """Logistic regression on two groups whose first feature differs, with the term and without.

    Parameters
    ----------
    penalty : float
        Weight lambda of the term.
    n : int
        Rows.
    group_shift : float
        Difference of the groups' mean in feature 0.
    steps : int
        Gradient steps.
    seed : int
        Seed of the data.

    Returns
    -------
    dict
        ``gap`` and ``gap_without`` (absolute difference of mean predictions), ``accuracy`` and ``accuracy_without``,
        ``log_loss`` and ``log_loss_without``; ``penalties``, ``gaps`` and ``accuracies`` for 0, 0.1, 1, 10 and 100.

    Examples
    --------
    >>> out = imbalance_regularization_term()
    >>> out["gap"] < out["gap_without"] / 2
    True
    """
    rng = np.random.default_rng(seed)
    group = (np.arange(n) % 2).astype(np.int64)
    X = rng.standard_normal((n, 3))  # (n, 3)
    X[:, 0] += group_shift * group
    y = (X[:, 0] + X[:, 1] + rng.standard_normal(n) > group_shift / 2).astype(np.float64)
    A = with_intercept(X)

    def summary(weight: float) -> tuple[float, float, float]:
        w = descend(A, y, group, weight, steps)
        loss, _, gap = loss_and_gradient(w, A, y, group, 0.0)
        return abs(gap), float(np.mean((A @ w > 0) == y)), loss

    chosen, plain = summary(penalty), summary(0.0)
    curve = [summary(weight) for weight in (0.0, 0.1, 1.0, 10.0, 100.0)]
    return {
        "gap": chosen[0],
        "gap_without": plain[0],
        "accuracy": chosen[1],
        "accuracy_without": plain[1],
        "log_loss": chosen[2],
        "log_loss_without": plain[2],
        "penalties": [0.0, 0.1, 1.0, 10.0, 100.0],
        "gaps": [gap for gap, _, _ in curve],
        "accuracies": [accuracy for _, accuracy, _ in curve],
    }
