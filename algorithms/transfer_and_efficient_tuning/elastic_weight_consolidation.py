r"""Elastic weight consolidation protects an old task by a quadratic penalty that holds each weight as firmly as the old
task needs it.

$$L(\theta) = L_B(\theta) + \frac{\lambda}{2} \sum_i F_i\, (\theta_i - \theta^*_{A,i})^2, \qquad
F_i = \mathbb{E}_{x, y \sim p_\theta}\Big[\Big(\tfrac{\partial \ln p_\theta(y \mid x)}{\partial \theta_i}\Big)^2\Big]$$

**Intuition.** Around the solution of $A$ the posterior of the weights is nearly Gaussian, with the Fisher information
as precision. Weights with large $F_i$ matter to $A$ and are held by stiff springs; the others are free for $B$. No old
data is needed, only $\theta^*_A$ and $F$.

**When to use it.** For a sequence of tasks whose old data may not be kept.

**Cost.** Two extra numbers a weight, and one pass over the old data for $F$.

**Pitfalls.** $F$ takes labels from the model's own distribution; with the true labels it is the empirical Fisher,
another number. It uses the mean of squared gradients, not the square of the mean gradient, which is near zero at the
optimum. A saturated classifier has tiny $F$ and needs a large $\lambda$. The diagonal ignores that weights compensate
each other. Too large $\lambda$ stops all learning; large $\lambda$ with plain gradient descent diverges.

**References.** Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks* (2017), arXiv:1612.00796.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats
from algorithms.toy_networks import Adam, accuracy, backward, cross_entropy, forward, new_network, train_classifier
from algorithms.transfer_and_efficient_tuning.catastrophic_forgetting import task_data


def fisher_diagonal(params: list[Floats], x: Floats) -> list[Floats]:
    """Diagonal Fisher information, the expectation over labels taken exactly."""
    fisher = [np.zeros_like(p) for p in params]
    for row in x[:, None, :]:  # (1, d): squares must be taken example by example
        layers = forward(params, row)
        p = softmax_along(layers[-1])[0]  # (k,)
        for label, weight in enumerate(p):
            d = p.copy()
            d[label] -= 1
            grads, _ = backward(params, layers, d[None])
            for f, g in zip(fisher, grads, strict=True):
                f += weight * g**2 / len(x)
    return fisher


@algorithm(
    id="elastic-weight-consolidation",
    name="Elastic weight consolidation",
    aliases=("EWC", "Fisher penalty", "quadratic penalty against forgetting"),
    example={"penalty": 1000.0},
    cost="trains",
)
def elastic_weight_consolidation(
    penalty: Annotated[float, Field(ge=0, le=1e6)] = 1000.0,
    steps: Annotated[int, Field(ge=1, le=500)] = 150,
    seed: Seed = 0,
) -> Output:
    """Train on task A, then on B with and without the penalty.

    Parameters
    ----------
    penalty : float
        Strength λ of the springs.
    steps : int
        Steps on B.
    seed : int
        Seed of data and weights.

    Returns
    -------
    dict
        ``accuracy_a_before``; ``accuracy_a_ewc``, ``accuracy_b_ewc``; ``accuracy_a_plain``, ``accuracy_b_plain``; ``average_ewc`` and
        ``average_plain``; ``fisher_mean`` and ``fisher_max``.

    Examples
    --------
    >>> result = elastic_weight_consolidation()
    >>> result["accuracy_a_ewc"] > result["accuracy_a_plain"]
    True
    """
    xa, ya = task_data("A", 500, seed)
    xb, yb = task_data("B", 500, seed + 1)
    test_a, test_b = task_data("A", 1000, seed + 2), task_data("B", 1000, seed + 3)
    params = new_network((8, 32, 2), np.random.default_rng(seed))
    train_classifier(params, xa, ya, 100, 0.02)
    before, anchor = accuracy(params, *test_a), [p.copy() for p in params]
    fisher = fisher_diagonal(params, xa[:200])
    plain = [p.copy() for p in params]
    train_classifier(plain, xb, yb, steps, 0.02)
    optimizer = Adam(0.02)
    for _ in range(steps):
        layers = forward(params, xb)
        grads, _ = backward(params, layers, cross_entropy(layers[-1], yb)[1])
        springs = [penalty * f * (p - a) for f, p, a in zip(fisher, params, anchor, strict=True)]
        optimizer.step(params, [g + s for g, s in zip(grads, springs, strict=True)])
    a_ewc, b_ewc = accuracy(params, *test_a), accuracy(params, *test_b)
    a_plain, b_plain = accuracy(plain, *test_a), accuracy(plain, *test_b)
    values = np.concatenate([f.ravel() for f in fisher])
    return {
        "accuracy_a_before": before,
        "accuracy_a_ewc": a_ewc,
        "accuracy_b_ewc": b_ewc,
        "accuracy_a_plain": a_plain,
        "accuracy_b_plain": b_plain,
        "average_ewc": (a_ewc + b_ewc) / 2,
        "average_plain": (a_plain + b_plain) / 2,
        "fisher_mean": float(values.mean()),
        "fisher_max": float(values.max()),
    }
